"""Axioms that can be falsified: what a rule is said to do, and a search for the case in which it does not.

>>> from aggregators import Rankings
>>> from aggregators.axioms import axioms, search
>>> ballots = Rankings.from_orders([("a", "b", "c"), ("c", "b", "a"), ("b", "c", "a")], weights=[4, 3, 2])
>>> print(axioms["condorcet"].check("plurality", ballots))
plurality violates condorcet: an alternative that beats every other one in a duel is the only winner
  asked   4: a > b > c
          3: c > b > a
          2: b > c > a
          → winner: a; ranking: a (4) > c (3) > b (2)
  should  b, which wins every duel, is the only winner
>>> search("plurality", "condorcet").violation.size
(3, 3.0, 3)
"""

from aggregators.axioms.base import Axiom, Change, Judgement, axiom, axioms, expect
from aggregators.axioms.search import Finding, search
from aggregators.axioms.subject import Decision, OutsideDomain, RuleFailed, Subject, Testable, subject
from aggregators.axioms.trial import Trial
from aggregators.axioms.violation import Violation
from aggregators.axioms.welfare.bounded_influence import fanatic_influence

__all__ = [
    "Axiom",
    "Change",
    "Decision",
    "Finding",
    "Judgement",
    "OutsideDomain",
    "RuleFailed",
    "Subject",
    "Testable",
    "Trial",
    "Violation",
    "axiom",
    "axioms",
    "expect",
    "fanatic_influence",
    "search",
    "subject",
]
