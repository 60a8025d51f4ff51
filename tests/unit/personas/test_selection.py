import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from personas import SamplingError
from personas.repetition import integerise_many, select_many
from personas.selection import integerise, select, spread

weight_lists = st.lists(st.floats(0, 100), min_size=1, max_size=12).filter(lambda ws: sum(ws) > 1e-6)


@given(weight_lists, st.integers(0, 60), st.integers(0, 2**32 - 1))
def test_spread_gives_each_row_its_expected_number_rounded_down_or_up(weights, n, seed):
    weights = np.asarray(weights)
    counts = np.bincount(spread(weights, n, np.random.default_rng(seed)), minlength=weights.size)
    expected = n * weights / weights.sum()
    assert counts.sum() == n
    assert np.all(counts >= np.floor(expected - 1e-9))
    assert np.all(counts <= np.ceil(expected + 1e-9))
    assert np.all(counts[weights == 0] == 0)


def test_integerise_is_unbiased_where_largest_remainders_would_never_seat_the_small():
    shares = np.array([0.62, 0.31, 0.04, 0.03])
    rng = np.random.default_rng(11)
    mean = np.mean([integerise(shares, 5, rng) for _ in range(20_000)], axis=0)
    assert mean == pytest.approx(5 * shares, abs=0.015)  # 4 standard errors of a rounded half


@given(weight_lists, st.data())
def test_selection_without_replacement_never_repeats_and_keeps_the_total(weights, data):
    weights = np.asarray(weights)
    n = data.draw(st.integers(1, max(1, np.count_nonzero(weights))))
    ordered = data.draw(st.booleans())
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    rows, expansion = select(weights, n, rng, replace=False, ordered=ordered)
    assert len(set(rows.tolist())) == n
    assert np.all(weights[rows] > 0)
    assert expansion.sum() == pytest.approx(weights.sum())


@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize("replace", [False, True])
def test_expanded_totals_are_unbiased_even_with_a_row_that_is_certain(replace, ordered):
    weights = np.array([50.0, 3, 2, 2, 1, 1, 1])
    values = np.array([1.0, 5, -2, 7, 3, 0, 4])
    rng = np.random.default_rng(5)

    def estimate():
        rows, expansion = select(weights, 4, rng, replace=replace, ordered=ordered)
        return expansion @ values[rows]

    draws = np.array([estimate() for _ in range(8_000)])
    assert abs(draws.mean() - weights @ values) < 4 * draws.std() / np.sqrt(draws.size)


def test_everybody_is_selected_once_when_as_many_are_asked_for_as_there_are():
    rows, expansion = select(np.full(1000, 0.1), 1000, np.random.default_rng(0), replace=False)
    assert sorted(rows.tolist()) == list(range(1000))
    assert expansion == pytest.approx(np.full(1000, 0.1))


def test_asking_for_more_than_there_are_names_both_numbers_and_the_remedy():
    with pytest.raises(SamplingError, match=r"n: 4 jurors, only 3 personas .* set replace"):
        select(np.array([1.0, 1, 1, 0]), 4, np.random.default_rng(0), replace=False)


@given(weight_lists, st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_many_roundings_at_once_are_each_down_or_up_and_add_to_n(weights, n, seed):
    weights = np.asarray(weights)
    counts = integerise_many(weights, n, 20, np.random.default_rng(seed))
    exact = n * weights / weights.sum()
    assert (counts.sum(axis=1) == n).all()
    assert (counts >= np.floor(exact - 1e-9)).all()
    assert (counts <= np.ceil(exact + 1e-9)).all()


def test_many_roundings_at_once_are_unbiased_and_neighbours_can_both_be_rounded_up():
    shares = np.array([0.3, 0.3, 0.7, 0.7])
    counts = integerise_many(shares, 2, 100_000, np.random.default_rng(11))
    assert counts.mean(axis=0) == pytest.approx(shares, abs=0.006)  # 4 standard errors of a rounded half
    assert ((counts[:, 0] == 1) & (counts[:, 1] == 1)).any()


@pytest.mark.parametrize("count", [6, 19])  # by rejection, and where rejection would take for ever
def test_many_selections_at_once_have_the_inclusion_probabilities_of_one(count):
    weights = np.r_[30.0, np.linspace(1, 3, 20), 0]
    rows, expansion = select_many(weights, count, 20_000, np.random.default_rng(4), replace=False)
    assert (np.diff(np.sort(rows, axis=1), axis=1) > 0).all()
    assert expansion.sum(axis=1) == pytest.approx(np.full(20_000, weights.sum()))
    one, single = select(weights, count, np.random.default_rng(4), replace=False)
    exact = dict(zip(one.tolist(), (weights[one] / single).tolist(), strict=True))
    chosen = np.bincount(rows.ravel(), minlength=22) / 20_000
    for row, inclusion in exact.items():
        assert abs(chosen[row] - inclusion) <= 5 * np.sqrt(inclusion * max(1 - inclusion, 0) / 20_000) + 1e-9
    assert chosen[21] == 0
