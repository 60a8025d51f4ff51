"""Indices of power against published values, closed forms and a listing of all coalitions."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregators import ProfileError, RuleError
from aggregators.power import WeightedGame, banzhaf, shapley_shubik
from aggregators.power import coalitions as counting

COUNCIL = WeightedGame([7] * 5 + [1] * 10, quota=39)  # five permanent members and four of the others


def by_hand(weights, needed):
    """Both indices from the definitions, as (swings, pivots)."""
    players = range(len(weights))
    wins = {
        group: sum(weights[p] for p in group) >= needed
        for size in range(len(weights) + 1)
        for group in itertools.combinations(players, size)
    }
    swings = [sum(won and p in group and not wins[tuple(q for q in group if q != p)] for group, won in wins.items())
              for p in players]  # fmt: skip
    pivots = [0] * len(weights)
    for order in itertools.permutations(players):
        reached = itertools.accumulate(weights[p] for p in order)
        pivots[next(p for p, total in zip(order, reached, strict=True) if total >= needed)] += 1
    return np.array(swings) / 2 ** (len(weights) - 1), np.array(pivots) / math.factorial(len(weights))


def test_un_security_council():
    found = banzhaf(COUNCIL)
    assert (found.decisive * 2**14).tolist() == pytest.approx([848] * 5 + [84] * 10)
    assert found.power.tolist() == pytest.approx([848 / 5080] * 5 + [84 / 5080] * 10)
    assert shapley_shubik(COUNCIL).power.tolist() == pytest.approx([421 / 2145] * 5 + [4 / 2145] * 10)


def test_council_of_the_european_community_in_1958():
    council = WeightedGame([4, 4, 4, 2, 2, 1], quota=12)
    assert (banzhaf(council).power * 21).tolist() == pytest.approx([5, 5, 5, 3, 3, 0])
    assert (shapley_shubik(council).power * 60).tolist() == pytest.approx([14, 14, 14, 9, 9, 0])


def test_apex_games_and_juries_of_equals():
    # a player with all weight but one of the others needs any of them, or they all need each other
    apex = WeightedGame([3, 1, 1, 1, 1], quota=4)
    assert (banzhaf(apex).power * 22).tolist() == pytest.approx([14, 2, 2, 2, 2])
    assert (shapley_shubik(apex).power * 10).tolist() == pytest.approx([6, 1, 1, 1, 1])
    jury = WeightedGame(np.full(201, 0.1))
    assert shapley_shubik(jury).power == pytest.approx(np.full(201, 1 / 201))
    assert banzhaf(jury).decisive == pytest.approx(np.full(201, math.comb(200, 100) / 2**200))


def test_unanimity_and_dictators():
    everybody = WeightedGame([5, 2, 1], quota=8)
    assert banzhaf(everybody).power.tolist() == pytest.approx([1 / 3] * 3)
    assert banzhaf(everybody).decisive.tolist() == [0.25] * 3
    dictator = WeightedGame([5, 2, 1, 0])
    assert shapley_shubik(dictator).power.tolist() == banzhaf(dictator).decisive.tolist() == [1, 0, 0, 0]


@given(st.lists(st.integers(0, 9), min_size=1, max_size=6).filter(any), st.data())
def test_all_ways_of_counting_agree(weights, data):
    quota = data.draw(st.integers(1, sum(weights)))
    game = WeightedGame(weights, quota)
    swings, pivots = by_hand(weights, quota)
    assert banzhaf(game).decisive == pytest.approx(swings)
    assert shapley_shubik(game).power == pytest.approx(pivots)
    listed = counting.enumerated(game)
    assert counting.generated(game, by_size=True) == listed.astype(int).tolist()
    assert [one for (one,) in counting.generated(game, by_size=False)] == listed.sum(axis=1).astype(int).tolist()


@given(st.lists(st.integers(0, 9), min_size=1, max_size=6).filter(any))
def test_half_of_the_weight_does_not_win_and_a_unit_changes_nothing(weights):
    _, pivots = by_hand(weights, sum(weights) // 2 + 1)
    for unit in (1, 0.1, math.pi):
        assert shapley_shubik(WeightedGame(np.array(weights) * unit)).power == pytest.approx(pivots)


def test_the_same_weights_with_and_without_a_common_unit():
    near = np.array([4, 4, 4, 2, 2, 1]) + np.array([0, 0, 0, 0, 0, 1e-5 * math.pi])
    assert WeightedGame(near).whole is None
    assert banzhaf(WeightedGame(near, 12)).power * 21 == pytest.approx([5, 5, 5, 3, 3, 0])


def test_large_games_are_sampled_with_an_interval_that_covers():
    equal = np.ones(60)
    equal[0] += 1e-9 * math.pi
    game, exact = WeightedGame(equal * math.pi), 1 / 60
    covered = []
    for seed in range(20):
        for index in (banzhaf, shapley_shubik):
            found = index(game, samples=2000, rng=np.random.default_rng(seed))
            assert found.samples == 2000
            assert found.power.sum() == pytest.approx(1)
            covered.append(((found.low <= exact) & (exact <= found.high)).mean())
    assert 0.93 <= np.mean(covered) <= 0.975
    again = banzhaf(game, samples=2000, rng=np.random.default_rng(19)).to_dict()
    assert again == banzhaf(game, samples=2000, rng=np.random.default_rng(19)).to_dict()


def test_sampled_indices_of_unequal_players():
    weights = np.array([5.0] * 5 + [1.0] * 20)
    exact = WeightedGame(weights)
    rough = WeightedGame(weights + np.linspace(0, 1e-7, 25) * math.pi)
    assert rough.whole is None
    for index in (banzhaf, shapley_shubik):
        found, truth = index(rough, rng=np.random.default_rng(1)), index(exact)
        assert truth.samples is None
        assert found.power == pytest.approx(truth.power, abs=0.01)
        assert found.decisive == pytest.approx(truth.decisive, abs=0.015)


def test_blocs():
    jury = WeightedGame([2, 1, 1, 1], players=["w", "x", "y", "z"])
    merged = jury.blocs(["b", "a", "b", "a"])
    assert (merged.players, merged.weights.tolist()) == (("a", "b"), [2, 3])
    assert banzhaf(merged).power.tolist() == [0, 1]
    assert WeightedGame([1, 1, 1], quota=3).blocs(["a", "a", "b"]).quota == 3
    assert repr(jury) == "WeightedGame(4 players, more than half of 5)"


@pytest.mark.parametrize(
    ("weights", "settings", "message"),
    [
        ([1, 1], {"quota": 3}, "quota=3 of a total weight 2"),
        ([1, 1], {"quota": 0}, "quota=0"),
        ([1, 1], {"quota": math.nan}, "quota=nan"),
        ([1, -1], {}, "weights"),
        ([[1, 1]], {}, "weights"),
        ([1, 1], {"players": ["a", "a"]}, "2 different labels"),
    ],
)
def test_slips_are_named(weights, settings, message):
    with pytest.raises(ProfileError, match=message):
        WeightedGame(weights, **settings)


def test_sampling_needs_a_generator():
    game = WeightedGame(np.random.default_rng(0).random(40))
    with pytest.raises(RuleError, match="banzhaf of 40 players takes sampling; give rng"):
        banzhaf(game)
    with pytest.raises(RuleError, match="samples=1"):
        shapley_shubik(game, samples=1, rng=np.random.default_rng(0))
    with pytest.raises(ProfileError, match="labels has 2 entries for 40 players"):
        game.blocs(["a", "b"])
