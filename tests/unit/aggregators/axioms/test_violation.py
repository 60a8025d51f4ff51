"""Witnesses as text, in which nothing that differs looks the same, and as JSON, which loses nothing."""

import json
import math

import numpy as np
import pytest

from aggregators import Rankings, ReadError, Utilities
from aggregators.axioms import Violation, axioms, search
from aggregators.axioms.answers import Decision
from aggregators.axioms.trial import Step
from aggregators.axioms.writing import named, number, written


def first(values, weights):
    return values[0]


def nearly(values, weights):
    return values[0] + np.array([0, 1e-12])


WITNESSES = [
    search("plurality", "condorcet", examples=10).violation,
    search("irv", "monotonicity", examples=1000).violation,
    search("cc", "committee-monotonicity").violation,
    axioms["anonymity"].check(first, Utilities([[1, math.nan], [2, 1]], groups=["x", "y"])),
]


@pytest.mark.parametrize("violation", WITNESSES, ids=lambda each: each.axiom)
def test_json_loses_nothing(violation):
    again = Violation.from_json(violation.to_json())
    assert again == violation
    assert str(again) == str(violation)


def test_scores_of_every_kind_survive():
    scores = {"a": math.inf, "b": -math.inf, "c": float("nan")}
    step = Step(Rankings([[1, 2, 3]]), None, Decision(frozenset("a"), None, scores))
    witness = Violation("anonymity", "", "mine", {"absent": [np.nan, 1.0], "voter": np.int64(0)}, (step,), "")
    assert Violation.from_json(witness.to_json()) == witness
    assert json.loads(witness.to_json())["steps"][0]["scores"] == {"a": "inf", "b": "-inf", "c": None}
    assert json.loads(witness.to_json())["change"] == {"absent": [None, 1.0], "voter": 0}


def test_older_files_have_no_scores():
    data = WITNESSES[0].to_dict()
    for step in data["steps"]:
        del step["scores"]
    assert Violation.from_dict(data).steps[0].answer.scores is None


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"steps": [{"profile": {}}]}'])
def test_what_is_no_witness(text):
    with pytest.raises(ReadError):
        Violation.from_json(text)


def test_numbers_that_differ_look_different():
    assert [number(each) for each in (1.0, 0.25, 1e-9, 0.1 + 0.2, 1 + 1e-12)] == [
        "1",
        "0.25",
        "1e-09",
        "0.30000000000000004",
        "1.000000000001",
    ]
    close = Decision(frozenset("a"), (frozenset("a"), frozenset("b")), {"a": 1 / 3 + 1e-8, "b": 1 / 3})
    assert "(0.3333333433333333) > b (0.3333333333333333)" in str(close)
    assert written(Utilities([[1, 1 + 1e-9]])) == ["1: a 1, b 1.000000001"]


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("a'", "a'"),
        ("Müller", "Müller"),
        ("red wine", '"red wine"'),
        ("a, b", '"a, b"'),
        ("a > b", '"a > b"'),
        ('"', '"\\""'),
        ("a\nb", '"a\\nb"'),
        ("\x1b[31m", '"\\x1b[31m"'),
        ("\u202e", '"\\u202e"'),
        ("", '""'),
    ],
)
def test_labels_can_be_told_apart(label, shown):
    assert named(label) == shown


def test_no_control_character_is_printed():
    profile = Utilities([[2, 1], [1, 2]], alternatives=["\x1b[31m", "b\nc"])
    found = axioms["anonymity"].check(first, profile)
    assert all(line.isprintable() for line in str(found).splitlines())
    assert "\\x1b" in str(found)


def test_who_acts_has_a_line_of_their_own():
    profile = Rankings([[1, 2, 3], [3, 2, 1], [1, 2, 3], [1, 2, 3]], [1, 1, 2, 1])
    assert written(profile) == ["4: a > b > c", "1: c > b > a"]
    assert written(profile, [2]) == ["2: a > b > c", "1: c > b > a", "2: a > b > c  ← voter 2, weight 2"]
    found = WITNESSES[1]
    voter = found.change["voter"]
    weight = found.profile.weights[voter]
    assert str(found).count(f"← voter {voter}, weight {weight:g}") == 2
    assert f"change  voter {voter}, raised" in str(found)


def test_a_voter_who_was_split_is_seen_as_two():
    def heaviest(values, weights):
        return values[weights.argmax()]

    profile = Utilities([[1, 0], [0, 1]], [3, 2])
    found = axioms["weight-split"].check(heaviest, profile, change={"voter": 0, "parts": [1, 2]})
    assert found is None
    found = axioms["weight-split"].check(heaviest, Utilities([[1, 0], [0, 1]], [4, 3]))
    assert "  asked   4: a 1, b 0  ← voter 0, weight 4\n          3: a 0, b 1\n" in str(found)
    assert "  then    1: a 1, b 0\n          3: a 1, b 0\n" in str(found) or "2: a 1, b 0\n          2:" in str(found)
