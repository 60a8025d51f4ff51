"""The single transferable vote: known counts, and a count by hand in fractions that follows every tie."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregators import Rankings, RuleError, elect
from aggregators.proportionality import unrepresented
from aggregators.strategies import rankings


def test_party_food():
    # The worked example of the encyclopedias: 20 votes, 3 seats, a quota of 6.
    votes = Rankings.from_orders(
        [
            ("orange",),
            ("pear", "orange"),
            ("chocolate", "strawberry"),
            ("chocolate", "sweets"),
            ("strawberry",),
            ("sweets",),
        ],
        weights=[4, 2, 8, 4, 1, 1],
    )
    outcome = elect(votes, "stv", seats=3, quota="droop-whole")
    assert outcome.details == {"quota": 6}
    assert outcome.committees == (frozenset({"chocolate", "orange", "strawberry"}),)


def test_one_seat_is_instant_runoff():
    cities = Rankings.from_orders(
        [
            ("Memphis", "Nashville", "Chattanooga", "Knoxville"),
            ("Nashville", "Chattanooga", "Knoxville", "Memphis"),
            ("Chattanooga", "Knoxville", "Nashville", "Memphis"),
            ("Knoxville", "Chattanooga", "Nashville", "Memphis"),
        ],
        weights=[42, 26, 15, 17],
    )
    assert elect(cities, "stv", seats=1).committees == (frozenset({"Knoxville"}),)


def test_the_quota_decides_between_a_large_and_a_small_party():
    votes = Rankings.from_orders([("a", "b"), ("c",)], weights=[68, 32])
    assert elect(votes, "stv", seats=2).committees == (frozenset("ab"),)
    assert elect(votes, "stv", seats=2, quota="hare").committees == (frozenset("ac"),)


def test_a_surplus_goes_on_at_a_fraction():
    # a has 60 over a quota of 100/3: each of its ballots goes on at 4/9, 80/3 for b, short of the 40 of c by 40/3.
    votes = Rankings.from_orders([("a", "b"), ("c",), ("b", "c")], weights=[60, 30, 10])
    outcome = elect(votes, "stv", seats=2)
    assert outcome.details["quota"] == pytest.approx(100 / 3)
    assert outcome.committees == (frozenset("ab"),)  # 26.7 + 10 reaches the quota
    assert elect(votes.with_weights([60, 33, 7]), "stv", seats=2).committees == (frozenset("ab"),)
    assert elect(votes.with_weights([60, 34, 6]), "stv", seats=2).committees == (frozenset("ac"),)


def test_equal_first_places_share_a_vote():
    votes = Rankings.from_orders([(("a", "b"), "c"), ("c",)], weights=[2, 1])
    assert set(elect(votes, "stv", seats=1).committees) == {frozenset("a"), frozenset("b")}


def test_nobody_ranks_anybody():
    assert len(elect(Rankings([[0, 0, 0]]), "stv", seats=2).committees) == 3


def test_refusals():
    votes = Rankings([[1, 2], [2, 1]], weights=[0.5, 1])
    with pytest.raises(RuleError, match=r"quota='imperiali' of .* is not an option; choose one of"):
        elect(votes, "stv", seats=1, quota="imperiali")
    with pytest.raises(RuleError, match="elected='all' of 'stv' is not an option"):
        elect(votes, "stv", seats=1, elected="all")
    with pytest.raises(RuleError, match="counts whole votes"):
        elect(votes, "stv", seats=1, quota="droop-whole")


def by_hand(ballots, hopeful, seats, quota, strict):
    """Every outcome of a count over `ballots`, pairs of a value and a dict from column to rank."""
    if seats == 0:
        return {frozenset()}
    if len(hopeful) <= seats:
        return {frozenset(hopeful)}
    votes = dict.fromkeys(hopeful, Fraction(0))
    for value, ranks in ballots:
        left = {column: rank for column, rank in ranks.items() if column in hopeful}
        top = [column for column, rank in left.items() if rank == min(left.values())]
        for column in top:
            votes[column] += value / len(top)
    reached = {c: v for c, v in votes.items() if v > quota or (v == quota > 0 and not strict)}
    if not reached:
        last = [column for column in hopeful if votes[column] == min(votes.values())]
        return set().union(*(by_hand(ballots, hopeful - {column}, seats, quota, strict) for column in last))
    found = set()
    for column in (c for c in reached if votes[c] == max(votes.values())):
        passed = []
        for value, ranks in ballots:
            left = {c: rank for c, rank in ranks.items() if c in hopeful}
            top = [c for c, rank in left.items() if rank == min(left.values())]
            spent = value / len(top) * quota / votes[column] if column in top else 0
            passed.append((value - spent, ranks))
        found |= {rest | {column} for rest in by_hand(passed, hopeful - {column}, seats - 1, quota, strict)}
    return found


def together_by_hand(ballots, hopeful, seats, quota, strict, deemed, held=()):
    """As `by_hand`, for all who reach the quota at once; `held` has the ballots of each whose surplus waits."""
    if seats == 0:
        return {frozenset()}
    if len(hopeful) <= seats:
        return {frozenset(hopeful)}
    votes, piles = dict.fromkeys(hopeful, Fraction(0)), {column: [] for column in hopeful}
    for value, ranks in ballots:
        left = {column: rank for column, rank in ranks.items() if column in hopeful}
        top = [column for column, rank in left.items() if rank == min(left.values())]
        for column in top:
            votes[column] += value / len(top)
            piles[column].append((value / len(top), ranks))
    reached = frozenset(c for c, v in votes.items() if v > quota or (v == quota > 0 and not strict))

    def on(rest, *served):
        passed = list(rest)
        for pile in served:
            total = sum(value for value, _ in pile)
            passed += [(value * (1 - quota / total), ranks) for value, ranks in pile]
        return passed

    if reached:
        out = [(v, r) for v, r in ballots if not any(c in hopeful for c in r)]
        rest = out + [ballot for column in hopeful - reached for ballot in piles[column]]
        new = [piles[column] for column in reached]
        more = (on(rest), (*held, *new)) if deemed else (on(rest, *new), ())
        found = together_by_hand(more[0], hopeful - reached, seats - len(reached), quota, strict, deemed, more[1])
        return {each | reached for each in found}
    if held:
        sizes = [sum(value for value, _ in pile) for pile in held]
        found = set()
        for place in (place for place, size in enumerate(sizes) if size == max(sizes)):
            others = held[:place] + held[place + 1 :]
            found |= together_by_hand(on(ballots, held[place]), hopeful, seats, quota, strict, deemed, others)
        return found
    last = [column for column in hopeful if votes[column] == min(votes.values())]
    counts = (together_by_hand(ballots, hopeful - {column}, seats, quota, strict, deemed) for column in last)
    return set().union(*counts)


def test_a_surplus_skips_who_is_elected_with_it():
    # Here a and b reach the quota of 2 at once. The surplus of a goes to b and mostly on to d, or past b to c.
    votes = Rankings.from_orders([tuple("abcd"), tuple("badc")], [3, 2])
    for way, committee in (("one", "abd"), ("deemed", "abc"), ("together", "abc")):
        found = elect(votes, "stv", seats=3, quota="droop-whole", elected=way)
        assert found.committees == (frozenset(committee),), way


@pytest.mark.parametrize("elected", ["one", "deemed", "together"])
@given(data=st.data(), quota=st.sampled_from(["droop", "droop-whole", "hare"]))
def test_every_tie_is_followed_as_by_hand(elected, data, quota):
    profile = data.draw(rankings(ties=True, truncated=True, max_voters=8))
    seats = data.draw(st.integers(1, profile.n_alternatives))
    ballots = [
        (Fraction(int(weight)), {column: rank for column, rank in enumerate(row) if rank})
        for row, weight in zip(profile.ranks.tolist(), profile.weights, strict=True)
        if any(row)
    ]
    total = sum(value for value, _ in ballots)
    shares = {"droop": Fraction(total, seats + 1), "hare": Fraction(total, seats)}
    shares["droop-whole"] = total // (seats + 1) + 1
    everyone = frozenset(range(profile.n_alternatives))
    if elected == "one":
        expected = by_hand(ballots, everyone, seats, shares[quota], quota == "droop")
    else:
        expected = together_by_hand(ballots, everyone, seats, shares[quota], quota == "droop", elected == "deemed")
    found = elect(profile, "stv", seats=seats, quota=quota, elected=elected).committees
    assert {frozenset(map(profile.index, committee)) for committee in found} == expected


@given(data=st.data(), elected=st.sampled_from(["one", "deemed", "together"]))
def test_serves_solid_coalitions(data, elected):
    profile = data.draw(rankings(truncated=True, max_voters=8))
    seats = data.draw(st.integers(1, profile.n_alternatives))
    for committee in elect(profile, "stv", seats=seats, elected=elected).committees:
        assert unrepresented(profile, committee, "psc") is None
