"""Bugs in the arithmetic of utilities: how they are scaled, cut off, added and multiplied."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.axioms.faults.base import fault

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "clipped_outliers",
    "mean_less_gini",
    "nash_of_logs_plus_one",
    "nash_that_underflows",
    "range_of_rows_that_sum_to_one",
    "relative_to_the_best",
    "standard_scores",
    "stars",
    "whole_numbers",
]


@fault("homogeneity", correct="nash")
def nash_that_underflows(values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Nash welfare as the plain product of raw gains, here shares of the highest, which underflows to 0."""
    return np.asarray(np.prod((values / values.max()) ** weights[:, None], axis=0))


@fault("individual-scale", correct="nash")
def nash_of_logs_plus_one(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Nash welfare by np.log1p, to be safe from zeros."""
    return np.asarray(np.log1p(values).mean(axis=0))


@fault("common-scale", correct="utilitarian")
def whole_numbers(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum of utilities that were cut off to whole numbers, by astype(int)."""
    return np.asarray(values.astype(np.int64).sum(axis=0).astype(np.float64))


@fault("common-translation", correct="gini")
def mean_less_gini(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean less the Gini coefficient, which has no unit; it should be the mean less the mean times it."""
    mean = values.mean(axis=0)
    apart = np.abs(values[:, None] - values[None]).mean(axis=(0, 1))
    return np.asarray(mean - apart / (2 * mean))


@fault("individual-translation", correct="relative_utilitarian")
def relative_to_the_best(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Relative utilitarianism that divides by each voter's best and forgets to subtract the worst."""
    return np.asarray((values / values.max(axis=1, keepdims=True)).sum(axis=0))


@fault("iia", correct="utilitarian")
def range_of_rows_that_sum_to_one(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum of utilities after each voter's were divided by their sum."""
    return np.asarray((values / values.sum(axis=1, keepdims=True)).sum(axis=0))


@fault("weak-monotonicity", correct="relative_utilitarian")
def standard_scores(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum of each voter's standard scores: who likes one thing more may lift another nearer to it."""
    spread = values.std(axis=1, keepdims=True)
    centred = values - values.mean(axis=1, keepdims=True)
    return np.asarray((centred / np.where(spread > 0, spread, 1)).sum(axis=0))


@fault("strong-monotonicity", correct="utilitarian")
def stars(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum of utilities cut off at five stars."""
    return np.asarray(np.clip(values, 0, 5).sum(axis=0))


@fault("separability", correct="utilitarian")
def clipped_outliers(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum of utilities in which outliers are cut off at a standard deviation above the mean of the whole table."""
    return np.asarray(np.minimum(values, values.mean() + values.std()).sum(axis=0))
