"""Participation."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from aggregators.axioms.base import Change, Judgement, axiom
from aggregators.axioms.choice.gaining import no_gain
from aggregators.axioms.editing import voters_of_each_kind
from aggregators.axioms.trial import Trial
from aggregators.axioms.voters import OfVoters
from aggregators.profiles import Profile

__all__ = ["Participation"]


@axiom
class Participation(OfVoters):
    """A voter, of any weight, who stays away never gains.

    To gain is to prefer every winner after to every winner before, so that no tie-break can undo it. A voter of
    weight w acts as one, as a bloc of w voters of weight 1 would: what holds of voters of weight 1 alone is not enough.
    """

    name = "participation"
    statement = "a voter of any weight who stays away never gets winners who are all better than all winners before"
    formula = "never y >ᵢ x for all y ∈ f(P without i), x ∈ f(P), whatever wᵢ > 0"
    source = "Moulin (1988), Condorcet's principle implies the no show paradox"

    def changes(self, profile: Profile, rng: np.random.Generator) -> Iterator[Change]:
        """Yield each kind of voter without whom somebody is left who counts."""
        for voter in voters_of_each_kind(profile, rng):
            if np.delete(profile.weights, voter).any():
                yield {"voter": voter}

    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Ask again without the voter, if there is anything better for that voter."""
        voter = change["voter"]
        without = profile.select(np.arange(profile.n_voters) != voter)
        return no_gain(trial, profile, voter, without, "staying away does not get")
