"""The method of equal shares for projects with costs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from aggregators.budgeting.funding import Funded, Purse, budget_rule
from aggregators.budgeting.greedy import filled
from aggregators.committee.accounts import Market, Purchase, next_by_price, paid
from aggregators.committee.counting import every_path, merged, whole_weights
from aggregators.errors import RuleError
from aggregators.options import one_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from aggregators.profiles import Approvals
    from aggregators.rulebook import Choose

__all__ = ["COMPLETIONS", "UTILITIES", "mes"]

UTILITIES = ("cost", "cardinality")
COMPLETIONS = ("add1u", "add1", "utilitarian", "none")
_MOST_STEPS = 2_000


@dataclass(frozen=True)
class _Path:
    chosen: tuple[int, ...]
    money: NDArray[np.float64]
    bounds: NDArray[np.float64]

    def key(self) -> object:
        return frozenset(self.chosen), self.money.tobytes()

    @property
    def history(self) -> list[Purchase]:
        return [(column, "price") for column in self.chosen]


@budget_rule("mes", aliases=("equal-shares",))
def mes(
    profile: Approvals,
    weights: NDArray[np.float64],
    purse: Purse,
    choose: Choose,
    utility: str = "cost",
    completion: str = "add1u",
    increment: float = 0.01,
) -> Funded:
    """Give every voter an equal share of the budget to spend; fund what costs its supporters least for its utility.

    Supporters of a project share its cost equally, except that nobody pays more than is left of the own share. Of
    the projects that their supporters can pay for, the one with the least payment per unit of utility is funded,
    until none is left. Usually much of the budget then remains, and a `completion` follows.

    Parameters
    ----------
    profile : Approvals
        Approvals (n, m).
    weights : (n,) array_like, optional
        Instead of the profile's own. A voter of weight w is w voters. Near-ties are decided in fractions if the
        weights have a common unit.
    costs, budget
        What the projects cost and what there is. A project that costs more than the budget takes no part.
    utility : {"cost", "cardinality"}
        What an approved project is worth to a voter: its cost, so that a supported sum counts, or 1.
    completion : {"add1u", "add1", "utilitarian", "none"}
        ``"add1"`` repeats the method with a larger virtual budget, as long as the real one is kept to, and until
        no project with a supporter fits into what is left, in 2,000 steps at most. ``"utilitarian"`` spends
        what is left greedily, by approvals for cost utility and by approvals per cost for cardinality.
        ``"add1u"`` does both. ``"none"`` leaves it.
    increment : float
        Step of the virtual budget, as a share of the budget. The often used step of 1 unit of money a voter is n
        / budget.

    Returns
    -------
    BudgetOutcome
        Without a tie-break, every set that some way of breaking the ties leads to; the virtual budget grows until
        the first of them leaves no room, and not to where one overspends. Its details hold the ``virtual_budget``.

    Raises
    ------
    RuleError
        If there are more than 100,000 ways to break ties, or a parameter is out of range.

    References
    ----------
    Peters and Skowron (2020), Proportionality and the Limits of Welfarism; Peters, Pierczyński and Skowron (2021),
    Proportional Participatory Budgeting with Additive Utilities; the completions: https://equalshares.net.

    Examples
    --------
    >>> from aggregators import Approvals
    >>> from aggregators.budgeting.mes import mes
    >>> votes = Approvals([[1, 1, 0], [0, 0, 1]], weights=[3, 2], alternatives=["park", "pool", "path"])
    >>> [sorted(projects) for projects in mes(votes, [40, 60, 40], 100, completion="none").funded]
    [['park', 'path'], ['path', 'pool']]
    """
    one_of("mes", "utility", utility, UTILITIES)
    one_of("mes", "completion", completion, COMPLETIONS)
    if not 0 < increment < float("inf"):
        raise RuleError(f"increment={increment:g}; give the positive share of the budget that one step adds")
    equal = _EqualShares(profile, weights, purse, utility)
    virtual = purse.budget
    found = equal.shares(virtual, choose)
    step = Fraction(repr(increment)) * purse.budget
    for _ in range(_MOST_STEPS if completion.startswith("add1") and step else 0):
        if any(map(equal.leaves_no_room, found)):
            break
        further = equal.shares(virtual + step, choose)
        if any(purse.spent(projects) > purse.budget for projects in further):
            break
        found, virtual = further, virtual + step
    if completion in {"add1u", "utilitarian"}:
        by = "approvals" if utility == "cost" else "approvals-per-cost"
        found = filled(profile.matrix, weights, purse, choose, by, found)
    return Funded(found, {"virtual_budget": float(virtual)})


class _EqualShares:
    """The method without completion, for any virtual budget."""

    def __init__(self, profile: Approvals, weights: NDArray[np.float64], purse: Purse, utility: str) -> None:
        whole = whole_weights(weights)
        units = weights if whole is None else whole.astype(np.float64)
        self.purse = purse
        self.total = float(units.sum())
        self.matrix, self.weights = merged(profile.matrix, units)
        self.approved = self.matrix.astype(np.float64)
        self.support = self.weights @ self.approved
        self.whole = None if whole is None else self.weights.astype(np.int64)
        self.costs = np.array([float(cost) for cost in purse.costs])
        self.value = self.costs if utility == "cost" else np.ones(len(self.costs))
        self.exact_value = purse.costs if utility == "cost" else [Fraction(1)] * len(self.costs)
        self.taking_part = [
            project for project, cost in enumerate(purse.costs) if cost <= purse.budget and self.support[project] > 0
        ]

    def shares(self, virtual: Fraction, choose: Choose) -> list[tuple[int, ...]]:
        """Return what is funded if the voters share a `virtual` budget."""
        if not self.taking_part:
            return [()]
        exact_costs = [] if self.whole is None else [cost * int(self.total) / virtual for cost in self.purse.costs]
        market = Market(
            self.matrix,
            self.approved,
            self.weights,
            self.whole,
            self.costs * (self.total / float(virtual)),
            exact_costs,
            self.value,
            self.exact_value,
        )

        def step(path: _Path) -> Iterable[_Path] | None:
            tied, bounds = next_by_price(market, path.money, path.bounds, path.history)
            return [self._after(market, path, bounds, project) for project in choose(tied)] if tied else None

        prices = np.full(len(self.costs), np.inf)
        prices[self.taking_part] = market.costs[self.taking_part] / self.support[self.taking_part]
        return every_path(_Path((), np.ones(len(self.weights)), prices), step)

    def _after(self, market: Market, path: _Path, bounds: NDArray[np.float64], project: int) -> _Path:
        left = bounds.copy()
        left[project] = np.inf
        return _Path((*path.chosen, project), paid(market, path.money, project, float(bounds[project])), left)

    def leaves_no_room(self, projects: tuple[int, ...]) -> bool:
        """Tell whether no further project that takes part fits into the budget."""
        left = self.purse.budget - self.purse.spent(projects)
        return all(project in projects or self.purse.costs[project] > left for project in self.taking_part)
