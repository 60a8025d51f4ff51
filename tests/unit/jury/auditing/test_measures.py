"""The figures of an audit against the definitions, case by case; what changes nothing changes nothing."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from aggregators import Utilities, decide
from aggregators.fates import fates, standing, standing_by_labels
from aggregators.minority import group_welfare, losses
from aggregators.scales import rescaled
from aggregators.strategies import utilities
from jury import StudyError
from jury.auditing import TABLES, audit
from jury.auditing.summary import alike, blocked, common_ground, gravest, losers, most_polarised, shaken

RULES = ["utilitarian", "nash", "maximin", "borda"]
SCORES = st.integers(1, 5) | st.just(np.nan)


@given(utilities(min_alternatives=2, whole=True, missing=True, groups=3), st.data())
def test_many_groups_at_once_are_each_alone(profile, data):
    (by,) = profile.groups
    names, codes = np.unique(profile.groups[by], return_inverse=True)
    winners = data.draw(st.sets(st.sampled_from(profile.alternatives), min_size=1))
    won = np.array([label in winners for label in profile.alternatives])[None, None]
    alone, lost = group_welfare(profile, by), losses(profile, winners, by)
    together = standing(profile.values, profile.weights[None], np.equal.outer(np.arange(len(names)), codes))
    dealt = standing_by_labels(profile.values, profile.weights, codes[None], len(names))
    for found in (together, dealt):
        np.testing.assert_allclose(found.welfare[0], alone.welfare, rtol=1e-12)
        fate = fates(found, won)
        np.testing.assert_allclose(fate.regret[0, :, 0], lost.regret, rtol=1e-9, atol=1e-12)
        assert fate.loses[0, :, 0].tolist() == lost.loses.tolist()
        assert [
            tuple(label for label, best in zip(profile.alternatives, row, strict=True) if best)
            for row in found.favourites[0]
        ] == list(lost.favourites)


@st.composite
def juries(draw):
    """Two cases, two to six jurors, three alternatives, every juror with an opinion somewhere."""
    jurors = draw(st.integers(2, 6))
    rows = st.lists(st.tuples(SCORES, SCORES, st.integers(1, 5)), min_size=jurors, max_size=jurors)
    scores = np.array([draw(rows), draw(rows)], dtype=float)
    weights = np.array(draw(st.lists(st.sampled_from([1.0, 2.0]), min_size=jurors, max_size=jurors)))
    side = np.array(draw(st.lists(st.sampled_from("xy"), min_size=jurors, max_size=jurors)))
    return scores, weights, side


@given(juries())
@settings(max_examples=25)
def test_the_tables_by_the_definitions(scored, jury):
    scores, weights, side = jury
    found = audit(scored(scores, weights, side=side), rules=RULES, by=["side"], resamples=0)
    profiles = [Utilities(values, weights, groups={"side": side}) for values in scores]
    prices = found.prices.set_index("rule")
    for rule in RULES:
        costs = []
        for case, profile in enumerate(profiles):
            means = decide(profile, "utilitarian").scores
            outcome = found.outcomes[f"c{case}"][rule]
            assert outcome.winners == decide(profile, rule).winners
            won = [profile.index(label) for label in outcome.winners]
            costs.append(np.nanmax(means) - means[won].mean())
        assert prices.loc[rule, "price"] == pytest.approx(np.nanmean(costs), abs=1e-12)
    for _, row in found.objections.iterrows():
        profile = profiles[int(row["case"][1:])]
        winners = found.outcomes[row["case"]][row["rule"]].winners
        won = [profile.index(label) for label in winners]
        support = [
            sum(
                w
                for w, u in zip(weights, profile.values, strict=True)
                if not np.isnan(u[[*won, column]]).any() and u[column] > max(u[won])
            )
            for column in range(3)
        ]
        total = weights.sum()  # everybody has an opinion on the last alternative
        assert row["share"] == pytest.approx(max(support) / total)
        assert row["blocking"] == (max(support) > total / 2)
        if isinstance(row["alternative"], str):
            assert support[profile.index(row["alternative"])] == pytest.approx(max(support))
    for _, row in found.scales.iterrows():
        changed = sum(
            decide(rescaled(profile, row["scale"]), row["rule"]).winners != decide(profile, row["rule"]).winners
            for profile in profiles
        )
        assert row["changed"] == changed


@given(juries())
@settings(max_examples=25)
def test_a_juror_of_weight_two_is_two_jurors(scored, jury):
    scores, weights, side = jury
    rows = np.repeat(np.arange(len(weights)), weights.astype(int))
    heavy = audit(scored(scores, weights, side=side), rules=RULES, by=["side"], resamples=0)
    many = audit(scored(scores[:, rows], side=side[rows]), rules=RULES, by=["side"], resamples=0)
    columns = ["welfare", "regret", "cases_lost", "gain", "pivotal_cases", "held_back_cases", "contested_won", "voice"]
    pd.testing.assert_frame_equal(heavy.groups[columns], many.groups[columns], rtol=1e-9)
    for name in ("prices", "minority_gains", "inequity", "power", "scales", "gaps"):
        pd.testing.assert_frame_equal(heavy.tables[name], many.tables[name], rtol=1e-9)
    pd.testing.assert_frame_equal(
        heavy.objections[["alternative", "share", "blocking"]], many.objections[["alternative", "share", "blocking"]]
    )


@given(juries(), st.permutations([0, 1, 2]))
@settings(max_examples=20)
def test_order_and_names_change_nothing(scored, jury, order):
    scores, weights, side = jury
    plain = audit(scored(scores, weights, side=side), rules=RULES, by=["side"], resamples=0)
    turned = audit(scored(scores[:, :, order], weights, side=side), rules=RULES, by=["side"], resamples=0)
    pd.testing.assert_frame_equal(plain.groups, turned.groups, rtol=1e-9)
    renamed = np.where(side == "x", "z", side)  # x is now last
    again = audit(scored(scores, weights, side=renamed), rules=RULES, by=["side"], resamples=0).groups
    key = ["group", "rule"]
    expected = plain.groups.replace({"group": {"x": "z"}}).sort_values(key, ignore_index=True)
    pd.testing.assert_frame_equal(again.sort_values(key, ignore_index=True), expected, rtol=1e-9)


def test_the_same_ballots_give_the_same_page_and_another_generator_other_intervals(scored):
    scores = np.random.default_rng(0).integers(1, 6, (1, 30, 3))
    panel = scored(scores, side=np.repeat(["x", "y"], 15))
    first, again = (audit(panel, rules=["nash"], by=["side"]).to_dict() for _ in range(2))
    assert first == again
    other = audit(panel, rules=["nash"], by=["side"], rng=np.random.default_rng(7)).to_dict()
    assert other["groups"] != first["groups"]
    assert set(TABLES) <= set(first)
    json.dumps(first, allow_nan=False)


def test_a_case_by_hand(scored):
    """Six of x want a, four of y want b; c is everybody's second."""
    rows = [[5, 1, 4]] * 6 + [[1, 5, 4]] * 4
    found = audit(scored([rows], side=["x"] * 6 + ["y"] * 4), rules=["plurality", "maximin"], by=["side"], seats=2)
    assert [found.outcomes["c0"][rule].winners for rule in found.rules] == [("a",), ("c",)]
    groups = found.groups.set_index(["rule", "group"])
    assert groups.loc[("plurality", "y"), ["regret", "cases_lost", "contested", "contested_won"]].tolist() == [
        4,
        1,
        1,
        0,
    ]
    assert groups.loc[("maximin", "y"), ["regret", "gain", "owed"]].tolist() == [1, 0, 0]
    assert groups.loc[("plurality", "x"), ["pivotal_cases", "held_back_cases"]].tolist() == [1, 0]
    assert groups.loc[("plurality", "y"), "gain"] == 1 - 4  # utilitarian welfare chooses c
    prices = found.prices.set_index("rule")
    assert prices["price"].tolist() == pytest.approx([4 - 3.4, 0])
    minority = found.minority_gains.set_index("rule")
    assert minority.loc["plurality", ["minority_gain", "worst_gain"]].tolist() == [-3, -3]
    power = found.power.set_index("group")
    assert power["banzhaf"].to_dict() == power["shapley_shubik"].to_dict() == {"x": 1, "y": 0}
    objection = gravest(found, "maximin")
    assert (objection.alternative, objection.share, objection.jurors) == ("a", 0.6, 6)
    assert objection.coalition == {"side": {"x": (6, 6), "y": (0, 4)}}
    assert (blocked(found, "maximin").value, blocked(found, "plurality").value) == (1, 0)
    assert shaken(found, "maximin").value == 1
    # a and c agree for x, b and c for y
    consensus = found.consensus.set_index("alternative")["consensus"]
    assert consensus.to_dict() == pytest.approx({"a": 7 / 8 / 6, "b": 1 / 8 * 5 / 6, "c": 7 / 8 * 5 / 6})
    assert common_ground(found, "side", "maximin") == (1, 1)
    assert common_ground(found, "side", "plurality") == (0, 1)
    assert most_polarised(found).iloc[0]["polarisation"] == pytest.approx(4 * 0.6 * 0.4)
    assert alike(found) == [("plurality",), ("maximin",)]
    committees = found.proportionality
    assert committees[committees["rule"] == "maximin"]["committee"].iloc[0] == ("c", "a")
    fine = committees.set_index(["rule", "measure"])["fine"]
    # c and a leave nobody without an approved one, but four of ten have b first, and a Droop quota is ten thirds
    assert fine["maximin"].to_dict() == dict.fromkeys(["core", "ejr", "ejr+", "jr", "pjr"], True) | dict.fromkeys(
        ["local", "psc"], False
    )
    # of a and b everybody approves of one; all ten, who are worth two seats, approve of c
    assert not fine["plurality"]["ejr+"]
    assert fine["plurality"].drop("ejr+").all()


def test_a_committee_that_leaves_a_group_out(scored):
    def appraised(second):
        rows = [[5, second, 1, 1]] * 6 + [[1, 1, 5, 2]] * 4
        panel = scored([rows], side=["x"] * 6 + ["y"] * 4)
        return audit(panel, rules=["utilitarian"], by=["side"], seats=2).proportionality.set_index("measure")

    fair, unfair = appraised(3), appraised(4)
    assert fair["committee"].iloc[0] == ("a", "c")
    assert fair["fine"].all()
    row = unfair.loc["psc"]
    assert row["committee"] == ("a", "b")
    assert (row["fine"], row["jurors"], row["coalition"]["side"]) == (False, 4, {"x": (0, 6), "y": (4, 4)})
    assert (row["wants"], row["owed"], row["has"], row["share"]) == (("c",), 1, 0, 0.4)
    assert unfair.loc["jr", "fine"]  # four of ten are less than half


def test_answers_without_a_scale(chosen):
    found = audit(chosen([[1, 1, 0], [0, 0, 1]], side=["x", "x", "y"]), rules=["utilitarian"], by=["side"])
    assert found.scales.empty
    assert found.groups["few"].all()
    assert found.groups["p_value"].isna().all()
    assert "fewer than 10 jurors" in found.verdict()
    assert losers(found, ["utilitarian"]).empty


def test_estimates_carry_their_denominators(scored):
    scores = np.random.default_rng(0).integers(1, 6, (5, 30, 3))
    found = audit(scored(scores, side=np.repeat(["x", "y"], 15)), rules=["nash", "maximin"], by=["side"])
    lost = found.estimate("share_lost", attribute="side", group="x", rule="nash")
    assert (lost.count, lost.unit, lost.comparisons) == (5, "cases", found.comparisons["share_lost"])
    assert lost.low <= lost.value <= lost.high
    with pytest.raises(KeyError, match="no regrets of 'x'"):
        found.estimate("regrets", attribute="side", group="x", rule="nash")


def test_numbers_out_of_range_are_named(scored):
    panel = scored([[[1, 2]]], side=["x"])
    with pytest.raises(StudyError, match="seats=0"):
        audit(panel, rules=["nash"], seats=0)
    with pytest.raises(StudyError, match="resamples=-1"):
        audit(panel, rules=["nash"], resamples=-1)


def test_a_group_is_as_large_as_its_weights_make_it(scored):
    scores = np.random.default_rng(5).integers(1, 6, (12, 40, 3))
    side, weights = np.repeat(["x", "y"], 20), np.ones(40)
    weights[0] = 1e9  # of x, one counts
    table = audit(scored(scores, weights=weights, side=side), rules=["utilitarian"], by=["side"]).groups
    table = table.set_index("group")
    assert table["few"].to_dict() == {"x": True, "y": False}
    assert np.isnan(table.loc["x", "share_lost_low"])
    assert np.isnan(table.loc["x", "p_value"])


def test_what_cannot_be_told_of_losers_is_said(scored):
    scores = np.random.default_rng(6).integers(1, 6, (3, 12, 3))
    alone = audit(scored(scores, side=["x"] * 12), rules=["maximin"], by=["side"])
    assert "Groups dealt by lot would lose just as much in every deal" in alone.verdict()
    unasked = audit(scored(scores, side=["x"] * 12), rules=["maximin"], by=["side"], resamples=0)
    assert "was not asked" in unasked.verdict()


def test_the_sentence_says_what_its_p_value_may_rest_on(scored):
    scores = np.where(np.arange(36)[:, None] < 24, [5, 1, 3], [1, 5, 3])
    side = ["x"] * 24 + ["y"] * 12
    many = audit(scored([scores] * 12, side=side), rules=["utilitarian"], by=["side"])
    assert ", by cases or by welfare lost)" in many.verdict()
    few = audit(scored([scores] * 2, side=side), rules=["utilitarian"], by=["side"])
    assert "p at most" in few.verdict()
    assert "by cases or" not in few.verdict()


def test_unequal_weights_leave_fewer_degrees_of_freedom(scored):
    scores = np.random.default_rng(8).integers(1, 6, (1, 60, 2))
    weights = np.tile(np.repeat([8.0, 1.0], [6, 24]), 2)  # each side is worth about 12.7 of 30
    panel = scored(scores, weights=weights, side=np.repeat(["x", "y"], 30))
    found = audit(panel, rules=["utilitarian"], by=["side"], resamples=999)
    groups = found.groups.set_index("group")
    inside = weights[:30] / weights[:30].sum()
    won = found.outcomes["c0"]["utilitarian"].winners
    values = scores[0][:30][:, ["ab".index(name) for name in won]].mean(axis=1)
    error = np.sqrt(((inside * (values - inside @ values)) ** 2).sum() * 30 / 29)
    # By Sidak's level for two groups; t with 29 degrees of freedom would be 8 % shorter.
    exact = stats.t.ppf((1 + 0.95**0.5) / 2, 1 / (inside**2).sum() - 1) * error
    half = (groups.loc["x", "welfare_high"] - groups.loc["x", "welfare_low"]) / 2
    assert exact * 0.99 < half < exact * 1.08
