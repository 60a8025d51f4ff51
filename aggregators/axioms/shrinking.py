"""From a violation to a smaller one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from aggregators.axioms.editing import cells, liking, remade, voters_of_each_kind, without
from aggregators.profiles import Utilities

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from aggregators.axioms.violation import Violation
    from aggregators.profiles import Profile

__all__ = ["shrunk"]

_ATTEMPTS = 2_000
_DIGITS = 6  # of weights, so that 2.9 - 1 is 1.9


def shrunk(found: Violation, again: Callable[[Profile], Violation | None]) -> Violation:
    """Return a violation on a smaller profile, if steps down lead to one.

    Steps leave out an alternative, a voter or two, or lower weights or a utility, or make weights whole, or call
    alternatives a, b, c, ...; each is kept if the axiom is still violated.

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
    if (profile.weights == 1).all():  # which may have to keep in balance; of heavier voters the weights are lowered
        kinds = voters_of_each_kind(profile, np.random.default_rng(0))
        for pair in combinations(sorted(kinds), 2):
            if profile.n_voters > 2:
                yield profile.select(np.delete(np.arange(profile.n_voters), pair))
    for weights in _whole(profile.weights):
        yield remade(profile, cells(profile), weights)
    for weights in _lighter(profile.weights):
        yield remade(profile, cells(profile), weights)
    if isinstance(profile, Utilities):
        for values in _lower(profile.values):
            yield remade(profile, values)
    named = _named_by_first(profile)
    if named != profile:
        yield named


def _named_by_first(profile: Profile) -> Profile:
    """Return the profile with alternatives called a, b, c, ... in the order of the first ballot."""
    order = np.argsort(-liking(profile)[0], kind="stable")
    return type(profile)(cells(profile)[:, order], profile.weights)  # type: ignore[call-arg]


def _whole(weights: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    """Yield weights rounded up: of all voters, of one; and without what is whole in them."""
    up = np.ceil(weights)
    broken = np.flatnonzero(up != weights).tolist()
    if len(broken) > 1:
        yield up
    for voter in broken:
        for less in (up, np.round(weights % 1, _DIGITS)):
            if less[voter] != weights[voter]:
                yield np.where(np.arange(len(weights)) == voter, less, weights)


def _lighter(weights: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    """Yield lower weights: of all voters, of one, of two at once, whose weights may have to keep in balance."""
    if (weights > 1).any():
        yield np.where(weights > 1, np.maximum(weights // 2, 1), weights)
        yield np.where(weights > 1, np.maximum(np.round(weights - 1, _DIGITS), 1), weights)
    heavier = np.flatnonzero(weights > 1).tolist()
    for few in (*combinations(heavier, 1), *combinations(heavier, 2)):
        for less in (weights // 2, np.round(weights - 1, _DIGITS)):
            yield np.where(np.isin(np.arange(len(weights)), few), np.maximum(less, 1), weights)


def _lower(values: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    """Yield lower utilities, down to the lowest: of one voter for one alternative."""
    lowest = values.min()
    for place in zip(*np.nonzero(values > lowest), strict=True):
        for less in dict.fromkeys((lowest, max(lowest, values[place] // 2), max(lowest, values[place] - 1))):
            lower = values.copy()
            lower[place] = less
            yield lower
