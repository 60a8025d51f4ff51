"""Bugs in whom a rule listens to, and how much."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.axioms.faults.base import fault
from aggregators.profiles import Rankings, Utilities

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "dictator",
    "maximin_that_ignores_weights",
    "median_that_ignores_weights",
    "repeated_rows",
    "trimmed_at_one_end",
]


@fault("anonymity", correct="plurality")
def dictator(profile: Rankings) -> NDArray[np.float64]:
    """Only the first ballot is read."""
    return -profile.places[:, 0].astype(np.float64)


@fault("weight-split", correct="maximin")
def maximin_that_ignores_weights(profile: Utilities) -> NDArray[np.float64]:
    """Maximin that ignores weights, so that voters of weight 0, who are absent, count too."""
    return np.asarray(profile.values.min(axis=0))


@fault("weight-split", correct="quantile")
def median_that_ignores_weights(profile: Utilities) -> NDArray[np.float64]:
    """Median of the rows, whatever their weights."""
    return np.asarray(np.median(profile.values, axis=0))


@fault("weight-split", correct="utilitarian")
def repeated_rows(values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum of rows that were repeated as often as they weigh, with weights cut off to whole numbers."""
    return np.asarray(np.repeat(values, weights.astype(np.int64), axis=0).sum(axis=0))


@fault("bounded-influence", correct="quantile")
def trimmed_at_one_end(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean without the lowest third, which forgets to leave out the highest third."""
    return np.asarray(np.sort(values, axis=0)[len(values) // 3 :].mean(axis=0))
