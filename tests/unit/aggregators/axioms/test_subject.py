"""How a function is asked, how its answers are read, and what is refused because it could mean two things."""

import re
from collections import OrderedDict

import numpy as np
import pytest

from aggregators import Approvals, Rankings, RuleError, Utilities, decide
from aggregators.axioms import OutsideDomain, RuleFailed, axioms, search, subject
from aggregators.profiles import Profile

THREE = Utilities([[3, 2, 1], [1, 2, 3]], [2, 1])


def returning(answer):
    return subject(lambda values: answer, name="mine")


def electing(answer):
    return subject(lambda matrix, seats: answer, name="mine", reads=Approvals)


@pytest.mark.parametrize(
    ("answer", "winners"),
    [
        ("b", "b"),
        (1, "b"),
        (np.int64(1), "b"),
        (np.array(1), "b"),
        ({"a", "b", "c"}, "abc"),
        ({0, 1, 2}, "abc"),
        (["b"], "b"),
        (np.array(["b"]), "b"),
        (("a", "c"), "ac"),
        (("a", "b", "c"), "abc"),
        ([0, 2], "ac"),
        (np.array([0, 2]), "ac"),
        ([], ""),
        (np.array([True, False, True]), "ac"),
        ([True, False, True], "ac"),
        ([1.0, 3.0, 3.0], "bc"),
        ([-np.inf, 5.0, 1.0], "b"),
        ([np.inf, np.inf, np.inf], "abc"),
        ({"a": 1, "b": 2.5}, "b"),
        (OrderedDict(c=np.float64(1), a=0, b=0), "c"),
        (OrderedDict(a=1).keys(), "a"),
    ],
)
def test_decisions_of_functions(answer, winners):
    assert returning(answer).decide(THREE).winners == set(winners)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (np.array([1, 2, 3]), "scores, ranks or columns; return float scores"),
        ([2, 0, 1], "scores, ranks or columns"),
        (["b", "a", "c"], "may be a ranking or a tie"),
        (np.array(["a", "b", "c"]), "may be a ranking or a tie"),
        ([0, 0], "names a winner twice"),
        (["a", "a"], "names a winner twice"),
        (-1, "no decision"),
        (3, "no decision"),
        (1.0, "no decision"),
        (True, "no decision"),
        (None, "no decision"),
        ("d", "no decision"),
        (["a", "d"], "no decision"),
        ({0, 7}, "no decision"),
        ([[0], [1, 2]], "no decision"),
        ([[1.0, 2.0, 3.0]], "no decision"),
        ([1.0, 2.0], "no decision"),
        ({"a": 1, "d": 2}, "from labels to scores"),
        ({"a": "b"}, "from labels to scores"),
        ({}, "from labels to scores"),
    ],
)
def test_what_is_no_decision_or_may_be_two(answer, said):
    with pytest.raises(RuleFailed, match=f"^mine returned .*{said}"):
        returning(answer).decide(THREE)


def test_of_one_alternative_every_reading_is_the_same():
    for answer in ([0], ["a"], np.array([7])):
        alone = Utilities([[1.0]])
        if isinstance(answer, np.ndarray):
            with pytest.raises(RuleFailed):
                returning(answer).decide(alone)
        else:
            assert returning(answer).decide(alone).winners == {"a"}


FOUR = Approvals(np.eye(4))


@pytest.mark.parametrize(
    ("answer", "committees"),
    [
        (["a", "c"], ["ac"]),
        ([0, 2], ["ac"]),
        ("b", None),
        (np.array([True, False, True, False]), ["ac"]),
        ([True, False, True, False], ["ac"]),
        ([np.array([True, False, True, False]), np.array([True, True, False, False])], ["ac", "ab"]),
        (np.array([[0, 1], [2, 3]]), ["ab", "cd"]),
        ([{"a", "b"}, {2, 3}], ["ab", "cd"]),
        ({frozenset({"a"}), frozenset({"b"})}, ["a", "b"]),
        ([], [""]),
        ([-1, 1.9], None),
        ([0, 1.0], None),
        ([0, 4], None),
        ([0, 0], None),
        ([0, 1, 2], None),
        ([True, False], None),
        (np.array([True, True, True, False]), None),
        ([[0, 1], [1, 1]], None),
        ({"a": 1}, None),
        (None, None),
        (3, None),
    ],
)
def test_committees_of_functions(answer, committees):
    if committees is None:
        with pytest.raises(RuleFailed, match=r"^mine returned"):
            electing(answer).elect(FOUR, 2)
    else:
        assert electing(answer).elect(FOUR, 2) == {frozenset(each) for each in committees}


# --- rows of weight 1 ----------------------------------------------------------------------------


def rows(values):
    return values.mean(axis=0)


def test_who_acts_on_a_function_without_weights_is_one_row():
    assert not subject(rows).weighted
    assert subject(lambda values, weights: weights @ values).weighted
    assert subject("borda").weighted
    assert subject(lambda profile: 0, reads=Rankings).weighted
    seen = []

    def first(values):
        seen.append(len(values))
        return values[0]

    profile = Utilities([[3.0, 1.0], [1.0, 3.0]], [4, 2])
    found = axioms["participation"].check(lambda values: first(values[::-1]), profile)
    assert set(seen) <= {5, 6}  # one row of six stays away at most
    assert found is None or set(found.profile.weights) == {1}


def test_a_change_is_of_the_voters_that_it_names():
    def last(values):
        return values[-1]

    profile = Utilities([[3.0, 1.0], [1.0, 3.0]], [4, 2])
    found = axioms["strategyproofness"].check(last, profile, change={"voter": 1, "ballot": [3.0, 1.0]})
    assert found is None
    assert axioms["anonymity"].check(last, profile).profile.weights.tolist() == [1] * 6


def test_weights_that_are_no_rows_are_refused():
    with pytest.raises(OutsideDomain, match="parameter weights"):
        axioms["anonymity"].check(rows, Utilities([[1.0, 2.0]], [0.5]))


# --- what a function reads -----------------------------------------------------------------------


def of_profile(profile: Profile):
    return {0}


def of_union(profile: Rankings | Approvals):
    return {0}


def of_text(profile: "Rankings | NotThere"):  # noqa: F821
    return {0}


def of_unknown(profile: "there.Rankings"):  # noqa: F821
    assert isinstance(profile, Rankings)
    return {0}


@pytest.mark.parametrize("rule", [of_profile, of_union, of_text])
def test_an_annotation_names_one_kind_of_profile(rule):
    with pytest.raises(RuleError, match="no one kind of profile; annotate its first parameter as Utilities"):
        subject(rule)
    assert subject(rule, reads=Approvals).reads is Approvals


def test_an_annotation_for_type_checkers_only_is_understood():
    assert subject(of_unknown).decide(Rankings([[1, 2]])).winners == {"a"}


@pytest.mark.parametrize("rule", [lambda profile: decide(profile, "borda"), lambda profile: profile.ranks])
def test_who_takes_an_array_for_a_profile_is_told_so(rule):
    with pytest.raises(RuleFailed, match="it was given an array; if it is a function of a profile, annotate"):
        search(rule, "anonymity", examples=5)


def test_a_rule_that_exits_failed():
    def leaves(values):
        raise SystemExit(3)

    with pytest.raises(RuleFailed, match="leaves raised SystemExit: 3; on the ballots"):
        search(leaves, "anonymity", examples=5)


def test_errors_are_of_one_line():
    def fails(values):
        raise ValueError("two\nlines")

    with pytest.raises(RuleFailed, match=re.escape(r"two\nlines")):
        subject(fails).decide(THREE)


def test_answers_take_time():
    tested = subject(rows)
    assert tested.pace == 0
    tested.decide(THREE)
    assert tested.pace > 0
