"""Participatory budgeting: from approvals, costs and a budget to the projects that are funded.

>>> from aggregators import Approvals
>>> from aggregators.budgeting import fund
>>> votes = Approvals([[1, 1, 0], [1, 0, 0], [0, 0, 1]], [5, 1, 4], alternatives=["park", "pool", "path"])
>>> costs = {"park": 40, "pool": 60, "path": 40}
>>> {rule: [sorted(projects) for projects in fund(votes, rule, costs=costs, budget=100).funded]
...     for rule in ("greedy", "mes")}
{'greedy': [['park', 'pool']], 'mes': [['park', 'path']]}
"""

from aggregators.budgeting.funding import BudgetOutcome, BudgetRule, budget_rules, fund

__all__ = ["BudgetOutcome", "BudgetRule", "budget_rules", "fund"]
