"""Unanimity."""

from __future__ import annotations

import numpy as np

from aggregators.axioms.base import Axiom, Change, Judgement, axiom, expect
from aggregators.axioms.editing import comparable, liking
from aggregators.axioms.trial import Trial
from aggregators.profiles import Profile

__all__ = ["Unanimity"]


@axiom
class Unanimity(Axiom):
    """What every voter puts alone on top is the only winner."""

    name = "unanimity"
    statement = "an alternative that every voter puts alone on top is the only winner"
    formula = "x ≻ᵢ y for all i and all y ≠ x  ⟹  f(P) = {x}"
    source = "Fishburn (1973), The theory of social choice"

    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Look for the one that all put on top."""
        if profile.n_alternatives < 2 or not comparable(profile):
            return None
        likes = liking(profile)[profile.weights > 0]
        top = likes == likes.max(axis=1, keepdims=True)
        if (top.sum(axis=1) > 1).any() or not (all_alike := top.all(axis=0)).any():
            return None
        best = profile.alternatives[int(np.argmax(all_alike))]
        return expect(
            trial.decide(profile).winners == {best}, f"{best}, alone on top of all ballots, is the only winner"
        )
