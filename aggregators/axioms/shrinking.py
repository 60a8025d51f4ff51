"""From a violation to a smaller one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from aggregators.axioms.editing import cells, remade, without

if TYPE_CHECKING:
    from collections.abc import Callable

    from aggregators.axioms.violation import Violation
    from aggregators.profiles import Profile

__all__ = ["shrunk"]

_ATTEMPTS = 2_000


def shrunk(found: Violation, again: Callable[[Profile], Violation | None]) -> Violation:
    """Return a violation on a smaller profile, if steps down lead to one.

    Steps leave out an alternative or a voter, or lower a weight; each is kept if the axiom is still violated.

    Parameters
    ----------
    found : Violation
        Where to begin.
    again : callable
        Looks for a violation on another profile.
    """
    left = _ATTEMPTS
    while True:
        for smaller in _smaller(found.profile):
            left -= 1
            if left < 0:
                return found
            better = again(smaller)
            if better is not None:
                found = better
                break
        else:
            return found


def _smaller(profile: Profile) -> Iterator[Profile]:
    if profile.n_alternatives > 2:
        for label in profile.alternatives:
            yield without(profile, label)
    if profile.n_voters > 1:
        for voter in range(profile.n_voters):
            yield profile.select(np.arange(profile.n_voters) != voter)
    for voter, weight in enumerate(profile.weights.tolist()):
        for less in sorted({1.0, weight // 2, weight - 1}):
            if 0 < less < weight:
                weights = profile.weights.copy()
                weights[voter] = less
                yield remade(profile, cells(profile), weights)
