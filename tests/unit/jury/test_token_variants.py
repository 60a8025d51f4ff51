"""Token conventions against what the released code of Sorensen et al. computes from scores."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import log_softmax, softmax

from jury.backends.base import Reply
from jury.elicitation.reading import option_shares, pooled_option_shares

OPTIONS = "ABCD"
SPELLINGS = [option + end for option in OPTIONS for end in ("", "\n")] + [" " + option for option in OPTIONS]


def replies(scores):
    """Return replies with the log-probabilities that scores (repetitions, vocabulary) make, all of them reported."""
    vocabulary = [*SPELLINGS, "the", "Answer"]
    return [Reply("", dict(zip(vocabulary, log_softmax(row).tolist(), strict=True))) for row in scores]


def scores_of(seed, repetitions=5):
    return np.random.default_rng(seed).normal(0, 3, size=(repetitions, len(SPELLINGS) + 2))


def by_option(scores):
    """Return (repetitions, spellings, options) scores."""
    found = scores[:, :12]
    return np.stack([found[:, 0:8:2], found[:, 1:8:2], found[:, 8:12]], axis=1)


@given(st.integers(0, 1000))
def test_legacy_sum_over_repetitions_is_that_of_scores(seed):
    scores = scores_of(seed)
    expected = softmax(by_option(scores).mean(axis=0).sum(axis=0))
    pooled = pooled_option_shares(replies(scores), OPTIONS, "legacy_sum")
    assert list(pooled.shares.values()) == pytest.approx(expected)
    single = option_shares(replies(scores)[0], OPTIONS, "legacy_sum")
    assert list(single.shares.values()) == pytest.approx(softmax(by_option(scores)[0].sum(axis=0)))


@given(st.integers(0, 1000))
def test_logsumexp_over_repetitions_is_the_mean_probability(seed):
    scores = scores_of(seed)
    mass = np.exp(by_option(log_softmax(scores, axis=1))).sum(axis=1)
    pooled = pooled_option_shares(replies(scores), OPTIONS)
    assert list(pooled.shares.values()) == pytest.approx(mass.mean(axis=0) / mass.mean(axis=0).sum())
    assert pooled.mass == pytest.approx(mass.sum(axis=1).mean())


@pytest.mark.parametrize("variants", ["logsumexp", "legacy_sum"])
def test_one_repetition_is_the_reply_itself(variants):
    (reply,) = replies(scores_of(1, repetitions=1))
    one, pooled = option_shares(reply, OPTIONS, variants), pooled_option_shares([reply], OPTIONS, variants)
    assert pooled.shares == pytest.approx(one.shares)
    assert pooled.mass == pytest.approx(one.mass)


@pytest.mark.parametrize("variants", ["logsumexp", "legacy_sum"])
def test_repetitions_without_any_option_count_in_the_mass_only(variants):
    silent = Reply("", {"the": math.log(0.9)})
    heard = Reply("", {"A": math.log(0.6), "B": math.log(0.2)})
    found = pooled_option_shares([silent, heard], "AB", variants)
    assert found.shares == pytest.approx({"A": 0.75, "B": 0.25})
    assert found.mass == pytest.approx(0.4)
    assert pooled_option_shares([silent], "AB", variants) == pooled_option_shares([], "AB", variants) == ({}, 0.0)
