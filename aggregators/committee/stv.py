"""The single transferable vote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from aggregators.committee.counting import every_path, whole_weights
from aggregators.elected import Elected
from aggregators.errors import RuleError
from aggregators.options import one_of
from aggregators.profiles import Rankings
from aggregators.rulebook import committee_rule
from aggregators.ties import RELATIVE_TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from aggregators.rulebook import Choose

__all__ = ["QUOTAS", "stv"]

QUOTAS = ("droop", "droop-whole", "hare")

Numbers: TypeAlias = "NDArray[Any]"
"""Floats, or fractions in an array of objects."""


@dataclass(frozen=True)
class _Path:
    chosen: tuple[int, ...]
    hopeful: frozenset[int]
    values: Numbers
    events: tuple[tuple[int, bool], ...] = ()  # a column, and whether it was elected or eliminated

    def key(self) -> object:
        return frozenset(self.chosen), self.hopeful, self.values.tobytes()


@committee_rule("stv", reads=Rankings, aliases=("single-transferable-vote",))
def stv(profile: Rankings, weights: NDArray[np.float64], seats: int, choose: Choose, quota: str = "droop") -> Elected:
    """Elect who reaches the quota and pass on the surplus; eliminate the last when nobody reaches it.

    Votes count for the first choice still in the running. Of those who reach the quota the one with the most votes
    is elected first; all ballots that then count for it go on at the same fraction of their value, the surplus over
    the votes (the weighted inclusive Gregory method, as in Scotland). If nobody reaches the quota the one with the
    least votes is eliminated. Once no more are left than seats, they are elected.

    Parameters
    ----------
    profile : Rankings
        Rankings (n, m). A vote is split equally among alternatives tied at the top; a ballot is exhausted when
        nobody on it is left, and unranked alternatives get nothing from it. A ballot that ranks nobody is no vote.
    weights : (n,) array_like, optional
        Instead of the profile's own. Near-ties are decided in fractions if the weights have a common unit.
    seats : int
        Size of the committee.
    quota : {"droop", "droop-whole", "hare"}
        Votes that elect, for a total V, fixed at the start. ``"droop"``: more than V / (seats + 1).
        ``"droop-whole"``: V / (seats + 1) rounded down, and one, or more; as in Scotland, for whole weights only.
        ``"hare"``: V / seats or more.

    Returns
    -------
    CommitteeOutcome
        With the ``quota`` among its details. Without a tie-break, every committee that some way of breaking the
        ties leads to, between those elected and between those eliminated.

    Raises
    ------
    RuleError
        If there are more than 100,000 ways to break ties, there is no such quota, or it does not go with the weights.

    References
    ----------
    Hare (1859); Droop (1881), On Methods of Electing Representatives; Tideman (1995), The Single Transferable Vote.
    The transfer is that of the Scottish Local Government Elections Order 2007.

    Examples
    --------
    >>> from aggregators import Rankings
    >>> from aggregators.committee.stv import stv
    >>> votes = Rankings.from_orders([("a", "b"), ("b",), ("c",)], weights=[6, 1, 2])
    >>> [sorted(committee) for committee in stv(votes, 2).committees], stv(votes, 2).details["quota"]
    ([['a', 'b']], 3.0)
    """
    one_of("stv", "quota", quota, QUOTAS)
    voting = (weights > 0) & profile.opinions.any(axis=1)
    count = _Count(profile.ranks[voting], weights[voting], seats, quota)

    def step(path: _Path) -> Iterable[_Path] | None:
        if len(path.chosen) == seats:
            return None
        if len(path.chosen) + len(path.hopeful) <= seats:
            return [_Path((*path.chosen, *sorted(path.hopeful)), frozenset(), path.values)]
        reached, votes = count.reached(path)
        if reached:
            return [count.elect(path, column) for column in choose(count.extreme(path, votes, reached, 1))]
        hopeful = sorted(path.hopeful)
        idle = [column for column in hopeful if votes[column] == 0]
        if 1 < len(idle) <= len(hopeful) + len(path.chosen) - seats:  # in any order, nobody is the wiser
            return [count.eliminate(path, idle)]
        return [count.eliminate(path, [column]) for column in choose(count.extreme(path, votes, hopeful, -1))]

    start = _Path((), frozenset(range(profile.n_alternatives)), count.weights)
    return Elected(every_path(start, step), details={"quota": float(count.quota)})


class _Count:
    """The ballots and the quota, in floats and, where the weights have a common unit, in fractions."""

    def __init__(self, ranks: NDArray[np.int64], weights: NDArray[np.float64], seats: int, quota: str) -> None:
        self.ranks, where = np.unique(ranks, axis=0, return_inverse=True)
        where = where.ravel()
        self.weights = np.bincount(where, weights, minlength=len(self.ranks))
        self.strict = quota == "droop"
        self.known: dict[tuple[tuple[int, bool], ...], Numbers] = {}
        total = float(weights.sum())
        if quota == "droop-whole":
            if (weights != np.rint(weights)).any():
                raise RuleError("quota='droop-whole' counts whole votes, and a weight is not whole; use quota='droop'")
            self.quota = total // (seats + 1) + 1
        else:
            self.quota = total / (seats + 1 if self.strict else seats)
        whole = whole_weights(weights) if len(weights) else None
        self.exact_weights: Numbers | None = None
        if whole is not None:
            units = np.zeros(len(self.ranks), dtype=np.int64)
            np.add.at(units, where, whole)
            self.exact_weights = np.array([Fraction(unit) for unit in units.tolist()], dtype=object)
            share = Fraction(int(whole.sum()), seats + 1 if self.strict else seats)
            if quota == "droop-whole":
                share = Fraction(int(self.quota)) * int(whole.sum()) / int(total)
            self.exact_quota = share

    def shares(self, hopeful: frozenset[int]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """Return whom each ballot counts for, and among how many it is split."""
        left = np.zeros(self.ranks.shape[1], dtype=np.bool_)
        left[list(hopeful)] = True
        nowhere = self.ranks.shape[1] + 1
        ranks = np.where(left & (self.ranks > 0), self.ranks, nowhere)
        best = ranks.min(axis=1, keepdims=True, initial=nowhere)
        top = (ranks == best) & (best < nowhere)
        return top, np.maximum(top.sum(axis=1), 1)

    def votes(self, values: NDArray[np.float64], hopeful: frozenset[int]) -> NDArray[np.float64]:
        """Return the votes of each column."""
        top, among = self.shares(hopeful)
        counted: NDArray[np.float64] = (values / among) @ top
        return counted

    def left(self, values: Numbers, hopeful: frozenset[int], column: int, quota: Any) -> Numbers:  # noqa: ANN401 - float or fraction
        """Return what ballots are worth after the election of `column`."""
        top, among = self.shares(hopeful)
        share = values / among * top[:, column].astype(values.dtype)
        votes = share.sum()
        kept: Numbers = values - share * (quota / votes)
        return kept

    def reached(self, path: _Path) -> tuple[list[int], NDArray[np.float64]]:
        """Return the hopeful who reach the quota, and the votes of all."""
        votes = self.votes(path.values, path.hopeful)
        slack = RELATIVE_TOLERANCE * self.quota
        found = []
        for column in sorted(path.hopeful):
            if abs(votes[column] - self.quota) > slack:
                enough = bool(votes[column] > self.quota)
            elif self.exact_weights is None:
                enough = not self.strict and votes[column] > 0
            else:
                (sure,) = self.exact_votes(path, [column])
                enough = sure > self.exact_quota or (sure == self.exact_quota > 0 and not self.strict)
            if enough:
                found.append(column)
        return found, votes

    def extreme(self, path: _Path, counted: NDArray[np.float64], among: Sequence[int], sign: int) -> list[int]:
        """Return those with the most votes (`sign` 1) or the least (-1)."""
        best = max(sign * counted[column] for column in among)
        slack = RELATIVE_TOLERANCE * self.weights.sum()
        near = [column for column in among if sign * counted[column] >= best - slack]
        if len(near) == 1 or self.exact_weights is None:
            return near
        sure = self.exact_votes(path, near)
        first = max(sign * votes for votes in sure)
        return [column for column, votes in zip(near, sure, strict=True) if sign * votes == first]

    def exact_votes(self, path: _Path, columns: Sequence[int]) -> list[Fraction]:
        """Return the votes of some columns as fractions."""
        values = self.exact_values(path.events)
        top, among = self.shares(path.hopeful)
        return [
            sum((values[ballot] / int(among[ballot]) for ballot in np.flatnonzero(top[:, column])), Fraction(0))
            for column in columns
        ]

    def exact_values(self, events: tuple[tuple[int, bool], ...]) -> Numbers:
        """Return what the ballots are worth after some events, as fractions."""
        if self.exact_weights is None:
            raise TypeError("fractions need whole weights")
        while events and not events[-1][1]:  # an elimination leaves a ballot its value
            events = events[:-1]
        if not events:
            return self.exact_weights
        if events not in self.known:
            gone = {column for column, _ in events[:-1]}
            hopeful = frozenset(range(self.ranks.shape[1])) - gone
            values = self.exact_values(events[:-1])
            self.known[events] = self.left(values, hopeful, events[-1][0], self.exact_quota)
        return self.known[events]

    def elect(self, path: _Path, column: int) -> _Path:
        """Elect a column and pass on its surplus."""
        values = np.maximum(self.left(path.values, path.hopeful, column, self.quota), 0.0)
        return _Path((*path.chosen, column), path.hopeful - {column}, values, (*path.events, (column, True)))

    def eliminate(self, path: _Path, columns: Sequence[int]) -> _Path:
        """Take columns out of the running."""
        events = (*path.events, *((column, False) for column in columns))
        return _Path(path.chosen, path.hopeful - set(columns), path.values, events)
