"""A weighted voting game, and what an index of power says of its players."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from aggregators.committee.counting import whole_weights
from aggregators.errors import ProfileError
from aggregators.outcome import plain
from aggregators.profiles import checked_weights
from aggregators.ties import RELATIVE_TOLERANCE

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

__all__ = ["Power", "WeightedGame"]


class WeightedGame:
    """Players with weights, and the weight that a coalition needs to win.

    Parameters
    ----------
    weights : (n,) array_like
        Non-negative, with a positive total.
    quota : float, optional
        A coalition wins with this weight or more. Default: with more than half of all weight.
    players : sequence of n labels, optional
        Unique; kept as strings. Default: ``"0"``, ``"1"``, ...

    Raises
    ------
    ProfileError
        If weights or labels do not fit, or no coalition, or the empty one, would win.

    Notes
    -----
    Weights with a common unit, such as counts and decimals, are compared exactly. Others reach a quota that they miss
    by a billionth of it, as everywhere in this package.

    Examples
    --------
    >>> from aggregators.power import WeightedGame
    >>> WeightedGame([3, 2, 1], quota=4)
    WeightedGame(3 players, 4 of 6)
    """

    def __init__(self, weights: ArrayLike, quota: float | None = None, players: Sequence[object] | None = None) -> None:
        self.weights: FloatArray = checked_weights(weights, np.size(weights))
        if self.weights.ndim != 1:
            raise ProfileError(f"weights has shape {self.weights.shape}; give one weight a player")
        count = len(self.weights)
        self.players = tuple(map(str, range(count) if players is None else players))
        if len(set(self.players)) != count:
            raise ProfileError(f"players={list(self.players)!r}: give {count} different labels, one a weight")
        total = float(self.weights.sum())
        if quota is not None and not 0 < quota <= total * (1 + RELATIVE_TOLERANCE):
            raise ProfileError(
                f"quota={quota!r} of a total weight {total:g}; give a number above 0 and at most the total"
            )
        self.quota = quota
        self.whole, self.needed = self._units(total)

    def _units(self, total: float) -> tuple[NDArray[np.int64] | None, float]:
        """Return whole weights, if they have a common unit, and the least weight that wins, in their units."""
        whole = whole_weights(self.weights)
        if whole is None:
            if self.quota is None:
                return None, float(np.nextafter(total / 2 * (1 + RELATIVE_TOLERANCE), np.inf))
            return None, self.quota * (1 - RELATIVE_TOLERANCE)
        if self.quota is None:
            return whole, int(whole.sum()) // 2 + 1
        needed = self.quota / total * int(whole.sum())
        nearest = round(needed)
        return whole, nearest if abs(needed - nearest) <= RELATIVE_TOLERANCE * needed else math.ceil(needed)

    @property
    def counted(self) -> FloatArray:
        """Weights in the unit of `needed`: a coalition wins if its counted weight is at least that."""
        return self.weights if self.whole is None else self.whole.astype(np.float64)

    def blocs(self, labels: Sequence[object] | NDArray[Any]) -> WeightedGame:
        """Return the game in which players with the same label vote as one, in the order of sorted labels.

        Examples
        --------
        >>> from aggregators.power import WeightedGame, banzhaf
        >>> jury = WeightedGame([1] * 12).blocs(["north"] * 6 + ["south"] * 5 + ["isle"])
        >>> dict(zip(jury.players, banzhaf(jury).power.round(2).tolist()))
        {'isle': 0.2, 'north': 0.6, 'south': 0.2}
        """
        if len(labels) != len(self.players):
            raise ProfileError(f"labels has {len(labels)} entries for {len(self.players)} players; give one a player")
        names, member = np.unique(np.asarray(labels, dtype=np.str_), return_inverse=True)
        return WeightedGame(np.bincount(member, self.weights), self.quota, names.tolist())

    def __repr__(self) -> str:
        needed = "more than half" if self.quota is None else f"{self.quota:g}"
        return f"WeightedGame({len(self.players)} players, {needed} of {self.weights.sum():g})"


@dataclass(frozen=True, eq=False)
class Power:
    """What an index says of the players.

    Attributes
    ----------
    index : {"banzhaf", "shapley_shubik"}
    players : tuple of n str
    power : (n,) float array
        Shares of all power: higher is more, they add up to 1.
    decisive : (n,) float array
        Probability that the player's vote decides: if all coalitions of the others are equally likely (Banzhaf, then
        these are the absolute values of Penrose), or all orders in which players join (Shapley and Shubik, then they
        are `power`).
    low, high : (n,) float arrays
        Ends of the 95 % interval of `power` from the number of samples alone; `power` itself where it is exact.
    samples : int or None
        How many coalitions or orders were drawn; None where the index is exact.
    """

    index: str
    players: tuple[str, ...]
    power: FloatArray
    decisive: FloatArray
    low: FloatArray
    high: FloatArray
    samples: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the index as plain JSON types."""
        return {name: plain(getattr(self, name)) for name in self.__dataclass_fields__}


def exact(index: str, game: WeightedGame, decisive: FloatArray) -> Power:
    """Return an index that is not sampled."""
    power = decisive / decisive.sum()
    return Power(index, game.players, power, decisive, power, power)
