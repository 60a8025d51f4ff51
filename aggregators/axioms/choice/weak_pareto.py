"""Weak Pareto."""

from __future__ import annotations

import numpy as np

from aggregators.axioms.base import Axiom, Change, Judgement, axiom, expect
from aggregators.axioms.editing import comparable, liking
from aggregators.axioms.trial import Trial
from aggregators.profiles import Profile

__all__ = ["WeakPareto"]


@axiom
class WeakPareto(Axiom):
    """What everybody likes strictly less than one same alternative does not win."""

    name = "weak-pareto"
    statement = "an alternative does not win if there is another that every voter strictly prefers to it"
    formula = "x ≻ᵢ y for all i  ⟹  y ∉ f(P)"
    source = "Arrow (1963), Social choice and individual values, 2nd edition"

    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Look for a winner that everybody likes less."""
        likes = liking(profile)[profile.weights > 0]
        above = (likes[:, :, None] > likes[:, None, :]).all(axis=0)
        if not comparable(profile) or not above.any():
            return None
        winners = trial.decide(profile).winners
        better = {profile.alternatives[y]: profile.alternatives[x] for x, y in np.argwhere(above)}
        wrong = next((label for label in better if label in winners), next(iter(better)))
        return expect(wrong not in winners, f"{wrong} does not win, as all prefer {better[wrong]}")
