"""Monotonicity of the social ranking, weakly."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import ClassVar

import numpy as np

from aggregators.axioms.base import Change, Judgement, axiom, expect
from aggregators.axioms.editing import raises, replaced, shuffled, voters_of_each_kind
from aggregators.axioms.trial import Trial
from aggregators.axioms.voters import OfVoters
from aggregators.profiles import Profile, Utilities

__all__ = ["WeakMonotonicity"]


@axiom
class WeakMonotonicity(OfVoters):
    """An alternative that one voter gets more from never falls below one that it was not below."""

    name = "weak-monotonicity"
    statement = "an alternative that one voter gets more from does not fall below one that it was above or tied with"
    formula = "x ≿ y at u, u' = u but u'_i(x) > u_i(x)  ⟹  x ≿ y at u'"
    source = "Arrow (1951), Social Choice and Individual Values: positive association of social and individual values"
    kinds = ("welfare", "voting")
    reads = (Utilities,)

    strictly: ClassVar[bool] = False

    def changes(self, profile: Profile, rng: np.random.Generator) -> Iterator[Change]:
        """Yield higher utilities of each voter for each alternative."""
        voters = [voter for voter in voters_of_each_kind(profile, rng) if profile.weights[voter] > 0]
        for voter, raised in shuffled(list(product(voters, profile.alternatives)), rng):
            for ballot in raises(profile, voter, raised):
                yield {"voter": voter, "raised": raised, "ballot": ballot}

    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Ask again after the raise."""
        if not profile.complete:
            return None
        raised = change["raised"]
        before = trial.decide(profile)
        others = [label for label in profile.alternatives if before.order(raised, label) in {0, 1} and label != raised]
        if not others:
            return None
        after = trial.decide(replaced(profile, change["voter"], change["ballot"]))
        higher = {-1, 0} if self.strictly else {-1}
        failing = [label for label in others if after.order(raised, label) in higher]
        where = "above" if self.strictly else "no lower than"
        return expect(not failing, f"{raised} is ranked {where} {', '.join(failing or others)}")
