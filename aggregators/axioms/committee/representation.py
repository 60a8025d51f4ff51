"""What the axioms share that ask for representation: every tied committee must leave no group out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from aggregators.axioms.base import Axiom, Change, Judgement, expect
from aggregators.axioms.committee.seats import every_size
from aggregators.axioms.trial import Trial
from aggregators.profiles import Approvals, Profile
from aggregators.proportionality import unrepresented

__all__ = ["Representation"]


class Representation(Axiom):
    """Every tied committee passes a measure of proportionality; seats left empty count as seats."""

    kinds = ("committee",)
    reads: ClassVar[tuple[type[Profile], ...]] = (Approvals,)

    measure: ClassVar[str]

    def changes(self, profile: Profile, rng: np.random.Generator) -> Iterator[Change]:
        """Yield sizes of the committee."""
        return every_size(profile, rng)

    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Look for a group that is left out."""
        seats = change["seats"]
        committees = trial.elect(profile, seats)
        if not committees:
            return None
        for members in sorted(committees, key=sorted):
            found = unrepresented(profile, members, self.measure, seats=seats)
            if found is not None:
                return expect(False, f"{{{', '.join(sorted(members))}}} leaves no group out; {found}")
        return expect(True, "no committee leaves a group out")
