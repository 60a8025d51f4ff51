import re
from itertools import combinations, permutations
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, find, given, settings

from aggregators import Rankings, Utilities
from aggregators.strategies import (
    approvals,
    euclidean,
    impartial,
    mallows,
    polarised,
    populations_with_groups,
    rankings,
    single_peaked,
    urn,
    utilities,
    weights,
)
from aggregators.strategies.cultures import expected_distance, insertion_odds, normalised_phi, picked

QUICK = settings(max_examples=2000, database=None)


@given(utilities(min_voters=2, max_voters=3, min_alternatives=2, max_alternatives=4, low=1, high=2, groups=2))
def test_bounds_are_kept(profile):
    assert 2 <= profile.n_voters <= 3
    assert 2 <= profile.n_alternatives <= 4
    assert ((profile.values >= 1) & (profile.values <= 2)).all()
    assert set(profile.groups["group"].tolist()) <= {"g0", "g1"}


@given(rankings())
def test_rankings_are_strict_and_complete_unless_asked(profile):
    assert (np.sort(profile.ranks, axis=1) == np.arange(1, profile.n_alternatives + 1)).all()


@pytest.mark.parametrize(
    ("strategy", "reached"),
    [
        (utilities(missing=True), lambda p: np.isnan(p.values).any() and not np.isnan(p.values).all()),
        (utilities(missing=True), lambda p: np.isnan(p.values).all()),
        (utilities(), lambda p: (p.weights != 1).any()),
        (rankings(ties=True), lambda p: (p.ranks == 1).sum() > p.n_voters),
        (rankings(truncated=True), lambda p: (p.ranks == 0).any() and (p.ranks > 1).any()),
        (rankings(truncated=True), lambda p: not p.ranks.any()),
        (approvals(), lambda p: p.matrix.any() and not p.matrix.all()),
        (weights(3, zero=True), lambda w: (w == 0).sum() == 2),
        (weights(2, whole=False), lambda w: (w % 1).any()),
        (weights(2, batch=3), lambda w: w.shape == (3, 2)),
    ],
)
def test_reaches_what_it_promises(strategy, reached):
    find(strategy, reached, settings=QUICK, random=Random(0))


def test_shrinks_to_something_small():
    smallest = find(utilities(missing=True), lambda p: p.n_alternatives >= 2, settings=QUICK, random=Random(0))
    assert smallest.values.tolist() == [[0, 0]]
    assert smallest.weights.tolist() == [1]


# --- groups --------------------------------------------------------------------------------------


@given(populations_with_groups({"tongue": ("de", "fr", "rm"), "sex": ("f", "m")}, minority=0.4, max_voters=9))
def test_a_minority_is_a_share_of_the_voters(population):
    tongue, sex = population.groups["tongue"], population.groups["sex"]
    few = np.count_nonzero(tongue == "rm")
    assert 1 <= few < population.n_voters / 2
    assert abs(few - 0.4 * population.n_voters) <= 0.7
    assert set(tongue.tolist()) <= {"de", "fr", "rm"}
    assert set(sex.tolist()) <= {"f", "m"}


@pytest.mark.parametrize(
    "reached",
    [
        lambda p: p.groups["group"].tolist() == ["minority", "majority", "majority"],
        lambda p: p.groups["region"].tolist() == ["south", "north", "south"],
        lambda p: (p.weights != 1).any() and np.isnan(p.values).any(),
    ],
)
def test_minorities_are_anywhere(reached):
    find(
        populations_with_groups(missing=True, max_voters=3, max_alternatives=2),
        reached,
        settings=QUICK,
        random=Random(0),
    )


@pytest.mark.parametrize(
    ("strategy", "said"),
    [
        (utilities(low=2, high=1), "low=2 is not at most high=1"),
        (utilities(low=float("nan")), "low=nan"),
        (utilities(low=0.2, high=0.8, whole=True), "whole=True leaves nothing between low=0.2 and high=0.8"),
        (populations_with_groups(low=0.2, high=0.8, whole=True), "whole=True"),
        (populations_with_groups(attributes={"g": ("a",)}), "attributes['g']=('a',) is too few"),
        (populations_with_groups(attributes={"g": ("a", "b"), "h": ()}), "attributes['h']=() is too few"),
        (rankings(min_voters=3, max_voters=2), "min_voters=3 is not at most max_voters=2"),
        (approvals(min_alternatives=0), "min_alternatives=0 allows none"),
        (mallows(min_alternatives=3, max_alternatives=2), "min_alternatives=3 is not at most max_alternatives=2"),
        (euclidean(min_voters=3, max_voters=2), "min_voters=3 is not at most max_voters=2"),
        (polarised(min_alternatives=6), "min_alternatives=6 is not at most max_alternatives=5"),
    ],
)
def test_bounds_that_leave_nothing_are_named(strategy, said):
    with pytest.raises(ValueError, match=re.escape(said)) as raised:
        find(strategy, lambda _: True, settings=QUICK, random=Random(0))
    assert len(str(raised.value).splitlines()) == 1


@pytest.mark.parametrize("strategy", [populations_with_groups, polarised])
@pytest.mark.parametrize("wrong", [{"minority": 0.5}, {"minority": 0}, {"min_voters": 2, "max_voters": 2}])
def test_a_minority_that_is_none(strategy, wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        find(strategy(**wrong), lambda _: True, settings=QUICK, random=Random(0))


# --- cultures ------------------------------------------------------------------------------------

FAIR = settings(
    max_examples=150, database=None, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck)
)
ROOM = {"min_voters": 20, "max_voters": 20, "min_alternatives": 3, "max_alternatives": 3}


def orders(profile):
    return [tuple(row) for row in (np.argsort(profile.ranks, axis=1)).tolist()]


def drawn(strategy):
    """Return the orders of several thousand voters."""
    seen = []

    @FAIR
    @given(strategy)
    def look(profile):
        seen.append(profile)

    look()
    return seen


def shares(strategy):
    every = [order for profile in drawn(strategy) for order in orders(profile)]
    return {order: every.count(order) / len(every) for order in permutations(range(3))}


def is_single_peaked(ranks):
    """Tell whether no alternative is worse than both a neighbour on its left and one on its right."""
    return all(not (ranks[:x].min() < ranks[x] > ranks[x + 1 :].min()) for x in range(1, len(ranks) - 1))


def test_the_check_of_peaks_can_fail():
    peaked = [order for order in permutations((1, 2, 3, 4)) if is_single_peaked(np.array(order))]
    assert len(peaked) == 2**3
    assert (2, 3, 1, 4) not in peaked


@pytest.mark.parametrize("method", ["conitzer", "walsh"])
def test_single_peaked_orders_have_one_peak_and_all_are_reached(method):
    strategy = single_peaked(method, max_alternatives=6)

    @given(strategy)
    def hold(profile):
        assert profile.strict
        assert all(is_single_peaked(row) for row in profile.ranks)

    hold()
    for order in permutations((1, 2, 3, 4)):
        row = np.array(order)
        if is_single_peaked(row):
            find(strategy, lambda p, row=row: np.array_equal(p.ranks[0], row), settings=QUICK, random=Random(0))


def test_methods_of_single_peaked_orders_differ_in_the_frequency_of_the_middle_peak():
    assert middle(shares(single_peaked("conitzer", **ROOM))) == pytest.approx(1 / 3, abs=0.07)
    assert middle(shares(single_peaked("walsh", **ROOM))) == pytest.approx(1 / 2, abs=0.07)


def middle(found):
    return sum(share for order, share in found.items() if order[0] == 1)


def test_preferences_in_one_dimension_are_single_peaked():
    # The axis is that of the points, which the utilities do not show: some order of the alternatives must fit.
    @given(euclidean(1, min_alternatives=3, max_alternatives=4))
    def hold(profile):
        axes = permutations(range(profile.n_alternatives))
        assert any(all(is_single_peaked(-row[list(axis)]) for row in profile.values) for axis in axes)

    hold()
    with_cycle = Utilities([[3, 2, 1], [1, 3, 2], [2, 1, 3]])
    assert not any(
        all(is_single_peaked(-row[list(axis)]) for row in with_cycle.values) for axis in permutations(range(3))
    )


@given(euclidean(3))
def test_utilities_of_points_are_shares(profile):
    assert ((profile.values >= 0) & (profile.values <= 1)).all()


@pytest.mark.parametrize("size", [1, 2, 4])
@pytest.mark.parametrize("phi", [0, 0.3, 1])
def test_insertion_gives_each_order_the_probability_of_mallows(size, phi):
    def probability(order):
        # The one way to insert 0, 1, 2, ... that leads to an order: each moves up past those it precedes there.
        chance = 1.0
        for column in range(size):
            odds = insertion_odds(column, phi)
            moved = sum(order.index(other) > order.index(column) for other in range(column))
            chance *= odds[moved] / sum(odds)
        return chance

    every = list(permutations(range(size)))
    distance = {o: sum(o.index(x) > o.index(y) for x, y in combinations(range(size), 2)) for o in every}
    total = sum(phi**far for far in distance.values())
    assert [probability(o) for o in every] == pytest.approx([phi ** distance[o] / total for o in every])
    expected = sum(probability(o) * far for o, far in distance.items())
    assert expected_distance(size, phi) == pytest.approx(expected)


def test_mallows_draws_roughly_that():
    found = shares(mallows(0.5, **ROOM))
    total = 1 + 2 * 0.5 + 2 * 0.25 + 0.125
    assert found[0, 1, 2] == pytest.approx(1 / total, abs=0.07)
    assert found[1, 0, 2] + found[0, 2, 1] == pytest.approx(2 * 0.5 / total, abs=0.07)
    assert found[2, 1, 0] == pytest.approx(0.125 / total, abs=0.05)
    assert set(shares(mallows(0, **ROOM)).values()) == {0, 1}
    assert list(shares(impartial(**ROOM)).values()) == pytest.approx([1 / 6] * 6, abs=0.07)


@pytest.mark.parametrize("odds", [[1, 1e-9, 0, 1e-6], [0.5, 0.25, 0.25], [1.0], [1, 20, 20]])
def test_what_is_possible_is_drawn_however_unlikely_and_nothing_else(odds):
    drawn = [picked(odds, chance) for chance in range(256)]
    assert drawn == sorted(drawn)
    for index, each in enumerate(odds):
        assert (drawn.count(index) > 0) == (each > 0)
        assert drawn.count(index) == pytest.approx(256 * each / sum(odds), abs=2)


@pytest.mark.parametrize("size", [2, 5, 9])
def test_a_normalised_phi_is_a_share_of_the_expected_distance(size):
    assert normalised_phi(size, 0.0) == 0
    assert normalised_phi(size, 1.0) == pytest.approx(1)
    for share in (0.2, 0.7):
        phi = normalised_phi(size, share)
        assert expected_distance(size, phi) == pytest.approx(share * size * (size - 1) / 4)
    assert normalised_phi(9, 0.5) > normalised_phi(3, 0.5)


def test_an_urn_repeats_itself_the_more_the_larger_alpha_is():
    room = ROOM | {"min_alternatives": 5, "max_alternatives": 5}
    distinct = {}
    for alpha in (0, 0.2, 1, 10):
        profiles = drawn(urn(alpha, **room))
        distinct[alpha] = sum(len(set(orders(profile))) for profile in profiles) / len(profiles)
    assert distinct[0] > distinct[0.2] + 2 > distinct[1] + 4 > distinct[10] + 5
    # Without copies, 20 of 120 orders; with, the i-th voter is fresh with probability 1 / (1 + i alpha).
    assert distinct[1] == pytest.approx(sum(1 / (1 + i) for i in range(20)), abs=1.5)


@given(polarised(spread=0, minority=0.4, min_alternatives=3))
def test_two_blocs_have_opposed_views(profile):
    opposed = profile.groups["group"] == "minority"
    assert 0 < opposed.sum() < (~opposed).sum()
    first, last = profile.values[~opposed], profile.values[opposed]
    assert (first == first[0]).all()
    assert (last == last[0]).all()
    assert np.array_equal(first[0] + last[0], np.full(profile.n_alternatives, profile.n_alternatives + 1))


def test_camps_scatter_within_the_spread():
    found = find(
        polarised(spread=2), lambda p: (np.ptp(p.values[:2], axis=0) == 2).any(), settings=QUICK, random=Random(0)
    )
    assert (found.values <= found.n_alternatives + 2).all()


LINEAR = {
    "impartial": impartial,
    "mallows": mallows,
    "normalised mallows": lambda **shape: mallows(0.4, normalised=True, **shape),
    "urn": urn,
    "conitzer": single_peaked,
    "walsh": lambda **shape: single_peaked("walsh", **shape),
    "euclidean": lambda **shape: euclidean(**shape).map(Utilities.to_rankings),
}


@pytest.mark.parametrize("culture", LINEAR.values(), ids=LINEAR)
def test_cultures_shrink_to_voters_who_agree(culture):
    strategy = culture(min_alternatives=3, max_voters=5, weighted=True)
    smallest = find(strategy, lambda p: p.n_voters >= 3, settings=QUICK, random=Random(0))
    assert smallest == Rankings([[1, 2, 3]] * 3)
    dissent = find(
        strategy, lambda p: p.ranks[-1, 0] == p.n_alternatives and p.n_voters >= 3, settings=QUICK, random=Random(0)
    )
    assert dissent.n_voters == 3
    assert dissent.n_alternatives == 3
    if culture is not LINEAR["euclidean"]:  # where alternatives are at the same points for all, and have to move
        assert dissent.ranks[:2].tolist() == [[1, 2, 3]] * 2
    assert (dissent.weights == 1).all()


def test_polarised_shrinks_to_two_blocs():
    smallest = find(polarised(weighted=True), lambda p: p.n_voters >= 4, settings=QUICK, random=Random(0))
    assert smallest == Utilities([[2, 1]] * 3 + [[1, 2]], groups=["majority"] * 3 + ["minority"])


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (lambda: mallows(1.1), "phi=1.1"),
        (lambda: mallows(float("nan")), "phi=nan"),
        (lambda: urn(-1), "alpha=-1"),
        (lambda: single_peaked("uniform"), "method='uniform'"),
    ],
)
def test_parameters_are_checked_at_once(wrong, named):
    with pytest.raises(ValueError, match=re.escape(named)):
        wrong()


def test_cultures_are_unweighted_unless_asked():
    find(urn(weighted=True), lambda p: (p.weights != 1).any(), settings=QUICK, random=Random(0))

    @given(urn() | mallows() | single_peaked() | impartial() | euclidean() | polarised())
    def hold(profile):
        assert (profile.weights == 1).all()

    hold()
