"""Sampling with probability proportional to a size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from personas.designs import Draw, Request, designs, refuse, repeated
from personas.errors import SamplingError
from personas.repetition import select_many
from personas.selection import select

if TYPE_CHECKING:
    from numpy.typing import NDArray


@designs.register("pps")
def pps(request: Request, rng: np.random.Generator) -> Draw:
    """Draw with probability proportional to base weight times a size, and weight by what that takes to undo.

    Notes
    -----
    Rows are put in random order and drawn at equal steps of cumulated size, so that a row's inclusion probability is
    exactly n times its share of the sizes; where that exceeds 1 the row is drawn with certainty and the rest share
    what is left. Weighted totals with `Sample.expansion` are unbiased; weighted means divide by a random total and are
    so only nearly, unless sizes are all the same.

    Raises
    ------
    SamplingError
        If no size is given, a row that counts has size 0, or `n` is too large without
        replacement.

    References
    ----------
    Hartley, H. O. and Rao, J. N. K. (1962). Sampling with unequal probabilities and without replacement. Annals of
    Mathematical Statistics 33(2).
    Horvitz, D. G. and Thompson, D. J. (1952). A generalization of sampling without replacement from a finite universe.
    Journal of the American Statistical Association 47(260).
    """
    sizes = _sizes(request)
    rows, expansion = select(sizes, request.n, rng, replace=request.replace)
    return Draw(rows, expansion * request.weights[rows] / sizes[rows])


@repeated.register("pps")
def many(request: Request, count: int, rng: np.random.Generator) -> Draw:
    """Draw `count` juries at once, with the same inclusion probabilities."""
    sizes = _sizes(request)
    rows, expansion = select_many(sizes, request.n, count, rng, replace=request.replace)
    return Draw(rows, expansion * request.weights[rows] / sizes[rows])


def _sizes(request: Request) -> NDArray[np.float64]:
    """Return what chances are proportional to."""
    refuse(request, "pps", "by", "allocation", "at_least")
    if request.size is None:
        raise SamplingError("size: design 'pps' needs an attribute of numbers that chances are proportional to")
    unreachable = (request.size <= 0) & (request.weights > 0)
    if unreachable.any():
        raise SamplingError(
            f"size: {int(unreachable.sum())} personas have size 0, so they would never sit and estimates would leave"
            " them out: drop them from the population or give them a size"
        )
    return request.weights * request.size
