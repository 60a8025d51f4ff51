import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from personas import RakingError, load_population, rake

SEED_2X2 = pd.DataFrame({"r": ["a", "a", "b", "b"], "c": ["x", "y", "x", "y"]})

CONTRADICTION = {
    "r": {"a": 0.5, "b": 0.5},
    ("r", "c"): {("a", "x"): 9, ("a", "y"): 9, ("b", "x"): 1, ("b", "y"): 1},
}


def test_a_textbook_table():
    """Seed [[1, 2], [3, 4]] to row shares (.4, .6), column shares (.3, .7): the odds ratio 4/6 stays."""
    raked = rake(SEED_2X2, {"r": {"a": 0.4, "b": 0.6}, "c": {"x": 0.3, "y": 0.7}}, weights=[1, 2, 3, 4])
    w = raked.weights
    assert w.sum() == pytest.approx(10)
    assert w[0] + w[1] == pytest.approx(4)
    assert w[0] + w[2] == pytest.approx(3)
    assert (w[0] * w[3]) / (w[1] * w[2]) == pytest.approx(4 / 6)
    assert raked.deviation <= 1e-9
    assert "raked to r, c" in raked.source.notes[-1]


@given(
    st.lists(st.floats(0.05, 20), min_size=12, max_size=12),
    st.lists(st.floats(0.05, 20), min_size=3, max_size=3),
    st.lists(st.floats(0.05, 20), min_size=4, max_size=4),
)
def test_margins_are_met_and_odds_ratios_kept(start, rows, columns):
    frame = pd.DataFrame([(i, j) for i in range(3) for j in range(4)], columns=["i", "j"])
    raked = rake(frame, {"i": dict(enumerate(rows)), "j": dict(enumerate(columns))}, weights=start)
    table, seed = raked.weights.reshape(3, 4), np.reshape(start, (3, 4))
    assert table.sum(1) / table.sum() == pytest.approx(np.divide(rows, sum(rows)), abs=1e-8)
    assert table.sum(0) / table.sum() == pytest.approx(np.divide(columns, sum(columns)), abs=1e-8)

    def ratios(t):
        return t[:-1, :-1] * t[1:, 1:] / (t[:-1, 1:] * t[1:, :-1])

    assert ratios(table) == pytest.approx(ratios(seed), rel=1e-6)


def test_a_two_way_target_recovers_a_joint_table():
    adults = load_population("us-adults")
    cells = adults.groups("race & sex")
    target = {(row.race, row.sex): row.share for row in cells.itertuples()}
    jury = adults.sample(600, np.random.default_rng(0))
    raked = rake(jury, {("race", "sex"): target})
    assert raked.groups("race & sex")["share"].to_dict() == pytest.approx(cells["share"].to_dict())
    assert raked.effective_size < 600
    assert raked.iterations == 1


def test_people_in_the_same_cells_keep_their_relative_weights():
    frame = pd.DataFrame({"r": ["a", "a", "b"]})
    raked = rake(frame, {"r": {"a": 1, "b": 3}}, weights=[1, 2, 3])
    assert raked.weights.tolist() == pytest.approx([0.5, 1, 4.5])


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        ({}, "none given"),
        ({"z": {"a": 1}}, "targets: unknown attribute 'z'; known: r, c"),
        ({"r": {"a": 1}}, "no share for r=b, which people have"),
        ({"r": {"a": 1, "b": 1, "d": 1}}, "nobody with weight in r=d"),
        ({"r": {"a": -1, "b": 2}}, "must be finite, not negative"),
        ({("r", "c"): {"a": 1}}, "level 'a' has 1 values for r & c"),
        (CONTRADICTION, "not met after 1000 iterations, r=a is still 0.4 away"),
    ],
)
def test_targets_that_cannot_be_met_are_named(targets, message):
    with pytest.raises(RakingError, match=message):
        rake(SEED_2X2, targets)


def test_a_structural_zero_that_blocks_the_targets_is_an_error():
    with pytest.raises(RakingError, match="people lack a combination"):
        rake(SEED_2X2.iloc[[0, 3]], {"r": {"a": 0.5, "b": 0.5}, "c": {"x": 0.3, "y": 0.7}})


def test_people_who_did_not_state_it_must_be_dealt_with_first():
    frame = pd.DataFrame({"r": ["a", None]})
    with pytest.raises(RakingError, match=r"r=not stated.*drop or fill in"):
        rake(frame, {"r": {"a": 1}})
