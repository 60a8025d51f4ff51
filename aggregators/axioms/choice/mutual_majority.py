"""Mutual majority."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from aggregators.axioms.base import Axiom, Change, Judgement, axiom, expect
from aggregators.axioms.editing import comparable, liking, over_half
from aggregators.axioms.trial import Trial
from aggregators.profiles import Profile

__all__ = ["MutualMajority"]


@axiom
class MutualMajority(Axiom):
    """Where over half of the weight prefers each of a set to everything else, the winners are of that set."""

    name = "mutual-majority"
    statement = "if over half of the voters prefer every member of a set to everything else, the winners are members"
    formula = "w{i : x ≻ᵢ y for all x ∈ S, y ∉ S} > w(N)/2, ∅ ≠ S ⊂ A  ⟹  ∅ ≠ f(P) ⊆ S"
    source = "Woodall (1997), Monotonicity of single-seat preferential election rules"

    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Look for the smallest set that a majority stands behind."""
        if not comparable(profile):
            return None
        behind = min(_majority_sets(profile), key=len, default=None)
        if behind is None:
            return None
        winners = trial.decide(profile).winners
        named = ", ".join(sorted(behind))
        return expect(bool(winners) and winners <= behind, f"only {named} may win, which over half put above all else")


def _majority_sets(profile: Profile) -> Iterator[frozenset[str]]:
    """Yield each set that a majority puts above the rest.

    They are among the upper sets of the ballots, at most m - 1 each. Any two majorities share a voter, so the sets
    lie one within the other, and whoever keeps to the smallest keeps to all.
    """
    likes = liking(profile)
    at_least = likes[:, None, :] >= likes[:, :, None]  # (voter, alternative, its upper set)
    for upper in np.unique(at_least.reshape(-1, profile.n_alternatives), axis=0):
        if upper.all():
            continue
        solid = likes[:, upper].min(axis=1) > likes[:, ~upper].max(axis=1)
        if over_half(profile, solid):
            yield frozenset(np.array(profile.alternatives)[upper].tolist())
