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
Distance = Callable[[FloatArray, FloatArray], FloatArray]
"""From distributions of shape (r, ..., k) and (r, ..., k), row by row, to distances of shape (r, ...)."""

__all__ = ["Distance", "majority", "noise_floor", "resampled", "shuffled", "uniform"]

_ALL_ORDERS = 5  # options up to which every order is gone through


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
    return top / top.sum(axis=1, keepdims=True)


def resampled(shares: FloatArray, counts: FloatArray, draws: int, rng: np.random.Generator) -> FloatArray:
    """Return samples from each row of as many draws as it rests on; the row itself where `counts` is infinite.

    Parameters
    ----------
    shares : ndarray of shape (r, k)
    counts : ndarray of shape (r,)
        Rounded, at least 1; infinite for distributions that are no sample; NaN gives NaN.
    draws : int
    rng : Generator

    Returns
    -------
    ndarray of shape (r, draws, k)
    """
    found = np.repeat(shares[:, None, :], draws, axis=1)
    for row, count in enumerate(counts):
        if math.isnan(count):
            found[row] = np.nan
        elif math.isfinite(count):
            number = max(1, round(count))
            held = np.flatnonzero(shares[row])
            found[row] = 0.0
            found[row][:, held] = rng.multinomial(number, shares[row, held] / shares[row].sum(), size=draws) / number
    return found


def noise_floor(
    people: FloatArray,
    counts: FloatArray,
    model_counts: FloatArray,
    distance: Distance,
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
    distance : callable
    draws : int
    rng : Generator

    Returns
    -------
    ndarray of shape (r,)
        Mean distance between people drawn again and a model that answers as the people do, drawn as often as it was.

    Notes
    -----
    The people's shares stand for what they were drawn from. Their own error is in it once: that is the distance of
    a model that knows the population from the sample that is at hand.

    References
    ----------
    Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 6.
    """
    floor = np.full(len(people), np.nan)
    for row in np.flatnonzero(~np.isnan(counts)):
        one = people[row : row + 1]
        again = resampled(one, counts[row : row + 1], draws, rng)
        perfect = resampled(one, model_counts[row : row + 1], draws, rng)
        floor[row] = float(np.mean(distance(again, perfect)))
    return floor


def shuffled(
    model: FloatArray,
    people: FloatArray,
    sizes: NDArray[np.int64],
    distance: Distance,
    draws: int,
    rng: np.random.Generator,
) -> FloatArray:
    """Return the mean distance when the model's shares are dealt to the options of the same question by lot.

    It keeps how concentrated the model is and forgets on what. Every order is gone through for up to 5 options, else
    `draws` random ones.
    """
    found = np.full(len(model), np.nan)
    for size in np.unique(sizes):
        rows = np.flatnonzero(sizes == size)
        if size <= _ALL_ORDERS:
            orders = np.array(list(itertools.permutations(range(size))))
        else:
            orders = rng.permuted(np.tile(np.arange(size), (draws, 1)), axis=1)
        for row in rows:
            dealt = np.zeros((1, len(orders), model.shape[1]))
            dealt[0, :, :size] = model[row, orders]
            found[row] = float(np.mean(distance(dealt, people[row : row + 1, None, :])))
    return found
