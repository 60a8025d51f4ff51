"""Stratified sampling: the size of every group is fixed before anybody is drawn."""

from __future__ import annotations

import numpy as np

from personas.designs import Draw, Request, designs
from personas.errors import SamplingError
from personas.groups import cross
from personas.selection import integerise, select


@designs.register("stratified")
def stratified(request: Request, rng: np.random.Generator) -> Draw:
    """Draw from each cell of the crossed attributes, in numbers fixed by the allocation.

    Notes
    -----
    With the proportional allocation a cell gets its share of the jury, rounded without bias, and jurors count
    the same. With the equal one every cell gets as many jurors as any other, give or take one, and weights
    take the composition back to the population's. Both give unbiased weighted totals.

    Raises
    ------
    SamplingError
        If no attribute is named, cells outnumber jurors under equal allocation, or a cell is too small to
        draw from without replacement.

    References
    ----------
    Cochran, W. G. (1977). Sampling Techniques, 3rd edition, chapters 5 and 5A. Wiley.
    """
    if not request.factors:
        raise SamplingError("by: design 'stratified' needs the attributes that make the strata, such as by=['race']")
    cells = cross(request.factors)
    totals = np.bincount(cells.codes, request.weights, minlength=len(cells.levels))
    occupied = totals > 0
    proportional = request.allocation == "proportional"
    if not proportional and request.n < occupied.sum():
        raise SamplingError(
            f"n: {request.n} jurors cannot cover {occupied.sum()} strata equally:"
            " ask for more jurors or name fewer attributes in by"
        )
    counts = integerise(np.where(occupied, totals if proportional else 1.0, 0.0), request.n, rng)

    rows, weights = [], []
    for cell in np.flatnonzero(counts).tolist():
        members = np.flatnonzero(cells.codes == cell)
        try:
            picked, expansion = select(request.weights[members], int(counts[cell]), rng, replace=request.replace)
        except SamplingError as error:
            raise SamplingError(f"stratum {cells.labels[cell]}: {error}") from None
        rows.append(members[picked])
        weights.append(expansion * counts[cell] / totals[cell] if proportional else expansion)
    return Draw(np.concatenate(rows), np.concatenate(weights))
