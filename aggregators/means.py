"""Weighted means of utilities, many weightings at once.

Throughout, `values` is (n, m) with NaN for no opinion, `weights` is (b, n), and the result is (b, m): each
alternative's mean over the voters who gave an opinion on it, NaN where none of positive weight did.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

__all__ = ["lowest", "mean", "power_mean"]

_UNDERFLOW = 1e-200
_FLAT = 1.0


def mean(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Arithmetic mean."""
    present = ~np.isnan(values)
    if present.all():
        total: FloatArray = weights @ values
        return _divide(total, weights.sum(axis=1, keepdims=True))
    return _divide(weights @ np.where(present, values, 0.0), weights @ present)


def lowest(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Minimum over the voters of positive weight."""
    if (weights > 0).all():
        floor = np.where(np.isnan(values), np.inf, values).min(axis=0)
        return np.tile(np.where(np.isinf(floor), np.nan, floor), (len(weights), 1))
    result = np.empty((len(weights), values.shape[1]))
    for column, utilities in enumerate(values.T):
        order = np.argsort(utilities)  # NaN sorts last
        counts = weights[:, order] > 0
        first = counts.argmax(axis=1)
        result[:, column] = np.where(counts.any(axis=1), utilities[order[first]], np.nan)
    return result


def power_mean(logs: FloatArray, weights: FloatArray, power: float) -> FloatArray:
    """Power mean of non-negative numbers, from their logarithms.

    Parameters
    ----------
    logs : (n, m) array
        Logarithms, -inf for zero (only with a positive `power`), NaN for no opinion.
    weights : (b, n) array
        Non-negative.
    power : float
        Any finite number; 0 is the geometric mean.

    Notes
    -----
    Each alternative is measured from its dominating utility, so that no power overflows; a weighting that
    leaves the dominating voters out is summed again from its own. Where the terms are nearly alike, as they
    are when `power` is near 0, ``log1p`` and ``expm1`` keep the digits that ``log`` and ``exp`` would lose.
    """
    if power == 0:
        return np.exp(mean(logs, weights))
    present = ~np.isnan(logs)
    extreme = np.where(present, logs, -np.inf * power).max if power > 0 else np.where(present, logs, np.inf).min
    pivot = extreme(axis=0)
    pivot = np.where(np.isfinite(pivot), pivot, 0.0)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        terms = np.where(present, power * (logs - pivot), -np.inf)
        mass = weights @ present
        total = _divide(weights @ np.exp(terms), mass)
        log_mean = np.log(total)
        flat = np.where(present, terms, 0.0).min(axis=0) > -_FLAT
        if flat.any():
            excess = np.where(present[:, flat], np.expm1(terms[:, flat]), 0.0)
            log_mean[:, flat] = np.log1p(_divide(weights @ excess, mass[:, flat]))
        for column in np.flatnonzero((total < _UNDERFLOW).any(axis=0)):
            lost = total[:, column] < _UNDERFLOW
            log_mean[lost, column] = _log_mean_exp(terms[:, column], weights[lost]) - np.log(mass[lost, column])
        return np.exp(pivot + log_mean / power)


def _log_mean_exp(terms: FloatArray, weights: FloatArray) -> FloatArray:
    """Return log(weights @ exp(terms)), each weighting measured from the largest term it counts."""
    counted = np.where(weights > 0, terms, -np.inf)
    peak = counted.max(axis=1, keepdims=True)
    peak = np.where(np.isfinite(peak), peak, 0.0)
    result: FloatArray = peak[:, 0] + np.log((weights * np.exp(counted - peak)).sum(axis=1))
    return result


def _divide(total: FloatArray, mass: FloatArray) -> FloatArray:
    result: FloatArray = np.divide(total, mass, out=np.full(total.shape, np.nan), where=mass > 0)
    return result
