"""Independence of Smith-dominated alternatives."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from aggregators.axioms.base import Axiom, Change, Judgement, axiom, expect
from aggregators.axioms.choice.smith import smith_set
from aggregators.axioms.editing import comparable, shuffled, without
from aggregators.axioms.trial import Trial
from aggregators.profiles import Profile

__all__ = ["SmithDominated"]


@axiom
class SmithDominated(Axiom):
    """The winners stay when an alternative outside the Smith set leaves."""

    name = "isda"
    aliases = ("independence-of-smith-dominated-alternatives",)
    statement = "removing an alternative outside the Smith set changes no winner"
    formula = "z ∉ Smith(P)  ⟹  f(P - z) = f(P)"
    source = "Schulze (2011), A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent method"

    def changes(self, profile: Profile, rng: np.random.Generator) -> Iterator[Change]:
        """Yield each alternative that is outside."""
        inside = smith_set(profile)
        for label in shuffled(profile.alternatives, rng):
            if label not in inside:
                yield {"removed": label}

    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Ask again without it."""
        if not comparable(profile):
            return None
        before = trial.decide(profile).winners
        if not before:
            return None
        after = trial.decide(without(profile, change["removed"])).winners
        return expect(after == before, f"the winners are {', '.join(sorted(before))}, as before")
