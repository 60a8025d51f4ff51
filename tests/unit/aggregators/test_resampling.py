"""Bootstraps: multinomial counts, the same from the same seed, summed up without keeping them."""

import tracemalloc

import numpy as np
import pytest

from aggregators import Approvals, Rankings, RuleError, Utilities, decide
from aggregators.resampling import bootstrap, bootstrap_weights


def together(n, resamples, seed=0, **kwargs):
    return np.concatenate(list(bootstrap_weights(n, resamples, np.random.default_rng(seed), **kwargs)))


def test_counts_are_multinomial():
    counts = together(5, 40_000)
    assert counts.shape == (40_000, 5)
    assert (counts.sum(axis=1) == 5).all()
    np.testing.assert_allclose(counts.mean(axis=0), 1, atol=0.02)
    expected = np.full((5, 5), -1 / 5) + np.eye(5)  # covariance n p (1[i=j] - p) with p = 1/n
    np.testing.assert_allclose(np.cov(counts.T), expected, atol=0.03)
    assert (counts == 5).any(), "even one voter alone is drawn now and then"


def test_the_same_seed_draws_the_same_in_chunks_of_one_size():
    assert np.array_equal(together(7, 100, rows=13), together(7, 100, rows=13))
    assert [len(chunk) for chunk in bootstrap_weights(7, 100, np.random.default_rng(0), rows=40)] == [40, 40, 20]
    assert not np.array_equal(together(7, 100, seed=1), together(7, 100, seed=2))


def test_more_voters_than_two_bytes_count():
    counts = together(70_000, 2)
    assert (counts.sum(axis=1) == 70_000).all()
    assert counts[:, 65_536:].any()


def test_survey_weights_multiply_and_no_row_is_empty():
    counts = together(3, 500, weights=[0, 0, 2.5])
    assert (counts[:, :2] == 0).all()
    assert (counts[:, 2] > 0).all()
    assert set(np.unique(counts[:, 2])) <= {2.5, 5.0, 7.5}


def test_nothing_to_draw_is_refused():
    with pytest.raises(RuleError, match="give positive numbers"):
        next(bootstrap_weights(0, 1, np.random.default_rng(0)))
    with pytest.raises(RuleError, match="resamples=0"):
        bootstrap(Approvals([[1]]), "approval", 0, np.random.default_rng(0))


@pytest.mark.parametrize("rule", ["borda", "schulze", "irv", "majority"])
def test_summary_is_that_of_the_batch(rule):
    ranks = np.random.default_rng(3).permuted(np.tile([1, 2, 3, 4], (30, 1)), axis=1)
    profile = Rankings(ranks)
    found = bootstrap(profile, rule, 300, np.random.default_rng(1))
    batch = decide(profile, rule, weights=together(30, 300, seed=1))
    np.testing.assert_allclose(found.win_share, batch.win_share())
    held = batch.winner_mask.sum(axis=1)
    assert found.no_winner == (held == 0).mean()
    np.testing.assert_allclose(found.sole_share, batch.winner_mask[held == 1].sum(axis=0) / 300)
    assert found.decided == decide(profile, rule).winners
    assert (found.standard_error <= 0.5 / np.sqrt(300) + 1e-12).all()
    assert found.to_dict()["resamples"] == 300


def test_survey_weights_of_the_profile_count():
    profile = Utilities([[1, 0], [0, 1]], weights=[1, 3])
    found = bootstrap(profile, "utilitarian", 4000, np.random.default_rng(0), weights="survey")
    # b wins unless the first voter is drawn twice.
    assert found.win_share == pytest.approx([0.25, 0.75], abs=0.03)
    assert found.stability == pytest.approx(0.75, abs=0.03)


def test_counts_are_voters_drawn_one_by_one():
    profile = Rankings([[1, 2], [2, 1]], weights=[600, 400])
    found = bootstrap(profile, "borda", 4000, np.random.default_rng(0), weights="counts")
    assert found.win_share.tolist() == [1, 0]
    close = Rankings([[1, 2, 0], [2, 1, 1]], weights=[6, 5])
    drawn = bootstrap(close, "borda", 20_000, np.random.default_rng(0), weights="counts")
    rows = bootstrap(Rankings(np.repeat(close.ranks, [6, 5], axis=0)), "borda", 20_000, np.random.default_rng(1))
    assert drawn.win_share == pytest.approx(rows.win_share, abs=4 * np.hypot(*[rows.standard_error.max()] * 2))
    counts = together(4, 30_000, weights=[3, 0, 1, 6], meaning="counts")
    assert (counts.sum(axis=1) == 10).all()
    assert not counts[:, 1].any()
    shares = np.array([3, 0, 1, 6]) / 10
    np.testing.assert_allclose(counts.mean(axis=0), 10 * shares, atol=0.05)
    np.testing.assert_allclose(np.cov(counts.T), 10 * (np.diag(shares) - np.outer(shares, shares)), atol=0.06)


def test_any_number_of_voters_takes_the_memory_of_their_ballots():
    chunks = bootstrap_weights(2, 10, np.random.default_rng(0), weights=[3e14, 1e14], rows=4, meaning="counts")
    assert [chunk.sum(axis=1).tolist() for chunk in chunks] == [[4e14] * 4, [4e14] * 4, [4e14] * 2]


@pytest.mark.parametrize("weights", [[600, 400], [40, 40], [0.5, 0.5], [1, 0]])
def test_what_weights_mean_is_not_guessed(weights):
    profile = Rankings([[1, 2], [2, 1]], weights=weights)
    with pytest.raises(RuleError, match=r"say weights='counts' .* or weights='survey'"):
        bootstrap(profile, "borda", 10, np.random.default_rng(0))
    assert bootstrap(profile, "borda", 10, np.random.default_rng(0), weights="survey").resamples == 10


@pytest.mark.parametrize("weights", [[0.5, 1], [0.25, 0.25], [1e299, 1]])
def test_counts_are_whole(weights):
    with pytest.raises(RuleError, match="draws whole voters"):
        bootstrap(Rankings([[1, 2], [2, 1]], weights=weights), "borda", 1, np.random.default_rng(0), weights="counts")
    with pytest.raises(RuleError, match="weights='tons' of 'bootstrap' is not an option"):
        bootstrap(Rankings([[1, 2], [2, 1]]), "borda", 1, np.random.default_rng(0), weights="tons")


def test_memory_does_not_grow_with_resamples():
    profile = Rankings(np.random.default_rng(0).permuted(np.tile([1, 2, 3], (40, 1)), axis=1))

    def peak(resamples):
        tracemalloc.start()
        bootstrap(profile, "copeland", resamples, np.random.default_rng(0))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(100)
    assert peak(600_000) < 1.2 * peak(60_000)
