"""Weighted totals of small numbers and of yes and no, under one weighting or many.

Sums of whole numbers under whole weights are exact: below 2**53 every step of them is a whole number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    Weights = FloatArray | NDArray[np.float32]

__all__ = ["counted", "in_single_precision", "weigh"]

_CELLS_AT_ONCE = 2**21
_CELLS_IN_CACHE = 2**16
_EXACT_TO = 2**24  # whole numbers in single precision


def weigh(numbers: NDArray[Any], weights: Weights) -> FloatArray:
    """Return (b, k) totals of (k, n) numbers of each voter under (b, n) weights.

    The numbers may be bool or small ints, and stay so: no copy of all of them as floats is made.
    """
    if len(weights) == 1 and numbers.dtype.kind != "f" and weights.min() == weights.max():
        even: FloatArray = weights[0, 0] * counted(numbers)[None, :]
        return even
    many, voters = numbers.shape
    kind = np.result_type(weights, numbers)
    block = voters if numbers.dtype == kind else max(1, _CELLS_AT_ONCE // many)
    if voters <= block:
        return np.asarray(weights @ numbers.T.astype(kind, copy=False), dtype=np.float64)
    total = np.zeros((len(weights), many))
    for start in range(0, voters, block):
        total += weights[:, start : start + block] @ numbers[:, start : start + block].T.astype(kind)
    return total


def counted(numbers: NDArray[Any]) -> FloatArray:
    """Return (k,) totals of (k, n) bools or whole numbers, when every voter counts once."""
    if numbers.dtype == np.bool_:
        return np.array([np.count_nonzero(row) for row in numbers], dtype=np.float64)
    return np.asarray(numbers.sum(axis=1, dtype=np.int64), dtype=np.float64)


def in_single_precision(weights: FloatArray) -> Weights:
    """Return (b, n) weights in half the memory if all sums of them are whole and exact there, else as they are."""
    single = np.empty(weights.shape, dtype=np.float32)
    rows = max(1, _CELLS_IN_CACHE // weights.shape[1])
    for start in range(0, len(weights), rows):
        part = weights[start : start + rows]
        if (part @ np.ones(part.shape[1])).max() > _EXACT_TO or not (np.rint(part) == part).all():
            return weights
        single[start : start + rows] = part
    return single
