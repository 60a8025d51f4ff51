"""Relative utilitarian, generalised Gini, prioritarian and quantile welfare: hand-computed cases and refusals."""

import numpy as np
import pytest

from aggregators import ProfileError, RuleError, Utilities, decide

NAN = float("nan")


@pytest.mark.parametrize(
    ("rule", "utilities", "weights", "score"),
    [
        ("gini", [1, 9], None, 3),
        ("gini", [9, 1], [1, 3], (1 * (16 - 1) + 9 * 1) / 16),
        ("gini:delta=3", [1, 9], None, 2),
        ("gini:delta=1", [1, 9], [3, 1], 3),
        ("gini:delta=inf", [1, 9], None, 1),
        ("gini", [NAN, 4], None, 4),
        ("prioritarian", [1, 3], None, -np.log((np.exp(-1) + np.exp(-3)) / 2)),
        ("prioritarian:aversion=2", [-1, 3], [1, 3], -np.log((np.exp(2) + 3 * np.exp(-6)) / 4) / 2),
        ("prioritarian", [-1e6, 1e6], None, -1e6 + np.log(2)),
        ("quantile", [5, 1, 3], None, 3),
        ("quantile", [1, 2, 3, 4], None, 2),
        ("quantile:between=midpoint", [1, 2, 3, 4], None, 2.5),
        ("quantile:between=upper", [1, 2, 3, 4], None, 3),
        ("quantile", [1, 2, 3], [1, 1, 5], 3),
        ("quantile:q=0.25", [1, 2, 3, 4], None, 1),
        ("quantile:q=1", [1, 2, 3, 4], [1, 1, 1, 0], 3),
        ("quantile:q=1,between=upper", [1, 2, 3], None, 3),
        ("quantile:q=0.1", [1, 2], [0.1, 0.2 + 0.7], 1),
    ],
)
def test_scores_by_hand(rule, utilities, weights, score):
    outcome = decide(Utilities(np.array(utilities, dtype=float)[:, None], weights), rule)
    assert outcome.scores == pytest.approx([score], rel=1e-12)


def test_a_range_is_over_what_a_voter_rated():
    jury = Utilities([[0, 10, NAN], [4, 2, 3], [7, NAN, NAN]], weights=[1, 1, 2])
    scores = decide(jury, "relative_utilitarian").scores
    assert scores == pytest.approx([(0 + 1 + 2 * 0.5) / 4, 0.5, 0.5])
    zero = decide(jury, "relative_utilitarian:constant=zero").scores
    assert zero == pytest.approx([0.25, 0.5, 0.5])
    abstaining = decide(jury, "relative_utilitarian:constant=abstain").scores
    assert abstaining == pytest.approx([0.5, 0.5, 0.5])


def test_the_widest_scale_has_one_voice():
    jury = Utilities([[1e6, -1e6, 0], [0, 1, 1], [0, 1, 1]])
    assert decide(jury, "utilitarian").winners == ("a",)
    assert decide(jury, "relative_utilitarian").winners == ("b",) or decide(jury, "relative_utilitarian").winners == (
        "c",
    )
    assert decide(Utilities([[0, 3e-16 + 1, 1]]), "relative_utilitarian").winners == ("b", "c")


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("gini:delta=0.5", "delta=0.5 of 'gini' would favour the better-off"),
        ("gini:delta=nan", "delta='nan' of 'gini' is not a float"),
        ("prioritarian:aversion=0", "aversion=0.0 of 'prioritarian' is no curvature"),
        ("prioritarian:aversion=inf", "positive, finite"),
        ("quantile:q=1.5", "q=1.5 of 'quantile' is no share"),
        ("quantile:between=linear", "choose one of: lower, midpoint, upper"),
        ("relative_utilitarian:constant=none", "choose one of: half, zero, one, abstain"),
    ],
)
def test_parameters_are_refused_in_one_line(rule, says):
    with pytest.raises(RuleError) as caught:
        decide(Utilities([[1.0]]), rule)
    assert says in str(caught.value)


@pytest.mark.parametrize("rule", ["utilitarian", "gini", "relative_utilitarian", "prioritarian", "quantile", "maximin"])
def test_the_largest_numbers_do_not_overflow(rule):
    jury = Utilities([[1.7e308, 1e308], [1.7e308, -1.7e308], [1.7e308, 1e308]], weights=[1e299, 1e299, 1e299])
    outcome = decide(jury, rule)
    assert outcome.winners == ("a",)
    assert np.isfinite(outcome.scores).all()
    if rule != "relative_utilitarian":
        assert outcome.scores[0] == pytest.approx(1.7e308)
    batch = decide(jury, rule, weights=[[1e299, 1, 1], [0, 1, 0]])
    assert np.isfinite(batch.scores).all()


def test_weights_whose_points_might_overflow_are_refused():
    with pytest.raises(ProfileError, match="the total be 1e\\+300 at most"):
        Utilities([[1], [1]], weights=[1e300, 1e300])
