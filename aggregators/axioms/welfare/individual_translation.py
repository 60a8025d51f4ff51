"""Invariance to each voter's origin."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from aggregators.axioms.base import Change, axiom
from aggregators.axioms.editing import cells, replaced, shuffled, voters_of_each_kind
from aggregators.axioms.voters import OfVoters
from aggregators.axioms.welfare.invariance import SHIFTS, Invariance
from aggregators.profiles import Profile

__all__ = ["IndividualTranslation"]


@axiom
class IndividualTranslation(OfVoters, Invariance):
    """The ranking stays when a number is added to one voter's utilities."""

    name = "individual-translation"
    statement = "the ranking stays when a number is added to one voter's utilities"
    formula = "≿ is the same at u and with u_i + δ in place of u_i"
    source = (
        "Sen (1977), On weights and measures; d'Aspremont and Gevers (1977), Equity and the informational basis of"
        " collective choice"
    )

    def changes(self, profile: Profile, rng: np.random.Generator) -> Iterator[Change]:
        """Yield each voter's shifts."""
        voters = voters_of_each_kind(profile, rng)
        for voter, shift in shuffled(list(product(voters, SHIFTS)), rng):
            yield {"voter": voter, "shift": shift}

    def rescaled(self, profile: Profile, change: Change) -> Profile:
        """Return the profile on the other scale."""
        voter = change["voter"]
        return replaced(profile, voter, cells(profile)[voter] + change["shift"])
