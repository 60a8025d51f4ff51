"""Audits and panels on two cases worked by hand."""

import json
from collections import Counter

import numpy as np
import pandas as pd
import pytest

from jury import Panel, RunError, StudyError
from jury.auditing import audit
from jury.cases import Case
from jury.elicitation import Vote, modes

CASES = tuple(Case(id=name, prompt="?", alternatives=("a", "b")) for name in ("one", "two", "three"))
JURORS = pd.DataFrame({"side": ["n", "n", "s"], "age": ["old", "young", "old"]}, index=["ann", "bob", "cid"])


def scored(*rows):
    return [Vote(juror, {"scores": dict(zip("ab", row, strict=True))}) for juror, row in enumerate(rows)]


def panel_of(votes, mode="score", weights=(2.0, 1.0, 1.0), **settings):
    counts = Counter(answered=sum(map(len, votes.values())))
    return Panel("hand", modes[mode].model_validate({}), CASES, JURORS, np.array(weights), votes, counts, 9, **settings)


# Welfare of n: one a (2*5+1*2)/3 = 4, b 1; two a 2, b 4. Of s: one a 1, b 5; two a 3, b 3.
SCORES = {"one": scored((5, 1), (2, 1), (1, 5)), "two": scored((1, 5), (4, 2), (3, 3))}


def test_scores_by_hand():
    found = audit(panel_of(SCORES), rules=["utilitarian", "maximin"], by=["side"])
    assert found.outcomes["one"]["utilitarian"].scores == pytest.approx([13 / 4, 2])
    assert found.outcomes["two"]["utilitarian"].scores == pytest.approx([9 / 4, 15 / 4])
    assert found.outcomes["one"]["maximin"].winners == ("a", "b")
    assert found.outcomes["two"]["maximin"].winners == ("b",)
    groups = found.groups.set_index(["group", "rule"])
    assert groups.loc[("n", "utilitarian"), "welfare"] == pytest.approx((4 + 4) / 2)
    assert groups.loc[("s", "utilitarian"), "welfare"] == pytest.approx((1 + 3) / 2)
    assert groups.loc[("s", "utilitarian"), "regret"] == pytest.approx((4 + 0) / 2)
    assert groups.loc[("n", "utilitarian"), "regret"] == 0
    assert groups["cases_lost"].to_dict() == {
        ("n", "utilitarian"): 0, ("s", "utilitarian"): 1, ("n", "maximin"): 0, ("s", "maximin"): 0,
    }  # fmt: skip
    assert groups.loc[("s", "utilitarian"), "share_lost"] == 0.5
    assert groups.loc[("n", "maximin"), "welfare"] == pytest.approx(((4 + 1) / 2 + 4) / 2)
    assert groups.loc[("n", "utilitarian"), ["jurors", "weight_share", "cases"]].tolist() == [2, 0.75, 2]
    gap = found.gaps.set_index("rule").loc["utilitarian"]
    assert (gap["worst_group"], gap["best_group"], gap["gap"]) == ("s", "n", pytest.approx(2))
    assert found.disagreements == ("one",)
    assert found.unanswered == ("three",)


def test_groups_may_count_alike():
    found = audit(panel_of(SCORES), rules=["utilitarian"], by=["side"], unit="group")
    assert found.outcomes["one"]["utilitarian"].scores == pytest.approx([(4 + 1) / 2, (1 + 5) / 2])
    assert found.outcomes["one"]["utilitarian"].winners == ("b",)
    with pytest.raises(StudyError, match="exactly one attribute"):
        audit(panel_of(SCORES), rules=["utilitarian"], by=["side", "age"], unit="group")


def test_choices_by_hand():
    votes = {"one": [Vote(0, {"choice": "a"}), Vote(1, {"choice": "b"}), Vote(2, {"choice": "b"})]}
    tied = audit(panel_of(votes, "choose"), rules=["plurality", "utilitarian", "approval"], by=["side"])
    for rule in ("plurality", "utilitarian", "approval"):
        assert tied.outcomes["one"][rule].winners == ("a", "b")
    assert tied.outcomes["one"]["plurality"].scores == pytest.approx([2, 2])
    assert tied.outcomes["one"]["utilitarian"].scores == pytest.approx([0.5, 0.5])
    equal = audit(panel_of(votes, "choose", weights=(1, 1, 1)), rules=["plurality"], by=["side"])
    assert equal.outcomes["one"]["plurality"].winners == ("b",)
    shares = equal.groups.set_index("group")["welfare"]
    assert shares.to_dict() == {"n": 0.5, "s": 1.0}


def test_a_group_without_opinions_neither_wins_nor_loses():
    ann, silent = Vote(0, {"scores": {"a": 4, "b": 2}}), Vote(1, {"scores": {"a": None, "b": None}})
    votes = {"one": [ann, silent], "two": [ann, Vote(1, {"scores": {"a": None, "b": 2}})]}
    found = audit(panel_of(votes), rules=["utilitarian"], by=["side", "age"])
    assert found.groups["group"].tolist() == ["n", "old", "young"]
    assert found.groups["cases"].tolist() == [2, 2, 1]
    assert found.groups["cases_lost"].tolist() == [0, 0, 1]
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["groups"][0]["welfare"] == 4


def test_crossed_groups_and_the_groups_of_the_study():
    panel = panel_of(SCORES, by=("side & age",))
    assert panel.group_labels("side & age").tolist() == ["side=n & age=old", "side=n & age=young", "side=s & age=old"]
    assert panel.group_labels("side").tolist() == ["n", "n", "s"]
    assert list(panel.profile("one").groups) == ["side & age"]
    assert list(panel.profile("one", by=["age"]).groups) == ["age"]


def test_replicates_are_averaged_and_weighted_once():
    votes = {"one": [*scored((5, 1), (2, 1)), Vote(0, {"scores": {"a": 1, "b": None}})]}
    profile = panel_of(votes).profile("one")
    assert profile.values.tolist() == [[3, 1], [2, 1]]
    assert profile.weights.tolist() == [2, 1]


def test_an_audit_is_plain_json():
    found = audit(panel_of(SCORES), rules=["utilitarian"], by=["side"])
    text = json.dumps(found.to_dict(), allow_nan=False)
    assert json.loads(text)["denominators"] == {
        "asked": 9, "answered": 6, "refused": 0, "unparsed": 0, "failed": 0, "missing": 3, "no_opinion": 0,
    }  # fmt: skip


@pytest.mark.parametrize("rules", [["utilitarian"], []])
def test_an_audit_of_nothing(rules):
    found = audit(panel_of({}), rules=rules, by=["side"])
    assert found.unanswered == ("one", "two", "three")
    assert found.outcomes == {}
    json.dumps(found.to_dict(), allow_nan=False)


def test_slips_are_named():
    with pytest.raises(StudyError, match="did you mean 'nash'"):
        audit(panel_of(SCORES), rules=["nahs"])
    with pytest.raises(StudyError, match="seqpav"):
        audit(panel_of(SCORES), rules=["seqpav"])
    with pytest.raises(RunError, match=r"hand: .*'sides'; known: side, age"):
        audit(panel_of(SCORES), rules=["nash"], by=["sides"])
    with pytest.raises(RunError, match="hand: no case 'four'; cases: one, two, three"):
        panel_of(SCORES).profile("four")
    with pytest.raises(RunError, match="nobody answered case 'three'"):
        panel_of(SCORES).profile("three")
