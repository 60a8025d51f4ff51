"""Greedy budgeting: the most approved project first, as long as the money lasts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from aggregators.budgeting.funding import Funded, Purse, budget_rule
from aggregators.committee.counting import every_path, most, whole_weights
from aggregators.options import one_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from aggregators.profiles import Approvals
    from aggregators.rulebook import Choose

__all__ = ["ORDERS", "filled", "greedy"]

ORDERS = ("approvals", "approvals-per-cost")


@budget_rule("greedy", aliases=("utilitarian-greedy",))
def greedy(
    profile: Approvals, weights: NDArray[np.float64], purse: Purse, choose: Choose, by: str = "approvals"
) -> Funded:
    """Fund project after project in order of approval, each that still fits into the budget.

    Parameters
    ----------
    profile : Approvals
        Approvals (n, m).
    weights : (n,) array_like, optional
        Instead of the profile's own. Near-ties are decided exactly if the weights have a common unit.
    costs, budget
        What the projects cost and what there is.
    by : {"approvals", "approvals-per-cost"}
        The order: by the weight of those who approve, as most cities do, or by that weight for the cost.

    Returns
    -------
    BudgetOutcome
        Without a tie-break, every set that some way of breaking the ties leads to. A project that nobody approves
        of is never funded.

    Raises
    ------
    RuleError
        If there are more than 100,000 ways to break ties, or there is no such order.

    References
    ----------
    Talmon and Faliszewski (2019), A Framework for Approval-Based Budgeting Methods; Rey, Schmidt and Maly (2023),
    The (Computational) Social Choice Take on Indivisible Participatory Budgeting.

    Examples
    --------
    >>> from aggregators import Approvals
    >>> from aggregators.budgeting.greedy import greedy
    >>> votes = Approvals([[1, 0, 0], [1, 1, 0], [0, 1, 1], [1, 0, 1]])
    >>> [sorted(p) for p in greedy(votes, [80, 20, 30], 100).funded]
    [['a', 'b']]
    >>> [sorted(p) for p in greedy(votes, [80, 20, 30], 100, by="approvals-per-cost").funded]
    [['b', 'c']]
    """
    one_of("greedy", "by", by, ORDERS)
    return Funded(filled(profile.matrix, weights, purse, choose, by, [()]))


@dataclass(frozen=True)
class _Path:
    chosen: tuple[int, ...]

    def key(self) -> object:
        return frozenset(self.chosen)


def filled(
    matrix: NDArray[np.bool_],
    weights: NDArray[np.float64],
    purse: Purse,
    choose: Choose,
    by: str,
    starts: Sequence[tuple[int, ...]],
) -> list[tuple[int, ...]]:
    """Return what the greedy rule makes of sets of projects that are funded already."""
    whole = whole_weights(weights)
    support = weights @ matrix
    costs = purse.costs if by == "approvals-per-cost" else [Fraction(1)] * len(purse.costs)
    rates = support / np.array([float(cost) for cost in costs])

    def exact(near: list[int]) -> list[Fraction]:
        counts = [] if whole is None else (whole @ matrix[:, near]).tolist()
        return [count / costs[project] for count, project in zip(counts, near, strict=True)]

    def step(path: _Path) -> Iterable[_Path] | None:
        left = purse.budget - purse.spent(path.chosen)
        fits = [project for project in range(len(costs)) if purse.costs[project] <= left and support[project] > 0]
        open_rates = np.full(len(costs), -1.0)
        fits = [project for project in fits if project not in path.chosen]
        if not fits:
            return None
        open_rates[fits] = rates[fits]
        return [_Path((*path.chosen, p)) for p in choose(most(open_rates, None if whole is None else exact))]

    return sorted({funded for start in starts for funded in every_path(_Path(start), step)})
