"""Trade-off steering by hand, against SciPy, and with planted models that do and do not obey."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from jury.errors import MeasureError
from jury.metrics import Tradeoff, tradeoff_steering

RNG = np.random.default_rng
FAMILY = [Tradeoff(f"{share:g}", weights=(share, 1 - share)) for share in (0.0, 0.25, 0.5, 0.75, 1.0)]


def steering(achieved, family=FAMILY, **options):
    settings = {"reference": [0, 0], "rng": RNG(0), **options}
    return tradeoff_steering(achieved, family, ["x", "y"], **settings)


def quarter(shares):
    """Return points on a quarter of the unit circle, the best for each of the weights."""
    wanted = np.array([[share, 1 - share] for share in shares])
    return wanted / np.linalg.norm(wanted, axis=1, keepdims=True)


SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


def test_a_model_that_obeys_has_no_shortfall_and_is_monotone():
    points = quarter(SHARES)
    found = steering(points)
    for name, steered in found.steered.items():
        assert steered.best == name
        assert steered.shortfall.value == 0
        assert math.isnan(steered.gain.value)
    assert found.total.value == pytest.approx(sum(np.hypot(share, 1 - share) for share in SHARES))
    assert [each.correlation.value for each in found.monotonicity] == pytest.approx([1, 1])
    assert [(each.violations, each.comparisons) for each in found.monotonicity] == [(0, 10), (0, 10)]
    assert found.coverage.value == 1
    assert math.isnan(found.reached.value)
    assert json.dumps(found.to_dict())


def test_a_model_that_does_the_opposite_is_found_out():
    found = steering(quarter(SHARES)[::-1])
    assert [each.correlation.value for each in found.monotonicity] == pytest.approx([-1, -1])
    assert [each.violations for each in found.monotonicity] == [10, 10]
    assert found.steered["0"].best == "1"
    assert found.steered["0"].shortfall.value == pytest.approx(1)
    assert found.values == pytest.approx(steering(quarter(SHARES)).values[:, ::-1])


def test_a_model_that_does_not_move():
    found = steering(np.tile([0.6, 0.6], (5, 1)), unsteered=[0.6, 0.6])
    assert math.isnan(found.monotonicity[0].correlation.value)
    assert [each.violations for each in found.monotonicity] == [0, 0]
    assert all(steered.gain.value == 0 for steered in found.steered.values())


def test_gain_over_the_unsteered_model_and_its_place_among_candidates():
    found = steering([[0.5, 0.1], [0.1, 0.5]], family=[FAMILY[-1], FAMILY[0]], unsteered=[0.2, 0.9])
    assert found.steered["1"].gain.value == pytest.approx(0.3)
    assert found.steered["0"].gain.value == pytest.approx(-0.4)
    assert found.steered["0"].best == "unsteered"
    assert found.steered["0"].shortfall.value == pytest.approx(0.4)


def test_how_much_of_the_attainable_is_covered():
    found = steering([[2, 1], [1, 2]], family=FAMILY[:2], attainable=[[3, 1], [1, 2], [0.5, 0.5]])
    assert found.coverage.value == pytest.approx(3 / 4)
    assert found.reached.value == 0.5
    whole = steering([[3, 1], [1, 3]], family=FAMILY[:2], attainable=[[3, 1], [1, 2]])
    assert (whole.coverage.value, whole.reached.value) == (1, 1)


def test_any_commensurating_function_will_do():
    family = [
        Tradeoff("least", function=lambda scores: scores.min(axis=-1), requested=(0.5, 0.5)),
        Tradeoff("most", function=lambda scores: scores.max(axis=-1), requested=(1.0, 0.0)),
    ]
    found = steering([[0.5, 0.4], [0.9, 0.1]], family=family)
    assert [steered.score.value for steered in found.steered.values()] == [0.4, 0.9]
    assert found.values.tolist() == [[0.4, 0.1], [0.5, 0.9]]
    assert found.monotonicity[0].comparisons == 1
    unknown = [Tradeoff("least", function=lambda scores: scores.min(axis=-1)), *FAMILY[:1]]
    assert steering([[0.5, 0.4], [0.9, 0.1]], family=unknown).monotonicity == ()


@given(st.integers(0, 1000))
def test_the_rank_correlation_is_scipys(seed):
    points = RNG(seed).integers(0, 4, size=(5, 2)).astype(float)
    found = steering(points)
    for column, each in enumerate(found.monotonicity):
        if len(set(points[:, column])) > 1:
            wanted = [tradeoff.weights[column] for tradeoff in FAMILY]
            assert each.correlation.value == pytest.approx(spearmanr(wanted, points[:, column]).statistic)
        assert 0 <= each.violations <= each.comparisons
    for steered in found.steered.values():
        assert steered.shortfall.value >= 0


def test_intervals_over_questions_and_what_is_missing():
    rng = RNG(2)
    points = quarter(SHARES)[:, None, :] + rng.normal(0, 0.3, size=(5, 60, 2))
    points[2, 7, 1] = math.nan
    found = steering(points, unsteered=np.full((60, 2), 0.5), attainable=quarter(np.linspace(0, 1, 9)))
    assert (found.questions, found.questions_left_out) == (59, 1)
    assert found.total.low < found.total.value < found.total.high
    assert found.total.count == 59
    assert 0 <= found.coverage.low <= found.coverage.high <= 1
    assert found.monotonicity[0].correlation.high <= 1


def test_a_weight_of_two_is_two_questions():
    points = RNG(3).random((5, 4, 2))
    one = steering(points, weights=[2, 1, 1, 1])
    two = steering(points[:, [0, 0, 1, 2, 3]])
    assert one.total.value == pytest.approx(two.total.value)
    assert one.coverage.value == pytest.approx(two.coverage.value)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Tradeoff("t"), "either weights or a function"),
        (lambda: Tradeoff("t", weights=(1,), function=np.sum), "either weights or a function"),
        (lambda: Tradeoff("t", weights=(math.nan,)), "finite"),
        (lambda: steering([[1, 2]]), "5 trade-offs"),
        (lambda: steering([[1, 2]] * 2, family=[FAMILY[0]] * 2), "distinct"),
        (lambda: steering([[1, 2]], family=[Tradeoff("t", weights=(1, 2, 3))]), "each of 2 objectives"),
        (lambda: steering([[1, 2]], family=FAMILY[:1], reference=[0]), "reference"),
        (lambda: steering([[1, 2]], family=FAMILY[:1], unsteered=[[1, 2], [1, 2]]), "unsteered has 2"),
        (lambda: steering([[1, 2]], family=FAMILY[:1], weights=[-1]), "weights"),
        (lambda: steering([[1, math.nan]], family=FAMILY[:1]), "every question lacks"),
        (lambda: steering([[1, 2]], family=FAMILY[:1], attainable=[[1]]), "attainable"),
        (lambda: steering([[1, 2]], family=[Tradeoff("t", function=np.sum)]), "take the last axis away"),
    ],
)
def test_what_cannot_be_judged_is_said_in_one_line(make, said):
    with pytest.raises(MeasureError, match=said) as caught:
        make()
    assert "\n" not in str(caught.value)
