"""Steering by hand, in closed form, against a bootstrap, and with planted models that obey or do not."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, wasserstein_distance

from jury.errors import MeasureError
from jury.metrics import answer_profile, persona_matrix, steerability_index, steering

RNG = np.random.default_rng
nan = math.nan


def test_fidelity_and_gain_by_hand():
    found = steering([[1, 1, 0, nan], [0, 1, 0, 1]], [[1, 0, 0, 1], [0, 1, 1, nan]], ["a", "b"])
    a, b = found.groups["a"], found.groups["b"]
    assert (a.fidelity.value, a.fidelity.count, a.left_out) == (pytest.approx(2 / 3), 3, 1)
    assert (a.gain.value, a.better, a.worse, a.same) == (pytest.approx(1 / 3), 1, 0, 2)
    assert (a.unsteered.value, a.unsteered.count) == (pytest.approx(1 / 3), 3)
    assert (b.fidelity.value, b.gain.value, b.gain.count) == (0.5, pytest.approx(-1 / 3), 3)
    assert found.fidelity.value == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert found.gain.value == pytest.approx(0)
    assert (found.worst, found.spread) == ("b", pytest.approx(1 / 6))
    assert json.dumps(found.to_dict())


def test_distances_turn_round():
    near, far = [[0.1, 0.2]], [[0.3, 0.6]]
    found = steering(near, far, ["a"], lower_is_better=True)
    assert found.groups["a"].gain.value == pytest.approx(0.3)
    assert found.groups["a"].better == 2
    two = steering([[0.1, 0.1], [0.4, 0.4]], [[0.1, 0.1], [0.4, 0.4]], ["a", "b"], lower_is_better=True)
    assert (two.worst, two.groups["a"].same) == ("b", 2)


def test_one_group_has_the_interval_of_its_mean():
    values = RNG(0).random((1, 30))
    weights = np.ones(30)
    found = steering(values, np.zeros((1, 30)), ["a"], weights=weights)
    group = found.groups["a"].fidelity
    assert (found.fidelity.value, found.fidelity.low, found.fidelity.high, found.fidelity.count) == pytest.approx(
        (group.value, group.low, group.high, group.count)
    )


def test_the_interval_over_groups_is_that_of_a_bootstrap_over_questions():
    rng = RNG(1)
    values = rng.random((4, 60)) + rng.normal(0, 0.3, 60)
    values[rng.random(values.shape) < 0.2] = nan
    found = steering(values, np.zeros(values.shape), list("abcd")).fidelity
    drawn = []
    for _ in range(3000):
        chosen = values[:, rng.integers(0, 60, 60)]
        drawn.append(np.nanmean(chosen, axis=1).mean())
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert found.value == pytest.approx(np.nanmean(values, axis=1).mean())
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.02)


def test_a_weight_of_two_is_two_questions():
    values, before = RNG(2).random((2, 3, 4))
    one = steering(values, before, list("abc"), weights=[2, 1, 1, 1])
    two = steering(values[:, [0, 0, 1, 2, 3]], before[:, [0, 0, 1, 2, 3]], list("abc"))
    assert one.fidelity.value == pytest.approx(two.fidelity.value)
    assert one.gain.value == pytest.approx(two.gain.value)
    assert one.worst == two.worst


def test_a_group_without_figures_is_left_out_of_the_means():
    found = steering([[1, 0], [nan, nan]], [[0, 0], [0, 0]], ["a", "b"])
    assert found.fidelity.value == 0.5
    assert found.groups["b"].left_out == 2
    assert found.worst == "a"


def test_percentiles_of_the_diagonal_by_hand():
    matrix = [[0.9, 0.2, 0.9], [0.5, 0.4, 0.6], [0.9, 0.1, 0.7]]
    found = persona_matrix(matrix, ["a", "b", "c"], rng=RNG(0))
    assert found.sensitivity == {"a": 0.75, "b": 1.0, "c": 0.5}
    assert found.specificity == {"a": 0.75, "b": 0.0, "c": 0.5}
    assert found.mean_sensitivity.value == 0.75
    assert found.mean_specificity.value == pytest.approx(1.25 / 3)
    assert math.isnan(found.mean_sensitivity.low)
    assert json.dumps(found.to_dict())


@given(st.integers(0, 1000))
def test_distances_and_orders_of_personas(seed):
    rng = RNG(seed)
    matrix = rng.random((4, 4))
    near = persona_matrix(matrix, list("abcd"), rng=RNG(0))
    far = persona_matrix(1 - matrix, list("abcd"), rng=RNG(0), lower_is_better=True)
    order = rng.permutation(4)
    turned = persona_matrix(matrix[order][:, order], [list("abcd")[i] for i in order], rng=RNG(0))
    across = persona_matrix(matrix.T, list("abcd"), rng=RNG(0))
    for name in "abcd":
        assert near.sensitivity[name] == far.sensitivity[name] == turned.sensitivity[name]
        assert near.sensitivity[name] == across.specificity[name]
        assert 0 <= near.specificity[name] <= 1


def test_a_planted_obedient_model_and_one_that_ignores_the_persona():
    rng = RNG(3)
    noise = rng.normal(0, 0.1, size=(50, 5, 5))
    obedient = persona_matrix(np.eye(5) + noise, list("abcde"), rng=RNG(0))
    assert obedient.mean_sensitivity.value == obedient.mean_specificity.value == 1
    deaf = persona_matrix(np.linspace(0, 1, 5) + noise, list("abcde"), rng=RNG(0))
    assert deaf.mean_specificity.value == pytest.approx(0.5)
    assert deaf.mean_sensitivity.low < 0.5 < deaf.mean_sensitivity.high
    assert (deaf.questions, deaf.mean_sensitivity.count) == (50, 50)


def test_cells_without_figures():
    found = persona_matrix([[0.9, nan, 0.5], [0.1, nan, 0.2], [nan, 0.3, 0.6]], ["a", "b", "c"], rng=RNG(0))
    assert found.sensitivity["a"] == 1
    assert found.specificity["a"] == 1
    assert math.isnan(found.sensitivity["b"])
    assert found.mean_sensitivity.value == pytest.approx((1 + 1) / 2)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 40))
def test_the_index_of_answer_profiles_is_a_difference_of_means(base, steered, asked):
    base, steered = base % (asked + 1), steered % (asked + 1)
    most, least = answer_profile(asked, asked), answer_profile(0, asked)
    found = steerability_index(answer_profile(base, asked), answer_profile(steered, asked), most, least)
    # All of them are ordered, so that each distance is a difference of means.
    assert found == pytest.approx((steered - base) / asked, abs=0.01)
    assert answer_profile(base, asked).sum() == pytest.approx(1)


def test_the_index_by_scipy():
    rng = RNG(4)
    base, steered, aim, opposite = rng.dirichlet(np.ones(5), size=4)
    places = np.arange(5)

    def apart(p, q):
        return wasserstein_distance(places, places, p, q)

    expected = (apart(base, aim) - apart(steered, aim)) / apart(aim, opposite)
    assert steerability_index(base, steered, aim, opposite) == pytest.approx(expected)
    stretched = steerability_index(base, steered, aim, opposite, positions=places * 7)
    assert stretched == pytest.approx(expected)
    many = steerability_index(base, np.stack([base, steered, aim]), aim, opposite)
    assert many == pytest.approx([0, expected, apart(base, aim) / apart(aim, opposite)])
    assert math.isnan(steerability_index(base, steered, aim, aim))


def test_profiles_are_beta_posteriors():
    found = answer_profile(3, 10, bins=4, prior=(0.5, 0.5))
    assert found == pytest.approx(np.diff(beta.cdf([0, 0.25, 0.5, 0.75, 1], 3.5, 7.5)))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: steering([1, 2], [1, 2], ["a"]), "groups, questions"),
        (lambda: steering([[1]], [[1, 2]], ["a"]), "groups, questions"),
        (lambda: steering([[math.inf]], [[1]], ["a"]), "finite"),
        (lambda: steering([[1]], [[1]], ["a", "b"]), "groups="),
        (lambda: steering([[1]], [[1]], ["a"], weights=[0]), "weights"),
        (lambda: steering([[nan]], [[1]], ["a"]), "no group has a figure"),
        (lambda: persona_matrix([[1]], ["a"], rng=RNG(0)), "2 personas or more"),
        (lambda: persona_matrix([[1, 2]], ["a"], rng=RNG(0)), "shape"),
        (lambda: persona_matrix([[1, 2], [2, 1]], ["a", "a"], rng=RNG(0)), "personas="),
        (lambda: answer_profile(5, 4), "agreed=5"),
    ],
)
def test_what_cannot_be_judged_is_said_in_one_line(make, said):
    with pytest.raises(MeasureError, match=said) as caught:
        make()
    assert "\n" not in str(caught.value)


def test_questions_without_any_figure_change_nothing():
    values = RNG(5).random((3, 12))
    padded = np.hstack([values, np.full((3, 6), nan)])
    one, two = (steering(table, np.zeros(table.shape), list("abc")).fidelity for table in (values, padded))
    assert (one.value, one.low, one.high, one.count) == pytest.approx((two.value, two.low, two.high, two.count))
