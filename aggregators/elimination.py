"""Rules that eliminate one alternative after the other, through every order that ties allow.

Where several alternatives tie for elimination, each choice opens a universe of its own. Universes in which
the same alternatives remain have the same future, so the search goes over sets of remaining alternatives,
for all weightings at once.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from aggregators.errors import RuleError
from aggregators.options import one_of
from aggregators.ties import exceeds, ties_with
from aggregators.weighing import weigh

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from aggregators.profiles import Rankings

    FloatArray = NDArray[np.float64]
    Rows = NDArray[np.intp]
    Remaining = tuple[int, ...]
    Decided = Callable[[Remaining, Rows, FloatArray], NDArray[np.bool_]]
    """Which of the remaining wins outright, given all votes: (k, r), no more than one a column."""

__all__ = ["Count", "FirstPlaces", "eliminate"]

TIES = ("parallel", "together")
MOST_SETS = 2**14

_MOST_KEPT = 2**23  # numbers: some megabytes of small integers


class Count(Protocol):
    """What decides who leaves: the fewest votes among those who remain."""

    transfers_votes: bool
    """Whether votes are non-negative and only pass from those who leave to those who stay."""

    def start(self) -> FloatArray:
        """Return the (m, b) votes when all remain; rows beyond the first m are the counter's own."""

    def after(self, remaining: Remaining, gone: Remaining, rows: Rows, votes: FloatArray) -> FloatArray:
        """Return the votes of some weightings when `gone` has left `remaining`, from those before."""

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
    branched = False  # until a tie branches, a weighting is in one place only
    waiting: dict[int, dict[Remaining, list[tuple[Rows, FloatArray]]]] = defaultdict(lambda: defaultdict(list))
    waiting[0][tuple(range(size))].append((np.arange(votes.shape[1]), votes))
    for gone in range(size):
        for remaining, parts in waiting.pop(gone, {}).items():
            rows, votes = _joined(parts)
            if branched:
                seen[rows] += 1
                _refuse_above(seen.max(), rule)
            if len(remaining) == 1:
                before[remaining[0], rows] = size - 1.0
                continue
            columns = np.array(remaining)
            if decided is not None:
                wins = decided(remaining, rows, votes)
                over = wins.any(axis=0)
                here = np.ix_(columns, rows[over])
                before[here] = np.maximum(before[here], np.where(wins[:, over], size - 1.0, gone))
                rows, votes = rows[~over], votes[:, ~over]
            if not len(rows):
                continue
            found = _leaving(remaining, votes[columns], count, rows, ties)
            branched = branched or sum(len(where) for _, where in found) > len(rows)
            for leaving, where in found:
                ahead = rows[where]
                here = np.ix_(np.array(leaving), ahead)
                if len(leaving) == len(remaining):
                    before[here] = size - 1.0
                    continue
                left = gone + len(leaving)
                before[here] = np.maximum(before[here], left - 1.0 if ties == "parallel" else gone)
                stay = tuple(column for column in remaining if column not in leaving)
                already = waiting[left][stay]
                if already and branched:  # perhaps by another way; the votes are the same
                    new = ~np.isin(ahead, np.concatenate([known for known, _ in already]))
                    ahead, where = ahead[new], where[new]
                if len(ahead):
                    already.append((ahead, count.after(remaining, leaving, ahead, votes[:, where])))
    return before.T


def _refuse_above(sets: int, rule: str) -> None:
    if sets > MOST_SETS:
        raise RuleError(
            f"{rule!r} met more than {MOST_SETS} sets of remaining alternatives through ties; give "
            "ties='together' to let tied alternatives leave at once"
        )


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
    last : bool
        Count who is ranked lowest instead: unranked alternatives are tied lowest, and no ballot is exhausted.
    """

    transfers_votes = True

    def __init__(self, ballots: Rankings, weights: FloatArray, *, last: bool = False) -> None:
        self.weights = weights
        self._size = ballots.n_alternatives
        self._moves = ballots.derived(_last_moves if last else _first_moves)

    def start(self) -> FloatArray:
        """Return the (m, b) first places when all remain."""
        return weigh(self._moves.first(tuple(range(self._size))), self.weights).T

    def after(
        self, remaining: tuple[int, ...], gone: tuple[int, ...], rows: NDArray[np.intp], votes: FloatArray
    ) -> FloatArray:
        """Return the votes when `gone` has left: only their ballots are counted again."""
        touched, gain = self._moves.move(remaining, gone)
        stay = [column for column in remaining if column not in gone]
        weights = self.weights[rows[:, None], touched] if len(self.weights) > 1 else self.weights[:, touched]
        after = np.zeros_like(votes)
        after[stay] = votes[stay] + weigh(gain, weights).T if touched.size else votes[stay]
        return after

    def noise(self, remaining: tuple[int, ...], rows: NDArray[np.intp]) -> None:
        """Return None, because votes are sums of what has one sign."""


def _first_moves(ballots: Rankings) -> _Moves:
    return _Moves(ballots.places, ballots.strict, len(ballots.places) + 1)


def _last_moves(ballots: Rankings) -> _Moves:
    return _Moves(len(ballots.places) + 1 - ballots.places, ballots.strict, -1)


class _Moves:
    """Which votes pass to whom when an alternative leaves, whatever the weights; some of it is kept.

    Parameters
    ----------
    places : (m, n) int array
        The vote goes to the least of those who remain.
    strict : bool
        Whether every ballot ranks all, without ties.
    unranked : int
        The place of those that never get a vote.
    """

    def __init__(self, places: NDArray[np.integer], strict: bool, unranked: int) -> None:
        self.places = places
        self.strict = strict
        self.unranked = unranked
        self._best: dict[Remaining, NDArray[np.integer]] = {}
        self._moves: dict[tuple[Remaining, Remaining], tuple[Rows, NDArray[Any]]] = {}
        self._kept = 0

    def best(self, remaining: Remaining) -> NDArray[np.integer]:
        """Return the (n,) places of the highest of those who remain."""
        if remaining not in self._best:
            self._keep(self.places.shape[1])
            every = len(remaining) == len(self.places)
            self._best[remaining] = (self.places if every else self.places[list(remaining)]).min(axis=0)
        return self._best[remaining]

    def first(self, remaining: Remaining) -> NDArray[Any]:
        """Return (k, n) shares of the votes for each of those who remain."""
        every = len(remaining) == len(self.places)
        return self._shares(self.places if every else self.places[list(remaining)], self.best(remaining))

    def move(self, remaining: Remaining, gone: Remaining) -> tuple[Rows, NDArray[Any]]:
        """Return the ballots that `gone` leaves behind, and (k, ballots) what each who stays gains of them."""
        key = remaining, gone
        if key not in self._moves:
            self._moves[key] = self._moved(remaining, gone)
        return self._moves[key]

    def _moved(self, remaining: Remaining, gone: Remaining) -> tuple[Rows, NDArray[Any]]:
        best = self.best(remaining)
        stay = [column for column in remaining if column not in gone]
        left = np.zeros(len(best), dtype=np.bool_)
        for column in gone:
            left |= self.places[column] == best
        if not self.strict:
            left &= best != self.unranked
        touched = np.flatnonzero(left)
        places = np.stack([self.places[column, touched] for column in stay])
        highest = places.min(axis=0)
        gain = self._shares(places, highest)
        if not self.strict:
            shared = places == best[touched]
            if shared.any():  # those already tied highest had their part of the vote
                among = [self.places[column, touched] for column in remaining]
                had = self._shares(np.stack(among), best[touched])
                gain = gain - had[[remaining.index(column) for column in stay]]
        self._keep(gain.size + 2 * len(best))
        following = best.copy()
        following[touched] = highest
        self._best[tuple(stay)] = following
        return touched, gain

    def _shares(self, places: NDArray[np.integer], best: NDArray[np.integer]) -> NDArray[Any]:
        highest: NDArray[Any] = places == best
        if self.strict:
            return highest
        highest &= best != self.unranked
        many = highest.sum(axis=0)
        return np.divide(highest, np.maximum(many, 1)) if many.max(initial=0) > 1 else highest

    def _keep(self, numbers: int) -> None:
        """Make room for some numbers."""
        self._kept += numbers
        if self._kept > _MOST_KEPT:
            self._best, self._moves, self._kept = {}, {}, numbers
