"""Flips of verdicts: against the binomial, which small juries follow exactly."""

import numpy as np
import pytest
from scipy import stats

from jury import RunError, StudyError
from jury.uncertainty import verdict_flips
from jury.uncertainty.flips import share_estimate


def test_a_close_vote_flips_as_often_as_the_binomial_says(choices):
    # 11 jurors, 6 for yes: a drawing of 11 has at most 5 for yes with this probability.
    panel = choices(np.r_[np.zeros(6, int), np.ones(5, int)][:, None])
    found = verdict_flips(panel, ["plurality", "majority"], np.random.default_rng(0), resamples=4000)
    expected = stats.binom.cdf(5, 11, 6 / 11)
    for flip in found.verdicts:
        assert flip.winners == ("yes",)
        assert flip.jurors == 11
        assert flip.probability.low < expected < flip.probability.high
        assert flip.probability.count == 4000
    assert found.unsure("plurality").value == 1


def test_a_jury_of_the_effective_size_flips_more_often(choices):
    panel = choices(np.r_[np.zeros(120, int), np.ones(80, int)][:, None])
    whole = verdict_flips(panel, ["plurality"], np.random.default_rng(0), resamples=2000)
    few = verdict_flips(panel, ["plurality"], np.random.default_rng(0), size=9, resamples=2000)
    assert whole.verdicts[0].probability.value < 0.01
    assert few.verdicts[0].probability.low < stats.binom.cdf(4, 9, 0.6) < few.verdicts[0].probability.high


def test_weights_count(choices):
    # One juror outweighs the two others: only drawings without that one flip, or tie with it: (2/3)^3.
    panel = choices([[0], [1], [1]], weights=[10, 1, 1])
    found = verdict_flips(panel, ["plurality"], np.random.default_rng(0), resamples=4000)
    assert found.verdicts[0].winners == ("yes",)
    assert found.verdicts[0].probability.value == pytest.approx((2 / 3) ** 3, abs=0.025)


def test_a_tie_that_breaks_is_a_flip(choices):
    panel = choices([[0], [1]])
    found = verdict_flips(panel, ["plurality"], np.random.default_rng(0), resamples=2000)
    assert found.verdicts[0].winners == ("yes", "no")
    assert found.verdicts[0].probability.value == pytest.approx(0.5, abs=0.04)


@pytest.mark.parametrize("rule", ["utilitarian", "nash", "maximin"])
def test_replies_that_never_differ_never_flip(scores, rule):
    steady = np.repeat(np.random.default_rng(0).integers(1, 6, (1, 12, 3, 2)), 3, axis=0)
    found = verdict_flips(scores(steady), [rule], np.random.default_rng(0), redraw="replies", resamples=50)
    assert [flip.probability.value for flip in found.verdicts] == [0, 0, 0]


def test_replies_of_two_are_redrawn_with_the_right_variance(scores):
    # Two replies a juror: one is drawn, so that means vary as means of two do: variance s^2 / 2 a juror.
    rng = np.random.default_rng(1)
    table = np.zeros((2, 40, 1, 2)) + 3
    table[:, :, 0, 0] += rng.normal(0, 1, (2, 40))
    gap = (table[..., 0] - table[..., 1]).mean()
    per_juror = table[:, :, 0, 0].var(axis=0, ddof=1) / 2
    error = np.sqrt(per_juror.sum()) / 40
    found = verdict_flips(scores(table), ["utilitarian"], rng, redraw="replies", resamples=2000)
    assert found.verdicts[0].probability.value == pytest.approx(stats.norm.sf(abs(gap) / error), abs=0.04)


def test_what_was_asked_once_is_not_guessed(choices):
    found = verdict_flips(choices([[0], [1]]), ["plurality"], np.random.default_rng(0), redraw="replies")
    assert found.verdicts == ()
    assert "replicates: 2" in found.unseparated[0]
    assert found.to_dict()["unsure"] == {}


def test_faults_are_named(choices):
    rng = np.random.default_rng(0)
    with pytest.raises(RunError, match="size=0 is no number of jurors"):
        verdict_flips(choices([[0]]), ["plurality"], rng, size=0)
    with pytest.raises(RunError, match="redraw='cases' is not known; use jurors or replies"):
        verdict_flips(choices([[0]]), ["plurality"], rng, redraw="cases")
    with pytest.raises(StudyError, match="no rule named 'plurlity'"):
        verdict_flips(choices([[0]]), ["plurlity"], rng)


@pytest.mark.parametrize("count", [1, 7, 300])
def test_intervals_of_shares_are_those_of_wilson(count):
    for hits in range(0, count + 1, 1 + count // 10):
        found, wanted = share_estimate(hits, count, "cases", level=0.9), stats.binomtest(hits, count)
        ends = wanted.proportion_ci(0.9, method="wilson")
        assert (found.value, found.low, found.high) == pytest.approx((hits / count, ends.low, ends.high), abs=1e-12)
