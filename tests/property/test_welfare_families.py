"""Ranges, ranks, curvature and quantiles: definitions by brute force, and what the families come to at their ends."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregators import Utilities, decide
from aggregators.strategies import utilities

WHOLE = utilities(low=-10, whole=True, missing=True)


def columns(profile):
    """Each alternative's utilities, one a unit of weight, lowest first."""
    for column in profile.values.T:
        pairs = zip(column.tolist(), profile.weights.astype(int).tolist(), strict=True)
        yield sorted(Fraction(u) for u, w in pairs if not math.isnan(u) for _ in range(w))


def assert_scores(profile, rule, definition):
    wanted = [float(definition(people)) if people else math.nan for people in columns(profile)]
    np.testing.assert_allclose(decide(profile, rule).scores, wanted, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("delta", [1, 2, 3, 7])
@given(profile=WHOLE)
def test_gini_is_the_expected_worst_of_delta_people(delta, profile):
    def worst(people):
        n = len(people)
        return sum(u * (Fraction(n - k, n) ** delta - Fraction(n - k - 1, n) ** delta) for k, u in enumerate(people))

    assert_scores(profile, f"gini:delta={delta}", worst)


@given(utilities(low=0, whole=True, max_voters=4, weighted=False))
def test_gini_of_two_is_the_mean_less_half_the_mean_difference(profile):
    def mean_less_half_difference(people):
        apart = sum(abs(u - v) for u, v in itertools.product(people, people))
        return sum(people) / Fraction(len(people)) - apart / Fraction(2 * len(people) ** 2)

    assert_scores(profile, "gini", mean_less_half_difference)


@given(WHOLE)
def test_families_end_where_they_should(profile):
    for end, landmark in (
        ("gini:delta=1", "utilitarian"),
        ("gini:delta=inf", "maximin"),
        ("quantile:q=0", "maximin"),
    ):
        here, there = decide(profile, end), decide(profile, landmark)
        assert here.ranking == there.ranking
        np.testing.assert_array_equal(here.scores, there.scores)
    for near, landmark in (("prioritarian:aversion=1e-9", "utilitarian"), ("prioritarian:aversion=1e9", "maximin")):
        here, there = decide(profile, near), decide(profile, landmark)
        np.testing.assert_allclose(here.scores, there.scores, atol=1e-6)


@given(utilities(low=-10, missing=True), st.floats(0.01, 5))
def test_prioritarian_is_nash_of_exponentials(profile, aversion):
    # The mean of -exp(-k u) orders as the power mean of exp(u) with exponent -k.
    lifted = Utilities(np.exp(profile.values), profile.weights)
    power = decide(lifted, "isoelastic", alpha=1 + aversion).scores
    here = decide(profile, "prioritarian", aversion=aversion).scores
    np.testing.assert_allclose(here, np.log(power), rtol=1e-9, atol=1e-9)
    mean = decide(profile, "utilitarian").scores
    assert (np.isnan(here) | (here <= mean + 1e-9)).all()


@given(utilities(low=-10, whole=True, missing=True), st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.7, 0.9, 1.0]))
def test_quantiles_are_numpy_quantiles_of_people(profile, q):
    definition = {"lower": "inverted_cdf", "midpoint": "averaged_inverted_cdf"}
    for between, method in definition.items():

        def of(people, method=method):
            return Fraction(np.quantile(np.array(people, dtype=float), q, method=method))

        assert_scores(profile, f"quantile:q={q},between={between}", of)


@given(utilities(low=-10, missing=True), st.floats(0, 1))
def test_quantiles_are_mirrored(profile, q):
    mirror = Utilities(-profile.values, profile.weights)
    lower = decide(profile, "quantile", q=q, between="lower").scores
    upper = decide(mirror, "quantile", q=1 - q, between="upper").scores
    np.testing.assert_array_equal(lower, -upper)


@given(utilities(low=-10, whole=True, missing=True), st.sampled_from(["half", "zero", "one"]))
def test_relative_scores_stay_on_their_scale(profile, constant):
    scores = decide(profile, "relative_utilitarian", constant=constant).scores
    assert (np.isnan(scores) | ((scores >= 0) & (scores <= 1 + 1e-12))).all()


@given(utilities(low=-10, whole=True))
def test_who_has_no_range_decides_no_ranking(profile):
    rankings = {
        decide(profile, "relative_utilitarian", constant=policy).ranking
        for policy in ("half", "zero", "one", "abstain")
        if not (policy == "abstain" and np.ptp(profile.values, axis=1).max() == 0)
    }
    assert len(rankings) == 1
