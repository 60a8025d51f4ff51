"""Invariance to each voter's unit."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from aggregators.axioms.base import Change, axiom
from aggregators.axioms.editing import cells, replaced, shuffled, voters_of_each_kind
from aggregators.axioms.voters import OfVoters
from aggregators.axioms.welfare.invariance import FACTORS, Invariance
from aggregators.profiles import Profile

__all__ = ["IndividualScale"]


@axiom
class IndividualScale(OfVoters, Invariance):
    """The ranking stays when one voter's utilities are multiplied by a positive number."""

    name = "individual-scale"
    statement = "the ranking stays when one voter's utilities are multiplied by a positive number"
    formula = "≿ is the same at u and with λ·u_i in place of u_i, λ > 0"
    source = (
        "Sen (1977), On weights and measures; d'Aspremont and Gevers (1977), Equity and the informational basis of"
        " collective choice"
    )

    def changes(self, profile: Profile, rng: np.random.Generator) -> Iterator[Change]:
        """Yield each voter's factors."""
        voters = voters_of_each_kind(profile, rng)
        for voter, factor in shuffled(list(product(voters, FACTORS)), rng):
            yield {"voter": voter, "factor": factor}

    def rescaled(self, profile: Profile, change: Change) -> Profile:
        """Return the profile on the other scale."""
        voter = change["voter"]
        return replaced(profile, voter, cells(profile)[voter] * change["factor"])
