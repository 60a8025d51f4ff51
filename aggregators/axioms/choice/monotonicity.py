"""Monotonicity."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from aggregators.axioms.base import Change, Judgement, axiom, expect
from aggregators.axioms.editing import comparable, raises, replaced, shuffled, voters_of_each_kind
from aggregators.axioms.trial import Trial
from aggregators.axioms.voters import OfVoters
from aggregators.profiles import Profile

__all__ = ["Monotonicity"]


@axiom
class Monotonicity(OfVoters):
    """A winner that one voter puts higher, all else unchanged, still wins."""

    name = "monotonicity"
    statement = "a winner that one voter puts higher, all else unchanged, still wins"
    formula = "x ∈ f(P), P' = P but i puts x higher  ⟹  x ∈ f(P')"
    source = "Fishburn (1982), Monotonicity paradoxes in the theory of elections"

    def changes(self, profile: Profile, rng: np.random.Generator) -> Iterator[Change]:
        """Yield each voter's ways to put each alternative higher."""
        for voter in voters_of_each_kind(profile, rng):
            for raised in shuffled(profile.alternatives, rng):
                for ballot in raises(profile, voter, raised):
                    yield {"voter": voter, "raised": raised, "ballot": ballot}

    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Ask again after the raise."""
        if not comparable(profile):
            return None
        raised = change["raised"]
        if raised not in trial.decide(profile).winners:
            return None
        after = trial.decide(replaced(profile, change["voter"], change["ballot"]))
        return expect(raised in after.winners, f"{raised} still wins")
