"""Quota sampling: each attribute's margin is met, the crossings are left to chance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from personas.allocation import expected
from personas.designs import Draw, Request, designs, refuse
from personas.errors import SamplingError
from personas.filling import UNRAKED, fill, raked_back
from personas.selection import integerise

if TYPE_CHECKING:
    from personas.designs import Allocation


@designs.register("quota")
def quota(request: Request, rng: np.random.Generator) -> Draw:
    """Accept people at random, in proportion to weight, while every quota that they fall under is open.

    Notes
    -----
    Quotas are set on each attribute of `by` by itself, unlike strata, which cross them: this is how panels
    recruit. It is not a probability design: the margins of `by` are right, everything else is as random
    acceptance leaves it. Proportional quotas are rounded without bias and jurors count the same; with equal
    quotas, or those of a mapping, weights are raked back to the population's margins where any weights of the jury
    meet them.

    Raises
    ------
    SamplingError
        If no attribute is named, a quota cannot be filled, levels outnumber jurors under equal quotas, or a mapping
        leaves out a level or names an unknown attribute or level.
    """
    refuse(request, "quota", "size", "at_least")
    if not request.factors:
        raise SamplingError("by: design 'quota' needs the attributes that carry quotas, such as by=['race', 'sex']")
    margins = [np.bincount(factor.codes, request.weights).astype(np.float64) for factor in request.factors]
    allocations = _by_attribute(request)
    quotas = [
        integerise(expected(own, each, margin, request.n, "levels"), request.n, rng)
        for own, each, margin in zip(allocations, request.factors, margins, strict=True)
    ]
    rows = fill(request, request.factors, quotas, rng, "by")
    if all(own == "proportional" for own in allocations):
        return Draw(rows, np.ones(request.n), unbiased=False)
    weights = raked_back(request, request.factors, rows)
    if weights is None:
        return Draw(rows, np.ones(request.n), unbiased=False, warnings=(UNRAKED.format(field="by"),))
    return Draw(rows, weights, unbiased=False)


def _by_attribute(request: Request) -> list[Allocation]:
    """Return the allocation of each attribute: the one for all, or its own numbers, and in proportion without."""
    own = request.allocation
    names = [factor.names[0] for factor in request.factors]
    if not isinstance(own, Mapping):
        return [own] * len(names)
    if not any(isinstance(numbers, Mapping) for numbers in own.values()) and len(names) == 1:
        return [own]
    for name, numbers in own.items():
        if name not in names:
            raise SamplingError(f"allocation: {name!r} is no attribute of by; known: {', '.join(names)}")
        if not isinstance(numbers, Mapping):
            raise SamplingError(
                f"allocation: {name}: {numbers!r} is no mapping: give the numbers of its levels, such as"
                f" {{{name!r}: {{{request.factors[names.index(name)].levels[0][0]!r}: 6, ...}}}}"
            )
    return [own.get(name, "proportional") for name in names]
