"""How polarised voters are about an alternative: two camps far apart, not merely spread out.

Two indices, because they answer different questions and disagree in the middle. Esteban and Ray's measure counts how
far people are from each other and how much company they have on their own side, so that equal camps at the ends are
the most polarised state and an even spread is not; it is the one that audits report. Van der Eijk's agreement tells a
single peak from two on an ordinal scale, whatever the distances. Bimodality coefficients are not offered: they
call a skewed unimodal distribution bimodal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.errors import ProfileError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from aggregators.profiles import Utilities

    FloatArray = NDArray[np.float64]

__all__ = ["agreement", "esteban_ray", "level_weights", "polarisation"]

_MOST_ALPHA = 1.6


def esteban_ray(shares: ArrayLike, alpha: float = 1.0) -> FloatArray:
    """Return Esteban and Ray's polarisation of distributions over equally spaced levels.

    Parameters
    ----------
    shares : (..., k) array_like
        Weight on each level, in order; only proportions count.
    alpha : float
        Sensitivity to the size of one's own camp, above 0 and up to 1.6, as their axioms demand.

    Returns
    -------
    (...) float array
        ``sum over i, j of s_i ** (1 + alpha) * s_j * |i - j|``, divided by its greatest value, which it takes when
        one half is at either end: from 0, all on one level, to 1; higher is more polarised. NaN without weight.

    Raises
    ------
    ProfileError
        If alpha is out of range.

    Notes
    -----
    With two levels and alpha 1 this is 4 p (1 - p).

    References
    ----------
    Esteban and Ray (1994), On the Measurement of Polarization, Econometrica 62.

    Examples
    --------
    >>> from aggregators.polarisation import esteban_ray
    >>> esteban_ray([[1, 0, 0, 0, 1], [1, 1, 1, 1, 1], [0, 0, 1, 0, 0], [1, 0, 0, 0, 9]]).round(2)
    array([1.  , 0.32, 0.  , 0.36])
    """
    if not 0 < alpha <= _MOST_ALPHA:
        raise ProfileError(f"alpha={alpha!r} of esteban_ray; give a number above 0 and up to {_MOST_ALPHA}")
    weight = np.asarray(shares, dtype=np.float64)
    total = weight.sum(axis=-1, keepdims=True)
    share = np.divide(weight, total, out=np.full(weight.shape, np.nan), where=total > 0)
    levels = np.arange(weight.shape[-1])
    distance = np.abs(levels[:, None] - levels) / max(len(levels) - 1, 1)
    raw = np.einsum("...i,ij,...j->...", share ** (1 + alpha), distance, share)
    return np.asarray(raw * 2.0 ** (1 + alpha))


def agreement(shares: ArrayLike) -> FloatArray:
    """Return van der Eijk's agreement A of distributions over ordered levels.

    Parameters
    ----------
    shares : (..., k) array_like
        Weight on each level, in order; only proportions count.

    Returns
    -------
    (...) float array
        1: all on one level; 0: evenly spread; -1: one half at either end. NaN without weight, or with one level.

    Notes
    -----
    The distribution is peeled into layers that are even over the levels they touch; a layer's agreement is
    ``U (1 - (s - 1) / (k - 1))`` with s levels touched of k, where U compares triples of levels that speak for one
    peak with those that speak for two. A is the mean over layers by weight.

    References
    ----------
    van der Eijk (2001), Measuring Agreement in Ordered Rating Scales, Quality and Quantity 35.

    Examples
    --------
    >>> from aggregators.polarisation import agreement
    >>> agreement([[0, 0, 5, 0, 0], [1, 1, 1, 1, 1], [1, 0, 0, 0, 1], [0, 1, 0, 1, 0]]).round(2)
    array([ 1.  ,  0.  , -1.  ,  0.17])
    """
    weight = np.asarray(shares, dtype=np.float64)
    flat = weight.reshape(-1, weight.shape[-1])
    return np.array([_agreement(row) for row in flat]).reshape(weight.shape[:-1])


def _agreement(weight: FloatArray) -> float:
    if len(weight) < 2 or weight.sum() <= 0:
        return float("nan")
    left, total, result = weight.copy(), float(weight.sum()), 0.0
    while (touched := left > 0).any():
        height = left[touched].min()
        result += height * touched.sum() / total * _pattern(touched)
        left = np.where(touched, left - height, 0.0)
    return result


def _pattern(touched: NDArray[np.bool_]) -> float:
    """Return the agreement of a layer that is even over the levels it touches."""
    levels, inside = len(touched), int(touched.sum())
    if inside == levels:
        return 0.0
    before = np.concatenate([[0], np.cumsum(touched)[:-1]])
    after = inside - before - touched
    # touched, touched, untouched in this order or mirrored speak for one peak; untouched between touched for two
    empty = ~touched
    one_peak = int((before * (before - 1) // 2)[empty].sum() + (after * (after - 1) // 2)[empty].sum())
    two_peaks = int((before * after)[empty].sum())
    unimodal = 1.0
    if inside > 1:
        unimodal = ((levels - 2) * one_peak - (levels - 1) * two_peaks) / ((levels - 2) * (one_peak + two_peaks))
    return unimodal * (1 - (inside - 1) / (levels - 1))


def level_weights(profile: Utilities, scale: tuple[float, float], levels: int) -> FloatArray:
    """Return the (m, k) weight on each of k equally spaced levels of a scale; a utility goes to the nearest.

    Parameters
    ----------
    profile : Utilities
        Utilities (n, m); NaN is left out.
    scale : (low, high)
        Its ends; what lies beyond goes to the end.
    levels : int
        k, at least 2.

    Raises
    ------
    ProfileError
        If the scale has no length or there are fewer than two levels.
    """
    low, high = scale
    if not low < high or levels < 2:
        raise ProfileError(f"scale={scale!r} with levels={levels!r}; give low < high and at least 2 levels")
    given = profile.opinions
    nearest = np.where(given, (profile.values - low) / (high - low), 0.0) * (levels - 1)
    place = np.clip(np.rint(nearest), 0, levels - 1).astype(np.intp)
    mass = np.where(given, profile.weights[:, None], 0.0)
    found = np.zeros((profile.n_alternatives, levels))
    columns = np.broadcast_to(np.arange(profile.n_alternatives), place.shape)
    np.add.at(found, (columns, place), mass)
    return found


def polarisation(profile: Utilities, scale: tuple[float, float], *, levels: int = 11, alpha: float = 1.0) -> FloatArray:
    """Return how polarised the voters are about each alternative, by Esteban and Ray.

    Parameters
    ----------
    profile : Utilities
        Utilities (n, m); NaN is left out.
    scale : (low, high)
        Ends of the scale that was asked: polarised is who uses its ends, not who uses the ends of what was said.
    levels : int
        Levels of the scale; utilities between them go to the nearest.
    alpha : float
        As for `esteban_ray`.

    Returns
    -------
    (m,) float array
        From 0 to 1, higher is more polarised; NaN where nobody has an opinion.

    Examples
    --------
    >>> from aggregators import Utilities
    >>> from aggregators.polarisation import polarisation
    >>> polarisation(Utilities([[1, 3], [1, 3], [5, 3], [5, 4]]), (1, 5), levels=5).round(2)
    array([1.  , 0.19])
    """
    return esteban_ray(level_weights(profile, scale, levels), alpha)
