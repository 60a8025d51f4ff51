"""The method of equal shares."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from aggregators.committee.accounts import Market, Purchase, next_by_price, next_by_time, paid
from aggregators.committee.counting import every_path, most, whole_weights
from aggregators.elected import Elected
from aggregators.options import one_of
from aggregators.rulebook import committee_rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from aggregators.profiles import Approvals
    from aggregators.rulebook import Choose

__all__ = ["COMPLETIONS", "mes"]

COMPLETIONS = ("phragmen", "utilitarian", "none")


@dataclass(frozen=True)
class _Path:
    chosen: tuple[int, ...]
    bought: int
    money: NDArray[np.float64]
    bounds: NDArray[np.float64]
    buying: bool = True

    def key(self) -> object:
        return frozenset(self.chosen), self.bought, self.buying, self.money.tobytes()

    @property
    def history(self) -> list[Purchase]:
        return [(column, "price" if place < self.bought else "time") for place, column in enumerate(self.chosen)]


@committee_rule(
    "mes",
    aliases=("equal-shares", "rule-x"),
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "Peters and Skowron (2020), Proportionality and the limits of welfarism": ("ejr",),
        "implied by ejr": ("jr", "pjr"),
        "at every step a clone is worth as much as the loser, so that wherever it could be chosen the loser could": (
            "losing-clones",
        ),
        "until it is chosen it is only worth more at every step and others as much, so it is chosen no later": (
            "support-monotonicity",
        ),
    },
    violates=("committee-monotonicity",),
)
def mes(
    profile: Approvals, weights: NDArray[np.float64], seats: int, choose: Choose, completion: str = "phragmen"
) -> Elected:
    """Give every voter an equal share of the seats to spend; elect whoever costs each supporter least.

    With a total weight W, a seat costs W / seats and a voter has 1 a unit of weight. A candidate is affordable if
    those who approve of it can pay for it; it costs the least r such that they can, each paying r or all that is
    left. The affordable candidate with the least r is elected, until none is affordable. That may be before the
    committee is full, and then a `completion` follows.

    Parameters
    ----------
    profile : Approvals
        Approvals (n, m).
    weights : (n,) array_like, optional
        Instead of the profile's own. A voter of weight w is w voters. Near-ties are decided in fractions if the
        weights have a common unit.
    seats : int
        Size of the committee.
    completion : {"phragmen", "utilitarian", "none"}
        How seats that are left are filled: by Phragmén's sequential method, in which voters keep what money they
        have left; by approvals; or not at all, for a smaller committee.

    Returns
    -------
    CommitteeOutcome
        Without a tie-break, every committee that some way of breaking the ties leads to. Its details hold the
        ``cost`` of a seat, in units of weight, and ``bought``, the least number of seats that were paid for.

    Raises
    ------
    RuleError
        If there are more than 100,000 ways to break ties, or there is no such completion.

    References
    ----------
    Peters and Skowron (2020), Proportionality and the Limits of Welfarism; Lackner and Skowron (2023),
    Multi-Winner Voting with Approval Preferences, rule 11.

    Examples
    --------
    >>> from aggregators import Approvals
    >>> from aggregators.committee.mes import mes
    >>> ballots = Approvals([[1, 1, 1, 0], [0, 0, 0, 1]], weights=[3, 2])
    >>> [sorted(committee) for committee in mes(ballots, 2, completion="none").committees]
    [['a'], ['b'], ['c']]
    >>> [sorted(committee) for committee in mes(ballots, 2).committees]
    [['a', 'd'], ['b', 'd'], ['c', 'd']]
    """
    one_of("mes", "completion", completion, COMPLETIONS)
    counted = weights > 0
    matrix, weights = profile.matrix[counted], weights[counted]
    approved = matrix.astype(np.float64)
    support = weights @ approved
    whole = whole_weights(weights)
    columns = profile.n_alternatives
    cost = float(weights.sum()) / seats
    exact_cost = Fraction(0) if whole is None else Fraction(int(whole.sum()), seats)
    market = Market(matrix, approved, weights, whole, np.full(columns, cost), [exact_cost] * columns)
    bought: list[int] = []

    def step(path: _Path) -> Iterable[_Path] | None:
        if len(path.chosen) == seats:
            bought.append(path.bought)
            return None
        if path.buying:
            tied, bounds = next_by_price(market, path.money, path.bounds, path.history)
            if tied:
                return [_after_price(market, path, bounds, c) for c in choose(tied)]
            if completion == "none":
                bought.append(path.bought)
                return None
            path = replace(path, buying=False)
        if completion == "utilitarian":
            gains = support.copy()
            gains[list(path.chosen)] = -1.0
            tied = most(gains, None if whole is None else lambda near: (whole @ matrix[:, near]).tolist())
            return [replace(path, chosen=(*path.chosen, c)) for c in choose(tied)]
        tied, times = next_by_time(market, 1.0 - path.money, support, path.chosen, path.history)
        return [_after_time(market, path, float(times[c]), c) for c in choose(tied)]

    prices = np.full(columns, np.inf)
    np.divide(cost, support, out=prices, where=support > 0)
    found = every_path(_Path((), 0, np.ones(len(weights)), prices), step, matrix)
    return Elected(found, details={"cost": cost, "bought": min(bought)})


def _after_price(market: Market, path: _Path, bounds: NDArray[np.float64], column: int) -> _Path:
    money = paid(market, path.money, column, float(bounds[column]))
    left = bounds.copy()
    left[column] = np.inf
    return _Path((*path.chosen, column), path.bought + 1, money, left)


def _after_time(market: Market, path: _Path, time: float, column: int) -> _Path:
    money = path.money
    if np.isfinite(time):
        money = np.where(market.matrix[:, column], 1.0 - time, money)
    return replace(path, chosen=(*path.chosen, column), money=money)
