"""Quota sampling: each attribute's margin is met, the crossings are left to chance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from personas.allocation import expected
from personas.designs import Draw, Request, designs, refuse
from personas.errors import SamplingError
from personas.filling import fill
from personas.ipf import Margin, fit
from personas.selection import integerise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from personas.groups import Factor


@designs.register("quota")
def quota(request: Request, rng: np.random.Generator) -> Draw:
    """Accept people at random, in proportion to weight, while every quota that they fall under is open.

    Notes
    -----
    Quotas are set on each attribute of `by` by itself, unlike strata, which cross them: this is how panels
    recruit. It is not a probability design: the margins of `by` are right, everything else is as random
    acceptance leaves it. Proportional quotas are rounded without bias and jurors count the same; with equal
    quotas, weights are raked back to the population's margins.

    Raises
    ------
    SamplingError
        If no attribute is named, a quota cannot be filled, or levels outnumber jurors under equal quotas.
    """
    refuse(request, "quota", "size", "at_least")
    if not request.factors:
        raise SamplingError("by: design 'quota' needs the attributes that carry quotas, such as by=['race', 'sex']")
    if isinstance(request.allocation, Mapping):
        raise SamplingError(
            f"allocation: {dict(request.allocation)} does not go with design 'quota': use design 'stratified', or"
            " 'constrained' for least numbers on several attributes"
        )
    margins = [np.bincount(factor.codes, request.weights).astype(np.float64) for factor in request.factors]
    quotas = [_quota(request, each, margin, rng) for each, margin in zip(request.factors, margins, strict=True)]
    rows = fill(request, request.factors, quotas, rng, "by")
    if request.allocation == "proportional":
        return Draw(rows, np.ones(request.n), unbiased=False)
    targets = [
        Margin(factor.labels, factor.codes[rows], margin / margin.sum())
        for factor, margin in zip(request.factors, margins, strict=True)
    ]
    return Draw(rows, fit(np.ones(request.n), targets).weights, unbiased=False)


def _quota(request: Request, factor: Factor, margin: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.intp]:
    return integerise(expected(request.allocation, factor, margin, request.n, "levels"), request.n, rng)
