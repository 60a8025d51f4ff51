"""Reversal symmetry."""

from __future__ import annotations

from aggregators.axioms.base import Axiom, Change, Judgement, axiom, expect
from aggregators.axioms.editing import comparable, turned_over
from aggregators.axioms.trial import Trial
from aggregators.profiles import Profile

__all__ = ["ReversalSymmetry"]


@axiom
class ReversalSymmetry(Axiom):
    """The only winner does not win when every ballot is turned over."""

    name = "reversal-symmetry"
    statement = "the only winner does not win when every ballot is turned over"
    formula = "f(P) = {x}, |A| > 1  ⟹  x ∉ f(P with every ≿ᵢ reversed)"
    source = "Saari (1994), Geometry of voting"

    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Ask again with the ballots turned over."""
        if profile.n_alternatives < 2 or not comparable(profile):
            return None
        winners = trial.decide(profile).winners
        if len(winners) != 1:
            return None
        (best,) = winners
        return expect(best not in trial.decide(turned_over(profile)).winners, f"{best} does not win")
