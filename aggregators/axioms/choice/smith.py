"""The Smith criterion, and the Smith set."""

from __future__ import annotations

from aggregators.axioms.base import Axiom, Change, Judgement, axiom, expect
from aggregators.axioms.editing import comparable, margins
from aggregators.axioms.trial import Trial
from aggregators.profiles import Profile

__all__ = ["Smith", "smith_set"]


@axiom
class Smith(Axiom):
    """Only members of the Smith set win."""

    name = "smith"
    statement = "the winners are of the Smith set: the smallest one whose members all beat everything else in a duel"
    formula = "f(P) ⊆ S, the smallest S ≠ ∅ with m(x, y) > 0 for all x ∈ S, y ∉ S"
    source = "Smith (1973), Aggregation of preferences with variable electorate"

    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Look for a winner outside."""
        members = smith_set(profile)
        if len(members) == profile.n_alternatives or not comparable(profile):
            return None
        named = ", ".join(sorted(members))
        return expect(trial.decide(profile).winners <= members, f"only {named} may win, the Smith set")


def smith_set(profile: Profile) -> frozenset[str]:
    """Return the smallest set of alternatives, not empty, whose members all beat everything else in a duel.

    It is the smallest that leads the alternatives in the order of how many they do not lose to: a member loses to
    members only, so it has more of these than anything outside.
    """
    margin = margins(profile)
    unbeaten = (margin >= 0).sum(axis=1)
    for least in sorted(set(unbeaten.tolist()), reverse=True):
        inside = unbeaten >= least
        if (margin[inside][:, ~inside] > 0).all():
            break
    return frozenset(label for label, belongs in zip(profile.alternatives, inside, strict=True) if belongs)
