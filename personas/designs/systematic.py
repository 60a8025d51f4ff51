"""Systematic sampling along an order of the population."""

from __future__ import annotations

import numpy as np

from personas.designs import Draw, Request, designs, refuse
from personas.selection import select


@designs.register("systematic")
def systematic(request: Request, rng: np.random.Generator) -> Draw:
    """Draw at equal steps of cumulated weight from one random start.

    Notes
    -----
    Rows are sorted by the attributes of `by`, at random within equal ones, which spreads the jury over all of
    them (implicit stratification); without `by` they keep the population's order. Every row's expected
    number of draws is proportional to its weight, so jurors count the same.

    Raises
    ------
    SamplingError
        If `n` is too large without replacement.
    """
    refuse(request, "systematic", "allocation", "size", "at_least")
    keys = [factor.codes for factor in request.factors]
    order = np.arange(request.weights.size)
    if keys:
        order = np.lexsort([rng.random(order.size), *reversed(keys)])
    rows, weights = select(request.weights[order], request.n, rng, replace=request.replace, ordered=True)
    return Draw(order[rows], weights)
