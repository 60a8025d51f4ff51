"""Random profiles, of many sizes and of several kinds of electorate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from aggregators.profiles import Approvals, Profile, Rankings, Utilities

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from aggregators.axioms.search import Domain

__all__ = ["drawn"]

_ALTERNATIVES = (2, 3, 3, 4, 4, 5, 5, 6, 6)  # some paradoxes need four, and are commoner with more
_BALLOTS_AT_MOST = 9
_HEAVIEST = (1, 5, 20, 20)  # a voter must weigh something to change more than a tie


def drawn(reads: type[Profile], domain: Domain, rng: np.random.Generator) -> Iterator[Profile]:
    """Yield random profiles for ever, with whole weights.

    Voters are independent, or share a common opinion in part, or stand on a line and like what is near.

    Parameters
    ----------
    reads : type
        Kind of profile.
    domain : {"linear", "any"}
        Of rankings: without ties and unranked alternatives, or half of them with.
    rng : numpy.random.Generator
        The source of randomness.
    """
    while True:
        voters = int(rng.integers(1, _BALLOTS_AT_MOST, 2, endpoint=True).max())
        size = int(rng.choice(_ALTERNATIVES))
        likes = _likes(voters, size, rng)
        weights = rng.integers(1, rng.choice(_HEAVIEST), voters, endpoint=True)
        if issubclass(reads, Utilities):
            yield Utilities(_whole(likes, 10), weights)
        elif issubclass(reads, Approvals):
            yield Approvals(likes > rng.choice(likes.ravel(), (voters, 1)), weights)
        elif domain == "linear" or rng.random() < 0.5:
            yield Rankings((-likes).argsort(axis=1).argsort(axis=1) + 1, weights)
        else:
            ranks = size + 1 - _whole(likes, size)
            last = rng.integers(1, size, (voters, 1), endpoint=True)
            yield Rankings(np.where(ranks <= last, ranks, 0), weights)


def _likes(voters: int, size: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return (n, m) numbers, higher is preferred."""
    own = rng.normal(size=(voters, size))
    electorate = rng.integers(6)
    if electorate == 0:
        return own + rng.normal(size=size)
    if electorate == 1:
        return -np.abs(rng.normal(size=(voters, 1)) - rng.normal(size=size)) + 0.1 * own
    return own


def _whole(likes: NDArray[np.float64], levels: int) -> NDArray[np.int64]:
    """Return likes as whole numbers from 1 to as many levels."""
    shares = np.clip((likes + 2.5) / 5, 0, 1)
    return 1 + np.rint(shares * (levels - 1)).astype(np.int64)
