"""Juries that must have a least number of members from some groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from personas.allocation import at_least
from personas.designs import Draw, Request, designs, refuse, repeated
from personas.designs.stratified import draw_from
from personas.errors import SamplingError
from personas.filling import UNRAKED, fill, raked_back
from personas.repetition import one_by_one, strata_many
from personas.selection import integerise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


@designs.register("constrained")
def constrained(request: Request, rng: np.random.Generator) -> Draw:
    """Draw juries that hold a least number of jurors from each group of one attribute or more.

    Notes
    -----
    With one attribute (or one crossing of several) groups are strata whose expected numbers are proportional to weight
    wherever that leaves each its minimum: a probability design, whose weighted totals are unbiased.

    With several, people sit at random, in proportion to weight, as long as the seats left are enough for what is still
    owed to the groups of every attribute; from then on only people whom it is owed to. Inclusion probabilities are then
    not known. Weights are raked to the population's margins of these attributes, which removes what the constraints do
    to them; other estimates are not unbiased by design, and the jury's warnings say so.

    Raises
    ------
    SamplingError
        If nothing is asked for, the groups ask for more seats than there are, or no jury is found.
    """
    _check(request)
    if len(request.least) == 1:
        codes, names, totals, counts = plan(request)
        sizes = integerise(counts, request.n, rng)
        return draw_from(request, codes, totals, sizes, names, rng, proportional=False)
    factors, minima = zip(*request.least, strict=True)
    rows = fill(request, factors, minima, rng, "at_least")
    weights = raked_back(request, factors, rows)
    if weights is None:
        return Draw(rows, np.ones(request.n), unbiased=False, warnings=(UNRAKED.format(field="at_least"),))
    return Draw(rows, weights, unbiased=False)


@repeated.register("constrained")
def many(request: Request, count: int, rng: np.random.Generator) -> Draw:
    """Draw `count` juries at once; under several attributes, one by one."""
    _check(request)
    if len(request.least) != 1:
        return one_by_one(constrained, request, count, rng)
    codes, names, totals, counts = plan(request)
    return strata_many(request, codes, totals, counts, names, count, rng, proportional=False)


def plan(
    request: Request,
) -> tuple[NDArray[np.intp], Sequence[str], NDArray[np.float64], NDArray[np.float64]]:
    """Return each row's stratum, the strata's names and weights, and their expected numbers of jurors."""
    ((factor, minima),) = request.least
    totals = np.bincount(factor.codes, request.weights, minlength=len(factor.levels)).astype(np.float64)
    strata, counts = at_least(minima, factor, totals, request.n)
    names = [label for label, least in zip(factor.labels, minima, strict=True) if least]
    names += ["the others"] * (counts.size - len(names))
    codes = strata[factor.codes]
    held = codes >= 0
    return codes, names, np.bincount(codes[held], request.weights[held], minlength=counts.size).astype(float), counts


def _check(request: Request) -> None:
    refuse(request, "constrained", "by", "allocation", "size")
    if not request.least:
        raise SamplingError(
            "at_least: design 'constrained' needs least numbers, such as at_least={'race': 2, 'sex': {'Female': 5}}"
        )
