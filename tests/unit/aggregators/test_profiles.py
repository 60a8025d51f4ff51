import copy
import pickle

import numpy as np
import pytest
from hypothesis import given

from aggregators import Approvals, ProfileError, Rankings, Utilities
from aggregators.strategies import approvals, rankings, utilities

NAN = float("nan")
RANKED = Rankings([[1, 2], [2, 1]])
MASKED = np.ma.masked_array([[1, 2], [2, 1]], mask=[[False, True], [False, False]])


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Utilities([1, 2]), r"values has 1 dimensions; give \(voters, alternatives\)"),
        (lambda: Utilities(np.empty((0, 2))), "at least one voter"),
        (lambda: Utilities(np.empty((2, 0))), "one alternative"),
        (lambda: Utilities([[1, 2], [3]]), "values is not a table"),
        (lambda: Utilities([["x"]]), "values is not a table"),
        (lambda: Utilities([[1, np.inf]]), r"values\[0, 1\] is inf"),
        (lambda: Utilities([[1]], weights=[1, 2]), r"weights has shape \(2,\)"),
        (lambda: Utilities([[1]], weights=[-1]), r"weights\[0\] is -1.0"),
        (lambda: Utilities([[1]], weights=[NAN]), r"weights\[0\] is nan"),
        (lambda: Utilities([[1]], weights=[0]), "add up to zero"),
        (lambda: Utilities([[1], [1]], weights=[1e308, 1e308]), "overflow"),
        (lambda: Utilities([[1]], weights=["much"]), "not an array of numbers"),
        (lambda: Utilities([[1]], weights=1), "one weight for each of 1 voters"),
        (lambda: Utilities([[1, 2]], alternatives=["x"]), "1 labels for 2 columns"),
        (lambda: Utilities([[1, 2]], alternatives=["x", "x"]), "'x' twice"),
        (lambda: Utilities([[1, 2]], alternatives=[1, "1"]), "'1' twice"),
        (lambda: Utilities([[1, 2]], alternatives="xy"), "one string"),
        (lambda: Utilities([[1]], groups=["x", "y"]), r"groups\['group'\] has 2 labels for 1 voters"),
        (lambda: Utilities([[1]], groups="x"), "one string"),
        (lambda: Rankings([[1, -1]]), r"ranks\[0, 1\] is -1"),
        (lambda: Rankings([[1, 1.5]]), r"ranks\[0, 1\] is 1.5"),
        (lambda: Rankings([[1, NAN]]), r"ranks\[0, 1\] is nan"),
        (lambda: Rankings.from_orders([("a", "b", "a")]), "'a' twice"),
        (lambda: Rankings.from_orders([("a", "z")], alternatives=["a"]), "names 'z'"),
        (lambda: Rankings.from_orders(["ab"]), "one string"),
        (lambda: Approvals([[0, 2]]), r"matrix\[0, 1\] is 2"),
        (lambda: Approvals([[0.0, NAN]]), r"matrix\[0, 1\] is nan"),
        (lambda: Utilities([[1]]).restrict(["z"]), "'z' is not in this profile; it has: a"),
        (lambda: Utilities([[1]]).restrict("a"), "one string"),
        (lambda: Utilities([[1]]).restrict(None), "no sequence"),
        (lambda: Utilities([[1, 2]], weights=[[1]]), r"weights has shape \(1, 1\); a profile has one a voter"),
        (lambda: Approvals([[1, 0], [0, 1]], weights=np.ones((3, 2))), r"decide\(..., weights=W\)"),
        (lambda: RANKED.with_weights([[1, 2], [3, 4]]), r"weights has shape \(2, 2\)"),
        (lambda: Utilities([[1]], groups=5), "groups=5 is no sequence"),
        (lambda: Utilities([[1]], groups={"x": 5}), r"groups\['x'\]=5 is no sequence"),
        (lambda: Utilities([[1], [2], [3]], groups={"x": "abc"}), r"groups\['x'\]='abc' is one string"),
        (lambda: Utilities([[1]], alternatives=5), "alternatives=5 is no sequence"),
        (lambda: Utilities([[1]]).to_approvals(NAN), "threshold=nan"),
        (lambda: Utilities(np.ma.masked_array([["x", "y"]], mask=[[0, 1]])), "not a table of numbers"),
        (lambda: Utilities([MASKED[0], [1]]), "not a table of numbers"),
        (lambda: Rankings(MASKED), r"ranks\[0, 1\] is masked"),
        (lambda: Rankings([MASKED[0], MASKED[1]]), r"ranks\[0, 1\] is masked"),
        (lambda: Approvals(MASKED > 1), r"matrix\[0, 1\] is masked"),
        (lambda: Utilities([[1, 2], [3, 4]], weights=MASKED[0]), r"weights\[1\] is masked"),
        (lambda: Rankings.from_orders(5), "orders=5 is no sequence"),
        (lambda: Rankings.from_orders([5]), "the order 5 is no sequence"),
        (lambda: Rankings.from_orders([("a",)], alternatives=3), "alternatives=3 is no sequence"),
        (lambda: Rankings.from_orders([(1, 2, "1")]), "'1' twice"),
        (lambda: Rankings.from_orders([("a", ("b", ("c",)))]), "a tie in a tie"),
        (lambda: RANKED.select([7]), "voters names 7; the 2 voters are counted from 0"),
        (lambda: RANKED.select([0, -3]), "voters names -3"),
        (lambda: RANKED.select([]), "names nobody"),
        (lambda: RANKED.select([False, False]), "names nobody"),
        (lambda: RANKED.select([True]), "a mask of 1; there are 2 voters"),
        (lambda: RANKED.select([0.5]), "neither a mask"),
        (lambda: RANKED.select([[0], [1]]), "neither a mask"),
        (lambda: RANKED.select([[0], [1, 2]]), "no array"),
        (lambda: RANKED.select(0), "neither a mask"),
    ],
)
def test_refuses_in_one_line(make, says):
    with pytest.raises(ProfileError, match=says) as caught:
        make()
    assert "\n" not in str(caught.value)


def test_labels_by_default_go_on_beyond_z():
    assert Utilities(np.zeros((1, 28))).alternatives[-3:] == ("z", "aa", "ab")


def test_a_masked_utility_is_no_opinion():
    for table in (MASKED, MASKED.astype(float), [MASKED[0], MASKED[1]]):
        assert Utilities(table) == Utilities([[1, NAN], [2, 1]])
    assert Utilities(np.ma.masked_array([[1, 2]])) == Utilities([[1, 2]])
    assert Rankings(np.ma.masked_array([[1, 2]])) == Rankings([[1, 2]])


def test_orders_of_numbers_are_orders_of_labels():
    ranked = Rankings.from_orders([(10, 2), (2, (np.int64(9), 10))])
    assert ranked == Rankings([[2, 0, 1], [1, 2, 2]], alternatives=["2", "9", "10"])
    assert Rankings.from_orders([(2, 1)], alternatives=[1, 2]) == Rankings([[2, 1]], alternatives=["1", "2"])
    assert Rankings.from_orders([(2, "x", 10)]).alternatives == ("10", "2", "x")
    assert ranked.restrict([9, 2]).alternatives == ("9", "2")


def test_labels_are_strings():
    assert Utilities([[1, 2]], alternatives=[7, "x"]).alternatives == ("7", "x")


@pytest.mark.parametrize("profile", [Utilities([[1, NAN]]), Rankings([[1, 0]]), Approvals([[1, 0]])])
def test_is_immutable_and_copies_what_it_is_given(profile):
    with pytest.raises(ValueError, match="read-only"):
        profile._matrix[0, 0] = 0
    with pytest.raises(ValueError, match="read-only"):
        profile.weights[0] = 0
    with pytest.raises(AttributeError, match="make a new profile"):
        profile.weights = np.ones(1)
    with pytest.raises(TypeError):
        profile.groups["x"] = ["y"]
    values = np.ones((1, 1))
    kept = Utilities(values)
    values[0, 0] = 5
    assert kept.values[0, 0] == 1


@given(utilities(missing=True, groups=2) | rankings(ties=True, truncated=True) | approvals())
def test_survives_copying_and_pickling(profile):
    assert pickle.loads(pickle.dumps(profile)) == profile
    assert copy.deepcopy(profile) == profile


def test_equality_is_by_content():
    assert Utilities([[1, NAN]]) == Utilities([[1, NAN]])
    assert Utilities([[1, 2]]) != Utilities([[1, 2]], weights=[2])
    assert Utilities([[1, 2]]) != Utilities([[1, 2]], alternatives=["x", "y"])
    assert Utilities([[1, 2]]) != Utilities([[1, 2]], groups=["x"])
    assert Utilities([[1, 1]]) != Rankings([[1, 1]])


def test_ranks_are_made_dense():
    assert Rankings([[3, 7, 3, 0]]).ranks.tolist() == [[1, 2, 1, 0]]
    assert Rankings([[10**9, 10**9 + 1]]).ranks.tolist() == [[1, 2]]


def test_orders():
    profile = Rankings.from_orders([("b", ("a", "c")), ("c",), ()], weights=[2, 1, 1])
    assert profile.alternatives == ("a", "b", "c")
    assert profile.ranks.tolist() == [[2, 1, 2], [0, 0, 1], [0, 0, 0]]
    assert Rankings.from_orders([("b",)], alternatives=["b", "a"]).ranks.tolist() == [[1, 0]]


def test_utilities_as_rankings_and_approvals():
    profile = Utilities([[0.3, 0.1 + 0.2, NAN, 0.1], [1e9, 1e9 + 1, 0, -5]], [1, 2], groups=["x", "y"])
    ranked = profile.to_rankings()
    assert ranked.ranks.tolist() == [[1, 1, 0, 2], [2, 1, 3, 4]]
    approved = profile.to_approvals(threshold=0.3)
    assert approved.matrix.tolist() == [[True, True, False, False], [True, True, False, False]]
    for converted in (ranked, approved):
        assert converted.weights.tolist() == [1, 2]
        assert converted.groups["group"].tolist() == ["x", "y"]


def test_rankings_and_approvals_into_each_other():
    assert Rankings([[2, 1, 0, 3]]).to_approvals(top=2).matrix.tolist() == [[True, True, False, False]]
    assert Approvals([[0, 1]]).to_rankings().ranks.tolist() == [[0, 1]]


def test_select_and_restrict():
    profile = Utilities([[1, 2], [3, 4], [5, 6]], [1, 2, 3], groups={"side": ["l", "r", "l"]})
    left = profile.select(profile.groups["side"] == "l")
    assert (left.values.tolist(), left.weights.tolist()) == ([[1, 2], [5, 6]], [1, 3])
    assert profile.select([1, 1]).groups["side"].tolist() == ["r", "r"]
    assert profile.restrict(["b"]).values.tolist() == [[2], [4], [6]]
    assert profile.with_weights([0, 0, 1]).weights.tolist() == [0, 0, 1]


def test_repr():
    assert repr(Utilities([[1, NAN]], weights=[2], groups=["x"])) == (
        "Utilities(1 voters; a, b; total weight 2; 1 missing; groups by group)"
    )
    assert repr(Approvals(np.ones((1, 9)))) == "Approvals(1 voters; a, b, c, d, e, f, ... (9 in all))"
