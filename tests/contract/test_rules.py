"""What every registered rule must do, whoever wrote it."""

import inspect
import itertools
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import aggregators
from aggregators import Approvals, Rankings, Utilities, decide, elect, evaluation, rules
from aggregators.rulebook import CommitteeRule, DecisionRule, parse_rule
from aggregators.strategies import approvals, rankings, utilities, weights

EVERY_RULE = pytest.mark.parametrize("rule", rules().values(), ids=list(rules()))
DECISIONS = {name: rule for name, rule in rules().items() if isinstance(rule, DecisionRule)}
COMMITTEES = {name: rule for name, rule in rules().items() if isinstance(rule, CommitteeRule)}
EVERY_COMMITTEE = pytest.mark.parametrize("rule", COMMITTEES.values(), ids=list(COMMITTEES))
EVERY_DECISION = pytest.mark.parametrize("rule", DECISIONS.values(), ids=list(DECISIONS))


def ballots(rule, **kwargs):
    """Profiles that the rule reads, with everything that may make it stumble."""
    if rule.reads is Utilities:
        return utilities(low=0, whole=True, missing=True, **kwargs)
    if rule.reads is Rankings:
        return rankings(ties=True, truncated=True, **kwargs)
    return approvals(**kwargs)


def decided(rule, profile, **kwargs):
    """What a rule decides, free of the order of columns; scores as rounded numbers by label."""
    if isinstance(rule, CommitteeRule):
        return set(rule(profile, (profile.n_alternatives + 1) // 2, **kwargs).committees)
    outcome = rule(profile, **kwargs)
    scores = None
    if outcome.scores is not None:
        scores = {
            label: round(score, 9)
            for label, score in zip(outcome.alternatives, outcome.scores.tolist(), strict=True)
            if label not in outcome.unscored
        }
    return set(outcome.winners), [set(tier) for tier in outcome.ranking], set(outcome.unscored), scores


def indifferent(rule, n=3, m=3):
    matrix = {Utilities: np.full((n, m), 2.0), Rankings: np.ones((n, m)), Approvals: np.ones((n, m))}
    return rule.reads(matrix[rule.reads])


@EVERY_RULE
def test_is_documented(rule):
    doc = inspect.cleandoc(rule.__doc__)
    assert rule.summary.endswith(".")
    for section in ("Parameters", "Returns", "References", "Examples"):
        assert f"\n{section}\n{'-' * len(section)}\n" in doc
    assert all(parameter.doc for parameter in rule.parameters.values())
    assert not set(rule.satisfies) & set(rule.violates)


@EVERY_RULE
def test_lives_in_a_file_of_its_kind(rule):
    assert rule.__module__.split(".")[1] == rule.kind


@EVERY_RULE
def test_goes_by_each_of_its_names(rule):
    assert all(parse_rule(name)[0] is rule for name in (rule.name, *rule.aliases))
    profile = indifferent(rule)
    if isinstance(rule, CommitteeRule):
        assert elect(profile, rule.name, seats=2) == rule(profile, 2)
    else:
        assert decide(profile, rule.name).to_dict() == rule(profile).to_dict()


@EVERY_RULE
@given(data=st.data())
def test_anonymity(rule, data):
    profile = data.draw(ballots(rule))
    order = data.draw(st.permutations(range(profile.n_voters)))
    assert decided(rule, profile.select(order)) == decided(rule, profile)


@EVERY_RULE
@given(data=st.data())
def test_neutrality(rule, data):
    profile = data.draw(ballots(rule))
    order = data.draw(st.permutations(profile.alternatives))
    assert decided(rule, profile.restrict(order)) == decided(rule, profile)


@EVERY_RULE
@given(data=st.data())
def test_a_weight_is_that_many_voters(rule, data):
    profile = data.draw(ballots(rule))
    copies = np.repeat(np.arange(profile.n_voters), profile.weights.astype(int))
    alone = profile.select(copies).with_weights(np.ones(len(copies)))
    assert decided(rule, alone) == decided(rule, profile)


@EVERY_RULE
@given(data=st.data())
def test_a_voter_without_weight_is_absent(rule, data):
    profile = data.draw(ballots(rule))
    given_weights = data.draw(weights(profile.n_voters, zero=True))
    absent = profile.select(given_weights > 0).with_weights(given_weights[given_weights > 0])
    assert decided(rule, profile, weights=given_weights) == decided(rule, absent)


@EVERY_RULE
@given(data=st.data())
def test_only_relative_weights_decide(rule, data):
    profile = data.draw(ballots(rule))
    before, after = decided(rule, profile), decided(rule, profile.with_weights(profile.weights / 3))
    assert after == before if isinstance(rule, CommitteeRule) else after[:3] == before[:3]


@EVERY_RULE
@given(data=st.data())
def test_is_deterministic_and_leaves_its_input_alone(rule, data):
    profile = data.draw(ballots(rule))
    given_weights = profile.weights.copy()
    twin = rule.reads(profile._matrix.copy(), profile.weights.copy(), profile.alternatives)
    assert decided(rule, profile, weights=given_weights) == decided(rule, profile)
    assert profile == twin
    assert np.array_equal(given_weights, twin.weights)


@EVERY_RULE
def test_indifference_ties_everyone(rule):
    profile = indifferent(rule)
    if isinstance(rule, CommitteeRule):
        assert len(rule(profile, 2).committees) == 3
        return
    outcome = rule(profile)
    assert outcome.ranking == (("a", "b", "c"),)
    assert outcome.winners == (() if rule.kind == "verdict" else ("a", "b", "c"))


@EVERY_RULE
def test_one_voter_and_one_alternative(rule):
    profile = indifferent(rule, 1, 1)
    if isinstance(rule, CommitteeRule):
        assert rule(profile, 1).committees == (frozenset("a"),)
    else:
        assert rule(profile).winners == ("a",)
        assert rule(profile).ranking == (("a",),)


@EVERY_DECISION
@given(data=st.data())
def test_winners_lead_the_ranking(rule, data):
    profile = data.draw(ballots(rule))
    outcome = rule(profile)
    ranked = [label for tier in outcome.ranking for label in tier]
    assert sorted([*ranked, *outcome.unscored]) == sorted(profile.alternatives)
    if outcome.winners:
        assert outcome.winners == outcome.ranking[0]
    else:
        assert rule.kind == "verdict" or not outcome.ranking
    if outcome.scores is not None:
        tiers = [[outcome.scores[profile.index(label)] for label in tier] for tier in outcome.ranking]
        assert all(
            min(above) >= max(below) or np.isclose(min(above), max(below)) for above, below in itertools.pairwise(tiers)
        )
        assert np.array_equal(np.isnan(outcome.scores), [label in outcome.unscored for label in profile.alternatives])


@EVERY_DECISION
@given(data=st.data())
def test_counts_who_answered(rule, data):
    profile = data.draw(ballots(rule))
    given_weights = data.draw(weights(profile.n_voters, zero=True))
    outcome = rule(profile, given_weights)
    counted = profile.opinions & (given_weights > 0)[:, None]
    assert outcome.asked == (given_weights > 0).sum()
    assert outcome.answered.tolist() == counted.sum(axis=0).tolist()
    assert outcome.answered_weight.tolist() == (given_weights @ counted).tolist()


@EVERY_DECISION
@settings(max_examples=50)
@given(data=st.data())
def test_a_batch_is_a_loop(rule, data):
    profile = data.draw(ballots(rule))
    batch = data.draw(weights(profile.n_voters, zero=True, batch=data.draw(st.integers(1, 5))))
    with pytest.MonkeyPatch.context() as patch:  # as little at once as it may be: a few rows a chunk
        patch.setattr(evaluation, "_NUMBERS_AT_ONCE", 2 * profile.opinions.size)
        together = rule(profile, batch)
    for row, mask in zip(batch, together.winner_mask, strict=True):
        assert tuple(np.array(profile.alternatives)[mask].tolist()) == rule(profile, row).winners
    if together.scores is not None:
        alone = [rule(profile, row).scores for row in batch]
        np.testing.assert_allclose(together.scores, alone, rtol=1e-12, atol=1e-12)


@EVERY_DECISION
@given(data=st.data())
def test_tie_breaks_pick_one_of_the_tied(rule, data):
    profile = data.draw(ballots(rule))
    outcome = rule(profile)
    for tie_break in ("lexicographic", "random"):
        broken = [rule(profile, tie_break=tie_break, rng=np.random.default_rng(7)) for _ in range(2)]
        assert broken[0].to_dict() == broken[1].to_dict()
        assert len(broken[0].winners) == min(1, len(outcome.winners))
        assert set(broken[0].winners) <= set(outcome.winners)
        assert all(len(tier) == 1 for tier in broken[0].ranking)
        flat = [label for (label,) in broken[0].ranking]
        assert [sorted(flat[: len(flat)])] == [sorted(label for tier in outcome.ranking for label in tier)]
        batch = rule(profile, [profile.weights] * 3, tie_break=tie_break, rng=np.random.default_rng(7))
        assert (batch.winner_mask.sum(axis=1) == len(broken[0].winners)).all()
    first = rule(profile, tie_break="lexicographic")
    assert first.winners == outcome.winners[:1]
    assert [label for (label,) in first.ranking] == [label for tier in outcome.ranking for label in tier]


@EVERY_COMMITTEE
@given(data=st.data())
def test_committees_have_their_size_and_ties_are_broken_among_them(rule, data):
    profile = data.draw(ballots(rule))
    seats = data.draw(st.integers(1, profile.n_alternatives))
    outcome = rule(profile, seats)
    assert outcome.committees
    assert outcome.complete
    assert len(set(outcome.committees)) == len(outcome.committees)
    for committee in outcome.committees:
        assert len(committee) == seats
        assert committee <= set(profile.alternatives)
    order = [[label in committee for label in profile.alternatives] for committee in outcome.committees]
    assert order == sorted(order, reverse=True)
    for tie_break in ("lexicographic", "random"):
        broken = [rule(profile, seats, tie_break=tie_break, rng=np.random.default_rng(7)) for _ in range(2)]
        assert broken[0] == broken[1]
        assert len(broken[0].committees) == 1
        assert set(broken[0].committees) <= set(outcome.committees)


@EVERY_COMMITTEE
@given(data=st.data())
def test_all_seats_elect_everybody(rule, data):
    profile = data.draw(ballots(rule))
    assert rule(profile, profile.n_alternatives).committees == (frozenset(profile.alternatives),)


@EVERY_COMMITTEE
@given(data=st.data())
def test_a_rule_that_maximises_says_what_and_how_surely(rule, data):
    profile = data.draw(ballots(rule))
    outcome = rule(profile, 1)
    assert (outcome.score is None) == (outcome.gap is None)
    if outcome.score is not None:
        assert outcome.gap == 0
        doubled = rule(profile.with_weights(profile.weights * 2), 1)
        assert doubled.score == pytest.approx(2 * outcome.score)


@EVERY_RULE
def test_speaks_json(rule):
    outcome = rule(indifferent(rule), 2) if isinstance(rule, CommitteeRule) else rule(indifferent(rule))
    assert json.loads(json.dumps(outcome.to_dict(), allow_nan=False))["rule"] == rule.name


@pytest.mark.parametrize("name", [name for name, rule in DECISIONS.items() if rule.reads is not Approvals])
def test_nobody_wins_when_nobody_answers(name):
    silent = Utilities(np.full((2, 2), np.nan))
    outcome = decide(silent, name)
    assert outcome.winners == outcome.ranking == ()
    assert outcome.unscored == ("a", "b")
    both = Utilities([[np.nan, np.nan], [1, 2]])
    assert decide(both, name, weights=[[1, 0], [1, 1]]).winner_mask.tolist() == [
        [False, False],
        [False, True],
    ]


def test_every_name_is_exported_once():
    assert sorted(set(aggregators.__all__)) == sorted(aggregators.__all__)
    assert all(hasattr(aggregators, name) for name in aggregators.__all__)
