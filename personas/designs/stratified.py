"""Stratified sampling: the size of every group is fixed before anybody is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from personas.allocation import expected
from personas.designs import Draw, Request, designs, refuse, repeated
from personas.errors import SamplingError
from personas.groups import cross
from personas.repetition import members_of, strata_many
from personas.selection import integerise, select

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from personas.groups import Factor


@designs.register("stratified")
def stratified(request: Request, rng: np.random.Generator) -> Draw:
    """Draw from each cell of the crossed attributes, in numbers fixed by the allocation.

    Notes
    -----
    With the proportional allocation a cell gets its share of the jury, rounded without bias, and jurors count
    the same. With the equal one every cell gets as many jurors as any other, give or take one; with a mapping, numbers
    in proportion to it; weights then take the composition back to the population's. All give unbiased weighted totals.

    Raises
    ------
    SamplingError
        If no attribute is named, cells outnumber jurors under equal allocation, a mapping leaves a cell without a
        juror, or a cell is too small to draw from without replacement.

    References
    ----------
    Cochran, W. G. (1977). Sampling Techniques, 3rd edition, chapters 5 and 5A. Wiley.
    """
    cells, totals, counts, proportional = plan(request)
    return draw_from(
        request, cells.codes, totals, integerise(counts, request.n, rng), cells.labels, rng, proportional=proportional
    )


@repeated.register("stratified")
def many(request: Request, count: int, rng: np.random.Generator) -> Draw:
    """Draw `count` juries at once."""
    cells, totals, counts, proportional = plan(request)
    return strata_many(request, cells.codes, totals, counts, cells.labels, count, rng, proportional=proportional)


def plan(request: Request) -> tuple[Factor, NDArray[np.float64], NDArray[np.float64], bool]:
    """Return the strata, their weights, their expected numbers of jurors, and whether these are proportional."""
    refuse(request, "stratified", "size", "at_least")
    if not request.factors:
        raise SamplingError("by: design 'stratified' needs the attributes that make the strata, such as by=['race']")
    cells = cross(request.factors)
    totals = np.bincount(cells.codes, request.weights, minlength=len(cells.levels)).astype(np.float64)
    counts = expected(request.allocation, cells, totals, request.n)
    return cells, totals, counts, request.allocation == "proportional"


def draw_from(
    request: Request,
    codes: NDArray[np.intp],
    totals: NDArray[np.float64],
    counts: NDArray[np.intp],
    names: Sequence[str],
    rng: np.random.Generator,
    *,
    proportional: bool,
) -> Draw:
    """Draw `counts` rows from each stratum.

    Parameters
    ----------
    proportional : bool
        Whether the expected counts are proportional to the strata's weights, so that a stratum may stay empty and
        its weight is right on average; otherwise each stratum's weight is right in every jury.
    """
    rows, weights = [], []
    for cell, members in members_of(codes, totals.size):
        if not counts[cell]:
            continue
        try:
            picked, expansion = select(request.weights[members], int(counts[cell]), rng, replace=request.replace)
        except SamplingError as error:
            raise SamplingError(f"stratum {names[cell]}: {error}") from None
        rows.append(members[picked])
        share = request.n * totals[cell] / totals.sum()
        weights.append(expansion * counts[cell] / share if proportional else expansion)
    return Draw(np.concatenate(rows), np.concatenate(weights))
