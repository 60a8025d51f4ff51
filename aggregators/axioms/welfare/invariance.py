"""What the axioms share that let utilities be measured on other scales."""

from __future__ import annotations

from abc import abstractmethod

from aggregators.axioms.base import Axiom, Change, Judgement, expect
from aggregators.axioms.trial import Trial
from aggregators.profiles import Profile, Utilities

__all__ = ["FACTORS", "SHIFTS", "Invariance"]

FACTORS = (0.01, 0.25, 2.5, 4.0, 100.0)
SHIFTS = (1.0, 3.0, 20.0, 100.0)  # upwards, so that utilities stay positive


class Invariance(Axiom):
    """The ranking stays when utilities are written on other scales."""

    kinds = ("welfare", "voting")
    reads = (Utilities,)

    @abstractmethod
    def rescaled(self, profile: Profile, change: Change) -> Profile:
        """Return the profile on the other scales."""

    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Ask again on the other scales."""
        if not profile.complete or profile.n_alternatives < 2:
            return None
        before = trial.decide(profile)
        return expect(trial.decide(self.rescaled(profile, change)).same_as(before), "the ranking stays as it was")
