"""Fanatics, blocs and abstainers, against profiles in which the ballots were really changed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregators import Approvals, Comparisons, ProfileError, Rankings, Utilities, decide
from aggregators.extremes import Extremes
from aggregators.fanatics import fanatic_sensitivity
from aggregators.minority import losses
from aggregators.pivotality import pivotality
from aggregators.strategies import utilities

RULES = ["utilitarian", "nash", "maximin", "leximin", "borda", "plurality", "copeland"]
SMALL = utilities(min_alternatives=2, max_alternatives=3, low=1, high=5, whole=True, missing=True)


def replaced(profile, voters, ballot):
    values = profile.values.copy()
    values[voters] = ballot
    return Utilities(values, profile.weights, profile.alternatives)


def extreme_ballots(many):
    for column in range(many):
        for high, low in ((5, 1), (1, 5)):
            ballot = np.full(many, low)
            ballot[column] = high
            yield ballot


@pytest.mark.parametrize("rule", RULES)
@given(profile=SMALL)
def test_what_one_fanatic_can_do(rule, profile):
    found = fanatic_sensitivity(profile, rule, scale=(1, 5))
    now = decide(profile, rule)
    shift, can, alone = np.zeros(profile.n_alternatives), 0.0, set()
    for voter in np.flatnonzero(profile.weights):
        changed = False
        for ballot in extreme_ballots(profile.n_alternatives):
            then = decide(replaced(profile, voter, ballot), rule)
            changed |= set(then.winners) != set(now.winners)
            if len(then.winners) == 1:
                alone |= set(then.winners)
            if then.scores is not None:
                shift = np.fmax(shift, np.abs(then.scores - now.scores))
        can += profile.weights[voter] * changed
    assert found.changes == (can > 0)
    assert found.share == pytest.approx(can / profile.weights.sum())
    assert set(found.reachable) == alone - (set(now.winners) if len(now.winners) == 1 else set())
    if found.shift is not None:
        assert found.shift == pytest.approx(shift)


def test_fanatics_by_hand():
    jury = Utilities([[4, 2]] * 9 + [[2, 3]])
    calm, shaken = (fanatic_sensitivity(jury, rule, scale=(1, 5)) for rule in ("utilitarian", "maximin"))
    assert (calm.changes, calm.share, calm.reachable) == (False, 0, ())
    assert calm.shift == pytest.approx([0.3, 0.3])
    assert (shaken.changes, shaken.reachable, shaken.shift.tolist()) == (
        True,
        ("a", "b"),
        [2, 1],
    )  # who has 2 for a may give 5
    heavy = jury.with_weights([1] * 9 + [40])
    assert fanatic_sensitivity(heavy, "utilitarian", scale=(1, 5)).share == pytest.approx(40 / 49)


def test_other_ballots():
    choice = Rankings([[1, 0, 0]] * 3 + [[0, 1, 0]] * 2)
    found = fanatic_sensitivity(choice, "plurality")
    assert (found.changes, found.share, found.reachable, found.shift.tolist()) == (True, 0.6, ("b",), [1, 1, 1])
    approved = Approvals([[1, 0, 0]] * 5 + [[0, 1, 1]])
    assert fanatic_sensitivity(approved, "approval").changes is False
    assert Extremes.of(approved).profile.matrix[6:].sum(axis=1).tolist() == [1, 1, 1, 2, 2, 2]
    with pytest.raises(ProfileError, match="Comparisons have no extreme ballot"):
        fanatic_sensitivity(Comparisons([[[0, 1], [0, 0]]]), "copeland")
    with pytest.raises(ProfileError, match="has no length"):
        fanatic_sensitivity(Utilities([[1, 2]]), "nash", scale=(2, 2))


def test_no_opinions_at_all():
    nobody = Utilities([[np.nan, np.nan]], groups=["g"])
    assert fanatic_sensitivity(nobody, "utilitarian").changes is True
    found = pivotality(nobody, "utilitarian", nobody)
    assert (found.pivotal.tolist(), found.held_back.tolist()) == ([False], [False])


@pytest.mark.parametrize("rule", RULES)
@given(profile=SMALL, data=st.data())
def test_a_group_that_abstains_or_votes_as_one(rule, profile, data):
    labels = data.draw(st.lists(st.sampled_from("xyz"), min_size=profile.n_voters, max_size=profile.n_voters))
    grouped = Utilities(profile.values, profile.weights, profile.alternatives, labels)
    found = pivotality(grouped, rule, grouped, scale=(1, 5))
    now = set(decide(profile, rule).winners)
    lost = losses(grouped, now, "group") if now else None
    for row, group in enumerate(found.labels):
        inside = np.array(labels) == group
        rest = profile.weights * ~inside
        absent = set(decide(profile.with_weights(rest), rule).winners) if rest.any() else set()
        assert {label for label, won in zip("abc", found.without[row], strict=False) if won} == absent
        assert found.pivotal[row] == (absent != now)
        if lost is None or not lost.favourites[row]:
            continue
        united = set()
        for favourite in lost.favourites[row]:
            ballot = np.where(np.array(profile.alternatives) == favourite, 5, 1)
            united |= set(decide(replaced(profile, inside, ballot), rule).winners)
        assert {label for label, won in zip("abc", found.united[row], strict=False) if won} == united
        assert found.held_back[row] == (lost.loses[row] and bool(united & set(lost.favourites[row])))


def test_slips_are_named():
    jury = Utilities([[1, 2]], groups=["g"])
    with pytest.raises(ProfileError, match="by='side' is not an attribute of the voters; groups has: group"):
        pivotality(jury, "nash", jury, "side")
    with pytest.raises(ProfileError, match="give the same voters"):
        pivotality(jury, "nash", Utilities([[1, 2], [1, 2]]))
