"""Quota sampling: each attribute's margin is met, the crossings are left to chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from personas.designs import Draw, Request, designs
from personas.errors import SamplingError
from personas.ipf import Margin, fit
from personas.selection import integerise, select

if TYPE_CHECKING:
    from numpy.typing import NDArray

ATTEMPTS = 50


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
    if not request.factors:
        raise SamplingError("by: design 'quota' needs the attributes that carry quotas, such as by=['race', 'sex']")
    margins = [np.bincount(factor.codes, request.weights).astype(np.float64) for factor in request.factors]
    quotas = [_quota(request, margin, rng) for margin in margins]
    rows = _fill(request, quotas, rng)
    if request.allocation == "proportional":
        return Draw(rows, np.ones(request.n))
    targets = [
        Margin(factor.labels, factor.codes[rows], margin / margin.sum())
        for factor, margin in zip(request.factors, margins, strict=True)
    ]
    return Draw(rows, fit(np.ones(request.n), targets).weights)


def _quota(request: Request, margin: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.intp]:
    if request.allocation == "proportional":
        return integerise(margin, request.n, rng)
    occupied = margin > 0
    if request.n < occupied.sum():
        raise SamplingError(
            f"n: {request.n} jurors cannot cover {occupied.sum()} levels equally:"
            " ask for more jurors or name fewer attributes in by"
        )
    return integerise(occupied.astype(np.float64), request.n, rng)


def _fill(request: Request, quotas: list[NDArray[np.intp]], rng: np.random.Generator) -> NDArray[np.intp]:
    """Return rows that fill all quotas; a dead end (nobody left who fits) starts again."""
    left: list[NDArray[np.intp]] = []
    for _ in range(ATTEMPTS):
        left = [quota.copy() for quota in quotas]
        weights = request.weights.copy()
        rows: list[int] = []
        while len(rows) < request.n:
            fits = weights * np.all(
                [room[factor.codes] > 0 for room, factor in zip(left, request.factors, strict=True)], axis=0
            )
            if not fits.any():
                break
            picked, _ = select(fits, 1, rng, replace=True)
            row = int(picked[0])
            rows.append(row)
            for room, factor in zip(left, request.factors, strict=True):
                room[factor.codes[row]] -= 1
            if not request.replace:
                weights[row] = 0.0
        if len(rows) == request.n:
            return np.asarray(rows, dtype=np.intp)
    unfilled = [
        label
        for room, factor in zip(left, request.factors, strict=True)
        for label, count in zip(factor.labels, room.tolist(), strict=True)
        if count
    ]
    raise SamplingError(f"by: nobody left for the quotas of {', '.join(unfilled)}: ask for fewer jurors or set replace")
