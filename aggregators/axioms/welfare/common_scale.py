"""Invariance to a common unit."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from aggregators.axioms.base import Change, axiom
from aggregators.axioms.editing import cells, remade, shuffled
from aggregators.axioms.welfare.invariance import FACTORS, Invariance
from aggregators.profiles import Profile

__all__ = ["CommonScale"]


@axiom
class CommonScale(Invariance):
    """The ranking stays when all utilities are multiplied by one positive number."""

    name = "common-scale"
    statement = "the ranking stays when all utilities are multiplied by one positive number"
    formula = "≿ is the same at u and at λ·u, λ > 0"
    source = (
        "Sen (1977), On weights and measures; d'Aspremont and Gevers (2002), Social welfare functionals and"
        " interpersonal comparability"
    )

    def changes(self, profile: Profile, rng: np.random.Generator) -> Iterator[Change]:
        """Yield factors."""
        for factor in shuffled(FACTORS, rng):
            yield {"factor": factor}

    def rescaled(self, profile: Profile, change: Change) -> Profile:
        """Return the profile on the other scale."""
        return remade(profile, cells(profile) * change["factor"])
