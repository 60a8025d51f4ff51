"""What a search tries, refuses, counts and says of it."""

import itertools
import time

import numpy as np
import pytest

from aggregators import Approvals, ProfileError, Rankings, RuleError, Utilities
from aggregators.axioms import RuleFailed, axioms, search, subject
from aggregators.axioms.base import Axiom, expect
from aggregators.axioms.shrinking import shrunk
from aggregators.axioms.survey import survey
from aggregators.axioms.targeted import _closeness

PROFILES = [Utilities([[1, 2, 3], [3, 1, 2]]), Rankings([[1, 2, 3], [3, 1, 2]]), Approvals([[1, 0, 0], [0, 1, 1]])]
BAD_CHANGES = [{}, {"voter": 0}, {"voter": "x"}, {"voter": [0]}, {"seats": None}, {"pair": 3}, {"merged": 1}, [], None]


@np.errstate(all="ignore")
def nash_log(values):
    return np.log(values - 1).sum(axis=0)


def test_an_infinite_score_is_no_tie():
    assert search(nash_log, "weak-pareto", examples=200).violation is None


@pytest.mark.parametrize("scores", [[np.inf, 1.0], [-np.inf, 1.0], [np.nan, np.nan], [1e308, -1e308], [np.inf, np.inf]])
def test_closeness_is_finite(scores):
    assert np.isfinite(_closeness(subject(lambda values: np.array(scores)), Utilities([[1, 2]])))


# --- weights -------------------------------------------------------------------------------------


def test_weights_that_are_not_whole_are_tried():
    def cut_off(values, weights):
        return np.repeat(values, weights.astype(int), axis=0).sum(axis=0)

    def rounded_up(values, weights):
        return np.ceil(weights) @ values

    for rule in (cut_off, rounded_up):
        found = search(rule, "weight-split")
        assert found.status == "violated"
        assert (found.violation.profile.weights % 1 != 0).any()


def test_a_function_without_weights_is_asked_about_rows_only():
    seen = set()

    def rows(values):
        return values.mean(axis=0)

    class Watched(Axiom):
        name, statement, formula, source = "watched", "w", "w", "w"

        def judge(self, trial, profile, change):
            seen.update(profile.weights.tolist())
            trial.decide(profile)
            return expect(True, "")

    found = search(rows, Watched(), examples=50)
    assert (found.status, found.refused) == ("held", 0)
    assert seen == {1.0}


def test_witnesses_of_rows_get_smaller():
    def majority_of_three(values):
        return {0} if len(values) >= 3 and len(np.unique(values[:, 0])) > 1 else {1}

    found = search(majority_of_three, "neutrality")
    assert found.violation.profile.n_voters <= 3
    assert set(found.violation.profile.weights) == {1}


def test_shrinking_never_raises_a_weight_that_is_below_one():
    rule = subject(lambda values, weights: {0}, name="first")
    profile = Utilities([[1, 2], [1, 2]], [0.5, 3.25])
    tried = []

    def again(smaller):
        tried.append(smaller)

    shrunk(axioms["neutrality"].check(rule, profile), again)
    light = [each.weights.tolist() for each in tried if each.n_voters == 2]
    assert [0.5, 2.25] in light
    assert [1.0, 4.0] in light  # rounded up, as whole weights are easier to read
    assert all(first in {0.5, 1.0} for first, _ in light)


# --- refusals ------------------------------------------------------------------------------------


def test_what_a_change_makes_of_a_profile_may_be_refused():
    def few_rows(values):
        return values.mean(axis=0)

    found = search(few_rows, "homogeneity", examples=60)
    assert (found.status, found.refused, found.refusal) == ("held", 0, "")
    assert found.cases > 100


def test_the_first_refusal_is_kept():
    def picky(profile: Rankings):
        if profile.n_voters % 2:
            raise ProfileError(f"{profile.n_voters} voters are odd")
        return {0}

    def never(profile: Rankings):
        raise ProfileError("not today")

    found = search(picky, "anonymity", examples=40)
    assert (found.status, found.refusal) == ("held", f"{found.refusal[0]} voters are odd")
    assert f"it refused {found.refused:,}, the first because: {found.refusal}" in str(found)
    assert found.to_dict()["refusal"] == found.refusal
    found = search(never, "anonymity", examples=5)
    assert (found.status, found.cases, found.refusal) == ("never asked", 0, "not today")
    assert "never asked" in str(found)
    assert "not today" in str(found)


def test_that_every_change_was_refused_is_said():
    def one_size(profile: Rankings):
        if profile.n_alternatives > 2:
            raise ProfileError("two alternatives at most")
        return {0}

    two = Rankings([[1, 2], [2, 1]])
    assert axioms["clones"].check(one_size, two) is None
    found = [each for each in axioms["clones"].cases(subject(one_size), two) if not isinstance(each, bool)]
    assert {str(each) for each in found} <= {"two alternatives at most"}
    assert found


@pytest.mark.parametrize("name", axioms)
@pytest.mark.parametrize("change", BAD_CHANGES, ids=str)
def test_a_change_that_is_none_is_not_spoken_of(name, change):
    axiom = axioms[name]
    rule = next(each for each in ("borda", "utilitarian", "pav", "stv") if axiom.not_applicable(subject(each)) is None)
    profile = next(each for each in PROFILES if type(each) is subject(rule).reads)
    if change is None or (
        change == {} and any(dict(each) == {} for each in axiom.changes(profile, np.random.default_rng(0)))
    ):
        return  # nothing is done to the profile
    if "voter" in change and set(change) == {"voter"} and name == "participation" and change["voter"] == 0:
        return
    with pytest.raises(RuleError, match="does not speak of the change"):
        axiom.check(rule, profile, change=change)


# --- the same question, the same answer ----------------------------------------------------------


def test_a_rule_that_answers_at_random_is_found_out():
    rng = np.random.default_rng(0)

    def at_random(values):
        return int(rng.integers(values.shape[1]))

    with pytest.raises(RuleFailed, match=r"at_random is not deterministic: asked twice about .*, it answered winner: "):
        search(at_random, "anonymity", examples=5)


def test_answers_of_a_witness_are_asked_for_again():
    turn = itertools.count()

    def seldom(values):
        if len(values) == 2 and values.shape[1] == 2 and values[0, 0] == values[1, 0] == 1:
            return next(turn) % 2
        return values.sum(axis=0)

    with pytest.raises(RuleFailed, match="seldom is not deterministic"):
        search(seldom, "neutrality")


def test_committees_at_random_are_found_out():
    rng = np.random.default_rng(0)

    def at_random(matrix, seats):
        return rng.permutation(matrix.shape[1])[:seats].tolist()

    with pytest.raises(RuleFailed, match="at_random is not deterministic"):
        search(at_random, "jr", examples=5)


# --- time ----------------------------------------------------------------------------------------


def slow(values):
    time.sleep(0.02)
    return values.mean(axis=0)


def test_a_search_stops_in_time():
    found = search(slow, "neutrality", time_limit=0.3)
    assert (found.status, found.reason) == ("held", "stopped after 0.3 s")
    assert 0 < found.cases < 30
    assert "stopped after 0.3 s" in str(found)
    assert [each.reason for each in survey(slow, ["pareto", "neutrality"], time_limit=0.2)] == [
        "stopped after 0.2 s"
    ] * 2


def test_targeted_profiles_stop_in_time():
    found = search(slow, "neutrality", examples=1, exhaustive=False, time_limit=0.15)
    assert found.violation is None


@pytest.mark.parametrize("limit", [0, -1, float("nan")])
def test_a_time_limit_is_a_number_of_seconds(limit):
    with pytest.raises(RuleError, match="time_limit"):
        search("borda", "anonymity", time_limit=limit)


def test_the_tally_is_of_what_was_tried_before_a_witness_got_smaller():
    found = search("borda", "condorcet")
    assert found.phase == "smallest"
    few = search("plurality", "condorcet", examples=4000, exhaustive=False)
    assert few.phase == "random"
    assert few.profiles < 30
