"""Neutrality."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

import numpy as np

from aggregators.axioms.base import Axiom, Change, Judgement, axiom, expect
from aggregators.axioms.choice.sameness import ALL_KINDS, decides_alike
from aggregators.axioms.editing import cells, remade, shuffled
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
    kinds = ALL_KINDS

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
        if "order" in change:
            same = decides_alike(trial, profile, profile.restrict(change["order"]))
            return expect(same, "the decision is the same in whatever order the alternatives come")
        called = dict(zip(profile.alternatives, change["names"], strict=True))
        same = decides_alike(trial, profile, remade(profile, cells(profile), alternatives=change["names"]), called)
        said = ", ".join(f"{old} is now {new}" for old, new in called.items() if old != new)
        return expect(same, f"the decision is the same but for the names: {said}")
