"""Every small profile, the smallest first."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations_with_replacement, product
from typing import TYPE_CHECKING, Any

import numpy as np

from aggregators.axioms.editing import all_orders
from aggregators.profiles import Approvals, Profile, Rankings, Utilities

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aggregators.axioms.search import Domain

__all__ = ["smallest"]

Row = list[Any]

_LINEAR = ((2, 5), (3, 5), (4, 3))
_WEAK = ((2, 4), (3, 3))
_APPROVALS = ((2, 4), (3, 4), (4, 3))
_UTILITIES = ((2, 3), (3, 2))
_LEVELS = (1.0, 2.0, 4.0)  # positive, as Nash asks; unevenly spaced, so that order and sum can disagree


def smallest(reads: type[Profile], domain: Domain) -> Iterator[Profile]:
    """Yield every profile of few voters and alternatives, as unordered collections of ballots of weight 1.

    Linear orders of up to 3 alternatives and 5 voters; then, unless the domain is ``"linear"``, orders with ties and
    unranked alternatives; linear orders of 4 alternatives and up to 3 voters. Approvals; utilities on three levels.

    Parameters
    ----------
    reads : type
        Kind of profile.
    domain : {"linear", "any"}
        Of rankings.
    """
    if issubclass(reads, Rankings):
        yield from _profiles(reads, ((size, most, all_orders(size, linear=True)) for size, most in _LINEAR[:-1]))
        if domain == "any":
            yield from _profiles(reads, ((size, most, all_orders(size, linear=False)) for size, most in _WEAK))
        yield from _profiles(reads, ((size, most, all_orders(size, linear=True)) for size, most in _LINEAR[-1:]))
    elif issubclass(reads, Approvals):
        yield from _profiles(reads, ((size, most, _all([False, True], size)) for size, most in _APPROVALS))
    elif issubclass(reads, Utilities):
        yield from _profiles(reads, ((size, most, _all(_LEVELS, size)) for size, most in _UTILITIES))


def _all(levels: Sequence[Any], size: int) -> list[Row]:
    return [list(row) for row in product(levels, repeat=size)]


def _profiles(reads: type[Profile], kinds: Iterator[tuple[int, int, list[Row]]]) -> Iterator[Profile]:
    for _, most, ballots in kinds:
        for voters in range(1, most + 1):
            for chosen in combinations_with_replacement(ballots, voters):
                yield reads(np.array(chosen))  # type: ignore[call-arg]
