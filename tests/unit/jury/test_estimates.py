"""Intervals: they cover as often as they say where they can, and are absent where nothing can be said."""

import math

import numpy as np
import pytest
from scipy import stats

from jury.estimates import Estimate, bootstrap_estimate, drawn_estimate, mean_estimate


def test_the_mean_of_equal_units_has_the_interval_of_the_textbook():
    values = [2.0, 5.0, 7.0, 8.0, 1.0]
    found = mean_estimate(values, "jurors")
    low, high = stats.t.interval(0.95, 4, np.mean(values), stats.sem(values))
    assert (found.value, found.low, found.high) == pytest.approx((np.mean(values), low, high))
    assert (found.count, found.unit) == (5, "jurors")


def test_weights_of_a_sample_are_not_counts():
    once = mean_estimate([1, 2, 4], "jurors", weights=[1, 2, 1])
    again = mean_estimate([1, 2, 4], "jurors", weights=[10, 20, 10])
    assert (once.low, once.high) == pytest.approx((again.low, again.high))


def test_missing_values_and_units_without_weight_do_not_count():
    whole = mean_estimate([1, 2, 4], "cases")
    found = mean_estimate([1, math.nan, 2, 4, 9], "cases", weights=[1, 1, 1, 1, 0])
    assert found == whole


@pytest.mark.parametrize("values", [[], [math.nan], [3.0], [3.0, math.nan], [3.0] * 40])
def test_too_few_units_and_equal_ones_have_no_interval(values):
    found = mean_estimate(values, "cases")
    assert math.isnan(found.low)
    assert math.isnan(found.high)
    assert found.words(1) in ("nan", "3.0")
    assert found.to_dict()["low"] is None
    assert not found.settled


def test_what_rounding_leaves_between_equal_units_is_no_difference():
    found = mean_estimate([0.1 + 0.2, 0.3, 0.3], "cases")
    assert math.isnan(found.low)
    assert not math.isnan(mean_estimate([0.0, 1e-9], "cases").low)


def test_draws_that_came_to_nothing_are_left_out():
    draws = np.r_[np.random.default_rng(0).normal(size=500), [math.nan] * 20]
    assert drawn_estimate(0.1, draws, 50, "jurors") == drawn_estimate(0.1, draws[:500], 50, "jurors")
    assert math.isnan(drawn_estimate(math.nan, draws, 50, "jurors").low)


def test_a_difference_is_settled_where_its_interval_leaves_out_zero():
    assert Estimate(1, 0.5, 1.5, 9, "cases").settled
    assert Estimate(-1, -1.5, -0.5, 9, "cases").settled
    assert not Estimate(1, -0.5, 1.5, 9, "cases").settled


def coverage(make, truth, trials=600):
    rng = np.random.default_rng(7)
    held = [found.low <= truth <= found.high for found in (make(rng) for _ in range(trials))]
    return float(np.mean(held))


def weighted(rng):
    return mean_estimate(rng.normal(3, 1, 30), "jurors", weights=rng.lognormal(0, 0.5, 30))


def resampled(rng):
    scores = rng.choice([1, 2, 3, 4, 5], 30, p=[0.1, 0.1, 0.2, 0.3, 0.3])
    return bootstrap_estimate(lambda times: times @ scores / times.sum(axis=1), 30, "jurors", rng, resamples=400)


@pytest.mark.parametrize(("make", "truth"), [(weighted, 3.0), (resampled, 3.6)])
def test_intervals_of_thirty_units_cover_as_often_as_they_say(make, truth):
    # Three standard errors of a coverage of .945 over 600 trials are .028.
    assert 0.92 <= coverage(make, truth) <= 0.975
