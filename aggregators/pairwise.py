"""Every alternative against every other: the weight on each side, with near-ties settled once.

A duel of two alternatives is won by the one that more weight prefers. Rules that compare duels with each
other do so through `Duels`, whose numbers are either whole, and exact, or settled: strengths that tie by the
tolerance of `aggregators.ties` are made equal, so that what is computed from them can be compared exactly.
The last axis is that of the weightings, because whole rows of it are added and compared at once.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from aggregators.comparing import voices
from aggregators.options import one_of
from aggregators.profiles import Comparisons
from aggregators.tally import Tally
from aggregators.ties import ties_with

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from aggregators.profiles import Rankings

    FloatArray = NDArray[np.float64]
    BoolArray = NDArray[np.bool_]

__all__ = ["Duels", "duels", "duels_in_parts", "in_parts", "strongest_paths"]

UNRANKED = ("last", "ignored")
STRENGTHS = ("margins", "winning")

_CELLS_AT_ONCE = 2**21
_WEIGHTINGS_IN_CACHE = 2**11


@dataclass(frozen=True)
class Duels:
    """The duels of m alternatives under b weightings.

    Parameters
    ----------
    size : int
        Number of alternatives m.
    upper, lower : (m * (m - 1) / 2, b) arrays
        For each pair of columns x < y, in the order of ``numpy.triu_indices``: the weight of the voters who
        rank x above y, and of those who rank y above x.
    """

    size: int
    upper: FloatArray
    lower: FloatArray

    @cached_property
    def exact(self) -> bool:
        """Whether all weights are whole, so that nothing has to be settled."""
        return bool((self.upper == np.rint(self.upper)).all() and (self.lower == np.rint(self.lower)).all())

    @cached_property
    def differences(self) -> FloatArray:
        """Margin of the first of each pair, shape as `upper`: zero for a tie, near-equal sizes made equal."""
        difference: FloatArray = self.upper - self.lower
        if self.exact:
            return difference
        high = np.maximum(self.upper, self.lower)
        size = np.where(ties_with(high, np.minimum(self.upper, self.lower)), 0.0, np.abs(difference))
        settled: FloatArray = np.sign(difference) * _settled(size, high)
        return settled

    @cached_property
    def margins(self) -> FloatArray:
        """(m, m, b): weight for the row less weight for the column, settled."""
        return self._square(self.differences, -self.differences)

    @cached_property
    def beats(self) -> BoolArray:
        """(m, m, b): whether the row wins its duel against the column."""
        return self._square(self.differences > 0, self.differences < 0)

    @cached_property
    def support(self) -> FloatArray:
        """(m, m, b): weight of the voters who rank the row above the column, as counted."""
        return self._square(self.upper, self.lower)

    def strengths(self, by: str) -> NDArray[Any]:
        """Return (m, m, b) strengths of the duels that the row wins, settled, and zero for the others.

        Whole numbers come as the smallest integers that hold them, which are compared several times as fast.

        Parameters
        ----------
        by : {"margins", "winning"}
            The margin, or the weight of the winning side.
        """
        if by == "margins":
            lead = self._compact(self.differences)
            return self._square(np.maximum(lead, 0), np.maximum(-lead, 0))
        return np.where(self.beats, self._compact(self.settled_support), 0)

    @cached_property
    def settled_support(self) -> FloatArray:
        """(m, m, b): as `support`, near-equal weights made equal."""
        if self.exact:
            return self.support
        both = np.concatenate([self.upper, self.lower])
        upper, lower = np.split(_settled(both, both), 2)
        return self._square(upper, lower)

    def _compact(self, numbers: FloatArray) -> NDArray[Any]:
        if self.exact and numbers.size:
            largest = np.abs(numbers).max()
            for small in (np.int16, np.int32):
                if largest <= np.iinfo(small).max:
                    return numbers.astype(small)
        return numbers

    @property
    def _pairs(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        return np.triu_indices(self.size, 1)

    def _square(self, upper: NDArray[np.generic], lower: NDArray[np.generic]) -> NDArray:  # type: ignore[type-arg]
        rows, columns = self._pairs
        square = np.zeros((self.size, self.size, upper.shape[1]), dtype=upper.dtype)
        square[rows, columns] = upper
        square[columns, rows] = lower
        return square


def duels(
    ballots: Rankings | Comparisons, weights: FloatArray, unranked: str = "last", *, rule: str = "duels"
) -> Duels:
    """Count every duel.

    Parameters
    ----------
    ballots : Rankings or Comparisons
        Of n voters. Who compared a pair more than once counts once, for the side preferred more often; a pair that
        nobody compared is a tied duel.
    weights : (b, n) array
        Weightings of the voters.
    unranked : {"last", "ignored"}
        Whether an alternative that a voter leaves unranked is tied last, below every ranked one, or takes no
        part in that voter's duels. Says nothing of comparisons.
    rule : str
        Named in the message when `unranked` is none of these.
    """
    one_of(rule, "unranked", unranked, UNRANKED)
    size = ballots.n_alternatives
    if isinstance(ballots, Comparisons):
        return Duels(size, *voices(ballots, weights))
    if ballots.complete:
        unranked = "last"  # which makes no difference then
    if len(weights) == 1:
        upper, lower = _count_one(ballots.places, weights, ballots.strict, size + 1 if unranked == "ignored" else None)
    else:
        upper, lower = _count_many(ballots, weights, unranked)
    if lower is None:
        lower = weights @ np.ones(weights.shape[1]) - upper
    return Duels(size, upper, lower)


def _count_one(
    places: NDArray[np.integer], weights: FloatArray, complete: bool, left_out: int | None
) -> tuple[FloatArray, FloatArray | None]:
    """Count under one weighting, without a table of all pairs."""
    size = len(places)
    n_pairs = size * (size - 1) // 2
    upper, lower = np.zeros((n_pairs, 1)), np.zeros((n_pairs, 1))
    voters = max(1, _CELLS_AT_ONCE // size)
    for start in range(0, places.shape[1], voters):
        part = np.ascontiguousarray(places[:, start : start + voters])
        weigh = _weigher(weights[0, start : start + voters])
        ranked = None if left_out is None else part != left_out
        at = 0
        for x in range(size - 1):
            below = slice(x + 1, None)
            pairs = slice(at, at + size - 1 - x)
            at = pairs.stop
            ahead = part[x] < part[below]
            upper[pairs, 0] += weigh(ahead if ranked is None else ahead & ranked[below])
            if not complete:
                behind = part[below] < part[x]
                lower[pairs, 0] += weigh(behind if ranked is None else behind & ranked[x])
    return upper, None if complete else lower


def _weigher(weights: FloatArray) -> Callable[[BoolArray], FloatArray]:
    """Return what adds up the weights of the voters in each row of a mask."""
    first = weights[0]
    if (weights == first).all():
        return lambda masks: first * np.array([np.count_nonzero(mask) for mask in masks], dtype=np.float64)
    return lambda masks: masks.astype(np.float64) @ weights


def _count_many(ballots: Rankings, weights: FloatArray, unranked: str) -> tuple[FloatArray, FloatArray | None]:
    """Count under many weightings: one matrix product a block of voters."""
    n_pairs = ballots.n_alternatives * (ballots.n_alternatives - 1) // 2
    voters = max(1, _CELLS_AT_ONCE // max(n_pairs, 1))
    if ballots.n_voters <= voters:
        ahead, behind = ballots.derived(_sides, unranked)
        return ahead @ weights.T, None if behind is None else behind @ weights.T
    upper, lower = np.zeros((n_pairs, len(weights))), np.zeros((n_pairs, len(weights)))
    for start in range(0, ballots.n_voters, voters):
        block = slice(start, start + voters)
        ahead, behind = _sides(ballots, unranked, block)
        upper += ahead @ weights[:, block].T
        if behind is not None:
            lower += behind @ weights[:, block].T
    return upper, None if ballots.strict else lower


def _sides(ballots: Rankings, unranked: str, block: slice = slice(None)) -> tuple[FloatArray, FloatArray | None]:
    """Return, as (pairs, n) ones and zeros, who ranks the first of each pair above, and who below, the second."""
    part = ballots.places[:, block]
    rows, columns = np.triu_indices(len(part), 1)
    one, other = part[rows], part[columns]
    ahead = one < other
    if ballots.strict:
        return ahead.astype(np.float64), None
    behind = other < one
    if unranked == "ignored":
        last = len(part) + 1
        ahead &= other != last
        behind &= one != last
    return ahead.astype(np.float64), behind.astype(np.float64)


def _settled(values: FloatArray, magnitudes: FloatArray) -> FloatArray:
    """Make near-equal values of each column equal to the highest of them.

    Parameters
    ----------
    values : (k, b) array
        Non-negative. Zeros stay zero.
    magnitudes : (k', b) array
        What was added up; the tolerance is relative to the largest.
    """
    if not len(values):
        return values
    scale = magnitudes.max(axis=0)
    order = np.argsort(-values, axis=0, kind="stable")
    ranked = np.take_along_axis(values, order, axis=0)
    new = np.ones(ranked.shape, dtype=np.bool_)
    new[1:] = ~ties_with(ranked[:-1], ranked[1:], scale)
    leads = _leaders_of(ranked, new)
    if not ties_with(leads, ranked, scale).all():  # a chain wider than the tolerance: go on from each leader
        lead = ranked[0].copy()
        for place in range(1, len(ranked)):
            new[place] = ~ties_with(lead, ranked[place], scale)
            lead = np.where(new[place], ranked[place], lead)
        leads = _leaders_of(ranked, new)
    settled = np.empty_like(values)
    np.put_along_axis(settled, order, leads, axis=0)
    settled[values == 0] = 0.0
    return settled


def _leaders_of(ranked: FloatArray, new: BoolArray) -> FloatArray:
    first = np.maximum.accumulate(np.where(new, np.arange(len(ranked))[:, None], 0), axis=0)
    return np.take_along_axis(ranked, first, axis=0)


def strongest_paths(strengths: NDArray[Any]) -> NDArray[Any]:
    """Return (m, m, b) strengths of the strongest path from row to column, a path being as strong as its weakest duel.

    Parameters
    ----------
    strengths : (m, m, b) array
        Of the duels won, zero for the others.
    """
    best = strengths.copy()
    for middle in range(len(best)):
        np.maximum(best, np.minimum(best[:, middle, None], best[middle]), out=best)
    return best


def duels_in_parts(tally: Callable[[FloatArray], Tally], weights: FloatArray, size: int) -> Tally:
    """Do as `in_parts` for a rule that compares all duels of `size` alternatives, and mostly in the processor's cache.

    A rule that does much once a part, as eliminations do, is better off with the largest parts.
    """
    return in_parts(tally, weights, max(4 * size * size, _CELLS_AT_ONCE // _WEIGHTINGS_IN_CACHE))


def in_parts(tally: Callable[[FloatArray], Tally], weights: FloatArray, cells: int) -> Tally:
    """Tally some weightings at a time, so that memory stays bounded, and join the tallies.

    Parameters
    ----------
    tally : callable
        From weights (b, n) to a tally whose keys, if any, are a list.
    weights : (b, n) array
        All the weightings.
    cells : int
        How many numbers are kept for one weighting on the way.
    """
    rows = max(1, _CELLS_AT_ONCE // max(cells, 1))
    if len(weights) <= rows:
        return tally(weights)
    parts = [tally(weights[start : start + rows]) for start in range(0, len(weights), rows)]
    first = parts[0]
    joined: dict[str, object] = {}
    for name in (each.name for each in fields(Tally)):
        values = [getattr(part, name) for part in parts]
        if name == "keys" and first.keys is not None:
            joined[name] = [np.concatenate(column) for column in zip(*values, strict=True)]
        elif name == "details":
            joined[name] = {key: np.concatenate([value[key] for value in values]) for key in first.details}
        elif values[0] is not None:
            joined[name] = np.concatenate(values)
    return replace(first, **joined)  # type: ignore[arg-type]
