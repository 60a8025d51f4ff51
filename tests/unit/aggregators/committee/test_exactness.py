"""What floats cannot tell apart, and what they must not."""

import math
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregators import Approvals, Rankings, RuleError, elect
from aggregators.committee import counting
from aggregators.committee.counting import whole_weights
from aggregators.strategies import approvals, weights

RULES = ("cc", "pav", "seqpav", "phragmen", "mes", "monroe")
EVERY_RULE = pytest.mark.parametrize("rule", RULES)


@EVERY_RULE
def test_one_vote_in_a_trillion_decides(rule):
    rivals = Approvals(np.eye(2), [1e12 + 1, 1e12])
    assert elect(rivals, rule, seats=1).committees == (frozenset("a"),)
    assert len(elect(rivals.with_weights([1e12, 1e12]), rule, seats=1).committees) == 2


@EVERY_RULE
def test_rounding_invents_no_winner(rule):
    rivals = Approvals([[1, 0], [1, 0], [0, 1]])
    for one, two in ((0.1, 0.2), (math.pi, math.e), (1 / 3, 2 / 3), (1e-9 * math.pi, 1e9)):
        assert len(elect(rivals, rule, seats=1, weights=[one, two, one + two]).committees) == 2


@EVERY_RULE
@given(data=st.data())
def test_any_weights_will_do(rule, data):
    profile = data.draw(approvals(weighted=False))
    given_weights = data.draw(weights(profile.n_voters, whole=False))
    seats = data.draw(st.integers(1, profile.n_alternatives))
    outcome = elect(profile, rule, seats=seats, weights=given_weights)
    assert all(len(committee) == seats for committee in outcome.committees)
    assert elect(profile, rule, seats=seats, weights=given_weights * 7).committees == outcome.committees


def test_phragmen_adds_up_fractions_exactly():
    # After a is elected at 1/3, both b and c come at 2/3: a third of them owed by the same voters, or by others.
    profile = Approvals([[1, 1, 0, 0], [1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 1, 1], [0, 0, 1, 1]])
    committees = elect(profile, "phragmen", seats=3).committees
    assert frozenset("abc") in committees
    assert len(committees) == 1 + elect(profile, "phragmen", seats=2).committees.count(frozenset("ab"))


@pytest.mark.parametrize(
    ("given_weights", "whole"),
    [
        ([1, 1, 1], [1, 1, 1]),
        ([0.7, 0.7], [1, 1]),
        ([4, 6, 0], [2, 3, 0]),
        ([0.25, 1.5], [1, 6]),
        ([1 / 3, 1 / 7, 1], [7, 3, 21]),
        ([0.0, 1.0], [0, 1]),
    ],
)
def test_a_common_unit(given_weights, whole):
    assert whole_weights(np.array(given_weights, dtype=float)).tolist() == whole


@pytest.mark.parametrize("given_weights", [[1, math.pi], [1e-300, 1.0], [2.0**53, 1.5], [1e300, 1e300, 1]])
def test_no_common_unit(given_weights):
    assert whole_weights(np.array(given_weights)) is None


@pytest.mark.parametrize("rule", ["seqpav", "phragmen", "mes"])
def test_refuses_to_list_too_many_ties(rule, monkeypatch):
    monkeypatch.setattr(counting, "MOST_COMMITTEES", 1000)
    everyone = Approvals(np.ones((1, 30)))
    with pytest.raises(RuleError, match="tie_break='lexicographic'"):
        elect(everyone, rule, seats=8)
    assert elect(everyone, rule, seats=8, tie_break="lexicographic").committees == (frozenset("abcdefgh"),)


@dataclass(frozen=True)
class Grown:
    chosen: tuple[int, ...]

    def key(self):
        return frozenset(self.chosen)


def test_clones_are_seen_to_tie_before_all_are_followed():
    followed = []

    def step(path):
        followed.append(path)
        if len(path.chosen) == 12:
            return None
        return [Grown((*path.chosen, column)) for column in range(24) if column not in path.chosen]

    with pytest.raises(RuleError, match="more than 100000 ways to break ties"):
        counting.every_path(Grown(()), step, np.ones((3, 24)))
    assert len(followed) < 2_000  # instead of some ten thousand


def test_many_ties_that_are_few_enough_are_all_followed():
    # Of each five clones two are elected: 10 ways, three times.
    rows = np.repeat(np.eye(3), 5, axis=1)
    found = elect(Approvals(rows), "phragmen", seats=6).committees
    assert len(found) == 10**3


@pytest.mark.parametrize("rule", ["seqpav", "phragmen", "mes", "stv"])
def test_clones_by_the_dozen_are_refused_by_every_rule(rule, monkeypatch):
    counted = []
    reckoned = counting._at_least
    monkeypatch.setattr(counting, "_at_least", lambda *given: counted.append(reckoned(*given)) or counted[-1])
    alike = Rankings(np.ones((2, 24))) if rule == "stv" else Approvals(np.ones((2, 24)))
    with pytest.raises(RuleError, match="more than 100000 ways to break ties"):
        elect(alike, rule, seats=12)
    assert counted == [2_704_156]  # 24 over 12


@pytest.mark.parametrize("rule", ["cc", "pav", "monroe"])
def test_the_solver_answers_where_too_many_tie(rule):
    everyone = Approvals(np.ones((3, 22)))
    with pytest.raises(RuleError, match="search='milp' finds one"):
        elect(everyone, rule, seats=8, search="enumerate")
    outcome = elect(everyone, rule, seats=8, search="milp")
    assert [len(committee) for committee in outcome.committees] == [8]
    assert outcome.gap == pytest.approx(0, abs=1e-9)
    assert not outcome.complete


@pytest.mark.parametrize("rule", ["cc", "pav", "monroe"])
def test_the_solver_takes_over_by_itself(rule):
    parties = Approvals(np.kron(np.eye(10), np.ones((1, 6))), weights=np.arange(1, 11))
    outcome = elect(parties, rule, seats=10)
    assert not outcome.complete
    assert outcome.gap == pytest.approx(0, abs=1e-9)
    (committee,) = outcome.committees
    seats = [sum(parties.index(label) // 6 == party for label in committee) for party in range(10)]
    if rule == "cc":
        assert seats == [1] * 10
        assert outcome.score == 55


@pytest.mark.parametrize("rule", ["pav", "monroe"])
def test_a_time_limit_leaves_an_honest_gap(rule):
    rng = np.random.default_rng(0)
    hard = Approvals(rng.random((400, 60)) < 0.3)
    try:
        outcome = elect(hard, rule, seats=12, search="milp", time_limit=0.5)
    except RuleError as error:
        assert "time_limit" in str(error)  # noqa: PT017 - either is right, depending on the machine
    else:
        assert outcome.gap > 0
        assert not outcome.complete


@pytest.mark.parametrize(
    ("rule", "options", "message"),
    [
        ("pav", {"search": "guess"}, "search='guess' of .* is not an option; choose one of: auto, enumerate, milp"),
        (
            "mes",
            {"completion": "all"},
            "completion='all' of .* is not an option; choose one of: phragmen, utilitarian, none",
        ),
        ("monroe", {"shares": "odd"}, "shares='odd' of .* is not an option; choose one of: equal, whole"),
        ("monroe", {"shares": "whole", "weights": [0.5, 1]}, "a weight is not whole"),
    ],
)
def test_refusals(rule, options, message):
    with pytest.raises(RuleError, match=message):
        elect(Approvals(np.eye(2)), rule, seats=1, **options)
