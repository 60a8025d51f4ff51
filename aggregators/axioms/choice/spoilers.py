"""Immunity to spoilers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from aggregators.axioms.base import Axiom, Change, Judgement, axiom, expect
from aggregators.axioms.editing import comparable, margins, shuffled, without
from aggregators.axioms.trial import Trial
from aggregators.profiles import Profile

__all__ = ["ImmunityToSpoilers"]


@axiom
class ImmunityToSpoilers(Axiom):
    """A loser that a would-be winner beats in a duel does not cost it the victory."""

    name = "immunity-to-spoilers"
    statement = "what would win without a certain loser, and beats that loser in a duel, wins"
    formula = "x ∈ f(P - z), m(x, z) > 0, z ∉ f(P)  ⟹  x ∈ f(P)"
    source = "Holliday and Pacuit (2023), Split Cycle: a new Condorcet-consistent voting method"

    def changes(self, profile: Profile, rng: np.random.Generator) -> Iterator[Change]:
        """Yield each alternative that loses a duel."""
        beaten = margins(profile).min(axis=1) < 0
        for label in shuffled(profile.alternatives, rng):
            if beaten[profile.index(label)]:
                yield {"removed": label}

    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Ask again without the loser."""
        spoiler = change["removed"]
        before = trial.decide(profile).winners
        if not comparable(profile) or not before or spoiler in before:
            return None
        lead = margins(profile)[:, profile.index(spoiler)]
        beating = {label for label, by in zip(profile.alternatives, lead.tolist(), strict=True) if by > 0}
        entitled = trial.decide(without(profile, spoiler)).winners & beating
        if not entitled:
            return None
        named = ", ".join(sorted(entitled - before or entitled))
        return expect(entitled <= before, f"{named}, which beats {spoiler} and wins without it, wins with it too")
