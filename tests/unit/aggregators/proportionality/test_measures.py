"""Measures of proportionality: published examples, what implies what, which rules keep which promise."""

import json
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregators import Approvals, Rankings, RuleError, elect
from aggregators.errors import ProfileError
from aggregators.proportionality import (
    extended_justified_representation,
    justified_representation,
    measures,
    unrepresented,
)
from aggregators.strategies import approvals, rankings

APPROVAL_MEASURES = ("jr", "pjr", "ejr", "ejr+", "core")


def cast(*ballots):
    """Approvals from strings of one-letter labels, each with how often it was cast."""
    labels = sorted({label for ballot, _ in ballots for label in ballot})
    return Approvals([[label in ballot for label in labels] for ballot, _ in ballots], [n for _, n in ballots], labels)


AZIZ = "Aziz et al. (2017), Justified Representation in Approval-Based Committee Voting"
BRILL = "Brill et al. (2017), Phragmén's Voting Methods and Justified Representation"
PETERS = "Brill and Peters (2023), Robust and Verifiable Proportionality Axioms for Multiwinner Voting"
SANCHEZ = "Sánchez-Fernández et al. (2017), Proportional Justified Representation"
BOOK = "Lackner and Skowron (2023), Multi-Winner Voting with Approval Preferences"
FOUR_PAIRS = cast(*[(label, 1) for label in "abcd"], *[(label + "ef", 1) for label in "abcd"])
LEFT = cast(("abc", 1), ("abcd", 2), ("abcde", 1), ("cde", 1), ("cdef", 2), ("defg", 1))
RIGHT = cast(("a", 1), ("ab", 1), ("abcd", 1), ("cde", 3), ("ef", 1), ("fg", 1))
BLOC = cast(("a", 1), ("b", 1), ("c", 1), ("d", 1), ("efgh", 6))


@pytest.mark.parametrize(
    ("profile", "committee", "measure", "holds"),
    [
        pytest.param(FOUR_PAIRS, "abcd", "ejr", False, id=f"{AZIZ}, example 4"),
        pytest.param(FOUR_PAIRS, "abcd", "pjr", True, id=f"{BRILL}, example 5"),
        pytest.param(
            cast(("a", 2), ("abc", 2), ("bcd", 2), ("de", 1), ("df", 1)), "adef", "ejr", False, id=f"{AZIZ}, example 5"
        ),
        pytest.param(cast(("ak", 3), ("al", 3), ("bcdefghij", 14)), "abcdefghij", "ejr", True, id=f"{AZIZ}, example 6"),
        pytest.param(cast(("ab", 2), ("c", 1), ("de", 1)), "acde", "ejr", False, id=f"{AZIZ}, example 8"),
        pytest.param(LEFT, "aceg", "ejr", True, id=f"{PETERS}, example 3, left"),
        pytest.param(LEFT, "aceg", "ejr+", False, id=f"{PETERS}, example 3, left, EJR+"),
        pytest.param(RIGHT, "abcg", "ejr", True, id=f"{PETERS}, example 3, right"),
        pytest.param(RIGHT, "abcg", "ejr+", False, id=f"{PETERS}, example 3, right, EJR+"),
        pytest.param(cast(("ab", 1), ("ac", 1)), "bc", "core", True, id=f"{PETERS}, remark 2"),
        pytest.param(cast(("ab", 1), ("ac", 1)), "bc", "ejr+", False, id=f"{PETERS}, remark 2, EJR+"),
        pytest.param(BLOC, "abcdefg", "pjr", False, id=f"{SANCHEZ}, example 1"),
        pytest.param(BLOC, "bcdefgh", "pjr", True, id=f"{SANCHEZ}, example 1, other committee"),
        pytest.param(
            cast(("abcd", 67), ("e", 12), ("f", 11), ("g", 10)), "abcefg", "pjr", False, id=f"{BRILL}, example 7"
        ),
        pytest.param(
            cast(("abcd", 1), ("abce", 1), ("abcf", 1), ("ghi", 1), ("jkl", 1), ("mno", 1)),
            "abcdefghjkmn",
            "core",
            True,
            id=f"{BOOK}, where equal shares by price is stable",
        ),
        pytest.param(
            cast(("abcd", 1), ("abce", 1), ("abcf", 1), ("ghi", 1), ("jkl", 1), ("mno", 1)),
            "abcghijklmno",
            "core",
            False,
            id=f"{BOOK}, where PAV is not stable",
        ),
    ],
)
def test_published(profile, committee, measure, holds):
    found = unrepresented(profile, list(committee), measure)
    assert (found is None) == holds


def test_the_witness_tells_who_is_left_out_and_of_what():
    profile = cast(("ab", 5), ("c", 3), ("d", 2))
    found = justified_representation(profile, ["c", "d"])
    assert (found.voters, found.alternatives, found.level, found.has) == ((0,), ("a",), 1, 0)
    assert (found.weight, found.total, found.needed, found.seats) == (5, 10, 5, 2)
    assert str(found) == "jr: voters 0 (50.0% of the weight) are owed 1 of 2 seats for a and have 0"
    assert json.loads(json.dumps(found.to_dict()))["needed"] == 5
    assert justified_representation(profile.with_weights([4.9, 3.1, 2]), ["c", "d"]) is None
    assert justified_representation(profile, ["c", "d"], weights=[4.9, 3.1, 2]) is None


def test_a_share_is_counted_without_rounding():
    profile = cast(("a", 1), ("b", 1), ("c", 1))
    for third in (1 / 3, 0.1, np.pi):
        weighted = profile.with_weights([third, third, third])
        assert unrepresented(weighted, ["a", "b"], "jr", seats=3).alternatives == ("c",)
    assert unrepresented(profile.with_weights([1e12, 1e12, 1e12 - 1]), ["a", "b"], "jr", seats=3) is None


def test_empty_seats_count_when_said_so():
    profile = cast(("ab", 1), ("c", 1))
    assert extended_justified_representation(profile, ["a", "c"]) is None
    assert extended_justified_representation(profile, ["a", "c"], seats=4).level == 2


@given(profile=approvals(max_voters=8), data=st.data())
def test_what_implies_what(profile, data):
    members = data.draw(st.lists(st.sampled_from(profile.alternatives), min_size=1, unique=True))
    seats = data.draw(st.integers(len(members), len(members) + 2))
    holds = {name: unrepresented(profile, members, name, seats=seats) is None for name in APPROVAL_MEASURES}
    assert holds["ejr"] or not (holds["ejr+"] or holds["core"])
    assert holds["pjr"] or not holds["ejr"]
    assert holds["jr"] or not holds["pjr"]


@pytest.mark.parametrize(
    ("rule", "promise"),
    [
        ("cc", "jr"),
        ("pav", "ejr"),
        ("pav", "ejr+"),
        ("phragmen", "pjr"),
        ("mes", "ejr"),
        ("mes", "ejr+"),
        ("mes:completion=utilitarian", "ejr+"),
    ],
)
@given(profile=approvals(max_voters=8), data=st.data())
def test_rules_keep_their_promises(rule, promise, profile, data):
    seats = data.draw(st.integers(1, profile.n_alternatives))
    for committee in elect(profile, rule, seats=seats).committees:
        assert unrepresented(profile, committee, promise) is None


@given(profile=rankings(ties=True, truncated=True), data=st.data())
def test_solid_coalitions_by_definition(profile, data):
    members = set(data.draw(st.lists(st.sampled_from(range(profile.n_alternatives)), min_size=1, unique=True)))
    quota = data.draw(st.sampled_from(["droop", "hare"]))
    seats = len(members)
    voting = profile.opinions.any(axis=1)
    total = profile.weights[voting].sum()
    violated = False
    for size in range(1, profile.n_alternatives + 1):
        for coalition in combinations(range(profile.n_alternatives), size):
            weight = sum(
                weight
                for row, weight, votes in zip(profile.ranks.tolist(), profile.weights, voting, strict=True)
                if votes and solid(row, coalition)
            )
            owed = [
                level
                for level in range(1, seats + 1)
                if (weight * (seats + 1) > level * total if quota == "droop" else weight * seats >= level * total)
            ]
            violated |= bool(weight and owed) and len(members & set(coalition)) < min(owed[-1], size)
    found = unrepresented(profile, [profile.alternatives[c] for c in members], "psc", quota=quota)
    assert (found is not None) == violated
    if found is not None:
        coalition = [profile.index(label) for label in found.alternatives]
        assert all(solid(profile.ranks[voter].tolist(), coalition) for voter in found.voters)
        assert found.weight == profile.weights[list(found.voters)].sum()


def solid(ranks, coalition):
    inside = [ranks[column] for column in coalition]
    outside = [rank for column, rank in enumerate(ranks) if column not in coalition]
    return min(inside) > 0 and all(rank == 0 or rank > max(inside) for rank in outside)


def test_registry():
    assert list(measures()) == ["core", "ejr", "ejr+", "jr", "local", "pjr", "psc"]
    for measure in measures().values():
        assert measure.summary.startswith("Look for")
        assert all(f"{section}\n" in measure.__doc__ for section in ("Parameters", "Returns", "References", "Examples"))


@pytest.mark.parametrize(
    ("measure", "committee", "options", "error", "message"),
    [
        ("fairness", ["a"], {}, RuleError, "no measure of proportionality named 'fairness'"),
        ("psc", ["a"], {}, RuleError, "measured on Rankings and was given Approvals"),
        ("jr", "a", {}, RuleError, "one string"),
        ("jr", ["z"], {}, ProfileError, "'z' is not in this profile"),
        ("jr", [], {}, RuleError, "seats=0"),
        ("jr", ["a", "b"], {"seats": 1}, RuleError, "seats=1 for 2 members"),
        ("jr", ["a"], {"weights": [[1.0, 1.0]]}, RuleError, "one weight a voter"),
        ("jr", ["a"], {"quota": "hare"}, RuleError, "'jr' has no option 'quota'; it has none"),
        ("ejr", ["a"], {"quota": "hare"}, RuleError, "'ejr' has no option 'quota'; it has: time_limit"),
        ("ejr", ["a"], {"time_limit": "long"}, RuleError, "time_limit='long' of 'ejr' is not a float"),
        ("ejr", ["a"], {"time_limit": 0}, RuleError, "time_limit=0.0 of 'ejr' is no time"),
        ("pjr", ["a"], {"time_limit": float("nan")}, RuleError, "time_limit=nan"),
        ("core", ["a"], {"time_limit": -1}, RuleError, "time_limit=-1.0"),
        ("jr", 5, {}, RuleError, "committee=5 is no sequence"),
        ("jr", ["a"], {"seats": True}, RuleError, "seats=True"),
        (None, ["a"], {}, RuleError, "measure=None is no name"),
    ],
)
def test_refusals(measure, committee, options, error, message):
    with pytest.raises(error, match=message):
        unrepresented(Approvals(np.eye(2)), committee, measure, **options)


def test_seats_and_seconds_of_numpy():
    profile = Approvals([[1, 0], [1, 0], [0, 1]])
    found = unrepresented(profile, ["b"], "ejr", seats=np.int64(2), time_limit=np.float32(5))
    assert found is not None
    json.dumps(found.to_dict())


def test_no_voter_no_claim():
    assert unrepresented(Rankings([[0, 0]]), ["a"], "psc") is None
    assert unrepresented(Approvals([[0, 0]]), ["a"], "core") is None


def test_gives_up_with_an_error_and_never_with_a_guess():
    rng = np.random.default_rng(0)
    profile = Approvals(rng.random((300, 60)) < 0.4)
    with pytest.raises(RuleError, match=r"could not be settled within time_limit=0\.01 s"):
        unrepresented(profile, profile.alternatives[:20], "core", time_limit=0.01)
