"""Filling a jury seat by seat under quotas or least numbers on several attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from personas.errors import RakingError, SamplingError
from personas.ipf import Margin, fit
from personas.selection import select

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from personas.designs import Request
    from personas.groups import Factor

ATTEMPTS = 50
UNRAKED = "No weights of these jurors meet the population's margins of {field}: they weigh the same."


def fill(
    request: Request,
    factors: Sequence[Factor],
    owed: Sequence[NDArray[np.intp]],
    rng: np.random.Generator,
    field: str,
) -> NDArray[np.intp]:
    """Return rows that give every level what it is owed, drawn one at a time in proportion to weight.

    Anybody may sit as long as more seats are left than an attribute's levels are still owed; then only those to whom
    one is owed. Quotas are the case in which all seats are owed. A dead end (nobody left who fits) starts again.

    Parameters
    ----------
    factors : sequence of Factor
        The attributes.
    owed : sequence of (k,) array of int
        How many jurors each level must have at least.
    field : str
        What messages blame.

    Raises
    ------
    SamplingError
        If an attribute is owed more seats than there are, or every attempt ends in a dead end.
    """
    for factor, numbers in zip(factors, owed, strict=True):
        if numbers.sum() > request.n:
            raise SamplingError(
                f"{field}: {int(numbers.sum())} seats are bound in {' & '.join(factor.names)}, n is {request.n}:"
                " ask for more jurors or lower the numbers"
            )
    left: list[NDArray[np.intp]] = []
    for _ in range(ATTEMPTS):
        left = [numbers.copy() for numbers in owed]
        weights = request.weights.copy()
        rows: list[int] = []
        while len(rows) < request.n:
            seats = request.n - len(rows)
            fits = weights.copy()
            for room, factor in zip(left, factors, strict=True):
                if room.sum() >= seats:
                    fits *= (room > 0)[factor.codes]
            if not fits.any():
                break
            picked, _ = select(fits, 1, rng, replace=True)
            row = int(picked[0])
            rows.append(row)
            for room, factor in zip(left, factors, strict=True):
                level = factor.codes[row]
                room[level] = max(room[level] - 1, 0)
            if not request.replace:
                weights[row] = 0.0
        if len(rows) == request.n:
            return np.asarray(rows, dtype=np.intp)
    unfilled = [
        label
        for room, factor in zip(left, factors, strict=True)
        for label, count in zip(factor.labels, room.tolist(), strict=True)
        if count
    ]
    what = "quotas" if field == "by" else "least numbers"
    raise SamplingError(
        f"{field}: nobody left for the {what} of {', '.join(unfilled)}: ask for fewer jurors or set replace"
    )


def raked_back(request: Request, factors: Sequence[Factor], rows: NDArray[np.intp]) -> NDArray[np.float64] | None:
    """Return weights that take the margins of `factors` back to the population's, None where no weights do.

    Levels with nobody on the jury cannot be spoken for and are left out.
    """
    targets = []
    for factor in factors:
        shares = np.bincount(factor.codes, request.weights, minlength=len(factor.levels))
        seated = np.bincount(factor.codes[rows], minlength=len(factor.levels)) > 0
        shares = np.where(seated, shares, 0.0)
        targets.append(Margin(factor.labels, factor.codes[rows], shares / shares.sum()))
    try:
        return fit(np.ones(rows.size), targets).weights
    except RakingError:
        return None
