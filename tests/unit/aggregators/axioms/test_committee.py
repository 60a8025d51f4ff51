"""Axioms of committees: examples of the literature, rules that satisfy them, and when they ask nothing."""

from itertools import combinations

import numpy as np
import pytest

from aggregators import Approvals, Rankings
from aggregators.axioms import OutsideDomain, Subject, Violation, axioms, search, subject

# Two thirds agree on a and b, one third on c: two of three seats and one.
BLOCS = Approvals([[1, 1, 0], [1, 1, 0], [0, 0, 1]])
# Lackner and Skowron (2023), proof of proposition A.2
C_THEN_AB = Approvals([[1, 0, 0], [1, 0, 1], [0, 1, 1], [0, 1, 0]], weights=[2, 3, 3, 2])
# raising a on the last ballots puts out b instead of c, which a does not beat
NOT_MONOTONIC = Rankings.from_orders(
    [("a", "b", "c"), ("c", "a", "b"), ("b", "c", "a"), ("b", "a", "c")], weights=[6, 5, 4, 2]
)


def approvals(ballots, alternatives):
    """Approvals from text such as ``"3 ab, 1 c"``: a weight and what is approved, one letter each."""
    weights, approved = zip(*(ballot.split() for ballot in ballots.split(", ")), strict=True)
    matrix = [[label in each for label in alternatives] for each in approved]
    return Approvals(matrix, [int(weight) for weight in weights], list(alternatives))


# Brill, Freeman, Janson and Lackner (2017), Phragmén's Voting Methods and Justified Representation: of 12 seats, the
# four voters who approve of a and b are owed two
NOT_EXTENDED = approvals("2 abc, 2 abd, 6 cdefghijklmn, 5 defghijklmn, 9 efghijklmn", "abcdefghijklmn")
# found by integer programming: 10 of 60 voters approve of g only, and nobody else does; there is no such profile for
# fewer than six seats (Sánchez-Fernández et al., 2017, Proportional Justified Representation)
NOT_JUSTIFIED = approvals(
    "4 f, 6 e, 4 d, 1 cf, 1 ce, 2 cd, 3 bf, 2 bd, 1 bde, 4 bce, 7 acf, 4 acde, 2 abe, 6 abdf, 1 abcd, 1 abcdf,"
    " 1 abcde, 10 g",
    "abcdefg",
)


def drawn(reads, count):
    rng = np.random.default_rng(count)
    for _ in range(count):
        voters, alternatives = rng.integers(1, 6), rng.integers(2, 5)
        if reads is Approvals:
            yield Approvals(rng.random((voters, alternatives)) < 0.5, rng.integers(1, 3, voters))
        else:
            orders = rng.permuted(np.tile(np.arange(1, alternatives + 1), (voters, 1)), axis=1)
            yield Rankings(orders, rng.integers(1, 3, voters))


def most_approved(profile: Approvals, seats):
    """The committee of those with the most approvals, ties to the first."""
    order = np.argsort(-(profile.weights @ profile.matrix), kind="stable")
    return {profile.alternatives[column] for column in order[:seats]}


def first_named(profile: Rankings, seats):
    """The committee of those first in the list."""
    return set(profile.alternatives[:seats])


def least_approved(profile: Approvals, seats):
    """The committee of those with the fewest approvals, ties to the first."""
    order = np.argsort(profile.weights @ profile.matrix, kind="stable")
    return {profile.alternatives[column] for column in order[:seats]}


def crowded(profile: Approvals, seats):
    """The first in the list where most alternatives have a majority, otherwise the last."""
    held = (2 * (profile.weights @ profile.matrix) > profile.weights.sum()).mean() > 0.5
    return set(profile.alternatives[:seats] if held else profile.alternatives[::-1][:seats])


VIOLATED = [
    ("jr", most_approved, Approvals([[1, 1, 0], [1, 1, 0], [1, 1, 0], [0, 0, 1], [0, 0, 1], [0, 0, 1]]), {"seats": 2}),
    ("jr", "seqpav", NOT_JUSTIFIED, {"seats": 6}),
    ("pjr", "cc", Approvals([[1, 1, 0]]), {"seats": 2}),
    ("ejr", "cc", Approvals([[1, 1, 0]]), {"seats": 2}),
    ("ejr", "phragmen", NOT_EXTENDED, {"seats": 12}),
    (
        "solid-coalitions",
        first_named,
        Rankings.from_orders([("b", "a", "c"), ("c", "a", "b")], weights=[1, 3]),
        {"seats": 1},
    ),
    ("committee-monotonicity", "cc", C_THEN_AB, {"seats": 1}),
    ("committee-monotonicity", "pav", C_THEN_AB, {"seats": 1}),
    ("committee-monotonicity", "monroe", C_THEN_AB, {"seats": 1}),
    ("support-monotonicity", "stv", NOT_MONOTONIC, {"seats": 1, "voter": 3, "raised": "a", "ballot": [1, 2, 3]}),
    (
        "support-monotonicity",
        least_approved,
        Approvals([[1, 0, 1]]),
        {"seats": 1, "voter": 0, "raised": "b", "ballot": [True, True, True]},
    ),
    ("losing-clones", crowded, Approvals([[1, 1, 0]]), {"seats": 1, "cloned": "c", "above": []}),
]


@pytest.mark.parametrize(("name", "rule", "profile", "change"), VIOLATED)
def test_known_violations(name, rule, profile, change):
    found = axioms[name].check(rule, profile, change=change)
    assert found is not None
    assert found.profile == profile
    assert Violation.from_json(found.to_json()).holds_against(rule)


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("jr", "cc"),
        ("pjr", "phragmen"),
        ("ejr", "pav"),
        ("ejr", "mes"),
        ("solid-coalitions", "stv"),
        ("committee-monotonicity", "seqpav"),
        ("committee-monotonicity", "phragmen"),
        ("support-monotonicity", "pav"),
        ("losing-clones", "seqpav"),
    ],
)
def test_satisfied(name, rule):
    tested = subject(rule)
    cases = [case for profile in drawn(tested.reads, 20) for case in axioms[name].cases(tested, profile)]
    assert not any(isinstance(case, Violation) for case in cases)
    assert cases.count(True) > 20


@pytest.mark.parametrize(("name", "rule", "profile"), [case[:3] for case in VIOLATED if case[1] != "phragmen"])
def test_the_changes_of_the_profile_show_them(name, rule, profile):
    assert axioms[name].check(rule, profile, at_most=1000) is not None


def test_the_witness_names_the_group():
    found = axioms["ejr"].check("cc", Approvals([[1, 1, 0]]), change={"seats": 2})
    assert "{a, c} leaves no group out; ejr: voters 0 (100.0% of the weight) are owed 2 of 2 seats" in str(found)


def first_ballot(profile: Approvals, seats):
    """The committee of those whom the first ballot approves of, ties to all."""
    approved = int(profile.matrix[0].sum())
    every = combinations(range(profile.n_alternatives), seats)
    held = {each: int(profile.matrix[0, list(each)].sum()) for each in every}
    return [[profile.alternatives[c] for c in each] for each, got in held.items() if got == min(approved, seats)]


def first_by_name(profile: Approvals, seats):
    """The committee of those first in the alphabet."""
    return set(sorted(profile.alternatives)[:seats])


def quorate(profile: Approvals, seats):
    """Everybody's committee, but the first alternatives' where four ballots or fewer are cast."""
    columns = [list(each) for each in combinations(range(profile.n_alternatives), seats)]
    return columns if profile.weights.sum() > 4 else columns[:1]


@pytest.mark.parametrize(
    ("name", "rule", "change", "seats"),
    [
        ("anonymity", first_ballot, {"order": [2, 1, 0]}, 1),
        ("neutrality", most_approved, {"order": ["b", "a", "c"]}, 1),
        ("neutrality", first_by_name, {"names": ["a", "c", "b"]}, 2),
        ("homogeneity", quorate, {"copies": 2}, 1),
    ],
)
def test_committees_are_held_to_what_every_rule_is(name, rule, change, seats):
    profile = Approvals([[1, 1, 0], [0, 1, 1], [0, 0, 1]]) if name == "anonymity" else BLOCS
    found = axioms[name].check(rule, profile, change=change)
    assert [step.seats for step in found.steps] == [seats, seats]
    assert Violation.from_json(found.to_json()).holds_against(rule)
    assert axioms[name].check("pav", profile, change=change) is None


def test_a_record_is_kept_of_one_size_of_committee():
    """Two of three tie at two seats, and not at one."""
    profile = Approvals([[1, 1, 0], [1, 0, 1]])
    (holds,) = axioms["neutrality"].cases(subject("pav"), profile, {"order": ["a", "c", "b"]})
    found = axioms["neutrality"].check(most_approved, profile, change={"order": ["a", "c", "b"]})
    assert holds is True
    assert [step.seats for step in found.steps] == [2, 2]


def test_solid_coalitions_are_owed_quotas_of_those_who_rank_something():
    """One of two who rank somebody is half of them, no more than the Droop quota; without the other, all of them."""
    blank, change = [0, 0, 0], {"seats": 1}
    found = axioms["solid-coalitions"].check(first_named, Rankings([[3, 1, 2], blank, blank]), change=change)
    assert "voters 0 (100.0% of the weight of those who rank somebody) are owed 1 of 1 seats for b" in str(found)
    assert axioms["solid-coalitions"].check(first_named, Rankings([[3, 1, 2], [1, 2, 3], blank]), change=change) is None
    assert "who rank something" in axioms["solid-coalitions"].statement


def test_every_tied_committee_counts():
    def either(profile: Approvals, seats):
        return [("a", "c"), ("a", "b")]

    assert axioms["jr"].check(either, BLOCS.with_weights([1, 1, 2]), change={"seats": 2}) is not None


def test_empty_seats_are_seats():
    def one(profile: Approvals, seats):
        return {"a"}

    found = axioms["ejr"].check(one, Approvals([[1, 1, 0]]), change={"seats": 2})
    assert "2 of 2 seats" in found.expected


def test_committees_must_contain_smaller_ones_too():
    """{a} is part of {a, b}; but {b, c} comes out of nothing."""

    def more(profile: Approvals, seats):
        return {1: [("a",)], 2: [("a", "b"), ("b", "c")]}[seats]

    found = axioms["committee-monotonicity"].check(more, BLOCS, change={"seats": 1})
    assert found.expected == "{b, c} contains some committee with a seat less"


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("jr", {"seats": 1}),
        ("committee-monotonicity", {"seats": 1}),
        ("support-monotonicity", {"seats": 1, "voter": 2, "raised": "a", "ballot": [True, False, True]}),
        ("losing-clones", {"seats": 1, "cloned": "a", "above": []}),
    ],
)
def test_nothing_is_asked_where_nobody_is_elected(name, change):
    nobody = Subject("nobody", "committee", Approvals, lambda profile, seats: frozenset())
    assert list(axioms[name].cases(nobody, BLOCS, change)) == [False]


def test_nothing_is_asked_of_a_loser_that_is_raised_or_a_winner_that_is_cloned():
    raised = {"seats": 1, "voter": 0, "raised": "c", "ballot": [True, True, True]}
    assert list(axioms["support-monotonicity"].cases(subject(most_approved), BLOCS, raised)) == [False]
    cloned = {"seats": 1, "cloned": "a", "above": []}
    assert list(axioms["losing-clones"].cases(subject(most_approved), BLOCS, cloned)) == [False]


def test_a_clone_in_linear_orders_stays_in_linear_orders():
    change = {"seats": 1, "cloned": "c", "above": [True, False, False, True]}
    axiom = axioms["losing-clones"]
    asked = []

    def watched(profile: Rankings, seats):
        asked.append(profile)
        return {"a"}

    assert list(axiom.cases(subject(watched), NOT_MONOTONIC, change)) == [True]
    assert all(profile.strict for profile in asked)
    assert asked[1].ranks[0].tolist() == [1, 2, 4, 3]


@pytest.mark.parametrize(
    ("name", "profile", "change"),
    [
        ("jr", BLOCS, {"seats": 3}),
        ("ejr", BLOCS, {"seats": 0}),
        ("solid-coalitions", NOT_MONOTONIC, {}),
        ("committee-monotonicity", BLOCS, {"seats": 3}),
        ("support-monotonicity", BLOCS, {"seats": 1, "voter": 0, "raised": "c", "ballot": [True, False, True]}),
        ("losing-clones", BLOCS, {"seats": 1, "cloned": "d", "above": []}),
        ("losing-clones", BLOCS, {"seats": 1, "cloned": "c", "above": [True, True, True]}),
        ("losing-clones", NOT_MONOTONIC, {"seats": 1, "cloned": "c", "above": [True]}),
        ("losing-clones", BLOCS, {"seats": 3, "cloned": "c", "above": []}),
    ],
)
def test_other_changes_are_refused(name, profile, change):
    assert not axioms[name].allows(profile, change)
    with pytest.raises(OutsideDomain, match="does not speak of the change"):
        axioms[name].check("stv" if isinstance(profile, Rankings) else "pav", profile, change=change)


def test_they_speak_of_committees_only():
    assert search("plurality", "jr").status == "not applicable"
    assert search("stv", "jr").status == "not applicable"
    assert search("pav", "solid-coalitions").status == "not applicable"
