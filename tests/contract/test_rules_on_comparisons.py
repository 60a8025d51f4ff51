"""What every rule that reads comparisons must do."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregators import Comparisons, Rankings, decide, evaluation, rules
from aggregators.strategies import comparisons, rankings, weights

RULES = {name: rule for name, rule in rules().items() if Comparisons in rule.also_reads}
EVERY_RULE = pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
ANYTHING = comparisons(ties=True, missing=True, again=True)


def decided(rule, profile, **kwargs):
    outcome = rule(profile, **kwargs)
    scores = {
        label: round(score, 9)
        for label, score in zip(outcome.alternatives, outcome.scores.tolist(), strict=True)
        if label not in outcome.unscored
    }
    return set(outcome.winners), [set(tier) for tier in outcome.ranking], set(outcome.unscored), scores


def test_they_are_the_rules_of_pairs():
    pairwise = (
        "copeland minimax schulze ranked_pairs split_cycle kemeny smith uncovered maximal_lotteries nanson baldwin"
    )
    assert set(RULES) == {"bradley_terry", "rank_centrality", "borda", *pairwise.split()}
    assert all(rule.reads is Rankings for rule in RULES.values())


@EVERY_RULE
@settings(max_examples=40)
@given(ballots=rankings(ties=True, truncated=True, min_alternatives=2))
def test_rankings_and_their_comparisons_decide_alike(rule, ballots):
    assert decided(rule, ballots.to_comparisons()) == decided(rule, ballots)


@EVERY_RULE
@settings(max_examples=40)
@given(data=st.data())
def test_anonymity_neutrality_and_weights(rule, data):
    profile = data.draw(ANYTHING)
    voters, labels = (data.draw(st.permutations(each)) for each in (range(profile.n_voters), profile.alternatives))
    expected = decided(rule, profile)
    assert decided(rule, profile.select(voters)) == expected
    assert decided(rule, profile.restrict(labels)) == expected
    copies = np.repeat(np.arange(profile.n_voters), profile.weights.astype(int))
    assert decided(rule, profile.select(copies).with_weights(np.ones(len(copies)))) == expected


@EVERY_RULE
@settings(max_examples=40)
@given(data=st.data())
def test_a_voter_without_weight_is_absent(rule, data):
    profile = data.draw(ANYTHING)
    given_weights = data.draw(weights(profile.n_voters, zero=True))
    absent = profile.select(given_weights > 0).with_weights(given_weights[given_weights > 0])
    assert decided(rule, profile, weights=given_weights) == decided(rule, absent)


@EVERY_RULE
@settings(max_examples=40)
@given(data=st.data())
def test_a_batch_is_a_loop(rule, data):
    profile = data.draw(ANYTHING)
    batch = data.draw(weights(profile.n_voters, zero=True, batch=data.draw(st.integers(1, 5))))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluation, "_NUMBERS_AT_ONCE", 2 * profile.opinions.size)
        together = rule(profile, batch)
    for row, mask in zip(batch, together.winner_mask, strict=True):
        assert tuple(np.array(profile.alternatives)[mask].tolist()) == rule(profile, row).winners
    alone = [rule(profile, row).scores for row in batch]
    np.testing.assert_allclose(together.scores, alone, rtol=1e-12, atol=1e-12)


@EVERY_RULE
def test_what_nobody_compared_is_not_judged(rule):
    made = Comparisons.from_triples([(1, "a", "b"), (2, "a", "b")], alternatives=["a", "b", "c"])
    outcome = rule(made)
    assert outcome.unscored == ("c",)
    assert outcome.winners[0] == "a"
    assert outcome.answered.tolist() == [2, 2, 0]


@EVERY_RULE
def test_nobody_wins_when_nobody_compared(rule):
    silent = Comparisons(np.zeros((2, 3, 3)))
    assert rule(silent).winners == ()
    heard = Comparisons.from_triples([("x", "a", "b")], voters=["x", "y"])
    assert decide(heard, rule.name, weights=[[0, 1], [1, 1]]).winner_mask.tolist() == [[False, False], [True, False]]
