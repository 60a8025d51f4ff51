"""Rules that eliminate one alternative after the other, through every order that ties allow.

Where several alternatives tie for elimination, each choice opens a universe of its own. Universes in which
the same alternatives remain have the same future, so the search goes over sets of remaining alternatives,
round by round, for all weightings at once. Votes are counted afresh for each set: a product of whole matrices
is cheaper than to find out which votes have passed on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from aggregators.errors import RuleError
from aggregators.options import one_of
from aggregators.ties import RELATIVE_TOLERANCE, exceeds, ties_with
from aggregators.weighing import counted, in_single_precision, weigh

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from aggregators.profiles import Rankings

    FloatArray = NDArray[np.float64]
    BoolArray = NDArray[np.bool_]
    Rows = NDArray[np.intp]
    Remaining = tuple[int, ...]
    Decided = Callable[[Remaining, Rows], BoolArray]
    """Which of the remaining wins outright: (k, r), no more than one a column."""

__all__ = ["Count", "FirstPlaces", "eliminate"]

TIES = ("parallel", "together")
MOST_SETS = 2**14

_CELLS_AT_ONCE = 2**21


class Count(Protocol):
    """What decides who leaves: the fewest votes among those who remain.

    The r `rows` are the weightings in question, in ascending order.
    """

    transfers_votes: bool
    """Whether votes are non-negative and only pass from those who leave to those who stay."""

    @property
    def weightings(self) -> int:
        """Number of weightings b."""

    def votes(self, remaining: Remaining, rows: Rows) -> FloatArray:
        """Return the (k, r) votes when only these k remain."""

    def noise(self, remaining: Remaining, rows: Rows) -> FloatArray | None:
        """Return the (r,) magnitude behind the votes, where it is not their own size."""


def eliminate(rule: str, size: int, count: Count, ties: str, decided: Decided | None = None) -> FloatArray:
    """Return how many alternatives leave before each one, in the universe where it stays longest: (b, m).

    Parameters
    ----------
    rule : str
        Named in messages.
    size : int
        Number of alternatives m.
    count : Count
        Votes of those who remain.
    ties : {"parallel", "together"}
        Go through every choice, or let all that tie for elimination leave at once (none of them if they are
        all that remain).
    decided : callable, optional
        Ends the elimination where one of those who remain wins outright.

    Raises
    ------
    RuleError
        If ties lead to more sets of remaining alternatives than can be gone through.
    """
    one_of(rule, "ties", ties, TIES)
    universes = _Universes(size, count, ties, decided)
    most = max(1, _CELLS_AT_ONCE // size)
    for gone in range(size):
        places = universes.reached(gone)
        if count.weightings == 1 == len(places) and universes.hurry_on(gone, places):
            continue
        universes.seen += np.bincount(universes.rows(places), minlength=count.weightings)
        if universes.seen.max() > MOST_SETS:
            raise RuleError(
                f"{rule!r} met more than {MOST_SETS} sets of remaining alternatives through ties; give "
                "ties='together' to let tied alternatives leave at once"
            )
        for start in range(0, len(places), most):
            universes.go_on(gone, places[start : start + most])
    return universes.before.T


class _Universes:
    """Where the search is.

    A place, meaning that under some weighting some alternatives remain, is one number: the set of alternatives,
    as bits, times the number of weightings, plus the weighting.
    """

    def __init__(self, size: int, count: Count, ties: str, decided: Decided | None) -> None:
        self.size = size
        self.count = count
        self.ties = ties
        self.decided = decided
        self.before = np.zeros((size, count.weightings))
        self.seen = np.zeros(count.weightings, dtype=np.int64)
        fits = size + count.weightings.bit_length() < 63
        bits = [count.weightings << column for column in range(size)]
        self._bits = np.array(bits, dtype=np.int64 if fits else object)
        self._waiting: list[list[NDArray[Any]]] = [[] for _ in range(size + 1)]  # by how many are gone
        self._waiting[0].append(self._bits.sum() + np.arange(count.weightings).astype(self._bits.dtype))

    def reached(self, gone: int) -> NDArray[Any]:
        """Return the places where so many are gone: each once, and those with the same set together."""
        waiting = self._waiting[gone]
        self._waiting[gone] = []
        places: NDArray[Any] = np.concatenate(waiting) if waiting else self._bits[:0]
        if len(places) > 1:
            places.sort()
            places = places[np.append(True, places[1:] != places[:-1])]
        return places

    def rows(self, places: NDArray[Any]) -> Rows:
        """Return the weightings of some places."""
        return (places % self.count.weightings).astype(np.intp, copy=False)

    def sets(self, places: NDArray[Any]) -> Iterator[tuple[Remaining, slice]]:
        """Yield each set of remaining alternatives, and where it is among some places in order."""
        sets = places // self.count.weightings
        ends = [*(np.flatnonzero(sets[1:] != sets[:-1]) + 1).tolist(), len(sets)]
        start = 0
        for end in ends:
            held = int(sets[start])
            yield tuple(column for column in range(self.size) if held >> column & 1), slice(start, end)
            start = end

    def hurry_on(self, gone: int, places: NDArray[Any]) -> bool:
        """Go on from the only place under the only weighting if no two are near to a tie, and tell whether so."""
        ((remaining, _),) = self.sets(places)
        row = np.zeros(1, dtype=np.intp)
        if len(remaining) == 1 or (self.decided is not None and self.decided(remaining, row).any()):
            return False
        votes = self.count.votes(remaining, row)[:, 0].tolist()
        fewest, second = sorted(votes)[:2]
        noise = self.count.noise(remaining, row)
        scale = max(abs(fewest), abs(second)) if noise is None else noise[0]
        if second - fewest <= 2 * RELATIVE_TOLERANCE * scale:  # what this means is for others to tell
            return False
        leaving = remaining[votes.index(fewest)]
        self.before[leaving] = max(self.before[leaving, 0], gone)
        self._waiting[gone + 1].append(places - self._bits[leaving])
        return True

    def go_on(self, gone: int, places: NDArray[Any]) -> None:
        """Let who must leave some places where so many are gone, and find the places that this leads to."""
        if gone == self.size - 1:
            rows = self.rows(places)
            for (winner,), here in self.sets(places):
                self.before[winner, rows[here]] = gone
            return
        if self.decided is not None:
            places = self._undecided(gone, places, self.decided)
        if not len(places):
            return
        rows = self.rows(places)
        lowest, together = self._lowest(places, rows)
        columns, which = np.nonzero(lowest & ~together)
        self._stay(columns, rows[which], gone)
        self._waiting[gone + 1].append(places[which] - self._bits[columns])
        tied = np.where(together, lowest.sum(axis=0), 0)
        for many in set(tied[together].tolist()):
            which = np.flatnonzero(tied == many)
            leaving = lowest[:, which]
            columns, among = np.nonzero(leaving)
            # in the best of the orders in which they leave, the last of them
            left = gone + many
            self._stay(columns, rows[which[among]], gone if self.ties == "together" and left < self.size else left - 1)
            self._waiting[left].append(places[which] - self._bits @ leaving)

    def _stay(self, columns: Rows, rows: Rows, before: int) -> None:
        """Note that so many leave before an alternative under a weighting, if it does not stay longer elsewhere."""
        self.before[columns, rows] = np.maximum(self.before[columns, rows], before)

    def _undecided(self, gone: int, places: NDArray[Any], decided: Decided) -> NDArray[Any]:
        """Return the places where nobody wins outright, and note what comes of the others."""
        rows = self.rows(places)
        over = np.zeros(len(places), dtype=np.bool_)
        for remaining, here in self.sets(places):
            wins = decided(remaining, rows[here])
            over[here] = wins.any(axis=0)
            ended = np.ix_(np.array(remaining), rows[here][over[here]])
            stays = np.where(wins[:, over[here]], self.size - 1, gone)
            self.before[ended] = np.maximum(self.before[ended], stays)
        return places[~over]

    def _lowest(self, places: NDArray[Any], rows: Rows) -> tuple[BoolArray, BoolArray]:
        """Return who has the fewest votes in each place, (m, places), and where all of those leave at once."""
        votes = np.full((self.size, len(places)), np.nan)
        noise: list[FloatArray | None] = []
        for remaining, here in self.sets(places):
            votes[list(remaining), here] = self.count.votes(remaining, rows[here])
            noise.append(self.count.noise(remaining, rows[here]))
        scale = np.concatenate([part for part in noise if part is not None]) if noise[0] is not None else None
        lowest = ties_with(-np.fmin.reduce(votes), -votes, scale)
        together = np.asarray(lowest.sum(axis=0) > 1)
        if self.ties == "parallel":
            if self.count.transfers_votes:
                together[together] = _in_any_order(votes[:, together], lowest[:, together])
            else:
                together[:] = False
        return lowest, together


def _in_any_order(votes: FloatArray, lowest: BoolArray) -> BoolArray:
    """Tell where those who tie for the fewest votes, and together have fewer than any other, all leave."""
    others = np.fmin.reduce(np.where(lowest, np.nan, votes))
    fewer = exceeds(others, np.where(lowest, votes, 0.0).sum(axis=0))
    return np.asarray(fewer | (np.fmax.reduce(votes) == 0))


class FirstPlaces:
    """Votes for the alternative that each ballot ranks highest among those who remain.

    Alternatives tied highest share the vote equally; a ballot none of whose ranked alternatives remains is
    exhausted.

    Parameters
    ----------
    ballots : Rankings
        Of n voters.
    weights : (b, n) array
        Weightings of the voters.
    last : bool
        Count who is ranked lowest instead: unranked alternatives are tied lowest, and no ballot is exhausted.
    """

    transfers_votes = True

    def __init__(self, ballots: Rankings, weights: FloatArray, *, last: bool = False) -> None:
        self.weights = weights if len(weights) == 1 else in_single_precision(weights)
        self._even = len(weights) == 1 and bool(weights.min() == weights.max())
        self._ballots = ballots
        self._last = last

    @property
    def weightings(self) -> int:
        """Number of weightings."""
        return len(self.weights)

    def votes(self, remaining: Remaining, rows: Rows) -> FloatArray:
        """Return the votes when only these remain."""
        shares = self._shares(remaining)
        if self._even and shares.dtype == np.bool_:
            even: FloatArray = self.weights[0, 0] * counted(shares)[:, None]
            return even
        weights = self.weights if len(rows) == len(self.weights) else self.weights.take(rows, axis=0)
        votes: FloatArray = weigh(shares, weights).T
        return votes

    def noise(self, remaining: Remaining, rows: Rows) -> None:
        """Return None, because votes are sums of what has one sign."""

    def _shares(self, remaining: Remaining) -> NDArray[Any]:
        """Return (k, n) shares of the votes: yes and no unless some ballot ties those it ranks highest."""
        places = self._ballots.places
        if len(remaining) < len(places):
            places = places[list(remaining)]
        best = places.max(axis=0) if self._last else places.min(axis=0)
        highest: NDArray[Any] = places == best
        if self._ballots.strict:
            return highest
        if not self._last:
            highest &= best <= self._ballots.n_alternatives
        many = highest.sum(axis=0, dtype=places.dtype)
        return np.divide(highest, np.maximum(many, 1)) if many.max() > 1 else highest
