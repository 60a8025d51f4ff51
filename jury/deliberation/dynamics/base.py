"""What a model of opinion change is, and what comes out of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, ConfigDict, Field

from aggregators.registry import Registry
from jury.deliberation.naming import read_named, words_of
from jury.errors import MeasureError

if TYPE_CHECKING:
    from scipy import sparse

__all__ = ["Discussion", "Model", "State", "Step", "models", "read_model"]

FloatArray = NDArray[np.float64]

_KEPT = 20
_SEPARATE = 1e-3


@dataclass(frozen=True, eq=False)
class State:
    """Opinions, and what they are made of.

    Attributes
    ----------
    values : (n, c) float array
        Opinions, one column a question; NaN is no opinion.
    owed : (n, c, g) float array
        The share of each opinion that is owed to the first opinions of the people with each mark; 0 where there is no
        opinion. It is averaged exactly as opinions are.
    """

    values: FloatArray
    owed: FloatArray


Step: TypeAlias = Callable[[State], State]


@dataclass(frozen=True, eq=False)
class Discussion:
    """How opinions went.

    Attributes
    ----------
    trajectory : tuple of (n, c) float arrays
        Opinions after each of the first rounds, from those before any (round 0); NaN is no opinion.
    final : (n, c) float array
        Opinions at the end.
    rounds : int
        How many rounds there were.
    converged : bool
        Whether the last round changed nothing that counts.
    period : int or None
        After how many rounds opinions come back, where they go to and fro for ever.
    owed : (n, c, g) float array
        Who moved whom: the share of each final opinion that is owed to the first opinions of those with each mark.
    """

    trajectory: tuple[FloatArray, ...]
    final: FloatArray
    rounds: int
    converged: bool
    period: int | None
    owed: FloatArray

    def at(self, round_: int) -> FloatArray:
        """Return the (n, c) opinions after a round that was kept, or the final ones for a later round."""
        return self.trajectory[round_] if round_ < len(self.trajectory) else self.final

    @property
    def clusters(self) -> NDArray[np.int64]:
        """(c,) number of different final opinions, those within a thousandth of the scale of the next being one."""
        found = []
        for column in self.final.T:
            held = np.sort(column[~np.isnan(column)])
            found.append(int(len(held) > 0) + int((np.diff(held) > _SEPARATE).sum()))
        return np.array(found, dtype=np.int64)


class Model(BaseModel, ABC):
    """How people change their opinions when they hear others; subclasses add their own settings.

    Opinions are numbers from 0 to 1, each question by itself. Who has no opinion (NaN) says nothing, hears, and takes
    up what is heard. What a person hears is fixed by the ties; who hears nobody does not change.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    #: Whether a round depends on chance, so that one without any change says nothing of the next.
    by_lot: ClassVar[bool] = False
    #: The setting, from 0 to 1, that results hang on most, and that nobody has measured; None if there is none.
    dial: ClassVar[str | None] = None

    kind: str
    rounds: int = Field(default=100, ge=1, description="Rounds after which it ends, settled or not.")
    tolerance: float = Field(
        default=1e-6, gt=0, lt=1, description="Change of opinions in a round, from 0 to 1, below which it has settled."
    )

    @abstractmethod
    def stepper(self, start: State, ties: sparse.csr_array, rng: np.random.Generator, dials: FloatArray) -> Step:
        """Return what one round does; `dials` (n,) is everybody's own value of the setting `dial`."""

    def settled(self, before: State, after: State, ties: sparse.csr_array, dials: FloatArray) -> bool:
        """Tell whether it has come to rest."""
        return _farthest(before.values, after.values) < self.tolerance

    def influence(self, ties: sparse.csr_array, dials: ArrayLike | None = None) -> FloatArray | None:
        """Return the (n, n) weights of everybody's first opinion in everybody's last, where there is such a matrix.

        Row i adds up to 1: what the opinion of i is made of, everybody having one at first. None where opinions never
        settle, or weights depend on the opinions.
        """
        return None

    def rate(self, ties: sparse.csr_array, dials: ArrayLike | None = None) -> float | None:
        """Return what each further round leaves of differences: below 1 they vanish, the nearer to 0 the faster.

        None where that depends on the opinions.
        """
        return None

    def words(self) -> str:
        """Return the model as it is written, with its settings."""
        return words_of(self, ("rounds", "tolerance"))

    def discuss(
        self,
        opinions: ArrayLike,
        ties: sparse.csr_array,
        rng: np.random.Generator,
        marks: ArrayLike | None = None,
        dials: ArrayLike | None = None,
    ) -> Discussion:
        """Let people discuss.

        Parameters
        ----------
        opinions : (n, c) array_like
            From 0 to 1, one column a question; NaN is no opinion.
        ties : csr_array of shape (n, n)
            Whom each hears, from `jury.deliberation.topology.ties_of`.
        rng : Generator
            Used by models in which people meet by lot.
        marks : (n, g) array_like, optional
            Who is of which group, from 0 to 1, to tell how much of whose opinion is owed to whom.
        dials : (n,) array_like, optional
            Everybody's own value of the setting that `dial` names, from 0 to 1; by default that of the model. NaN too
            is the model's.

        Returns
        -------
        Discussion

        Raises
        ------
        MeasureError
            If shapes do not fit, an opinion or a value is not between 0 and 1, or there is no such setting.
        """
        values = np.array(opinions, dtype=np.float64)
        if values.ndim != 2 or ties.shape != (len(values), len(values)):
            raise MeasureError(f"opinions of shape {values.shape} with ties of {ties.shape}; give (n, c) and (n, n)")
        known = ~np.isnan(values)
        if ((values < 0) | (values > 1))[known].any():
            raise MeasureError("opinions reach beyond 0 to 1; rescale them from the scale that was asked")
        given = np.zeros((len(values), 0)) if marks is None else np.asarray(marks, dtype=np.float64)
        if given.ndim != 2 or len(given) != len(values):
            raise MeasureError(f"marks of shape {given.shape} for {len(values)} people; give (n, g)")
        start = State(values, given[:, None, :] * known[:, :, None])
        return self._discuss(start, ties, self.own_dials(len(values), dials), rng)

    def own_dials(self, people: int, dials: ArrayLike | None = None) -> FloatArray:
        """Return everybody's value of the setting `dial`, (n,); NaN where there is no such setting."""
        usual = np.full(people, np.nan if self.dial is None else getattr(self, self.dial))
        if dials is None:
            return usual
        own = np.asarray(dials, dtype=np.float64)
        if self.dial is None and not np.isnan(own).all():
            raise MeasureError(f"dials: model {self.kind} has no setting that people can differ in; leave them out")
        if own.shape != (people,) or ((own < 0) | (own > 1)).any():
            raise MeasureError(f"dials of shape {own.shape} for {people} people; give each a number from 0 to 1")
        return np.where(np.isnan(own), usual, own)

    def _discuss(self, start: State, ties: sparse.csr_array, dials: FloatArray, rng: np.random.Generator) -> Discussion:
        step = self.stepper(start, ties, rng, dials)
        kept, earlier, state = [start.values], start, start
        converged, period, number = False, None, 0
        while number < self.rounds and not converged and period is None:
            number += 1
            following = step(state)
            converged = self.settled(state, following, ties, dials)
            # Where opinions come back after two rounds and are not the same after one, they do so for ever.
            if (
                not (converged or self.by_lot or number == 1)
                and _farthest(earlier.values, following.values) < self.tolerance**2
            ):
                period = 2
            earlier, state = state, following
            if number <= _KEPT:
                kept.append(state.values)
        return Discussion(tuple(kept), state.values, number, converged, period, state.owed)


models: Registry[type[Model]] = Registry("model of opinion change", "jury.deliberation.dynamics")


def read_model(value: str | Mapping[str, Any] | Model) -> Model:
    """Return a model from ``"friedkin-johnsen:stubbornness=0.5"``, or from a mapping with ``kind`` and its settings.

    Raises
    ------
    StudyError
        For one that is not known, or settings that it does not take.

    Examples
    --------
    >>> read_model("friedkin-johnsen:stubbornness=0.5").words()
    'friedkin-johnsen:stubbornness=0.5,self_weight=0.0'
    """
    return value if isinstance(value, Model) else read_named(models, value, "model")


def _farthest(one: FloatArray, other: FloatArray) -> float:
    """Return the largest change; infinite where somebody came to have an opinion."""
    if (np.isnan(one) != np.isnan(other)).any():
        return float("inf")
    return float(np.nanmax(np.abs(one - other), initial=0.0)) if one.size else 0.0
