"""Participation."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from aggregators.axioms.base import Axiom, Change, Judgement, axiom, expect
from aggregators.axioms.editing import better, comparable, voters_of_each_kind
from aggregators.axioms.trial import Trial
from aggregators.profiles import Profile

__all__ = ["Participation"]


@axiom
class Participation(Axiom):
    """A voter who stays away never gains.

    To gain is to prefer every winner after to every winner before, so that no tie-break can undo it.
    """

    name = "participation"
    statement = "a voter who stays away never gets winners who are all better than all winners before"
    formula = "never y >ᵢ x for all y ∈ f(P without i), x ∈ f(P)"
    source = "Moulin (1988), Condorcet's principle implies the no show paradox"

    def changes(self, profile: Profile, rng: np.random.Generator) -> Iterator[Change]:
        """Yield each kind of voter without whom somebody is left who counts."""
        for voter in voters_of_each_kind(profile, rng):
            if np.delete(profile.weights, voter).any():
                yield {"voter": voter}

    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Ask again without the voter, if there is anything better for that voter."""
        if not comparable(profile):
            return None
        voter = change["voter"]
        wanted = better(profile, voter, trial.decide(profile).winners)
        if not wanted:
            return None
        after = trial.decide(profile.select(np.arange(profile.n_voters) != voter)).winners
        named = ", ".join(sorted(wanted))
        return expect(
            not after or not after <= wanted, f"staying away does not get voter {voter} any of {named} for sure"
        )
