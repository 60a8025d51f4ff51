"""Invariance to a common origin."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from aggregators.axioms.base import Change, axiom
from aggregators.axioms.editing import cells, remade, shuffled
from aggregators.axioms.welfare.invariance import SHIFTS, Invariance
from aggregators.profiles import Profile

__all__ = ["CommonTranslation"]


@axiom
class CommonTranslation(Invariance):
    """The ranking stays when one number is added to all utilities."""

    name = "common-translation"
    statement = "the ranking stays when one number is added to all utilities"
    formula = "≿ is the same at u and at u + δ"
    source = (
        "Sen (1977), On weights and measures; d'Aspremont and Gevers (2002), Social welfare functionals and"
        " interpersonal comparability"
    )

    def changes(self, profile: Profile, rng: np.random.Generator) -> Iterator[Change]:
        """Yield shifts."""
        for shift in shuffled(SHIFTS, rng):
            yield {"shift": shift}

    def rescaled(self, profile: Profile, change: Change) -> Profile:
        """Return the profile on the other scale."""
        return remade(profile, cells(profile) + change["shift"])
