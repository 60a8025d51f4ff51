"""Comparisons counted pair by pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from aggregators.profiles import Comparisons

    FloatArray = NDArray[np.float64]
    Sides = tuple[csr_array[np.float64], csr_array[np.float64]]

__all__ = ["sides", "voices"]


def voices(ballots: Comparisons, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the weight of the voters on each side of each pair; who preferred both as often is on neither.

    Parameters
    ----------
    ballots : Comparisons
        Of n voters.
    weights : (b, n) array
        Weightings of the voters.

    Returns
    -------
    (m * (m - 1) / 2, b) arrays
        For each pair of columns x < y, in the order of ``numpy.triu_indices``: the weight of the voters who more
        often preferred x to y, and of those who more often preferred y.
    """
    return sides(ballots, weights, once=True)


def sides(ballots: Comparisons, weights: FloatArray, *, once: bool = False) -> tuple[FloatArray, FloatArray]:
    """Return how often, by weight, the first and the second of each pair was preferred, shaped as for `voices`.

    With `once`, a voter counts once for a pair instead.
    """
    upper, lower = ballots.derived(_sides, once)
    return np.asarray(upper @ weights.T), np.asarray(lower @ weights.T)


def _sides(ballots: Comparisons, once: bool) -> Sides:
    """Return, as sparse (pairs, n), how often each voter preferred the first and the second of each pair.

    With `once`, 1 for the side preferred more often instead.
    """
    from scipy.sparse import csr_array

    size = ballots.n_alternatives
    one, other = ballots.pair.T
    at = one * (2 * size - one - 1) // 2 + other - one - 1  # where numpy.triu_indices(size, 1) has the pair
    shape = size * (size - 1) // 2, ballots.n_voters
    counts = (ballots.counts > ballots.counts[:, ::-1]).astype(np.float64) if once else ballots.counts
    upper, lower = (csr_array((side, (at, ballots.voter)), shape=shape) for side in counts.T)
    return upper, lower
