"""Distances between two distributions over the same options, and the entropy of one.

All take distributions along the last axis, normalise them, and return one number for each pair; other axes
broadcast. A distribution with no mass at all (nobody answered) gives NaN.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]


def jensen_shannon_distance(p: ArrayLike, q: ArrayLike, base: float = 2.0) -> FloatArray | float:
    """Square root of the Jensen-Shannon divergence; lower is closer, 0 is equal.

    Parameters
    ----------
    p, q : array_like of shape (..., k)
        Non-negative weights of the k options.
    base : float
        Of the logarithm. 2 makes 1 the largest distance; e is what some papers use (Feng et al. 2024).

    Returns
    -------
    float or ndarray of shape (...)

    Raises
    ------
    ValueError
        If an entry is negative or not finite, or the numbers of options differ.

    References
    ----------
    Endres, D. M. and Schindelin, J. E. (2003). A new metric for probability distributions. IEEE Transactions on
    Information Theory 49, 1858-1860.

    Examples
    --------
    >>> jensen_shannon_distance([1, 0], [0, 1])
    1.0
    >>> round(jensen_shannon_distance([0.5, 0.5], [1, 0], base=2.718281828459045), 4)
    0.4645
    """
    if not base > 1:
        raise ValueError(f"base={base!r} must be greater than 1")
    first, second = _pair(p, q)
    middle = (first + second) / 2
    divergence = (_relative_entropy(first, middle) + _relative_entropy(second, middle)) / 2
    # Rounding can leave a divergence of nothing a little below 0.
    return _plain(np.sqrt(np.maximum(divergence, 0.0) / np.log(base)))


def total_variation(p: ArrayLike, q: ArrayLike) -> FloatArray | float:
    """Half the sum of absolute differences: the share that would have to move; in [0, 1], lower is closer.

    Examples
    --------
    >>> total_variation([0.5, 0.5], [1, 0])
    0.5
    """
    first, second = _pair(p, q)
    return _plain(np.abs(first - second).sum(axis=-1) / 2)


def wasserstein(p: ArrayLike, q: ArrayLike, positions: ArrayLike | None = None) -> FloatArray | float:
    """1-Wasserstein distance between answers on an ordered scale: how far the mass moves; lower is closer.

    Parameters
    ----------
    p, q : array_like of shape (..., k)
        Non-negative weights of the k options, in their order.
    positions : array_like of shape (k,) or (..., k), optional
        Where the options lie, ascending; by default 0, 1, ..., k - 1, so that the largest distance is k - 1.
        OpinionQA reports ``1 - wasserstein / (k - 1)`` (Santurkar et al. 2023).

    Examples
    --------
    >>> wasserstein([1, 0, 0], [0, 0, 1])
    2.0
    """
    first, second = _pair(p, q)
    places = np.arange(first.shape[-1], dtype=float) if positions is None else np.asarray(positions, dtype=float)
    if places.shape[-1:] != first.shape[-1:] or not np.all(np.diff(places) >= 0):
        raise ValueError(f"positions must be {first.shape[-1]} ascending numbers, one an option")
    apart = np.abs(np.cumsum(first - second, axis=-1))[..., :-1]
    return _plain((apart * np.diff(places, axis=-1)).sum(axis=-1))


def entropy(p: ArrayLike, base: float = np.e) -> FloatArray | float:
    """Shannon entropy in nats, unless another base is given; higher is more spread out, 0 is one answer only.

    Examples
    --------
    >>> entropy([0.5, 0.5], base=2)
    1.0
    """
    if not base > 1:
        raise ValueError(f"base={base!r} must be greater than 1")
    weights = _distribution(p, "p")
    logs = np.log(weights, out=np.zeros_like(weights), where=weights > 0)
    return _plain(-(weights * logs).sum(axis=-1) / np.log(base) + 0.0)


def _relative_entropy(p: FloatArray, q: FloatArray) -> FloatArray:
    # Where p is 0 its term is 0; where p is not, neither is q, a mean that contains it, unless it underflowed.
    logs = np.log(np.divide(p, q, out=np.ones_like(p), where=(p > 0) & (q > 0)))
    total: FloatArray = (p * logs).sum(axis=-1)
    return total


def _pair(p: ArrayLike, q: ArrayLike) -> tuple[FloatArray, FloatArray]:
    first, second = _distribution(p, "p"), _distribution(q, "q")
    if first.shape[-1] != second.shape[-1]:
        raise ValueError(f"p has {first.shape[-1]} options and q {second.shape[-1]}; they must be the same ones")
    first, second = np.broadcast_arrays(first, second)
    return first.copy(), second.copy()


def _distribution(values: ArrayLike, name: str) -> FloatArray:
    weights = np.asarray(values, dtype=float)
    if weights.ndim == 0 or weights.shape[-1] == 0:
        raise ValueError(f"{name} must hold at least one option")
    if not np.isfinite(weights).all() or np.any(weights < 0):
        raise ValueError(f"{name} must hold finite numbers that are not negative")
    # By a power of two near the largest, which rounds nothing, so that the sum of very large weights does not overflow.
    _, exponent = np.frexp(weights.max(axis=-1, keepdims=True))
    weights = np.ldexp(weights, -exponent)
    total = weights.sum(axis=-1, keepdims=True)
    shares: FloatArray = np.divide(weights, total, out=np.full_like(weights, np.nan), where=total > 0)
    return shares


def _plain(values: Any) -> FloatArray | float:  # noqa: ANN401 - array or numpy scalar
    return float(values) if np.ndim(values) == 0 else np.asarray(values, dtype=float)
