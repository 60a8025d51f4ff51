"""Fronts and hypervolumes against grids, inclusion and exclusion, and models planted to win."""

import itertools
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jury.errors import MeasureError
from jury.metrics import dominates, front, hypervolume, pareto

RNG = np.random.default_rng


@st.composite
def grids(draw):
    k = draw(st.integers(1, 4))
    point = st.lists(st.integers(0, 4), min_size=k, max_size=k)
    return np.array(draw(st.lists(point, min_size=1, max_size=6)), dtype=float)


@given(grids())
def test_the_volume_of_points_on_a_grid_is_its_number_of_cells(points):
    cells = itertools.product(range(4), repeat=points.shape[1])
    count = sum(bool((points >= np.array(cell) + 1).all(axis=1).any()) for cell in cells)
    assert hypervolume(points, np.zeros(points.shape[1])) == pytest.approx(count)


@given(st.integers(0, 10_000))
def test_the_volume_is_that_of_inclusion_and_exclusion(seed):
    rng = RNG(seed)
    k = int(rng.integers(2, 6))
    points, reference = rng.random((5, k)), rng.uniform(-0.2, 0.3, k)
    total = 0.0
    for size in range(1, 6):
        for chosen in itertools.combinations(points, size):
            total -= (-1) ** size * np.prod(np.maximum(np.min(chosen, axis=0) - reference, 0))
    assert hypervolume(points, reference) == pytest.approx(total, abs=1e-12)


@given(grids(), st.randoms(use_true_random=False))
def test_orders_copies_and_dominated_points_change_nothing(points, random):
    reference = np.zeros(points.shape[1])
    volume = hypervolume(points, reference)
    turned = list(range(points.shape[1]))
    random.shuffle(turned)
    assert hypervolume(points[::-1][:, turned], reference) == pytest.approx(volume)
    assert hypervolume(np.vstack([points, points, points - 1]), reference) == pytest.approx(volume)
    assert hypervolume(points[front(points)], reference) == pytest.approx(volume)
    assert hypervolume(points + 7, reference + 7) == pytest.approx(volume)


@given(grids())
def test_the_front_is_what_nobody_dominates(points):
    beaten = [any((other >= point).all() and (other > point).any() for other in points) for point in points]
    assert front(points).tolist() == [not lost for lost in beaten]
    assert front(points).any()
    assert not (dominates(points) & dominates(points).T).any()


def test_points_below_the_reference_or_unknown_add_nothing():
    assert hypervolume([[5, -1], [0, 5]], [0, 0]) == 0
    assert hypervolume([[2, 2], [math.nan, 9]], [0, 0]) == 4
    assert front([[2, 2], [math.nan, 9]]).tolist() == [True, False]


def report(scores, **options):
    values = np.asarray(scores, dtype=float)
    names, objectives = "abcdef"[: len(values)], ["x", "y", "z"][: values.shape[-1]]
    settings = {"reference": [0.0] * len(objectives), "rng": RNG(0), **options}
    return pareto(values, list(names), objectives, **settings)


def test_models_by_hand():
    found = report([[3, 1], [1, 3], [1, 1], [3, 1]])
    assert found.front == ("a", "b", "d")
    assert found.models["c"].dominated_by == ("a", "b", "d")
    assert found.models["a"].dominated_by == ()
    assert found.hypervolume.value == 5
    assert math.isnan(found.models["a"].membership)
    assert math.isnan(found.models["a"].scores["x"].low)
    assert json.dumps(found.to_dict())


def test_less_can_be_better():
    found = report([[3, 1], [1, 3], [1, 1]], minimise=["y"], reference=[0, 4])
    assert found.front == ("a",)
    assert found.hypervolume.value == 9
    assert found.models["b"].scores["y"].value == 3
    both = report([[3, 1], [1, 3], [1, 1]], minimise=["x", "y"], reference=[4, 4])
    assert both.front == ("c",)


def test_questions_give_intervals_and_probabilities():
    rng = RNG(1)
    truth = np.array([[0.8, 0.2], [0.2, 0.8], [0.1, 0.1], [0.8, 0.2]])
    found = report(truth[:, None, :] + rng.normal(0, 0.3, size=(4, 80, 2)))
    assert set("ab") & set(found.front)
    assert found.models["c"].membership < 0.05
    assert 0.5 < found.models["b"].membership <= 1
    assert 0 < found.models["a"].membership + found.models["d"].membership <= 2
    assert found.hypervolume.low < found.hypervolume.value < found.hypervolume.high
    assert found.models["a"].scores["x"].count == found.questions == 80


def test_nothing_is_left_out_silently():
    nan = math.nan
    scores = [[[1, 1], [2, 2], [3, 3]], [[1, 2], [nan, 2], [1, 2]], [[1, nan], [1, nan], [1, nan]]]
    found = report(scores)
    assert found.left_out == {"c": "no score in some objective"}
    assert (found.questions, found.questions_left_out) == (2, 1)
    assert found.models["a"].scores["x"].value == 2


def test_a_weight_of_two_is_two_questions():
    scores = RNG(2).random((3, 4, 2))
    weighted, copied = report(scores, weights=[2, 1, 1, 1]), report(scores[:, [0, 0, 1, 2, 3]])
    assert weighted.hypervolume.value == pytest.approx(copied.hypervolume.value)
    assert weighted.front == copied.front


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: hypervolume([1, 2], [0]), "reference"),
        (lambda: hypervolume([[1, 2]], [0]), "2 finite numbers"),
        (lambda: hypervolume([[1, 2]], [0, math.nan]), "finite"),
        (lambda: report([[1, math.inf]]), "finite"),
        (lambda: report([[1, 2]], reference=[0]), "reference"),
        (lambda: report([[1, 2]], minimise=["q"]), "minimise"),
        (lambda: report([[math.nan, 2]]), "no model has"),
        (lambda: report([[[math.nan, 2], [1, 1]], [[1, 1], [math.nan, 1]]]), "on no question"),
        (lambda: report([[[1, 2]]], weights=[-1]), "weights"),
        (lambda: pareto([[1.0]], ["a", "b"], ["x"], reference=[0], rng=RNG(0)), "models"),
    ],
)
def test_what_cannot_be_compared_is_said_in_one_line(make, said):
    with pytest.raises(MeasureError, match=said) as caught:
        make()
    assert "\n" not in str(caught.value)
