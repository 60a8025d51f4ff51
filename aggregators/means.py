"""Weighted means of utilities, many weightings at once.

Throughout, `values` is (n, m) with NaN for no opinion, `weights` is (b, n), and the result is (b, m): each
alternative's mean over the voters who gave an opinion on it, NaN where none of positive weight did.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    BoolArray = NDArray[np.bool_]
    FloatArray = NDArray[np.float64]

__all__ = ["log_power_mean", "lowest", "mean", "power_mean", "ranked_mean"]

_UNDERFLOW = 1e-200
_ALIKE = 0.3  # means of terms up to 1 beyond which they are nearly alike
_FAR = 100.0  # times its own size: as far away a number may be measured from with two digits lost
_MOST_NATS = 8.0
_LOOK_FIRST = 32
_SPARSE = 0.1  # share of voters who count, below which going through them is quicker
_CELLS_AT_ONCE = 2**21


def mean(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Arithmetic mean; neither large utilities nor large weights overflow."""
    present = ~np.isnan(values)
    complete = bool(present.all())
    filled = values if complete else np.where(present, values, 0.0)
    mass = (weights @ np.ones(len(values)))[:, None] if complete else weights @ present
    with np.errstate(over="ignore", invalid="ignore"):
        total = weights @ filled
    if np.isfinite(total).all():
        return _divide(total, mass)
    unit = 2.0 ** (np.frexp(np.abs(filled).max())[1] - 1)  # a power of two: no digit is lost
    shares = weights / mass.max(axis=1, keepdims=True)
    result: FloatArray = _divide(shares @ (filled / unit), mass / mass.max(axis=1, keepdims=True)) * unit
    return result


def lowest(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Minimum over the voters of positive weight."""
    if weights.min() > 0:
        floor = np.where(np.isnan(values), np.inf, values).min(axis=0)
        return np.tile(np.where(np.isinf(floor), np.nan, floor), (len(weights), 1))
    counted = weights > 0
    many = np.count_nonzero(counted)
    if many < _SPARSE * counted.size and many * values.shape[1] <= _CELLS_AT_ONCE:
        return _lowest_of_few(values, counted)
    result = np.empty((len(weights), values.shape[1]))
    for column, utilities in enumerate(values.T):
        result[:, column] = _first_counted(utilities, weights)
    return result


def _lowest_of_few(values: FloatArray, counted: BoolArray) -> FloatArray:
    """Return the (b, m) minima where each weighting counts few of the voters."""
    rows, voters = np.nonzero(counted)
    result = np.full((len(counted), values.shape[1]), np.nan)
    if len(rows):
        first = np.flatnonzero(np.diff(rows, prepend=-1))
        # fmin passes over NaN, unless there is nothing else.
        result[rows[first]] = np.fmin.reduceat(values[voters], first, axis=0)
    return result


def _first_counted(utilities: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the (b,) lowest of (n,) utilities under each weighting; most often it is among the very lowest."""
    order = np.argsort(utilities)[: np.count_nonzero(~np.isnan(utilities))]  # NaN sorts last
    found = np.full(len(weights), np.nan)
    rows = np.arange(len(weights))
    for voter in order[:_LOOK_FIRST].tolist():
        counted = weights[rows, voter] > 0
        found[rows[counted]] = utilities[voter]
        rows = rows[~counted]
        if not len(rows):
            return found
    rest = order[_LOOK_FIRST:]
    for start in range(0, len(rows), max(1, _CELLS_AT_ONCE // max(1, len(rest)))) if len(rest) else ():
        part = rows[start : start + max(1, _CELLS_AT_ONCE // len(rest))]
        counts = weights[np.ix_(part, rest)] > 0
        found[part] = np.where(counts.any(axis=1), utilities[rest[counts.argmax(axis=1)]], np.nan)
    return found


def ranked_mean(
    values: FloatArray, weights: FloatArray, counts: Callable[[FloatArray], FloatArray]
) -> tuple[FloatArray, FloatArray]:
    """Mean in which voters count by their rank, and the same of the magnitudes.

    Parameters
    ----------
    values : (n, m) array
        NaN for no opinion.
    weights : (b, n) array
        Non-negative.
    counts : callable
        From the share of weight of a voter and all who are better off to how much these count together; increasing,
        from 0 at 0 to 1 at 1. A new array, which is changed.
    """
    shape = len(weights), values.shape[1]
    result, scale = np.full(shape, np.nan), np.full(shape, np.nan)
    even = len(weights) == 1 and weights.min() == weights.max()
    for column, utilities in enumerate(values.T):
        opinions = np.count_nonzero(~np.isnan(utilities))
        if not opinions:
            continue
        falling = -utilities
        if even:  # then who has which utility makes no difference, and sorting is quicker than finding an order
            falling.sort()  # NaN last
            ranked = -falling[:opinions]
            better, heard = np.arange(1.0, opinions + 1.0)[None, :] / opinions, np.array([True])
        else:
            order = np.argsort(falling)[:opinions]
            ranked = -falling[order]
            better = np.cumsum(np.take(weights, order, axis=1), axis=1)
            total = better[:, -1:].copy()
            better /= np.where(total > 0, total, 1.0)
            heard = total[:, 0] > 0
        parts = counts(better)
        parts[:, 1:] -= parts[:, :-1].copy()
        result[:, column] = np.where(heard, parts @ ranked, np.nan)
        scale[:, column] = result[:, column] if ranked[-1] >= 0 else np.where(heard, parts @ np.abs(ranked), np.nan)
    return result, scale


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
    Each alternative is measured from its dominating utility, so that no power overflows; a weighting that leaves the
    dominating voters out is summed again from its own where these are far away, so that voters without weight change
    no digit that counts. Where the terms are nearly alike, as they are when `power` is near 0, ``log1p`` and
    ``expm1`` keep the digits that ``log`` and ``exp`` would lose.
    """
    return np.exp(log_power_mean(logs, weights, power))


def log_power_mean(
    logs: FloatArray, weights: FloatArray, power: float, dominating: FloatArray | None = None
) -> FloatArray:
    """Logarithm of `power_mean`, which does not overflow however large the logarithms are.

    The (b, m) logarithms that dominate, the lowest of those counted for a negative power and else the highest, are
    looked for unless they are given.
    """
    if power == 0:
        return mean(logs, weights)
    if len(weights) == 1 and not weights.all():
        counted = weights[0] > 0
        logs, weights = logs[counted], weights[:, counted]
    present = ~np.isnan(logs)
    extreme = np.where(present, logs, -np.inf * power).max if power > 0 else np.where(present, logs, np.inf).min
    pivot = extreme(axis=0)
    pivot = np.where(np.isfinite(pivot), pivot, 0.0)
    mass = weights @ present
    result = _from_pivot(logs, weights, power, pivot, mass)
    if weights.min() == 0:
        if dominating is None:
            dominating = lowest(logs, weights) if power < 0 else -lowest(-logs, weights)
        for column, utilities in enumerate(logs.T):
            own = dominating[:, column]
            with np.errstate(over="ignore"):
                away = np.abs(own - pivot[column])
                far = (away > _FAR * np.abs(own)) | (away * abs(power) > _MOST_NATS)
            far &= np.isfinite(own)  # else there is nothing to measure
            for start in np.unique(own[far]):
                rows = np.flatnonzero(far & (own == start))
                beyond = utilities < start if power < 0 else utilities > start  # nobody whom these rows count
                near = np.where(beyond, np.nan, utilities)[:, None]
                part = weights[rows]
                result[rows, column] = _from_pivot(near, part, power, start[None], mass[rows, column][:, None])[:, 0]
    return result


def _from_pivot(logs: FloatArray, weights: FloatArray, power: float, pivot: FloatArray, mass: FloatArray) -> FloatArray:
    """Return logarithms of power means, measured from (m,) logarithms that dominate all others."""
    present = ~np.isnan(logs)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        terms = np.where(present, power * (logs - pivot), -np.inf)
        total = _divide(weights @ np.exp(terms), mass)
        log_mean = np.log(total)
        alike = total > _ALIKE
        # Where the terms are far apart, or the pivot is no small number itself, `log` loses nothing that counts.
        flat = (np.where(present, terms, 0.0).min(axis=0) > -1.0) | (np.abs(power * pivot) < 1 / _FAR)
        flat &= alike.any(axis=0)
        if flat.any():
            excess = np.where(present[:, flat], np.expm1(terms[:, flat]), 0.0)
            near_zero = np.log1p(_divide(weights @ excess, mass[:, flat]))
            log_mean[:, flat] = np.where(alike[:, flat], near_zero, log_mean[:, flat])
        for column in np.flatnonzero((total < _UNDERFLOW).any(axis=0)):
            lost = total[:, column] < _UNDERFLOW
            log_mean[lost, column] = _log_mean_exp(terms[:, column], weights[lost]) - np.log(mass[lost, column])
        result: FloatArray = pivot + log_mean / power
        return result


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
