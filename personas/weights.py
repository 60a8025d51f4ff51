"""Weights: checks of them, their scale, and their effective size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from personas.errors import PopulationError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def checked(weights: ArrayLike, rows: int) -> NDArray[np.float64]:
    """Return a read-only copy of the weights of `rows` personas, if they can be used.

    Raises
    ------
    PopulationError
        If there is not one for each, or they are negative, not finite or all zero.
    """
    try:
        # A read-only array that owns its numbers is one of ours: a copy of a million costs as much as to check them.
        ours = isinstance(weights, np.ndarray) and weights.flags.owndata and not weights.flags.writeable
        found = np.array(weights, dtype=np.float64, copy=None if ours else True)
    except (TypeError, ValueError):
        raise PopulationError("weights: are not of numbers: give one number for each persona") from None
    if found.shape != (rows,):
        raise PopulationError(f"weights: shape {found.shape} for {rows} personas: give one weight a persona")
    if not (found.size and found.min() >= 0 and found.max() < np.inf):  # NaN is neither
        bad = np.flatnonzero(~np.isfinite(found) | (found < 0))
    else:
        bad = np.empty(0, dtype=np.intp)
    if bad.size:
        raise PopulationError(
            f"weights: {found[bad[0]]} in row {bad[0] + 1} ({bad.size} such): weights are finite and not"
            " negative; drop or mend these rows"
        )
    if not found.any():
        raise PopulationError(f"weights: all {rows} are zero or absent: somebody must count")
    found.flags.writeable = False
    return found


def average_one(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return weights on the scale on which a juror of an equally weighted jury counts 1."""
    if np.ptp(weights) <= 1e-12 * weights.max():
        return np.ones(len(weights))  # equal up to rounding: say so exactly
    scale: float = len(weights) / weights.sum()
    return weights * scale


def kish(weights: NDArray[np.float64]) -> float:
    """Return Kish's effective size of weights, whatever their unit."""
    relative = weights / weights.max()
    return float(relative.sum() ** 2 / np.square(relative).sum())
