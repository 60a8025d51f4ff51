"""What committee rules share: weights as whole numbers, near-ties, and every way of breaking ties.

The rules work in floats and treat what lies within the tolerance of `aggregators.ties` as undecided. If the
weights have a common unit, as counts, decimals and small fractions have, what is undecided is computed again in
whole numbers or fractions and decided exactly. Otherwise it ties.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np

from aggregators.errors import RuleError
from aggregators.ties import RELATIVE_TOLERANCE

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "MOST_COMMITTEES",
    "every_path",
    "least",
    "merged",
    "most",
    "patterns",
    "too_many",
    "whole_weights",
]

MOST_COMMITTEES = 100_000
_MANY = 1_000  # ways, after which it is worth while to reckon how many there are
_EXACT_BELOW = 2**53
_LARGEST_DENOMINATOR = 10_000
_ROUNDING = 1e-14  # a few roundings of a double


def whole_weights(weights: NDArray[np.float64]) -> NDArray[np.int64] | None:
    """Return whole numbers in the proportions of `weights`, or None where no common unit is found.

    Examples
    --------
    >>> import numpy as np
    >>> from aggregators.committee.counting import whole_weights
    >>> whole_weights(np.array([0.1, 0.1 + 0.2, 1 / 3, 0]))
    array([ 3,  9, 10,  0])
    >>> whole_weights(np.array([1.0, np.pi])) is None
    True
    """
    first = weights[0]
    if first > 0 and (weights == first).all():
        return np.ones(len(weights), dtype=np.int64)
    if (weights == np.rint(weights)).all() and weights.sum() < _EXACT_BELOW:
        whole = weights.astype(np.int64)
        return np.asarray(whole // max(1, int(np.gcd.reduce(whole))))
    values, where = np.unique(weights, return_inverse=True)
    unit = 1
    ratios = []
    for value in (values / values[-1]).tolist():
        ratio = Fraction(value).limit_denominator(_LARGEST_DENOMINATOR)
        if abs(float(ratio) - value) > _ROUNDING * value:
            return None
        unit = math.lcm(unit, ratio.denominator)
        if unit * len(weights) >= _EXACT_BELOW:
            return None
        ratios.append(ratio)
    return np.array([int(ratio * unit) for ratio in ratios], dtype=np.int64)[where]


def merged(matrix: NDArray[np.bool_], weights: NDArray[np.float64]) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Return the distinct rows that approve of something and have weight, with their total weights."""
    counted = matrix.any(axis=1) & (weights > 0)
    rows, where = patterns(matrix[counted])
    totals = np.bincount(where, weights[counted], minlength=len(rows)).astype(np.float64)
    return rows, totals


def patterns(matrix: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """Return the distinct rows of `matrix` and which of them each row is."""
    if 0 in matrix.shape:
        rows = min(1, matrix.shape[0])
        return np.zeros((rows, matrix.shape[1]), dtype=np.bool_), np.zeros(matrix.shape[0], dtype=np.intp)
    packed = np.packbits(matrix, axis=1)
    keys = np.ascontiguousarray(packed).view(np.dtype((np.void, packed.shape[1]))).ravel()
    _, first, where = np.unique(keys, return_index=True, return_inverse=True)
    return matrix[first], where


Exact = Callable[[list[int]], Sequence[Fraction | int]]
"""The exact values at some positions."""


def most(values: NDArray[np.float64], exact: Exact | None) -> list[int]:
    """Return the positions of the largest of `values`.

    Parameters
    ----------
    values : (m,) array
        Negative for what does not take part, and only for that.
    exact : callable or None
        Decides between near-ties; None lets them tie.
    """
    best = values.max()
    near: list[int] = np.flatnonzero(values >= best - RELATIVE_TOLERANCE * best).tolist()
    if len(near) == 1 or best == 0 or exact is None:
        return near
    sure = exact(near)
    highest = max(sure)
    return [position for position, value in zip(near, sure, strict=True) if value == highest]


def least(values: NDArray[np.float64], exact: Exact | None) -> list[int]:
    """Return the positions of the least of `values`.

    Parameters
    ----------
    values : (m,) array
        Not negative; infinite for what does not take part.
    exact : callable or None
        Decides between near-ties; None lets them tie.
    """
    best = values.min()
    if np.isinf(best):
        return np.flatnonzero(values == best).tolist()
    near: list[int] = np.flatnonzero(values <= best + RELATIVE_TOLERANCE * best).tolist()
    if len(near) == 1 or best == 0 or exact is None:
        return near
    sure = exact(near)
    lowest = min(sure)
    return [position for position, value in zip(near, sure, strict=True) if value == lowest]


class Path(Protocol):
    """One way of breaking the ties so far."""

    @property
    def chosen(self) -> tuple[int, ...]:
        """Columns chosen, in order."""

    def key(self) -> object:
        """Return what decides how the path goes on: equal keys, equal continuations."""


P = TypeVar("P", bound=Path)


def every_path(
    start: P, step: Callable[[P], Iterable[P] | None], ballots: NDArray[Any] | None = None
) -> list[tuple[int, ...]]:
    """Follow every way of breaking ties and return the sets it ends at, sorted.

    Parameters
    ----------
    start : Path
        Where nothing is chosen yet.
    step : callable
        Returns the next paths, or None for a path that has ended.
    ballots : (n, m) array, optional
        All that is known of the candidates; those with equal columns can stand in for each other.

    Raises
    ------
    RuleError
        If there are more than 100,000 of them; early, if equal columns alone make as many.
    """
    found: set[tuple[int, ...]] = set()
    seen: set[object] = set()
    open_paths = [start]
    while open_paths:
        path = open_paths.pop()
        following = step(path)
        if following is None:
            found.add(tuple(sorted(path.chosen)))
            continue
        fresh = list(following)
        if ballots is not None and len(seen) > _MANY:
            if _at_least(start, step, ballots) > MOST_COMMITTEES:
                raise _too_many_ways()
            ballots = None
        if len(fresh) == 1 and not open_paths and not seen:
            open_paths = fresh
            continue
        for another in fresh:
            if (key := another.key()) not in seen:
                seen.add(key)
                open_paths.append(another)
        if len(seen) > MOST_COMMITTEES:
            raise _too_many_ways()
    return sorted(found)


def _at_least(start: P, step: Callable[[P], Iterable[P] | None], ballots: NDArray[Any]) -> int:
    """Return how many sets follow from one of them by exchanging candidates with equal columns."""
    path = start
    while (following := step(path)) is not None:
        path = next(iter(following))
    alike = np.unique(ballots, axis=1, return_inverse=True)[1].ravel()
    there = np.bincount(alike)
    chosen = np.bincount(alike[list(path.chosen)], minlength=len(there))
    return math.prod(map(math.comb, there.tolist(), chosen.tolist()))


def _too_many_ways() -> RuleError:
    return too_many("ways to break ties", "give tie_break='lexicographic' or 'random'")


def too_many(what: str, remedy: str) -> RuleError:
    """Return the error for more ties than anybody would read."""
    return RuleError(f"more than {MOST_COMMITTEES} {what}; {remedy}")
