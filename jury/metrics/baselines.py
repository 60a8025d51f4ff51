"""What a distance is to be compared with: sampling noise, and answers that know nothing.

All take distributions padded to the same number of options, one question a row; ``sizes`` says how many options a row
really has.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Distances = Callable[[FloatArray, FloatArray, NDArray[np.int64]], FloatArray]
"""From distributions of shape (r, ..., k) on the questions of r given rows to m distances of each, (m, r, ...)."""

__all__ = ["Distances", "majority", "noise_floor", "resampled", "shuffled", "uniform"]

_ALL_ORDERS = 5  # options up to which every order is gone through
_ROWS_AT_ONCE = 128


def uniform(sizes: NDArray[np.int64], width: int) -> FloatArray:
    """Return the even spread over the options of each row.

    Examples
    --------
    >>> uniform(np.array([2, 4]), 4).tolist()
    [[0.5, 0.5, 0.0, 0.0], [0.25, 0.25, 0.25, 0.25]]
    """
    return np.where(np.arange(width) < sizes[:, None], 1.0 / sizes[:, None], 0.0)


def majority(people: FloatArray) -> FloatArray:
    """Return everything on the people's most frequent option; tied ones share it.

    It knows which answer is most common, as no model does without the data: a model that is no better than it has
    caught the mode and nothing of the spread.

    Examples
    --------
    >>> majority(np.array([[0.2, 0.5, 0.3], [0.4, 0.4, 0.2]])).tolist()
    [[0.0, 1.0, 0.0], [0.5, 0.5, 0.0]]
    """
    top = people == people.max(axis=1, keepdims=True)
    shared: FloatArray = top / top.sum(axis=1, keepdims=True)
    return shared


def resampled(shares: FloatArray, count: float, draws: int, rng: np.random.Generator) -> FloatArray:
    """Return `draws` samples of `count` answers from a distribution.

    Parameters
    ----------
    shares : ndarray of shape (k,)
        Adding up to 1.
    count : float
        Rounded, at least 1. Where it is not finite the distribution is no sample, and comes back as it is.
    draws : int
    rng : Generator

    Returns
    -------
    ndarray of shape (draws, k)
    """
    found = np.zeros((draws, len(shares)))
    if not math.isfinite(count):
        return found + shares
    number = max(1, round(count))
    held = np.flatnonzero(shares)  # rounding must not put anybody on an option that nobody chose
    found[:, held] = rng.multinomial(number, shares[held] / shares[held].sum(), size=draws) / number
    return found


def noise_floor(
    people: FloatArray,
    counts: FloatArray,
    model_counts: FloatArray,
    distances: Distances,
    draws: int,
    rng: np.random.Generator,
) -> FloatArray:
    """Return the distance that a perfect model would show, by multinomial bootstrap; NaN where a count is.

    Parameters
    ----------
    people : ndarray of shape (r, k)
        Shares of the people's answers.
    counts : ndarray of shape (r,)
        Number of people behind them; NaN where it is not known.
    model_counts : ndarray of shape (r,)
        Number of draws behind the model's answers; infinite where it gave probabilities.
    distances : callable
    draws : int
    rng : Generator

    Returns
    -------
    ndarray of shape (m, r)
        Mean distances between people drawn again and a model that answers as the people do, drawn as often as it was.

    Notes
    -----
    The people's shares stand for what they were drawn from. Their own error is in it once: that is the distance of
    a model that knows the population from the sample that is at hand.

    References
    ----------
    Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 6.
    """
    parts = []
    for start in range(0, len(people), _ROWS_AT_ONCE):
        rows = np.arange(start, min(start + _ROWS_AT_ONCE, len(people)))
        again, perfect = (
            np.stack([resampled(people[row], numbers[row], draws, rng) for row in rows])
            for numbers in (counts, model_counts)
        )
        floor = distances(again, perfect, rows).mean(axis=-1)
        floor[:, np.isnan(counts[rows])] = np.nan
        parts.append(floor)
    return np.concatenate(parts, axis=1)


def shuffled(
    model: FloatArray,
    people: FloatArray,
    sizes: NDArray[np.int64],
    distances: Distances,
    draws: int,
    rng: np.random.Generator,
) -> FloatArray:
    """Return the mean distances, shape (m, r), when the model's shares are dealt to a question's options by lot.

    It keeps how concentrated the model is and forgets on what. Every order is gone through for up to 5 options, else
    `draws` random ones.
    """
    parts = []
    order = np.argsort(sizes, kind="stable")
    for size in np.unique(sizes):
        alike = order[sizes[order] == size]
        for start in range(0, len(alike), _ROWS_AT_ONCE):
            rows = alike[start : start + _ROWS_AT_ONCE]
            if size <= _ALL_ORDERS:
                orders = np.tile(list(itertools.permutations(range(size))), (len(rows), 1, 1))
            else:
                orders = rng.permuted(np.tile(np.arange(size), (len(rows), draws, 1)), axis=-1)
            dealt = np.zeros((*orders.shape[:2], model.shape[1]))
            dealt[..., :size] = np.take_along_axis(model[rows, None, :], orders, axis=-1)
            parts.append(distances(dealt, people[rows, None, :], rows).mean(axis=-1))
    return np.concatenate(parts, axis=1)[:, np.argsort(order, kind="stable")]
