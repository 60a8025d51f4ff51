"""Totals of comparisons, pair by pair: what paired-comparison models and duels are counted from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.options import one_of
from aggregators.profiles import Comparisons
from aggregators.profiles.comparisons import UNRANKED

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from aggregators.profiles import Rankings

    FloatArray = NDArray[np.float64]
    Sides = tuple[csr_array[np.float64], csr_array[np.float64]]

__all__ = ["voices", "wins"]


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
    upper, lower = ballots.derived(_sides, True)
    return np.asarray(upper @ weights.T), np.asarray(lower @ weights.T)


def wins(
    ballots: Rankings | Comparisons, weights: FloatArray, unranked: str = "last", *, rule: str = "wins"
) -> FloatArray:
    """Return how often, by weight, each alternative was preferred to each other; ties are half a win on both sides.

    Parameters
    ----------
    ballots : Rankings or Comparisons
        Of n voters. Each comparison of a voter counts, those of a pair that come again too; a ranking compares every
        pair once, and one of nothing none.
    weights : (b, n) array
        Weightings of the voters.
    unranked : {"last", "ignored"}
        Whether an alternative that a voter leaves unranked is tied last, or compared with nothing.
    rule : str
        Named in the message when `unranked` is none of these.

    Returns
    -------
    (b, m, m) array
        Rows won against columns.
    """
    one_of(rule, "unranked", unranked, UNRANKED)
    size = ballots.n_alternatives
    if isinstance(ballots, Comparisons):
        upper, lower = ballots.derived(_sides, False)
        sides = np.asarray(upper @ weights.T), np.asarray(lower @ weights.T)
    elif unranked == "last" or ballots.complete:
        sides = _of_all_pairs(ballots, weights)
    else:
        return wins(ballots.derived(Comparisons.from_rankings, unranked), weights)
    rows, columns = np.triu_indices(size, 1)
    table = np.zeros((len(weights), size, size))
    table[:, rows, columns], table[:, columns, rows] = sides[0].T, sides[1].T
    return table


def _of_all_pairs(ballots: Rankings, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return both sides of every pair where every voter compares all of them."""
    from aggregators.pairwise import duels

    counted = duels(ballots, weights)
    if ballots.strict:
        return counted.upper, counted.lower
    spoke = (ballots.places <= ballots.n_alternatives).any(axis=0).astype(np.float64)
    tied = weights @ spoke - counted.upper - counted.lower
    return counted.upper + tied / 2, counted.lower + tied / 2


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
