"""Axioms about who comes, who leaves, who lies and what things are called: known violations, rules that comply."""

import numpy as np
import pytest

from aggregators import Approvals, Rankings, Utilities
from aggregators.axioms import OutsideDomain, Violation, axioms, search, subject
from aggregators.axioms.drawing import drawn


def rankings(ballots, alternatives="abc"):
    """Rankings from text such as ``"3 abc, 1 cab"``: a weight and an order, one letter each."""
    weights, orders = zip(*(ballot.split() for ballot in ballots.split(", ")), strict=True)
    return Rankings.from_orders(
        [tuple(order) for order in orders], [int(weight) for weight in weights], list(alternatives)
    )


def dictator(profile: Rankings):
    """What the first voter likes best."""
    return {profile.alternatives[column] for column in np.flatnonzero(profile.ranks[0] == 1)}


def first_place(profile: Rankings):
    """The first alternative."""
    return profile.alternatives[0]


def first_name(profile: Rankings):
    """The alternative whose name comes first."""
    return min(profile.alternatives)


def everything(profile: Rankings):
    """All alternatives."""
    return set(profile.alternatives)


def nothing(profile: Rankings):
    """A verdict that always hangs."""
    return set()


def threshold(profile: Rankings):
    """All that have ten firsts, or everything."""
    firsts = profile.weights @ (profile.ranks == 1)
    return set(np.array(profile.alternatives)[firsts >= 10].tolist()) or set(profile.alternatives)


def heads(profile: Rankings):
    """Plurality that gives every ballot one vote, whatever it weighs."""
    firsts = (profile.ranks == 1).sum(axis=0)
    return {profile.alternatives[column] for column in np.flatnonzero(firsts == firsts.max())}


CYCLE = rankings("1 abc, 1 bca, 1 cab")
# By search. Moulin (1988) shows that every Condorcet rule for four alternatives has such profiles; Fishburn and Brams
# (1983, Paradoxes of preferential voting) that instant-runoff voting has them for three.
IRV_NO_SHOW = rankings("1 abc, 3 acb, 3 bac, 2 bac, 5 cab")

VIOLATED = [
    ("anonymity", dictator, rankings("1 abc, 1 bca"), {"order": [1, 0]}),
    ("neutrality", first_place, rankings("1 abc"), {"order": ["b", "a", "c"]}),
    ("neutrality", first_name, rankings("1 abc"), {"names": ["b", "a", "c"]}),
    ("homogeneity", threshold, rankings("6 abc, 3 bca"), {"copies": 2}),
    ("weight-split", heads, rankings("3 abc, 1 bca"), {"voter": 0, "parts": [1, 2]}),
    ("weight-split", heads, rankings("1 abc, 1 abc, 1 bca"), {"merged": [0, 1]}),
    ("resolvability", everything, rankings("1 ab", "ab"), {}),
    ("resolvability", "copeland", rankings("2 abc, 2 cab, 1 bca"), {}),
    ("resolvability", lambda profile: set(profile.alternatives), Approvals([[1, 0]]), {}),
    ("positive-responsiveness", "plurality", CYCLE, {"voter": 0, "raised": "c", "ballot": [1, 3, 2]}),
    ("participation", "irv", IRV_NO_SHOW, {"voter": 3}),
    ("reinforcement", "copeland", rankings("1 abc, 1 abc, 1 bac, 1 bca"), {"first": [0, 2]}),
    ("strategyproofness", "borda", rankings("1 abcd, 1 cabd", "abcd"), {"voter": 1, "ballot": [4, 3, 1, 2]}),
    ("strategyproofness", "plurality", rankings("3 abc, 2 bca, 2 cba"), {"voter": 2, "ballot": [3, 1, 2]}),
    ("strategyproofness", "range", Utilities([[5, 4], [1, 3]]), {"voter": 0, "ballot": [5, 1]}),
]


def on_trial(rule, profile):
    """The rule, reading what the profile is."""
    return subject(rule) if isinstance(rule, str) else subject(rule, reads=type(profile))


@pytest.mark.parametrize(("axiom", "rule", "profile", "change"), VIOLATED)
def test_known_violations(axiom, rule, profile, change):
    found = axioms[axiom].check(on_trial(rule, profile), profile, change=change)
    assert found is not None
    assert found.profile == profile
    assert Violation.from_json(found.to_json()).holds_against(on_trial(rule, profile))


@pytest.mark.parametrize(("axiom", "rule", "profile", "change"), VIOLATED)
def test_the_violation_is_among_the_changes_tried(axiom, rule, profile, change):
    assert axioms[axiom].check(on_trial(rule, profile), profile, at_most=1000) is not None


@pytest.mark.parametrize(
    ("axiom", "rule"),
    [
        ("anonymity", "borda"),
        ("neutrality", "borda"),
        ("neutrality", dictator),
        ("homogeneity", "schulze"),
        ("weight-split", "irv"),
        ("resolvability", "borda"),
        ("positive-responsiveness", "borda"),
        ("participation", "borda"),
        ("participation", "plurality"),
        ("reinforcement", "borda"),
        ("strategyproofness", dictator),
    ],
)
def test_satisfied(axiom, rule):
    asked = subject(rule)
    profiles = drawn(Rankings, "linear", np.random.default_rng(0))
    cases = [case for _ in range(60) for case in axioms[axiom].cases(asked, next(profiles), at_most=12)]
    assert not [case for case in cases if isinstance(case, Violation)]
    assert True in cases  # it was asked


@pytest.mark.parametrize(
    ("axiom", "rule", "profile"),
    [
        ("anonymity", dictator, rankings("1 abc, 1 abc")),
        ("neutrality", dictator, Rankings([[1]])),
        ("resolvability", "borda", rankings("1 abc")),
        ("resolvability", everything, Rankings([[1, 2, 3, 4, 5]])),
        ("positive-responsiveness", "plurality", rankings("1 abc, 1 acb")),
        ("positive-responsiveness", nothing, CYCLE),
        ("participation", "plurality", rankings("1 abc")),
        ("participation", "plurality", rankings("1 abc, 1 acb")),
        ("participation", nothing, CYCLE),
        ("reinforcement", "plurality", rankings("1 abc, 1 bac")),
        ("reinforcement", nothing, CYCLE),
        ("strategyproofness", "plurality", rankings("1 abc, 1 acb")),
        ("strategyproofness", nothing, CYCLE),
        ("strategyproofness", first_place, Rankings([[1, 2], [2, 1]], [1, 0])),  # who is absent
        ("participation", first_place, Rankings([[1, 2], [2, 1]], [1, 0])),
        ("strategyproofness", "range", Utilities([[5, np.nan], [1, 3]])),
        ("participation", "range", Utilities([[5, np.nan], [1, 3]])),
    ],
)
def test_nothing_is_asked(axiom, rule, profile):
    assert not any(axioms[axiom].cases(on_trial(rule, profile), profile))


@pytest.mark.parametrize(
    ("axiom", "profile", "change"),
    [
        ("anonymity", CYCLE, {"order": [0, 0, 1]}),
        ("neutrality", CYCLE, {"order": ["a", "b"]}),
        ("neutrality", CYCLE, {"names": ["a", "b", "d"]}),
        ("homogeneity", CYCLE, {"copies": 1}),
        ("weight-split", rankings("3 abc"), {"voter": 0, "parts": [1.5, 1.5]}),
        ("weight-split", rankings("3 abc"), {"voter": 0, "parts": [1, 1]}),
        ("weight-split", rankings("3 abc"), {"voter": 0, "parts": [4, -1]}),
        ("weight-split", CYCLE, {"merged": [0, 1]}),
        ("resolvability", CYCLE, {"winner": "a"}),
        ("positive-responsiveness", CYCLE, {"voter": 0, "raised": "c", "ballot": [3, 2, 1]}),
        ("participation", rankings("1 abc"), {"voter": 0}),
        ("participation", CYCLE, {"voter": 3}),
        ("reinforcement", CYCLE, {"first": []}),
        ("reinforcement", CYCLE, {"first": [0, 1, 2]}),
        ("reinforcement", CYCLE, {"first": [0, 0]}),
        ("reinforcement", Rankings([[1, 2], [2, 1]], [1, 0]), {"first": [0]}),
        ("strategyproofness", CYCLE, {"voter": 0, "ballot": [1, 1, 2]}),  # linear orders stay linear
        ("strategyproofness", CYCLE, {"voter": 0, "ballot": [1, 2]}),
        ("strategyproofness", CYCLE, {"voter": 3, "ballot": [1, 2, 3]}),
        ("strategyproofness", Rankings([[1, 1, 2]]), {"voter": 0, "ballot": [1, 3, 3]}),  # no ballot as it is kept
        ("strategyproofness", Rankings([[1, 1, 2]]), {"voter": 0, "ballot": [-1, 1, 2]}),
        ("strategyproofness", Utilities([[5, 4], [1, 3]]), {"voter": 0, "ballot": [6, 1]}),
    ],
)
def test_illegitimate_changes(axiom, profile, change):
    rule = "range" if isinstance(profile, Utilities) else "borda"
    with pytest.raises(OutsideDomain):
        axioms[axiom].check(rule, profile, change=change)


@pytest.mark.parametrize(
    ("axiom", "profile", "change"),
    [
        ("weight-split", Rankings([[1, 2], [2, 1]], [0.5, 1]), {"voter": 0, "parts": [0.2, 0.3]}),
        ("anonymity", rankings("1 abc, 2 abc, 3 abc, 4 abc"), {"order": [2, 0, 3, 1]}),
        ("reinforcement", rankings(", ".join(["1 abc"] * 9)), {"first": [3, 8]}),
        ("strategyproofness", Rankings([[1, 2, 3, 4, 5, 6]]), {"voter": 0, "ballot": [6, 5, 4, 3, 2, 1]}),
        ("strategyproofness", Utilities([[5, 4], [1, 3]]), {"voter": 1, "ballot": [1.5, 2.5]}),
    ],
)
def test_changes_beyond_those_tried_are_allowed(axiom, profile, change):
    assert axioms[axiom].allows(profile, change)


def test_resolvability_shows_one_vain_attempt_only():
    found = axioms["resolvability"].check("copeland", rankings("2 abc, 2 cab, 1 bca"))
    assert len(found.steps) == 2
    assert "makes" in found.expected


def test_part_of_the_electorate_may_be_large():
    """Both parts of ten voters are drawn, and are legitimate."""
    profile = rankings(", ".join(["1 abc", "1 bca"] * 5))
    changes = list(axioms["reinforcement"].changes(profile, np.random.default_rng(0)))
    assert changes
    assert all(axioms["reinforcement"].allows(profile, change) for change in changes)


@pytest.mark.parametrize(
    ("rule", "axiom", "alternatives"),
    [("irv", "monotonicity", 3), ("irv", "participation", 3), ("copeland", "participation", 5)],
)
def test_the_search_finds_rare_paradoxes(rule, axiom, alternatives):
    found = search(rule, axiom, domain="linear")
    assert found.status == "violated"
    assert found.violation.linear
    assert found.violation.holds_against(rule)
    assert found.violation.size[0] <= alternatives
    assert search(rule, axiom, domain="linear").violation.to_dict() == found.violation.to_dict()


def test_random_profiles_are_of_the_kind_asked_for():
    rng = np.random.default_rng(0)
    linear = [next(drawn(Rankings, "linear", rng)) for _ in range(50)]
    free = [next(drawn(Rankings, "any", rng)) for _ in range(50)]
    utilities = [next(drawn(Utilities, "any", rng)) for _ in range(50)]
    approvals = [next(drawn(Approvals, "any", rng)) for _ in range(50)]
    assert all(profile.strict for profile in linear)
    assert {profile.strict for profile in free} == {True, False}
    assert {profile.complete for profile in free} == {True, False}
    assert all(1 <= profile.values.min() <= profile.values.max() <= 10 for profile in utilities)
    assert len({profile.matrix.mean() for profile in approvals}) > 10
    whole = [(each.weights == np.rint(each.weights)).all() for each in (*linear, *free, *utilities, *approvals)]
    assert 0.6 < np.mean(whole) < 0.9
    assert any((each.weights == 0).any() for each in (*linear, *free, *utilities, *approvals))


def test_random_profiles_of_rules_without_weights_are_of_few_whole_rows():
    rng = np.random.default_rng(0)
    for _ in range(50):
        weights = next(drawn(Utilities, "any", rng, weighted=False)).weights
        assert set(weights) <= {1, 2, 3, 4, 5}
