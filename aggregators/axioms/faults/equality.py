"""Bugs in welfare functions that care for the worse-off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from aggregators.axioms.faults.asking import scores
from aggregators.axioms.faults.base import fault
from aggregators.axioms.subject import Decision
from aggregators.profiles import Utilities

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = [
    "gini_of_descending_order",
    "leximin_of_distinct_utilities",
    "low_percentile",
    "maximin_by_the_mean",
    "maximin_with_a_threshold",
    "root_of_the_mean",
]


def _ranked(labels: tuple[str, ...], key: Callable[[int], Any]) -> Decision:
    """Return the alternatives ranked by a key of their columns, highest first."""
    keys = [key(column) for column in range(len(labels))]
    tiers = [
        frozenset(label for label, each in zip(labels, keys, strict=True) if each == value)
        for value in sorted(set(keys), reverse=True)
    ]
    return Decision(tiers[0], tuple(tiers))


@fault("pareto", correct="leximin")
def leximin_of_distinct_utilities(profile: Utilities) -> Decision:
    """Leximin of what np.unique returns, so that it does not matter how many are how badly off."""
    values = profile.values[profile.weights > 0]
    return _ranked(profile.alternatives, lambda column: tuple(np.unique(values[:, column]).tolist()))


@fault("common-monotone", correct="maximin")
def maximin_by_the_mean(profile: Utilities) -> Decision:
    """Maximin whose ties are broken by the mean."""
    lowest, mean = _lowest_and_mean(profile)
    return _ranked(profile.alternatives, lambda column: (lowest[column], mean[column]))


@fault("continuity", correct="maximin")
def maximin_with_a_threshold(profile: Utilities) -> set[str]:
    """Maximin by the mean among all less than one point below the highest minimum."""
    lowest, mean = _lowest_and_mean(profile)
    close = lowest > lowest.max() - 1
    best = mean[close].max()
    return {label for label, near, each in zip(profile.alternatives, close, mean, strict=True) if near and each == best}


def _lowest_and_mean(profile: Utilities) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    shares = profile.weights / profile.weights.sum()
    return scores("maximin", profile), np.round(shares @ profile.values, 9)


@fault("hammond-equity", correct="maximin")
def low_percentile(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Maximin made robust: np.percentile at 10 instead of the minimum, which interpolates towards the better-off."""
    return np.asarray(np.percentile(values, 10, axis=0))


@fault("pigou-dalton", correct="prioritarian")
def root_of_the_mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Prioritarian welfare with the root of the mean for the mean of the roots."""
    return np.asarray(np.sqrt(values.mean(axis=0)))


@fault("weak-pigou-dalton", correct="gini")
def gini_of_descending_order(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gini welfare whose weights, made for utilities in descending order, meet them in ascending order."""
    weights = 2 * np.arange(1, len(values) + 1) - 1
    return np.asarray(weights @ np.sort(values, axis=0) / weights.sum())
