"""Monroe's rule."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from aggregators.committee.counting import MOST_COMMITTEES, merged, too_many, whole_weights
from aggregators.committee.optimum import relative_gap, searched, settled, solved
from aggregators.elected import Elected
from aggregators.errors import RuleError
from aggregators.options import checked_time_limit, one_of
from aggregators.rulebook import committee_rule
from aggregators.ties import RELATIVE_TOLERANCE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from aggregators.profiles import Approvals
    from aggregators.rulebook import Choose

__all__ = ["monroe"]

_SHARES = ("equal", "whole")
_MOST_SUBSETS = 2_000_000
_NUMBERS_AT_ONCE = 4_000_000


@committee_rule(
    "monroe",
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "Sánchez-Fernández et al. (2017), Proportional justified representation, as voters can be split": ("pjr",),
        "implied by pjr": ("jr",),
    },
    violates=("committee-monotonicity", "ejr"),
    unsettled=("losing-clones", "support-monotonicity"),
)
def monroe(
    profile: Approvals,
    weights: NDArray[np.float64],
    seats: int,
    choose: Choose,
    shares: str = "equal",
    search: str = "auto",
    time_limit: float = math.inf,
) -> Elected:
    """Deal the voters out to the members in equal parts; elect whom the most approve of whom they are dealt to.

    Parameters
    ----------
    profile : Approvals
        Approvals (n, m).
    weights : (n,) array_like, optional
        Instead of the profile's own. They are compared exactly if they have a common unit.
    seats : int
        Size of the committee.
    shares : {"equal", "whole"}
        ``"equal"``: every member stands for the same weight, and a voter may be split between members.
        ``"whole"``: voters stay whole, members stand for numbers of voters that differ by one at most; the
        weights must be numbers of voters. The same where the seats divide the voters.
    search : {"auto", "enumerate", "milp"}
        ``"enumerate"`` finds every best committee. ``"milp"`` has HiGHS find one, which may be one of several,
        and reports the gap that it could not close. ``"auto"`` enumerates while committees and their subsets
        number 2,000,000 at most.
    time_limit : float
        Seconds after which HiGHS gives the best committee so far, with its gap.

    Returns
    -------
    CommitteeOutcome
        With the weight of voters who approve of their member as `score`. Without a tie-break, every best
        committee, unless HiGHS was asked (``complete`` is then False).

    Raises
    ------
    RuleError
        If more than 100,000 committees tie, HiGHS finds none in time, or ``shares="whole"`` meets weights that
        are not whole.

    References
    ----------
    Monroe (1995), Fully Proportional Representation; Lackner and Skowron (2023), Multi-Winner Voting with
    Approval Preferences, rule 6.

    Notes
    -----
    Voters can be dealt out so that a weight s approve of their member just if, for every part U of the committee,
    those who approve of somebody in U and what the members outside U may stand for add up to s (max-flow,
    min-cut). So the score is the least of these sums.

    Examples
    --------
    >>> from aggregators import Approvals
    >>> from aggregators.committee.monroe import monroe
    >>> outcome = monroe(Approvals([[1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]], weights=[4, 1, 1]), 2)
    >>> [sorted(committee) for committee in outcome.committees], outcome.score
    ([['a', 'b'], ['a', 'c'], ['a', 'd'], ['b', 'c'], ['b', 'd']], 4.0)
    """
    one_of("monroe", "shares", shares, _SHARES)
    checked_time_limit("monroe", time_limit)
    whole = whole_weights(weights)
    if shares == "whole":
        if (weights != np.rint(weights)).any():
            raise RuleError("shares='whole' deals out whole voters, and a weight is not whole; use shares='equal'")
        whole = weights.astype(np.int64)
    rows, totals = merged(profile.matrix, weights if whole is None else whole.astype(np.float64))
    total = float(weights.sum() if whole is None else whole.sum())
    unit = float(weights.sum()) / total
    room = _room(total, seats, shares)
    if _search(search, profile.n_alternatives, seats) == "milp":
        members, score, bound = _solve(rows, totals, room, time_limit)
        return Elected([members], score * unit, relative_gap(bound, score), complete=False)
    # seats times the score is whole for whole weights
    scores = _scores(rows, totals, np.rint(room * seats) if whole is not None else room * seats, seats)
    slack = 0.0 if whole is not None else RELATIVE_TOLERANCE
    best = np.flatnonzero(scores >= scores.max() * (1 - slack))
    if len(best) > MOST_COMMITTEES:
        raise too_many("committees tie", "search='milp' finds one of them")
    found = [tuple(row) for row in _colex(profile.n_alternatives, seats)[best].tolist()]
    return settled(found, float(scores.max()) / seats * unit, choose)


def _search(search: str, columns: int, seats: int) -> str:
    found = searched("monroe", search, columns, seats)
    few = sum(math.comb(columns, size) for size in range(seats + 1)) <= _MOST_SUBSETS
    return "milp" if search == "auto" and not few else found


def _room(total: float, seats: int, shares: str) -> NDArray[np.float64]:
    """Return the most weight that 0, 1, ... members can stand for."""
    members = np.arange(seats + 1, dtype=np.float64)
    if shares == "equal":
        return members * total / seats
    each, over = divmod(total, seats)
    room: NDArray[np.float64] = members * each + np.minimum(members, over)
    return room


def _colex(columns: int, size: int) -> NDArray[np.intp]:
    """Return the subsets of a size, by their last member, then the last but one, and so on."""
    subsets = np.zeros((1, 0), dtype=np.intp)
    for grown in range(1, size + 1):
        parts = []
        for last in range(columns):
            below = subsets[: math.comb(last, grown - 1)]
            parts.append(np.column_stack([below, np.full(len(below), last)]))
        subsets = np.concatenate(parts)
    return subsets


def _scores(
    rows: NDArray[np.bool_], weights: NDArray[np.float64], room: NDArray[np.float64], seats: int
) -> NDArray[np.float64]:
    """Return `seats` times the score of every committee, in the order of `_colex`."""
    columns = rows.shape[1]
    choose = np.array([[math.comb(top, size) for size in range(seats + 2)] for top in range(columns + 1)])
    approved = rows.astype(np.float64)
    by_column = np.ascontiguousarray(rows.T)
    cover = np.zeros(1)
    least = room[seats:].copy()
    subsets = np.zeros((1, 0), dtype=np.intp)
    for size in range(1, seats + 1):
        grown = np.zeros(choose[columns, size])
        chunk = max(1, _NUMBERS_AT_ONCE // max(1, len(rows)))
        for start in range(0, len(subsets), chunk):
            some = subsets[start : start + chunk]
            missed = np.ones((len(some), len(rows)), dtype=np.bool_)
            for member in some.T:
                missed &= ~by_column[member]
            adds = (missed * weights) @ approved + cover[start : start + chunk, None]
            for last in range(size - 1, columns):
                stop = min(len(some), choose[last, size - 1] - start)
                if stop > 0:
                    place = choose[last, size] + start
                    grown[place : place + stop] = adds[:stop, last]
        cover, subsets = grown, _colex(columns, size)
        lower: NDArray[np.float64] = seats * cover + room[seats - size]
        for gone in range(size):
            rank = sum(choose[subsets[:, place], place + 1] for place in range(gone))
            rank = rank + sum(choose[subsets[:, place], place] for place in range(gone + 1, size))
            lower = np.minimum(lower, least[rank])
        least = lower
    return least


def _solve(
    rows: NDArray[np.bool_], weights: NDArray[np.float64], room: NDArray[np.float64], time_limit: float
) -> tuple[tuple[int, ...], float, float]:
    """Return a committee, its score and a bound on all scores."""
    from scipy import sparse

    ballots, columns = rows.shape
    seats = len(room) - 1
    each = room[-1] - room[-2]
    over = max(0.0, room[-1] - seats * each)  # how many members may stand for one more
    voter, member = np.nonzero(rows)
    dealt = len(voter)
    ones, pair = np.ones(dealt), np.arange(dealt)
    members = sparse.eye_array(columns)
    by_voter = sparse.csr_array((ones, (voter, pair)), shape=(ballots, dealt))
    by_member = sparse.csr_array((ones, (member, pair)), shape=(columns, dealt))
    of_member = sparse.csr_array((weights[voter], (pair, member)), shape=(dealt, columns))
    none = sparse.csr_array((ballots, columns))
    # variables: who is a member, who stands for one more, and the weight of each ballot dealt to each approved
    dealing = sparse.vstack(
        [
            sparse.hstack([none, none, by_voter]),
            sparse.hstack([-each * members, -members, by_member]),
            sparse.hstack([-members, members, sparse.csr_array((columns, dealt))]),
            sparse.hstack([-of_member, sparse.csr_array((dealt, columns)), sparse.eye_array(dealt)]),
        ]
    )
    limits = np.concatenate([weights, np.zeros(2 * columns + dealt)])
    sizes = sparse.csr_array(np.kron(np.eye(2), np.ones(columns)))
    sizes = sparse.hstack([sizes, sparse.csr_array((2, dealt))])
    return solved(
        np.concatenate([np.zeros(2 * columns), -ones]),
        [(dealing, np.full(len(limits), -np.inf), limits), (sizes, np.array([seats, 0.0]), np.array([seats, over]))],
        np.concatenate([np.ones(2 * columns), weights[voter]]),
        columns,
        seats,
        time_limit,
    )
