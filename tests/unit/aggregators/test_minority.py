import numpy as np
import pytest
from hypothesis import given

from aggregators import ProfileError, Utilities, decide
from aggregators.minority import gap, group_welfare, losses
from aggregators.strategies import utilities

NAN = float("nan")
JURY = Utilities(
    [[4, 0, 1], [2, 0, 1], [0, 3, NAN], [1, 3, NAN], [NAN, NAN, NAN]],
    weights=[3, 1, 1, 1, 1],
    groups={"side": ["n", "n", "s", "s", "mute"]},
)


def test_group_welfare_is_weighted_and_never_invents_a_zero():
    groups = group_welfare(JURY, "side")
    assert groups.labels == ("mute", "n", "s")
    np.testing.assert_array_equal(groups.welfare, [[NAN, NAN, NAN], [3.5, 0, 1], [0.5, 3, NAN]])
    assert groups.sizes.tolist() == [1, 2, 2]
    assert groups.weights.tolist() == [1, 4, 2]
    assert groups.answered.tolist() == [[0, 0, 0], [2, 2, 2], [2, 2, 0]]


def test_gap():
    found = gap(JURY, "side")
    assert found.majority == "n"
    np.testing.assert_array_equal(found.majority_gap, [3, -3, NAN])
    np.testing.assert_array_equal(found.spread, [3, 3, 0])
    assert found.worst_group == ("s", "n", "n")
    assert found.worst.tolist() == [0.5, 0, 1]


def test_gap_where_nobody_answered():
    found = gap(Utilities([[NAN, 1]], groups=["x"]))
    assert found.worst_group == (None, "x")
    np.testing.assert_array_equal(found.spread, [NAN, 0])
    np.testing.assert_array_equal(found.majority_gap, [NAN, NAN])


def test_losses():
    found = losses(JURY, ("a",), "side")
    assert found.favourites == ((), ("a",), ("b",))
    np.testing.assert_array_equal(found.regret, [NAN, 0, 2.5])
    assert found.loses.tolist() == [False, False, True]
    np.testing.assert_array_equal(losses(JURY, ("a", "b"), "side").regret, [NAN, 1.75, 1.25])
    assert losses(JURY, ("a", "b"), "side").loses.tolist() == [False, False, False]
    np.testing.assert_array_equal(losses(JURY, ("c",), "side").regret, [NAN, 2.5, NAN])


def test_favourites_tie_through_noise():
    found = losses(Utilities([[0.3, 0.1 + 0.2]], groups=["x"]), ("a",))
    assert found.favourites == (("a", "b"),)
    assert not found.loses.any()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: group_welfare(JURY, "age"), "by='age' is not an attribute of the voters; groups has: side"),
        (lambda: gap(Utilities([[1]])), "groups has: none"),
        (lambda: losses(JURY, (), "side"), "winners"),
        (lambda: losses(JURY, ("z",), "side"), "'z' is not in this profile"),
    ],
)
def test_refuses_in_one_line(call, says):
    with pytest.raises(ProfileError, match=says):
        call()


@given(utilities(missing=True, groups=3, whole=True))
def test_groups_add_up_to_the_whole(profile):
    groups = group_welfare(profile)
    counted = [group_welfare(profile.restrict([label])) for label in profile.alternatives]
    overall = decide(profile, "utilitarian")
    for column, alone in enumerate(counted):
        np.testing.assert_array_equal(alone.welfare[:, 0], groups.welfare[:, column])
        assert groups.answered[:, column].sum() == overall.answered[column]
        if len(groups.labels) == 1:
            np.testing.assert_array_equal(groups.welfare[0, column], overall.scores[column])
    if not np.isnan(profile.values).any():
        np.testing.assert_allclose(groups.weights @ groups.welfare / groups.weights.sum(), overall.scores, atol=1e-12)


@given(utilities(missing=True, groups=3))
def test_regret_is_none_or_a_loss_and_favourites_cost_nothing(profile):
    for label in profile.alternatives:
        found = losses(profile, (label,))
        regret = found.regret[~np.isnan(found.regret)]
        assert (regret >= 0).all()
        for favourites, cost, lost in zip(found.favourites, found.regret, found.loses, strict=True):
            assert lost == (bool(favourites) and label not in favourites)
            if label in favourites:
                assert cost == pytest.approx(0, abs=1e-8)
