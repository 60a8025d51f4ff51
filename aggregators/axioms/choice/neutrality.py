"""Neutrality."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

import numpy as np

from aggregators.axioms.base import Axiom, Change, Judgement, axiom, expect
from aggregators.axioms.editing import cells, remade, shuffled
from aggregators.axioms.subject import Decision
from aggregators.axioms.trial import Trial
from aggregators.profiles import Profile

__all__ = ["Neutrality"]

_ALL_ORDERS_UP_TO = 3
_RANDOM_ORDERS = 5


@axiom
class Neutrality(Axiom):
    """Alternatives that swap places or names swap their fate.

    A rule can favour an alternative by its place, say the first of those that tie, or by its name, say the first in
    the alphabet. So two things are done: ``order`` moves the columns, names attached, and ``names`` gives the columns
    other names.
    """

    name = "neutrality"
    statement = "which place an alternative has and what it is called does not matter"
    formula = "P' = P with alternatives permuted by π  ⟹  f(P') = π(f(P)), ≿' = π(≿)"
    source = "May (1952), A set of independent necessary and sufficient conditions for simple majority decision"

    def changes(self, profile: Profile, rng: np.random.Generator) -> Iterator[Change]:
        """Yield the orders of few alternatives, random ones of many, as places and as names."""
        labels = list(profile.alternatives)
        if len(labels) <= _ALL_ORDERS_UP_TO:
            orders = list(shuffled([list(each) for each in permutations(labels)], rng))
        else:
            orders = [labels[::-1], *([*rng.permutation(labels).tolist()] for _ in range(_RANDOM_ORDERS))]
        for order in orders:
            if order != labels:
                yield {"order": order}
                yield {"names": order}

    def allows(self, profile: Profile, change: Change) -> bool:
        """Tell whether either is a permutation of the alternatives."""
        return len(change) == 1 and any(
            sorted(change.get(key, ())) == sorted(profile.alternatives) for key in ("order", "names")
        )

    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Ask again with other places or names."""
        if profile.n_alternatives < 2:
            return None
        before = trial.decide(profile)
        if "order" in change:
            after = trial.decide(profile.restrict(change["order"]))
            return expect(after.same_as(before), "the decision is the same in whatever order the alternatives come")
        called = dict(zip(profile.alternatives, change["names"], strict=True))
        after = trial.decide(remade(profile, cells(profile), alternatives=change["names"]))
        said = ", ".join(f"{old} is now {new}" for old, new in called.items() if old != new)
        return expect(after.same_as(_renamed(before, called)), f"the decision is the same but for the names: {said}")


def _renamed(decision: Decision, called: dict[str, str]) -> Decision:
    winners = frozenset(called[label] for label in decision.winners)
    if decision.ranking is None:
        return Decision(winners)
    return Decision(winners, tuple(frozenset(called[label] for label in tier) for tier in decision.ranking))
