"""The Pareto condition."""

from __future__ import annotations

import numpy as np

from aggregators.axioms.base import Axiom, Change, Judgement, axiom, expect
from aggregators.axioms.editing import comparable, liking
from aggregators.axioms.trial import Trial
from aggregators.profiles import Profile

__all__ = ["Pareto"]


@axiom
class Pareto(Axiom):
    """What is worse for somebody and better for nobody than one same alternative does not win."""

    name = "pareto"
    statement = "an alternative does not win if another is better for some voter and worse for none"
    formula = "x ≿ᵢ y for all i, x ≻ᵢ y for some i  ⟹  y ∉ f(P)"
    source = "Sen (1970), Collective choice and social welfare"

    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Look for a dominated winner."""
        likes = liking(profile)[profile.weights > 0]
        above = likes[:, :, None] > likes[:, None, :]
        some = above.any(axis=0)
        beats = some & ~some.T
        if not comparable(profile) or not beats.any():
            return None
        winners = trial.decide(profile).winners
        better = {profile.alternatives[y]: profile.alternatives[x] for x, y in np.argwhere(beats)}
        wrong = next((label for label in better if label in winners), next(iter(better)))
        return expect(
            wrong not in winners, f"{wrong} does not win, as {better[wrong]} is better for some and worse for none"
        )
