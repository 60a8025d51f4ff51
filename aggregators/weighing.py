"""Weighted totals of small numbers and of yes and no, under one weighting or many.

Sums of whole numbers under whole weights are exact: below 2**53 every step of them is a whole number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

__all__ = ["weigh"]

_CELLS_AT_ONCE = 2**21


def weigh(numbers: NDArray[Any], weights: FloatArray) -> FloatArray:
    """Return (b, k) totals of (k, n) numbers of each voter under (b, n) weights.

    The numbers may be bool or small ints, and stay so: no copy of all of them as floats is made.
    """
    if len(weights) == 1 and numbers.dtype.kind != "f" and weights.min() == weights.max():
        even: FloatArray = weights[0, 0] * _counted(numbers)[None, :]
        return even
    many, voters = numbers.shape
    block = voters if numbers.dtype == np.float64 else max(1, _CELLS_AT_ONCE // many)
    if voters <= block:
        product: FloatArray = weights @ numbers.T.astype(np.float64, copy=False)
        return product
    total = np.zeros((len(weights), many))
    for start in range(0, voters, block):
        total += weights[:, start : start + block] @ numbers[:, start : start + block].T.astype(np.float64)
    return total


def _counted(numbers: NDArray[Any]) -> FloatArray:
    if numbers.dtype == np.bool_:
        return np.array([np.count_nonzero(row) for row in numbers], dtype=np.float64)
    return np.asarray(numbers.sum(axis=1, dtype=np.int64), dtype=np.float64)
