"""Points for the places on a ballot, shared where alternatives tie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.pairwise import coded_places

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["UNRANKED_POINTS", "place_points", "tied_places"]

UNRANKED_POINTS = ("averaged", "zero")


def tied_places(ranks: NDArray[np.integer]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return, as (n, m) arrays, how many alternatives are above and how many are level, itself included.

    Unranked alternatives are level with each other, below all others.
    """
    voters, size = ranks.shape
    at = coded_places(ranks)
    tiers = np.zeros((size + 2, voters), dtype=np.int64)  # how many alternatives are in each tier
    every = np.arange(voters)
    for place in at:
        tiers[place, every] += 1
    above = np.cumsum(tiers, axis=0) - tiers
    return np.stack([above[place, every] for place in at], axis=1), np.stack(
        [tiers[place, every] for place in at], axis=1
    )


def place_points(ranks: NDArray[np.integer], vector: ArrayLike, unranked: str = "averaged") -> NDArray[np.float64]:
    """Return (n, m) points of each voter for each alternative.

    Parameters
    ----------
    ranks : (n, m) int array
        1 is best, equal is tied, 0 is unranked.
    vector : (m,) array_like
        Points for the first place, the second, ... Those who tie share the points of their places equally.
    unranked : {"averaged", "zero"}
        Whether the unranked share the points of the places left, or get none.
    """
    points = np.asarray(vector, dtype=np.float64)
    size = ranks.shape[1]
    if ranks.min() > 0 and (ranks.max(axis=1) == size).all():  # dense ranks: m means that nothing is tied
        strict: NDArray[np.float64] = points[ranks - 1]
        return strict
    above, level = tied_places(ranks)
    total = np.append(0.0, np.cumsum(points))
    first, many = np.arange(size)[:, None], np.arange(1, size + 1)
    shared = (total[np.minimum(first + many, size)] - total[first]) / many
    given: NDArray[np.float64] = shared[above, level - 1]
    if unranked == "zero":
        given[ranks == 0] = 0.0
    return given
