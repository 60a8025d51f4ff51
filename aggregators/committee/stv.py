"""The single transferable vote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

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

__all__ = ["ELECTED", "QUOTAS", "stv"]

QUOTAS = ("droop", "droop-whole", "hare")
ELECTED = ("one", "deemed", "together")

Numbers: TypeAlias = "NDArray[Any]"
"""Floats, or fractions in an array of objects."""


Event: TypeAlias = tuple[Literal["elect", "pass", "out"], tuple[int, ...]]
"""What befell which columns: elected, their surplus passed on, or eliminated."""


@dataclass(frozen=True)
class _Worth:
    """What ballots are worth: free, and held by those elected whose surplus is not passed on yet."""

    free: Numbers
    held: Mapping[int, Numbers] = field(default_factory=dict)


@dataclass(frozen=True)
class _Path:
    chosen: tuple[int, ...]
    hopeful: frozenset[int]
    worth: _Worth
    events: tuple[Event, ...] = ()

    def key(self) -> object:
        held = tuple((column, self.worth.held[column].tobytes()) for column in sorted(self.worth.held))
        return frozenset(self.chosen), self.hopeful, self.worth.free.tobytes(), held


@committee_rule(
    "stv",
    reads=Rankings,
    aliases=("single-transferable-vote",),
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "Tideman (1995), The single transferable vote": ("solid-coalitions",),
    },
    linear={
        "of two clones one leaves before their votes do, which go to the other": ("losing-clones",),
    },
    violates=("committee-monotonicity", "support-monotonicity"),
)
def stv(
    profile: Rankings,
    weights: NDArray[np.float64],
    seats: int,
    choose: Choose,
    quota: str = "droop",
    elected: str = "one",
) -> Elected:
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
    elected : {"one", "deemed", "together"}
        What happens to others who reach the quota at the same time as the one with the most votes. ``"one"``: they stay
        in the running, receive votes and are elected in turn. ``"deemed"``, as in Scotland: they are elected as well
        and receive no more votes; surpluses are passed on one at a time, the largest first. ``"together"``, as VoteKit
        does unless told otherwise: they are elected as well, and all surpluses are passed on at once.

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
    The transfer is that of the Scottish Local Government Elections Order 2007; with ``elected="deemed"`` and
    ``quota="droop-whole"`` so is the order of the count, but for ties and for values cut to five decimals.

    Examples
    --------
    >>> from aggregators import Rankings
    >>> from aggregators.committee.stv import stv
    >>> votes = Rankings.from_orders([("a", "b"), ("b",), ("c",)], weights=[6, 1, 2])
    >>> [sorted(committee) for committee in stv(votes, 2).committees], stv(votes, 2).details["quota"]
    ([['a', 'b']], 3.0)
    """
    one_of("stv", "quota", quota, QUOTAS)
    one_of("stv", "elected", elected, ELECTED)
    voting = (weights > 0) & profile.opinions.any(axis=1)
    count = _Count(profile.ranks[voting], weights[voting], seats, quota)

    def step(path: _Path) -> Iterable[_Path] | None:
        if len(path.chosen) == seats:
            return None
        if len(path.chosen) + len(path.hopeful) <= seats:
            return [_Path((*path.chosen, *sorted(path.hopeful)), frozenset(), path.worth)]
        reached, votes = count.reached(path)
        if reached and elected == "one":
            first = choose(count.extreme(path, votes, reached, 1))
            return [count.pass_on(count.elect(path, [column]), [column]) for column in first]
        if reached:
            path = count.elect(path, reached)
            return [path if elected == "deemed" else count.pass_on(path, reached)]
        if path.worth.held:
            largest = choose(count.extreme(path, votes, sorted(path.worth.held), 1))
            return [count.pass_on(path, [column]) for column in largest]
        hopeful = sorted(path.hopeful)
        idle = [column for column in hopeful if votes[column] == 0]
        if 1 < len(idle) <= len(hopeful) + len(path.chosen) - seats:  # in any order, nobody is the wiser
            return [count.eliminate(path, idle)]
        return [count.eliminate(path, [column]) for column in choose(count.extreme(path, votes, hopeful, -1))]

    start = _Path((), frozenset(range(profile.n_alternatives)), _Worth(count.weights))
    return Elected(every_path(start, step, count.ranks), details={"quota": float(count.quota)})


class _Count:
    """The ballots and the quota, in floats and, where the weights have a common unit, in fractions."""

    def __init__(self, ranks: NDArray[np.int64], weights: NDArray[np.float64], seats: int, quota: str) -> None:
        self.ranks, where = np.unique(ranks, axis=0, return_inverse=True)
        where = where.ravel()
        self.weights = np.bincount(where, weights, minlength=len(self.ranks))
        self.strict = quota == "droop"
        self.known: dict[tuple[Event, ...], _Worth] = {}
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

    def votes(self, worth: _Worth, hopeful: frozenset[int]) -> NDArray[np.float64]:
        """Return the votes of each column, in the running or elected with a surplus to pass on."""
        top, among = self.shares(hopeful)
        counted: NDArray[np.float64] = (worth.free / among) @ top
        for column, held in worth.held.items():
            counted[column] = held.sum()
        return counted

    def after(self, worth: _Worth, hopeful: frozenset[int], event: Event, quota: Any) -> _Worth:  # noqa: ANN401 - float or fraction
        """Return what ballots are worth after an event, before which some were in the running."""
        kind, columns = event
        free, held = worth.free, dict(worth.held)
        if kind == "elect":
            top, among = self.shares(hopeful)
            share = worth.free / among
            for column in columns:
                held[column] = share * top[:, column].astype(free.dtype)
                free = free - held[column]
        if kind == "pass":
            for column in columns:
                pile = held.pop(column)
                free = free + (pile - pile * (quota / pile.sum()))
        return _Worth(free, held)

    def reached(self, path: _Path) -> tuple[list[int], NDArray[np.float64]]:
        """Return the hopeful who reach the quota, and the votes of all."""
        votes = self.votes(path.worth, path.hopeful)
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
        worth = self.exact_worth(path.events)
        top, among = self.shares(path.hopeful)
        return [
            sum(worth.held[column], Fraction(0))
            if column in worth.held
            else sum(
                (worth.free[ballot] / int(among[ballot]) for ballot in np.flatnonzero(top[:, column])), Fraction(0)
            )
            for column in columns
        ]

    def exact_worth(self, events: tuple[Event, ...]) -> _Worth:
        """Return what the ballots are worth after some events, as fractions."""
        if self.exact_weights is None:
            raise TypeError("fractions need whole weights")
        while events and events[-1][0] == "out":  # an elimination leaves a ballot its value
            events = events[:-1]
        if not events:
            return _Worth(self.exact_weights)
        if events not in self.known:
            gone = {column for kind, columns in events[:-1] if kind != "pass" for column in columns}
            hopeful = frozenset(range(self.ranks.shape[1])) - gone
            self.known[events] = self.after(self.exact_worth(events[:-1]), hopeful, events[-1], self.exact_quota)
        return self.known[events]

    def elect(self, path: _Path, columns: Sequence[int]) -> _Path:
        """Elect columns, which hold their ballots until their surplus is passed on."""
        path = self._befallen(path, ("elect", tuple(columns)))
        return replace(path, chosen=(*path.chosen, *columns), hopeful=path.hopeful - set(columns))

    def pass_on(self, path: _Path, columns: Sequence[int]) -> _Path:
        """Pass on the surplus of columns that are elected."""
        return self._befallen(path, ("pass", tuple(columns)))

    def eliminate(self, path: _Path, columns: Sequence[int]) -> _Path:
        """Take columns out of the running."""
        path = self._befallen(path, ("out", tuple(columns)))
        return replace(path, hopeful=path.hopeful - set(columns))

    def _befallen(self, path: _Path, event: Event) -> _Path:
        worth = self.after(path.worth, path.hopeful, event, self.quota)
        worth = _Worth(np.maximum(worth.free, 0.0), worth.held)
        return replace(path, worth=worth, events=(*path.events, event))
