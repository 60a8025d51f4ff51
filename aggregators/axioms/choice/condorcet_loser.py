"""The Condorcet loser criterion."""

from __future__ import annotations

from aggregators.axioms.base import Axiom, Change, Judgement, axiom, expect
from aggregators.axioms.editing import comparable, margins
from aggregators.axioms.trial import Trial
from aggregators.profiles import Profile

__all__ = ["CondorcetLoser"]


@axiom
class CondorcetLoser(Axiom):
    """An alternative that loses every duel does not win."""

    name = "condorcet-loser"
    statement = "an alternative that loses against every other one in a duel does not win"
    formula = "m(x, y) < 0 for all y ≠ x  ⟹  x ∉ f(P)"
    source = "Fishburn (1977), Condorcet social choice functions"

    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Look for an alternative that loses to all."""
        lost = (margins(profile) < 0).sum(axis=1) == profile.n_alternatives - 1
        if profile.n_alternatives < 2 or not lost.any() or not comparable(profile):
            return None
        worst = profile.alternatives[int(lost.argmax())]
        return expect(worst not in trial.decide(profile).winners, f"{worst}, which loses every duel, does not win")
