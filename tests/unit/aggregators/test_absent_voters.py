"""Voters without weight change nothing, in one weighting or many."""

from fractions import Fraction

import numpy as np
import pytest

from aggregators import Utilities, decide
from aggregators.means import log_power_mean

OUTLIER = [[1, 2], [3, 3.5], [-1e12, -1e12]]


def test_a_voter_without_weight_ties_nobody():
    alone = decide(Utilities(OUTLIER[:2]), "prioritarian")
    beside = decide(Utilities(OUTLIER, weights=[1, 1, 0]), "prioritarian")
    assert beside.winners == alone.winners == ("b",)
    assert beside.scores.tolist() == alone.scores.tolist()
    batch = decide(Utilities(OUTLIER), "prioritarian", weights=[[1, 1, 0], [0, 0, 1], [1, 1, 1], [1, 0, 0]])
    assert batch.winner_mask.tolist() == [[False, True], [True, True], [True, True], [False, True]]
    assert batch.scores[0] == pytest.approx(alone.scores, rel=1e-15)
    assert batch.scores[3] == pytest.approx([1, 2], rel=1e-15)


@pytest.mark.parametrize("outlier", [-1e12, -1e3, -1.0, 0.0, 1e3, 1e12])
@pytest.mark.parametrize("aversion", [1e-10, 1e-3, 1.0, 50.0])
@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e5])
def test_a_batch_decides_as_if_the_absent_were_not_there(outlier, aversion, unit):
    rng = np.random.default_rng(11)
    values = unit * rng.uniform(0, 5, (12, 4)).round(1)
    values[rng.random(values.shape) < 0.2] = np.nan
    values[0] = values[1] = outlier
    weightings = rng.integers(0, 3, (25, 12)) * 1.0
    weightings[:10, :2] = 0
    batch = decide(Utilities(values), "prioritarian", aversion=aversion, weights=weightings)
    for weights, winners, scores in zip(weightings, batch.winner_mask, batch.scores, strict=True):
        there = weights > 0
        alone = decide(Utilities(values[there], weights=weights[there]), "prioritarian", aversion=aversion)
        assert [label for label, won in zip("abcd", winners, strict=True) if won] == list(alone.winners)
        size = np.nanmax(np.abs(values[there]), initial=0.0)
        assert scores == pytest.approx(alone.scores, rel=0, abs=1e-12 * size, nan_ok=True)


@pytest.mark.parametrize("power", [-1e-9, -1.0, -30.0, 0.5, 1e-9])
def test_power_means_of_a_batch_keep_their_digits(power):
    rng = np.random.default_rng(12)
    logs = rng.normal(0, 1, (10, 3))
    logs[0] = -1e9 if power < 0 else 1e9
    weights = rng.integers(0, 3, (30, 10)) * 1.0
    weights[:20, 0] = 0
    weights[:, 1] += 1
    found = log_power_mean(logs, weights, power)
    for row, expected in zip(weights, found, strict=True):
        alone = log_power_mean(logs[row > 0], row[None, row > 0], power)[0]
        assert expected == pytest.approx(alone, rel=1e-13, abs=1e-13)


def test_a_mean_near_the_arithmetic_one_is_right_to_the_last_digits():
    outlier = Utilities([[1.0, 3.0], [3.0, 1.0 + 2**-20], [1e12, 1e12], [-1e12, -1e12]])
    batch = decide(outlier, "prioritarian", aversion=1e-10, weights=[[1, 1, 0, 0], [1, 3, 0, 0], [1, 1, 1, 1]])
    for weights, scores in zip(([1, 1], [1, 3]), batch.scores, strict=False):
        for column, score in enumerate(scores):
            numbers = [Fraction(each) for each in outlier.values[:2, column].tolist()]
            mean = sum(w * x for w, x in zip(weights, numbers, strict=True)) / sum(weights)
            spread = sum(w * (x - mean) ** 2 for w, x in zip(weights, numbers, strict=True)) / sum(weights)
            assert score == pytest.approx(float(mean - Fraction(1, 10**10) * spread / 2), rel=1e-14)
