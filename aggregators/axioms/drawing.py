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
_HEAVIEST_ROWS = (1, 1, 3, 5)  # where who acts is one row
_BROKEN, _ABSENT = 0.25, 0.2  # profiles with weights that are not whole; the voters of weight 0 in half of these


def drawn(
    reads: type[Profile], domain: Domain, rng: np.random.Generator, *, weighted: bool = True
) -> Iterator[Profile]:
    """Yield random profiles for ever.

    Voters are independent, or share a common opinion in part, or stand on a line and like what is near. Weights are
    whole in three quarters of the profiles, and multiples of 1/4 or 1/10 in the others, where some voters have none.

    Parameters
    ----------
    reads : type
        Kind of profile.
    domain : {"linear", "any"}
        Of rankings: without ties and unranked alternatives, or half of them with.
    rng : numpy.random.Generator
        The source of randomness.
    weighted : bool
        If not, weights are whole and small, as of a rule to which so many voters are so many rows.
    """
    others = rng.spawn(1)[0]
    while True:
        voters = int(rng.integers(1, _BALLOTS_AT_MOST, 2, endpoint=True).max())
        size = int(rng.choice(_ALTERNATIVES))
        likes = _likes(voters, size, rng)
        heaviest = rng.choice(_HEAVIEST if weighted else _HEAVIEST_ROWS)
        weights = rng.integers(1, heaviest, voters, endpoint=True).astype(np.float64)
        if weighted and others.random() < _BROKEN:
            weights = _broken(weights, others)
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


def _broken(weights: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Return weights of which most are not whole, and some 0."""
    parts = 4 if rng.random() < 0.5 else 10
    broken: NDArray[np.float64] = rng.integers(1, parts * weights.max(), len(weights), endpoint=True) / parts
    if rng.random() < 0.5:
        broken[rng.random(len(broken)) < _ABSENT] = 0.0
    return broken if broken.any() else weights


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
