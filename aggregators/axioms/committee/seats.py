"""Sizes of committees to try."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from aggregators.axioms.base import Change
from aggregators.axioms.editing import shuffled
from aggregators.profiles import Profile

__all__ = ["every_size"]


def every_size(profile: Profile, rng: np.random.Generator) -> Iterator[Change]:
    """Yield every number of seats that leaves somebody out, in random order."""
    for seats in shuffled(range(1, profile.n_alternatives), rng):
        yield {"seats": seats}
