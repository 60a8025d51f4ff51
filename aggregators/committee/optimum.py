"""Committees that maximise a sum over voters: by enumeration while there are few, by a solver beyond.

Enumeration grows committees candidate by candidate, many at once, and drops those that cannot be completed to a
best one, because what a candidate adds never grows with the committee. A solver proves a bound instead.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from aggregators.committee.counting import MOST_COMMITTEES, merged, too_many, whole_weights
from aggregators.elected import Elected
from aggregators.errors import RuleError
from aggregators.options import checked_time_limit, one_of
from aggregators.ties import RELATIVE_TOLERANCE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from aggregators.profiles import Approvals
    from aggregators.rulebook import Choose

__all__ = ["MOST_ENUMERATED", "SEARCHES", "best_by_marginals", "relative_gap", "searched", "settled", "solved"]

MOST_ENUMERATED = 20_000_000
SEARCHES = ("auto", "enumerate", "milp")
_NUMBERS_AT_ONCE = 4_000_000
_EXACT_BELOW = 2.0**53


def searched(rule: str, search: str, alternatives: int, seats: int, most: int = MOST_ENUMERATED) -> str:
    """Return how to look for the best committees: ``"enumerate"`` or ``"milp"``."""
    one_of(rule, "search", search, SEARCHES)
    few = math.comb(alternatives, seats) <= most
    return search if search != "auto" else ("enumerate" if few else "milp")


def best_by_marginals(
    rule: str,
    profile: Approvals,
    weights: NDArray[np.float64],
    marginals: Sequence[Fraction],
    choose: Choose,
    search: str,
    time_limit: float,
) -> Elected:
    """Return the committees that maximise what their approved members add up to.

    Parameters
    ----------
    rule : str
        Its name, for messages.
    profile : Approvals
        Approvals (n, m).
    weights : (n,) array
        Of voters.
    marginals : sequence of Fractions
        What the first, second, ... approved member of a committee is worth to a voter; never growing, one a seat.
    choose : callable
        Picks among tied committees, by position.
    search : {"auto", "enumerate", "milp"}
        How to look for them.
    time_limit : float
        Seconds for the solver.
    """
    checked_time_limit(rule, time_limit)
    whole = whole_weights(weights)
    rows, totals = merged(profile.matrix, weights if whole is None else whole.astype(np.float64))
    if not len(rows):
        rows, totals = np.zeros((1, profile.n_alternatives), dtype=np.bool_), np.zeros(1)
    shares = [float(share) for share in marginals]
    given = 1.0 if whole is None else float(weights.sum()) / int(whole.sum())  # a unit, in the weights given
    if searched(rule, search, profile.n_alternatives, len(marginals)) == "milp":
        members, bound = _solve_marginals(rows, totals, shares, time_limit)
        score = float(_points(rows, members, totals, marginals)) * given
        return Elected([members], score, relative_gap(bound * given, score), complete=False)
    unit = math.lcm(*(share.denominator for share in marginals))
    scaled = np.array([float(share * unit) for share in marginals])
    exact = whole is not None and totals.sum() * scaled.sum() < _EXACT_BELOW
    found = _Search(rows, totals, scaled, exact).run()
    if not exact and whole is not None and len(found) > 1:
        points = [_points(rows, members, totals, marginals) for members in found]
        found = [members for members, worth in zip(found, points, strict=True) if worth == max(points)]
    return settled(found, float(_points(rows, found[0], totals, marginals)) * given, choose)


def _points(
    rows: NDArray[np.bool_], members: Sequence[int], weights: NDArray[np.float64], marginals: Sequence[Fraction]
) -> Fraction:
    """Return what a committee adds up to, exactly for the weights as they are."""
    had = rows[:, list(members)].sum(axis=1)
    by_level = np.bincount(had, weights, minlength=len(marginals) + 1).tolist()
    return sum((Fraction(weight) * sum(marginals[:level]) for level, weight in enumerate(by_level)), start=Fraction(0))


def relative_gap(bound: float, score: float) -> float:
    """Return how far the best committee may be above `score`, relative to it."""
    return max(0.0, bound - score) / score if score else max(0.0, bound)


def settled(found: list[tuple[int, ...]], score: float, choose: Choose) -> Elected:
    """Return the tied committees, or the one that a tie-break picks."""
    ordered = sorted(found)
    return Elected([ordered[place] for place in choose(range(len(ordered)))], score, 0.0)


@dataclass(frozen=True)
class _Grown:
    """Committees of one size: members, points so far, and how many members each ballot approves of."""

    members: NDArray[np.intp]
    points: NDArray[np.float64]
    had: NDArray[np.int8]


class _Search:
    """Branch and bound over committees, breadth-first within a chunk and depth-first between chunks."""

    def __init__(
        self, rows: NDArray[np.bool_], weights: NDArray[np.float64], marginals: NDArray[np.float64], exact: bool
    ) -> None:
        approved = rows.astype(np.float64)
        # popular candidates first: bounds over what is left are then low early
        self.order = np.argsort(-(weights @ approved), kind="stable")
        self.approved = np.ascontiguousarray(approved[:, self.order])
        self.flags = np.ascontiguousarray(rows[:, self.order].T.astype(np.int8))
        self.weights = weights
        self.marginals = np.append(marginals, 0.0)
        self.seats = len(marginals)
        self.slack = 0.0 if exact else RELATIVE_TOLERANCE
        self.best = self._climbed()
        self.found: list[tuple[NDArray[np.intp], NDArray[np.float64]]] = []

    def run(self) -> list[tuple[int, ...]]:
        """Return the best committees, near-ties included."""
        rows = len(self.weights)
        chunk = max(1, _NUMBERS_AT_ONCE // max(rows, self.approved.shape[1]))
        empty = _Grown(np.zeros((1, 0), dtype=np.intp), np.zeros(1), np.zeros((1, rows), dtype=np.int8))
        waiting = [empty]
        while waiting:
            grown = waiting.pop()
            for part in self._grow(grown):
                pieces = range(0, len(part.points), chunk)
                waiting.extend(
                    _Grown(part.members[i : i + chunk], part.points[i : i + chunk], part.had[i : i + chunk])
                    for i in pieces
                )
        members = np.concatenate([part for part, _ in self.found])
        points = np.concatenate([part for _, part in self.found])
        top = points >= points.max() * (1 - self.slack)
        return [tuple(sorted(row)) for row in self.order[members[top]].tolist()]

    def _climbed(self) -> float:
        """Return the points of a committee grown greedily and improved by swaps: no best one has fewer."""
        members: list[int] = []
        for _ in range(self.seats):
            gains = self._gains(members)
            gains[members] = -1.0
            members.append(int(gains.argmax()))
        best = self._points(members)
        improved = True
        while improved:
            improved = False
            for place in range(self.seats):
                others = members[:place] + members[place + 1 :]
                gains = self._gains(others)
                gains[others] = -1.0
                swapped = [*others, int(gains.argmax())]
                if (points := self._points(swapped)) > best * (1 + RELATIVE_TOLERANCE):
                    members, best, improved = swapped, points, True
        return best

    def _gains(self, members: list[int]) -> NDArray[np.float64]:
        had = self.flags[members].sum(axis=0)
        gains: NDArray[np.float64] = (self.weights * self.marginals[had]) @ self.approved
        return gains

    def _points(self, members: list[int]) -> float:
        had = self.flags[members].sum(axis=0)
        return float(self.weights @ np.append(0.0, np.cumsum(self.marginals))[had])

    def _grow(self, grown: _Grown) -> Iterator[_Grown]:
        """Add a later candidate to each committee, where the best may still be reached."""
        size = grown.members.shape[1]
        gains = (self.weights * self.marginals[grown.had]) @ self.approved
        columns = np.arange(gains.shape[1])
        last = grown.members[:, -1:] if size else np.full((1, 1), -1)
        reach = grown.points[:, None] + gains + _top_sums(gains, self.seats - size - 1)
        able = (columns > last) & (columns <= len(columns) - (self.seats - size))
        able &= reach >= self.best * (1 - self.slack)
        parents, added = np.nonzero(able)
        if not len(parents):
            return
        members = np.concatenate([grown.members[parents], added[:, None]], axis=1)
        points = grown.points[parents] + gains[parents, added]
        if size + 1 == self.seats:
            self._keep(members, points)
            return
        # the most promising last, because the last is taken up first
        order = np.argsort(reach[parents, added], kind="stable")
        most = max(1, _NUMBERS_AT_ONCE // len(self.weights))
        for start in range(0, len(order), most):
            part = order[start : start + most]
            yield _Grown(members[part], points[part], grown.had[parents[part]] + self.flags[added[part]])

    def _keep(self, members: NDArray[np.intp], points: NDArray[np.float64]) -> None:
        self.best = max(self.best, float(points.max()))
        self.found.append((members, points))
        if sum(len(part) for _, part in self.found) <= MOST_COMMITTEES:
            return
        least = self.best * (1 - self.slack)
        self.found = [(part[tops >= least], tops[tops >= least]) for part, tops in self.found]
        if sum(len(part) for _, part in self.found) > MOST_COMMITTEES:
            raise too_many("committees tie", "search='milp' finds one of them")


def _top_sums(gains: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Return, for each column, the sum of the `count` largest gains to the right of it."""
    sums = np.zeros_like(gains)
    if count == 0:
        return sums
    top = np.zeros((len(gains), count))
    for column in range(gains.shape[1] - 1, 0, -1):
        lowest = top.argmin(axis=1)[:, None]
        raised = np.maximum(np.take_along_axis(top, lowest, axis=1), gains[:, column, None])
        np.put_along_axis(top, lowest, raised, axis=1)
        sums[:, column - 1] = top.sum(axis=1)
    return sums


def _solve_marginals(
    rows: NDArray[np.bool_], weights: NDArray[np.float64], marginals: list[float], time_limit: float
) -> tuple[tuple[int, ...], float]:
    from scipy import sparse

    ballots, columns = rows.shape
    # steps of equal worth need one variable: min(level, how many members may count alike)
    values, lengths = np.unique(marginals, return_counts=True)
    keep = values > 0
    values, lengths = values[keep], lengths[keep]
    steps = ballots * len(values)
    objective = np.concatenate([np.zeros(columns), -np.outer(weights / (weights.max() or 1.0), values).ravel()])
    counts = sparse.kron(sparse.eye_array(ballots), np.ones((1, len(values))))
    levels = sparse.hstack([-sparse.csr_array(rows.astype(float)), counts])
    size = sparse.csr_array(np.concatenate([np.ones(columns), np.zeros(steps)])[None, :])
    upper = np.concatenate([np.ones(columns), np.tile(lengths, ballots)])
    limits = [(levels, -np.inf, 0.0), (size, len(marginals), len(marginals))]
    members, _, bound = solved(objective, limits, upper, columns, len(marginals), time_limit)
    return members, bound * weights.max()


def solved(
    objective: NDArray[np.float64],
    constraints: Sequence[tuple[Any, Any, Any]],
    upper: NDArray[np.float64],
    columns: int,
    seats: int,
    time_limit: float,
) -> tuple[tuple[int, ...], float, float]:
    """Minimise with HiGHS; return the committee, what it attains and what none passes, both with the sign turned.

    Parameters
    ----------
    objective, upper : arrays
        Of the variables, all from 0 up; the first `columns` are whole and say who is a member.
    constraints : sequence of (matrix, lower, upper)
        On the variables.
    columns, seats : int
        Candidates and members.
    time_limit : float
        Seconds; when they are over, the best committee found comes with the gap that is left.

    Raises
    ------
    RuleError
        If no committee was found in time.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    result = milp(
        objective,
        integrality=np.concatenate([np.ones(columns), np.zeros(len(objective) - columns)]),
        bounds=Bounds(0.0, upper),
        constraints=[LinearConstraint(matrix, low, high) for matrix, low, high in constraints],
        options={"mip_rel_gap": 0.0, **({"time_limit": time_limit} if math.isfinite(time_limit) else {})},
    )
    if result.x is None:
        raise RuleError(f"no committee found within time_limit={time_limit:g} s ({result.message}); allow more")
    members = np.sort(np.argsort(-result.x[:columns], kind="stable")[:seats])
    return tuple(members.tolist()), -float(result.fun), -float(result.mip_dual_bound)
