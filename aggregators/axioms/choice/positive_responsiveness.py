"""Positive responsiveness."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from aggregators.axioms.base import Change, Judgement, axiom, expect
from aggregators.axioms.editing import comparable, raises, replaced, shuffled, voters_of_each_kind
from aggregators.axioms.trial import Trial
from aggregators.axioms.voters import OfVoters
from aggregators.profiles import Profile

__all__ = ["PositiveResponsiveness"]


@axiom
class PositiveResponsiveness(OfVoters):
    """A winner that one voter puts higher, all else unchanged, is then the only winner."""

    name = "positive-responsiveness"
    statement = "a winner, tied or not, that one voter puts higher, all else unchanged, is then the only winner"
    formula = "x ∈ f(P), P' = P but i puts x higher  ⟹  f(P') = {x}"
    source = "May (1952), A set of independent necessary and sufficient conditions for simple majority decision"

    def changes(self, profile: Profile, rng: np.random.Generator) -> Iterator[Change]:
        """Yield the ways to put an alternative higher of each voter who counts."""
        for voter in voters_of_each_kind(profile, rng):
            if profile.weights[voter] == 0:
                continue
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
        return expect(after.winners == {raised}, f"{raised} is the only winner")
