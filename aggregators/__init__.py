"""Social choice in pure numpy: from the ballots of a jury to what it decided.

>>> from aggregators import Utilities, decide
>>> jury = Utilities([[5, 4, 1], [5, 4, 2], [0, 3, 5]], alternatives=["x", "y", "z"])
>>> {rule: decide(jury, rule).winners for rule in ("utilitarian", "nash", "maximin", "plurality")}
{'utilitarian': ('y',), 'nash': ('y',), 'maximin': ('y',), 'plurality': ('x',)}
"""

from aggregators.budgeting import BudgetOutcome, fund
from aggregators.decision import decide, elect
from aggregators.errors import AggregatorError, ProfileError, ReadError, RuleError
from aggregators.outcome import BatchOutcome, CommitteeOutcome, Outcome
from aggregators.profiles import Approvals, Comparisons, Rankings, Utilities
from aggregators.rulebook import Rule, parse_rule, rules

__all__ = [
    "AggregatorError",
    "Approvals",
    "BatchOutcome",
    "BudgetOutcome",
    "CommitteeOutcome",
    "Comparisons",
    "Outcome",
    "ProfileError",
    "Rankings",
    "ReadError",
    "Rule",
    "RuleError",
    "Utilities",
    "decide",
    "elect",
    "fund",
    "parse_rule",
    "rules",
]
