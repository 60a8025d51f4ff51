"""Condorcet consistency."""

from __future__ import annotations

from aggregators.axioms.base import Axiom, Change, Judgement, axiom, expect
from aggregators.axioms.editing import comparable, margins
from aggregators.axioms.trial import Trial
from aggregators.profiles import Profile

__all__ = ["Condorcet"]


@axiom
class Condorcet(Axiom):
    """An alternative that beats every other in a duel is the only winner."""

    name = "condorcet"
    statement = "an alternative that beats every other one in a duel is the only winner"
    formula = "m(x, y) > 0 for all y ≠ x  ⟹  f(P) = {x}"
    source = "Condorcet (1785), Essai sur l'application de l'analyse"

    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Look for an alternative that beats all."""
        won = (margins(profile) > 0).sum(axis=1) == profile.n_alternatives - 1
        if profile.n_alternatives < 2 or not won.any() or not comparable(profile):
            return None
        best = profile.alternatives[int(won.argmax())]
        return expect(trial.decide(profile).winners == {best}, f"{best}, which wins every duel, is the only winner")
