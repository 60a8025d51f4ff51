"""Simple random sampling, with probability proportional to base weight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from personas.designs import Draw, Request, designs, refuse_equal
from personas.errors import SamplingError
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
    refuse_equal(request, "srs")
    if request.factors:
        raise SamplingError("by: design 'srs' controls no groups: drop it or use design='stratified'")
    return Draw(*select(request.weights, request.n, rng, replace=request.replace))
