"""What the axioms share whose changes name voters."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from aggregators.axioms.base import Axiom, Change
from aggregators.axioms.editing import cells, is_voter
from aggregators.profiles import Profile

__all__ = ["OfVoters"]


class OfVoters(Axiom):
    """What one voter does, or two; the search tries one of each kind, and any other of the kind may be named."""

    named: ClassVar[tuple[str, ...]] = ("voter",)

    def allows(self, profile: Profile, change: Change) -> bool:
        """Tell whether the change is tried of the first voters with these ballots and weights."""
        voters = {key: change[key] for key in self.named if key in change}
        if len(voters) < len(self.named) or not all(is_voter(profile, voter) for voter in voters.values()):
            return False
        return super().allows(profile, {**change, **{key: _first_like(profile, each) for key, each in voters.items()}})


def _first_like(profile: Profile, voter: int) -> int:
    """Return the first voter with the ballot and the weight of another."""
    ballots = cells(profile)
    alike = (profile.weights == profile.weights[voter]) & [row.tobytes() == ballots[voter].tobytes() for row in ballots]
    return int(np.argmax(alike))
