"""Simple random sampling, with probability proportional to base weight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from personas.designs import Draw, Request, designs, refuse, repeated
from personas.repetition import select_many
from personas.selection import select

if TYPE_CHECKING:
    import numpy as np


@designs.register("srs", aliases=("simple",))
def srs(request: Request, rng: np.random.Generator) -> Draw:
    """Draw at random with probability proportional to base weight, so that every juror counts the same.

    Raises
    ------
    SamplingError
        If groups are named, which this design cannot honour, or `n` is too large without replacement.
    """
    refuse(request, "srs", "by", "allocation", "size", "at_least")
    return Draw(*select(request.weights, request.n, rng, replace=request.replace))


@repeated.register("srs", aliases=("simple",))
def many(request: Request, count: int, rng: np.random.Generator) -> Draw:
    """Draw `count` juries at once."""
    refuse(request, "srs", "by", "allocation", "size", "at_least")
    return Draw(*select_many(request.weights, request.n, count, rng, replace=request.replace))
