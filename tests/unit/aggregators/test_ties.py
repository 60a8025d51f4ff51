import numpy as np
import pytest

from aggregators.tally import Tally
from aggregators.ties import break_tie, exceeds, leaders, levels, tier_ranks, tiers


def lead(*scores, **kwargs):
    tally = Tally(scores=np.array([scores], dtype=float), **kwargs)
    return leaders(tally, tally.taking_part())[0].tolist()


def test_noise_is_a_tie():
    assert lead(0.3, 0.1 + 0.2) == [True, True]
    assert lead(0.3, 0.3 + 1e-8) == [False, True]
    assert lead(3e-200, (1e-200 + 2e-200) * (1 + 1e-15)) == [True, True]
    assert lead(0.0, 1e-300) == [False, True]


def test_whole_numbers_are_exact():
    assert lead(1e12, 1e12 + 1) == [False, True]
    assert lead(1e12 + 0.5, 1e12 + 1) == [True, True]


def test_cancellation_is_measured_by_what_was_added_up():
    noise = 0.1 + 0.2 - 0.3
    assert lead(0.0, noise) == [False, True]
    assert lead(0.0, noise, scale=np.array([[0.0, 0.2]])) == [True, True]


def test_ties_are_with_the_leader_not_along_a_chain():
    scores = np.array([[1.0, 1 - 0.8e-9, 1 - 1.6e-9]])
    assert tiers(Tally(scores=scores)) == [[0, 1], [2]]


def test_later_keys_decide_only_what_earlier_ones_leave_open():
    keys = (np.array([[1.0, 1.0, 0.0]]), np.array([[5.0, 6.0, 9.0]]))
    assert tiers(Tally(scores=np.zeros((1, 3)), keys=keys)) == [[1], [0], [2]]


def test_rows_without_anyone_have_no_leader():
    tally = Tally(scores=np.array([[np.nan, np.nan], [np.nan, -3.0]]))
    assert leaders(tally, tally.taking_part()).tolist() == [[False, False], [False, True]]


def test_levels_and_ranks_share_the_tolerance():
    values = np.array([[0.1 + 0.2, 0.3, np.nan, 0.5, -1.0]])
    assert tier_ranks(values).tolist() == [[2, 2, 0, 1, 3]]
    assert levels(values).tolist() == [-1.0, 0.1 + 0.2, 0.5]
    assert levels(np.array([[np.nan]])).tolist() == []


def test_an_infinity_ties_with_itself_alone():
    inf = np.inf
    assert tier_ranks(np.array([[-inf, 5, 1], [inf, inf, 1e300], [inf, inf, inf], [-inf, -inf, np.nan]])).tolist() == [
        [3, 1, 2],
        [1, 1, 2],
        [1, 1, 1],
        [1, 1, 0],
    ]
    assert levels(np.array([inf, -inf, 2, 2 * (1 + 1e-12)])).tolist() == [-inf, 2 * (1 + 1e-12), inf]
    assert lead(-inf, 5, 1) == [False, True, False]
    assert lead(inf, inf, 1) == [True, True, False]
    assert lead(-inf, -inf, 1, scored=np.array([[True, True, False]])) == [True, True, False]
    assert exceeds(np.array([inf, inf]), np.array([5.0, inf])).tolist() == [True, False]


def test_an_infinite_scale_says_nothing_of_finite_numbers():
    scale = np.array([[1.0, 1.0, np.inf]])
    assert lead(1, 5, -np.inf, scale=scale) == [False, True, False]
    assert lead(1, 5, 5.5, scale=scale) == [False, False, True]
    tally = Tally(scores=np.array([[1, 5.5, -np.inf]]), scale=np.array([[np.inf, 1, np.inf]]))
    assert tiers(tally) == [[1], [0], [2]]


def test_exceeding_a_quota_takes_more_than_noise():
    assert exceeds(np.array([0.5, 0.5 + 1e-16, 0.5 + 1e-12, 0.51]), np.array(0.5)).tolist() == [False] * 3 + [True]


def test_random_tie_breaks_are_even_and_stay_among_the_tied():
    mask = np.tile([True, False, True], (4000, 1))
    broken = break_tie(mask, "random", np.random.default_rng(1))
    assert broken.sum(axis=1).tolist() == [1] * 4000
    assert broken.mean(axis=0) == pytest.approx([0.5, 0, 0.5], abs=0.03)


def test_a_key_must_be_a_number_where_it_decides():
    keys = (np.array([[np.nan, 1.0]]),)
    tally = Tally(scores=np.zeros((1, 2)), keys=keys)
    with pytest.raises(ValueError, match="key is NaN"):
        tiers(tally)
    assert tiers(Tally(scores=None, keys=keys, scored=np.array([[False, True]]))) == [[1]]


def test_a_tally_must_say_something():
    with pytest.raises(TypeError, match="scored"):
        Tally(scores=None).taking_part()
    with pytest.raises(TypeError, match="scores or keys"):
        Tally(scores=None).deciding()
