"""Intervals hold the truth as often as they say, in stated conditions; more trials: python -m benchmarks coverage."""

import importlib

import numpy as np
import pytest

from jury.uncertainty import crossed_bootstrap, crossed_mean, product_weights, simultaneous

study = importlib.import_module("benchmarks.coverage")

#: Three standard errors of a coverage of .95 over 500 trials are .029.
TRIALS = 500
CONDITIONS = {
    "complete": study.crossed(study.Design(30, 20, 2)),
    "weights": study.crossed(study.Design(30, 20, 2, weighted=0.5)),
    "holes": study.crossed(study.Design(30, 20, 1, weighted=0.5, missing=0.3)),
    "small": study.crossed(study.Design(8, 6, 2)),
    "jurors only": study.jurors_only(study.Design(12, 10, 2)),
    "groups together": study.together([8, 12, 30, 60]),
}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_95_percent_intervals_cover_93_to_97_percent(condition):
    found = study.coverage(CONDITIONS[condition], TRIALS, np.random.default_rng(11))
    assert 0.93 - 0.012 <= found <= 0.97 + 0.012, found


def test_the_bootstrap_of_both_is_conservative_and_never_short():
    found = study.coverage(study.pigeonhole(study.Design(20, 15, 1)), 200, np.random.default_rng(3))
    assert found >= 0.93


def test_intervals_one_by_one_do_not_hold_together():
    rng = np.random.default_rng(0)
    held = []
    for _ in range(300):
        answers = rng.normal(size=(12, 10))
        lows = [answers[g].mean() - 2.262 * answers[g].std(ddof=1) / np.sqrt(10) for g in range(12)]
        highs = [answers[g].mean() + 2.262 * answers[g].std(ddof=1) / np.sqrt(10) for g in range(12)]
        held.append(all(low < 0 < high for low, high in zip(lows, highs, strict=True)))
    assert np.mean(held) < 0.7, "what simultaneous intervals are for"


def test_a_complete_table_is_the_analysis_of_variance():
    table = np.random.default_rng(1).normal(size=(9, 6)) + np.arange(6) / 3
    n, m = table.shape
    rows, columns, grand = table.mean(axis=1), table.mean(axis=0), table.mean()
    ms_row = m * rows.var(ddof=1)
    ms_column = n * columns.var(ddof=1)
    residual = table - rows[:, None] - columns + grand
    ms_residual = (residual**2).sum() / ((n - 1) * (m - 1))
    variance = (ms_row + ms_column - ms_residual) / (n * m)
    freedom = (n * m * variance) ** 2 / (
        ms_row**2 / (n - 1) + ms_column**2 / (m - 1) + ms_residual**2 / ((n - 1) * (m - 1))
    )
    from scipy import stats

    reach = stats.t.ppf(0.975, freedom) * np.sqrt(variance)
    found = crossed_mean(table).both
    assert (found.low, found.high) == pytest.approx((grand - reach, grand + reach))


def test_one_juror_or_one_case_has_no_interval_for_others():
    one = crossed_mean([[1.0, 2.0, 3.0]])
    assert np.isnan(one.jurors.low)
    assert np.isnan(one.both.low)
    assert one.cases.low < 2 < one.cases.high
    assert np.isnan(crossed_mean(np.full((3, 2), np.nan)).both.value)


def test_redrawing_one_leaves_the_other_alone():
    for redraw, varied, still in (("jurors", 0, 1), ("cases", 1, 0)):
        [weights] = product_weights(5, 7, 20, np.random.default_rng(0), redraw=redraw)
        assert (weights[still] == 1).all()
        assert weights[varied].std() > 0
        assert (weights[varied].sum(axis=1) == weights[varied].shape[1]).all()
    with pytest.raises(ValueError, match="redraw='all' is not known; use both, jurors or cases"):
        list(product_weights(2, 2, 1, np.random.default_rng(0), redraw="all"))


def test_redrawing_jurors_gives_the_standard_error_of_a_mean():
    scores = np.random.default_rng(2).normal(size=(80, 4))
    found = crossed_bootstrap(
        lambda u, v: (u @ scores * v).sum(axis=1) / (u.sum(axis=1) * v.sum(axis=1)),
        80,
        4,
        np.random.default_rng(3),
        redraw="jurors",
        resamples=4000,
    )
    assert (found.high - found.low) / 2 == pytest.approx(1.99 * scores.mean(axis=1).std(ddof=1) / np.sqrt(80), rel=0.05)
    assert (found.count, found.unit) == (80, "jurors")


def test_groups_too_small_are_no_comparison():
    draws = np.random.default_rng(0).normal(size=(500, 3))
    found = simultaneous([0.0, 0.0, np.nan], draws, [5, 1, 9], "jurors")
    assert [one.comparisons for one in found] == [1, 1, 1]
    assert found[0].low < 0 < found[0].high
    assert np.isnan(found[1].low)
    assert np.isnan(found[2].low)
