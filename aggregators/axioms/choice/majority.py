"""The majority criterion."""

from __future__ import annotations

from aggregators.axioms.base import Axiom, Change, Judgement, axiom, expect
from aggregators.axioms.editing import comparable, liking, over_half
from aggregators.axioms.trial import Trial
from aggregators.profiles import Profile

__all__ = ["Majority"]


@axiom
class Majority(Axiom):
    """What more than half of the weight puts alone on top is the only winner."""

    name = "majority"
    statement = "an alternative that over half of the voters put alone on top is the only winner"
    formula = "w{i : x ≻ᵢ y for all y ≠ x} > w(N)/2  ⟹  f(P) = {x}"
    source = "Tideman (2006), Collective decisions and voting"

    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Look for the favourite of a majority."""
        if profile.n_alternatives < 2 or not comparable(profile):
            return None
        likes = liking(profile)
        top = likes == likes.max(axis=1, keepdims=True)
        favoured = over_half(profile, top & (top.sum(axis=1, keepdims=True) == 1))
        if not favoured.any():
            return None
        best = profile.alternatives[int(favoured.argmax())]
        return expect(
            trial.decide(profile).winners == {best}, f"{best}, alone on top for over half, is the only winner"
        )
