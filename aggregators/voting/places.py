"""Points for the places on a ballot, shared where alternatives tie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from aggregators.profiles import Rankings

__all__ = ["UNRANKED_POINTS", "place_points", "tied_places"]

UNRANKED_POINTS = ("averaged", "zero")


def tied_places(profile: Rankings) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return, as (m, n) arrays, how many alternatives are above and how many are level, itself included.

    Unranked alternatives are level with each other, below all others.
    """
    at = profile.places
    size, voters = at.shape
    tiers = np.zeros((size + 2, voters), dtype=np.int64)  # how many alternatives are in each tier
    every = np.arange(voters)
    for place in at:
        tiers[place, every] += 1
    above = np.cumsum(tiers, axis=0) - tiers
    return np.stack([above[place, every] for place in at]), np.stack([tiers[place, every] for place in at])


def place_points(profile: Rankings, vector: ArrayLike, unranked: str = "averaged") -> NDArray[np.float64]:
    """Return (m, n) points for each alternative from each voter.

    Parameters
    ----------
    profile : Rankings
        The ballots.
    vector : (m,) array_like
        Points for the first place, the second, ... Those who tie share the points of their places equally.
    unranked : {"averaged", "zero"}
        Whether the unranked share the points of the places left, or get none.
    """
    points = np.asarray(vector, dtype=np.float64)
    size = profile.n_alternatives
    if profile.strict:
        strict: NDArray[np.float64] = points[profile.places - 1]
        return strict
    above, level = tied_places(profile)
    total = np.append(0.0, np.cumsum(points))
    first, many = np.arange(size)[:, None], np.arange(1, size + 1)
    shared = (total[np.minimum(first + many, size)] - total[first]) / many
    given: NDArray[np.float64] = shared[above, level - 1]
    if unranked == "zero":
        given[profile.places > size] = 0.0
    return given
