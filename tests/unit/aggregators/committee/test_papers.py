"""Committees of published examples."""

import pytest

from aggregators import Approvals, elect


def approvals(*ballots):
    """Approvals from pairs of a string of one-letter labels and how often it was cast."""
    labels = sorted({label for ballot, _ in ballots for label in ballot})
    matrix = [[label in ballot for label in labels] for ballot, _ in ballots]
    return Approvals(matrix, [count for _, count in ballots], labels)


def elected(profile, rule, seats, **options):
    return ["".join(sorted(committee)) for committee in elect(profile, rule, seats=seats, **options).committees]


# Lackner and Skowron (2023), Multi-Winner Voting with Approval Preferences, the running example of chapter 2.
RUNNING = approvals(("ab", 3), ("ac", 3), ("ad", 2), ("bcf", 1), ("e", 1), ("f", 1), ("g", 1))


@pytest.mark.parametrize(
    ("rule", "committees"),
    [
        ("cc", ["aefg"]),  # example 2.3
        ("pav", ["abcf"]),  # example 2.4
        ("phragmen", ["abcd"]),  # example 2.9
        ("mes", ["abcd"]),  # example 2.11
        ("seqpav", ["abcf"]),
    ],
)
def test_running_example(rule, committees):
    assert elected(RUNNING, rule, 4) == committees


def test_monroe_on_the_running_example():
    for shares in ("equal", "whole"):  # 12 voters, 4 seats
        outcome = elect(RUNNING, "monroe", seats=4, shares=shares)
        assert outcome.score == 10
        assert len(outcome.committees) == 6
        assert frozenset("acdf") in outcome.committees  # what the greedy form finds in example 2.8


def test_pav_and_its_sequential_form_differ():
    profile = approvals(("ab", 3), ("ad", 6), ("b", 4), ("c", 5), ("cd", 5))  # example 2.5
    assert elected(profile, "pav", 2) == ["ac"]
    assert elected(profile, "seqpav", 2) == ["cd"]


def test_thieles_example_of_1895():
    ballots = {"acd": 960, "bcd": 3000, "bc": 520, "ab": 1620, "ad": 1081}
    ballots |= {"ac": 1240, "bd": 360, "d": 360, "c": 120, "b": 60}
    profile = approvals(*ballots.items())
    assert elected(profile, "pav", 2) == ["ab"]
    assert elect(profile, "pav", seats=2).score == sum(ballots.values()) - 480 + 1620 / 2 == 9651
    assert elected(profile, "seqpav", 2) == ["ac"]


def test_equal_shares_and_phragmen_differ():
    profile = approvals(("cd", 3), ("ab", 2), ("ac", 2), ("bd", 1))  # example 2.12
    assert "acd" in elected(profile, "mes", 3)
    assert "bcd" in elected(profile, "phragmen", 3)
    assert elected(profile, "mes", 3, tie_break="lexicographic") == ["acd"]
    assert elected(profile, "phragmen", 3, tie_break="lexicographic") == ["bcd"]


def test_phragmen_lets_more_support_hurt():
    ballots = [("ab", 10), ("c", 3), ("d", 12), ("abc", 21), ("cd", 6)]  # Mora and Oliver (2015), in proposition A.3
    assert elected(approvals(*ballots), "phragmen", 3) == ["abd"]
    assert elected(approvals(*ballots, ("ab", 1)), "phragmen", 3) == ["acd", "bcd"]


def test_phragmens_own_example():
    # Phragmén (1894), as in Janson (2016), Phragmén's and Thiele's Election Methods, example 3.2.
    profile = approvals(("abc", 1034), ("pqr", 519), ("abq", 90), ("apq", 47))
    assert elected(profile, "phragmen", 3) == ["abq"]


def test_equal_shares_may_leave_seats_empty():
    # Peters, Pierczyński and Skowron (2021), Proportional Participatory Budgeting with Additive Utilities, example 4.
    ballots = [("abcd" + extra, 3) for extra in "hijkl"] + [("efghijkl", 3), ("efg", 3), ("mnopq", 1)]
    outcome = elect(approvals(*ballots), "mes", seats=11, completion="none")
    assert frozenset("abcdefg") in outcome.committees
    assert outcome.details == {"cost": 2, "bought": 7}


def test_disjoint_parties_get_what_d_hondt_gives_them():
    # Brill, Laslier and Skowron (2018), Multiwinner Approval Rules as Apportionment Methods.
    profile = approvals(("abcd", 60), ("efgh", 25), ("ijkl", 15))
    for rule in ("pav", "seqpav", "phragmen", "mes"):
        for committee in elected(profile, rule, 4):
            assert [sum(label in party for label in committee) for party in ("abcd", "efgh", "ijkl")] == [3, 1, 0]
