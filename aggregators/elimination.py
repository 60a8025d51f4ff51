"""Rules that eliminate one alternative after the other, through every order that ties allow.

Where several alternatives tie for elimination, each choice opens a universe of its own. Universes in which
the same alternatives remain have the same future, so the search goes over sets of remaining alternatives,
for all weightings at once.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Protocol

import numpy as np

from aggregators.errors import RuleError
from aggregators.options import one_of
from aggregators.ties import exceeds, ties_with

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from aggregators.profiles import Rankings

    FloatArray = NDArray[np.float64]
    Rows = NDArray[np.intp]
    Remaining = tuple[int, ...]
    Decided = Callable[[Remaining, Rows], NDArray[np.bool_]]
    """Which of the remaining wins outright, (k, r); no more than one a column."""

__all__ = ["Count", "FirstPlaces", "eliminate"]

TIES = ("parallel", "together")
MOST_SETS = 2**14


class Count(Protocol):
    """What decides who leaves: the fewest votes among those who remain."""

    transfers_votes: bool
    """Whether votes are non-negative and only pass from those who leave to those who stay."""

    def start(self) -> FloatArray:
        """Return the (m, b) votes when all remain."""

    def after(self, remaining: Remaining, gone: Remaining, rows: Rows, votes: FloatArray) -> FloatArray:
        """Return the (m, r) votes of some weightings when `gone` has left `remaining`, from those before."""

    def noise(self, remaining: Remaining, rows: Rows) -> FloatArray | None:
        """Return the (r,) magnitude behind the votes, where it is not their own size."""


def eliminate(rule: str, size: int, count: Count, ties: str, decided: Decided | None = None) -> NDArray[np.float64]:
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
    votes = count.start()
    before = np.zeros((size, votes.shape[1]))
    seen = np.zeros(votes.shape[1], dtype=np.int64)
    waiting: dict[int, dict[Remaining, list[tuple[Rows, FloatArray]]]] = defaultdict(lambda: defaultdict(list))
    waiting[0][tuple(range(size))].append((np.arange(votes.shape[1]), votes))
    for gone in range(size):
        for remaining, parts in waiting.pop(gone, {}).items():
            rows, votes = _joined(parts)
            seen[rows] += 1
            if seen.max() > MOST_SETS:
                raise RuleError(
                    f"{rule!r} met more than {MOST_SETS} sets of remaining alternatives through ties; give "
                    "ties='together' to let tied alternatives leave at once"
                )
            columns = np.array(remaining)
            before[columns[:, None], rows] = np.maximum(before[columns[:, None], rows], gone)
            if decided is not None:
                wins = decided(remaining, rows)
                best = np.where(wins, size - 1.0, 0.0)
                before[columns[:, None], rows] = np.maximum(before[columns[:, None], rows], best)
                open_ = ~wins.any(axis=0)
                rows, votes = rows[open_], votes[:, open_]
            if len(remaining) == 1 or not len(rows):
                continue
            for leaving, where in _leaving(remaining, votes[columns], count, rows, ties):
                ahead = rows[where]
                here = np.array(leaving)[:, None]
                if len(leaving) == len(remaining):
                    before[here, ahead] = size - 1.0
                    continue
                left = gone + len(leaving)
                before[here, ahead] = np.maximum(before[here, ahead], left - 1.0 if ties == "parallel" else gone)
                stay = tuple(column for column in remaining if column not in leaving)
                already = waiting[left][stay]
                if already:  # by another way; the votes are the same
                    new = ~np.isin(ahead, np.concatenate([known for known, _ in already]))
                    ahead, where = ahead[new], where[new]
                if len(ahead):
                    already.append((ahead, count.after(remaining, leaving, ahead, votes[:, where])))
    return before.T


def _joined(parts: list[tuple[Rows, FloatArray]]) -> tuple[Rows, FloatArray]:
    """Join the weightings that reached a set by different ways."""
    if len(parts) == 1:
        return parts[0]
    return np.concatenate([rows for rows, _ in parts]), np.concatenate([votes for _, votes in parts], axis=1)


def _leaving(
    remaining: Remaining, votes: FloatArray, count: Count, rows: Rows, ties: str
) -> list[tuple[Remaining, Rows]]:
    """Return who may leave next: sets of columns, each with the places in `rows` where that may happen."""
    fewest = votes.min(axis=0)
    lowest = ties_with(-fewest, -votes, count.noise(remaining, rows))
    tied = lowest.sum(axis=0)
    if tied.max() == 1:
        together = np.zeros(len(rows), dtype=np.bool_)
    elif ties == "together":
        together = tied > 1
    elif count.transfers_votes:
        # Those who tie for the fewest, and together have fewer than any other, all leave in any order.
        others = np.where(lowest, np.inf, votes).min(axis=0)
        together = (tied > 1) & (exceeds(others, np.where(lowest, votes, 0.0).sum(axis=0)) | (votes == 0).all(axis=0))
    else:
        together = np.zeros(len(rows), dtype=np.bool_)
    found: list[tuple[Remaining, Rows]] = []
    alone = lowest & ~together
    for place, column in enumerate(remaining):
        where = np.flatnonzero(alone[place])
        if where.size:
            found.append(((column,), where))
    if together.any():
        where = np.flatnonzero(together)
        patterns, which = np.unique(lowest[:, where].T, axis=0, return_inverse=True)
        for index, pattern in enumerate(patterns):
            leaving = tuple(column for column, leaves in zip(remaining, pattern, strict=True) if leaves)
            found.append((leaving, where[which.reshape(-1) == index]))
    return found


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
    """

    transfers_votes = True

    def __init__(self, ballots: Rankings, weights: FloatArray) -> None:
        self.places = ballots.places
        self.weights = weights
        self.unranked = len(self.places) + 1
        self._best = {tuple(range(len(self.places))): self.places.min(axis=0)}

    def start(self) -> FloatArray:
        """Return the (m, b) first places when all remain."""
        (best,) = self._best.values()
        votes: FloatArray = self._shares(self.places, best) @ self.weights.T
        return votes

    def after(
        self, remaining: tuple[int, ...], gone: tuple[int, ...], rows: NDArray[np.intp], votes: FloatArray
    ) -> FloatArray:
        """Return the votes when `gone` has left: only their ballots are counted again."""
        best = self._best[remaining]
        stay = [column for column in remaining if column not in gone]
        key = tuple(stay)
        leaving = self.places[list(gone)]
        touched = np.flatnonzero(((leaving == best) & (leaving != self.unranked)).any(axis=0))
        places = self.places[:, touched][stay]
        highest = places.min(axis=0)
        if key not in self._best:
            while len(first := next(iter(self._best))) > len(remaining):  # no longer needed
                del self._best[first]
            new = best.copy()
            new[touched] = highest
            self._best[key] = new
        gain = self._shares(places, highest)
        shared = (places == best[touched]).any(axis=0)
        if shared.any():  # those already tied highest had their part of the vote
            had = self._shares(self.places[:, touched][list(remaining)], best[touched])
            gain -= had[[remaining.index(column) for column in stay]]
        after = np.zeros_like(votes)
        after[stay] = votes[stay] + gain @ self.weights[np.ix_(rows, touched)].T
        return after

    def noise(self, remaining: tuple[int, ...], rows: NDArray[np.intp]) -> None:
        """Return None, because votes are sums of what has one sign."""

    def _shares(self, places: NDArray[np.integer], best: NDArray[np.integer]) -> FloatArray:
        highest = (places == best) & (best != self.unranked)
        many = highest.sum(axis=0)
        shares = highest.astype(np.float64)
        if many.max(initial=0) > 1:
            shares = shares / np.maximum(many, 1)
        result: FloatArray = shares
        return result
