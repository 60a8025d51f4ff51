"""The majority loser criterion."""

from __future__ import annotations

from aggregators.axioms.base import Axiom, Change, Judgement, axiom, expect
from aggregators.axioms.editing import comparable, liking, over_half
from aggregators.axioms.trial import Trial
from aggregators.profiles import Profile

__all__ = ["MajorityLoser"]


@axiom
class MajorityLoser(Axiom):
    """What more than half of the weight puts alone at the bottom does not win."""

    name = "majority-loser"
    statement = "an alternative that over half of the voters put alone at the bottom does not win"
    formula = "w{i : y ≻ᵢ x for all y ≠ x} > w(N)/2  ⟹  x ∉ f(P)"
    source = "Lepelley and Merlin (1998), Choix social positionnel et principe majoritaire"

    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Look for what a majority likes least."""
        if profile.n_alternatives < 2 or not comparable(profile):
            return None
        likes = liking(profile)
        bottom = likes == likes.min(axis=1, keepdims=True)
        rejected = over_half(profile, bottom & (bottom.sum(axis=1, keepdims=True) == 1))
        if not rejected.any():
            return None
        worst = profile.alternatives[int(rejected.argmax())]
        return expect(
            worst not in trial.decide(profile).winners, f"{worst}, alone at the bottom for over half, does not win"
        )
