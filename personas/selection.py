"""Selecting rows with probability proportional to weight; every sampling design is built on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from personas.errors import SamplingError

if TYPE_CHECKING:
    from numpy.typing import NDArray

CERTAIN = 1.0 - 1e-9  # above this an inclusion probability is 1 up to rounding


def spread(weights: NDArray[np.float64], n: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return `n` rows at equal steps along the cumulated weights, from one random start.

    Parameters
    ----------
    weights : (rows,) array of float
        Non-negative; their sum is positive unless `n` is 0.
    n : int
        How many rows.
    rng : numpy.random.Generator
        Consumed for one number.

    Returns
    -------
    (n,) array of int
        Row i appears floor(x) or ceil(x) times, x = n w_i / sum w, and x times on average.

    References
    ----------
    Madow, W. G. (1949). On the theory of systematic sampling, II. Annals of Mathematical Statistics 20(3).
    """
    positive = np.flatnonzero(weights > 0)
    ends = np.cumsum(weights[positive])
    points = (rng.random() + np.arange(n)) * (ends[-1] / n if n else 0.0)
    hits = np.searchsorted(ends, points, side="right")
    return positive[np.minimum(hits, positive.size - 1)] if n else np.empty(0, dtype=np.intp)


def integerise(shares: NDArray[np.float64], n: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Round ``n * shares`` to whole numbers that add to `n`, without bias.

    Parameters
    ----------
    shares : (k,) array of float
        Non-negative, in any unit; only proportions matter.
    n : int
        What the counts add to.
    rng : numpy.random.Generator
        Decides who is rounded up.

    Returns
    -------
    (k,) array of int
        Each count is its exact value rounded down or up, and equals it on average over `rng`.

    Notes
    -----
    Largest remainders would round the same levels down for ever: a group of 0.3 jurors would never sit.

    Examples
    --------
    >>> import numpy as np
    >>> integerise(np.array([0.5, 0.25, 0.25]), 8, np.random.default_rng(0)).tolist()
    [4, 2, 2]
    """
    order = rng.permutation(shares.size)  # otherwise neighbours would never be rounded up together
    return np.bincount(order[spread(shares[order], n, rng)], minlength=shares.size).astype(np.intp)


def select(
    weights: NDArray[np.float64], n: int, rng: np.random.Generator, *, replace: bool, ordered: bool = False
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Select `n` rows with probability proportional to weight.

    Parameters
    ----------
    weights : (rows,) array of float
        Non-negative, with a positive sum.
    n : int
        At least 1; without replacement at most the number of rows of positive weight.
    rng : numpy.random.Generator
        The only randomness.
    replace : bool
        Whether one row may be selected more than once.
    ordered : bool, default False
        Select at equal steps in the order of the rows (systematic) instead of at random.

    Returns
    -------
    rows : (n,) array of int
    expansion : (n,) array of float
        w_i over the expected number of times that row i is selected. They add to the sum of the weights,
        and are equal unless a row is so heavy that it is selected with certainty.

    Raises
    ------
    SamplingError
        If more rows are asked for than there are and `replace` is false.
    """
    total = float(weights.sum())
    if replace:
        rows = spread(weights, n, rng) if ordered else rng.choice(weights.size, n, p=weights / total)
        return rows, np.full(n, total / n)
    check_enough(weights, n)
    certain = certain_rows(weights, n)
    rest = np.where(certain, 0.0, weights)
    left = n - int(certain.sum())
    order = np.arange(weights.size) if ordered else rng.permutation(weights.size)
    rows = np.concatenate([np.flatnonzero(certain), order[spread(rest[order], left, rng)]])
    expansion = np.where(certain[rows], weights[rows], rest.sum() / max(left, 1))
    return rows, expansion


def check_enough(weights: NDArray[np.float64], n: int) -> None:
    """Refuse to draw more rows than there are without replacement."""
    available = int(np.count_nonzero(weights))
    if n > available:
        raise SamplingError(
            f"n: {n} jurors, only {available} personas of positive weight: ask for fewer or set replace"
        )


def certain_rows(weights: NDArray[np.float64], n: int) -> NDArray[np.bool_]:
    """Return the rows whose inclusion probability reaches 1; taking one raises that of the others."""
    certain = np.zeros(weights.size, dtype=np.bool_)
    while (left := n - int(certain.sum())) > 0:
        rest = np.where(certain, 0.0, weights)
        more = rest * left >= CERTAIN * rest.sum()
        more &= rest > 0
        if not more.any():
            break
        certain |= more
    return certain
