"""``deffuant``: pairs meet by lot, and approach each other if they are near enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from jury.deliberation.dynamics.base import Model, State, Step, models

if TYPE_CHECKING:
    from scipy import sparse

__all__ = ["Deffuant"]


@models.register("deffuant", aliases=("deffuant-weisbuch",))
class Deffuant(Model):
    """Two who meet and differ by less than epsilon each go a share mu of the way to the other.

    In a round as many ties are drawn as there are people, and those that come first for both of their ends meet: nobody
    meets twice in a round. Where both of a tie hear each other both move, and the mean of opinions stays as it is; else
    only who hears does. Who has no opinion takes over that of whom they meet.

    References
    ----------
    Deffuant, Neau, Amblard and Weisbuch (2000), Mixing beliefs among interacting agents, Advances in Complex Systems 3.
    """

    by_lot: ClassVar[bool] = True
    dial: ClassVar[str | None] = "epsilon"

    kind: Literal["deffuant"] = "deffuant"
    epsilon: float = Field(
        default=0.25, ge=0, le=1, description="Distance, as a share of the scale, below which two approach each other."
    )
    mu: float = Field(default=0.5, gt=0, le=0.5, description="Share of the way that each goes; 0.5: they meet halfway.")

    def stepper(
        self, start: State, ties: sparse.csr_array, rng: np.random.Generator, dials: NDArray[np.float64]
    ) -> Step:
        """Return one round of meetings."""
        pairs = ties.tocoo()
        some = pairs.data > 0
        hears, heard = pairs.row[some].astype(np.intp), pairs.col[some].astype(np.intp)
        people = ties.shape[0]
        mutual = np.isin(heard * people + hears, hears * people + heard)

        def step(state: State) -> State:
            if not len(hears):
                return state
            drawn = rng.integers(len(hears), size=people)
            first = _meet(hears[drawn], heard[drawn], people)
            one, other = hears[drawn][first], heard[drawn][first]
            return self._approach(state, one, other, (dials[one], np.where(mutual[drawn][first], dials[other], -1.0)))

        return step

    def _approach(
        self,
        state: State,
        one: NDArray[np.intp],
        other: NDArray[np.intp],
        reach: tuple[NDArray[np.float64], NDArray[np.float64]],
    ) -> State:
        """Return opinions after these pairs met, each listening within a reach of their own, or not at all below 0."""
        values, owed = state.values.copy(), state.owed.copy()
        mine, theirs = state.values[one], state.values[other]
        moves, moves_other = self._shares(mine, theirs, reach[0]), self._shares(theirs, mine, reach[1])
        values[one] = _toward(mine, theirs, moves)
        values[other] = _toward(theirs, mine, moves_other)
        owed[one] += moves[:, :, None] * (state.owed[other] - state.owed[one])
        owed[other] += moves_other[:, :, None] * (state.owed[one] - state.owed[other])
        return State(values, owed)

    def _shares(
        self, mine: NDArray[np.float64], theirs: NDArray[np.float64], reach: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return which share of the way each goes: all of it who has no opinion of the own."""
        takes_over = np.isnan(mine) & ~np.isnan(theirs) & (reach >= 0)[:, None]
        return np.where(takes_over, 1.0, np.where(np.abs(mine - theirs) < reach[:, None], self.mu, 0.0))

    def settled(self, before: State, after: State, ties: sparse.csr_array, dials: NDArray[np.float64]) -> bool:
        """Tell whether no two who are tied could move each other any more."""
        if np.isnan(after.values).sum() != np.isnan(before.values).sum():
            return False
        pairs = ties.tocoo()
        for opinions in after.values.T:
            mine, theirs = opinions[pairs.row], opinions[pairs.col]
            apart = np.abs(mine - theirs)
            near = (apart > self.tolerance) & (apart < dials[pairs.row])
            if near.any() or (np.isnan(mine) & ~np.isnan(theirs)).any():
                return False
        return True


def _meet(hears: NDArray[np.intp], heard: NDArray[np.intp], people: int) -> NDArray[np.bool_]:
    """Return which ties come first for both of their ends."""
    order = np.arange(len(hears))
    earliest = np.full(people, len(hears))
    np.minimum.at(earliest, hears, order)
    np.minimum.at(earliest, heard, order)
    return np.asarray((earliest[hears] == order) & (earliest[heard] == order))


def _toward(mine: NDArray[np.float64], theirs: NDArray[np.float64], share: NDArray[np.float64]) -> NDArray[np.float64]:
    moved = np.where(np.isnan(mine), theirs, mine + share * (theirs - mine))
    return np.where(share > 0, moved, mine)
