"""Effective jury size: a correlation of errors that is planted is found again."""

import math

import numpy as np
import pytest

from jury import RunError
from jury.uncertainty import effective_size
from jury.uncertainty.correlation import Errors


def planted(rng, rho, jurors=200, cases=60, shift=0.0):
    """Return errors (jurors, cases): a part that all share, rho of the variance, and one of their own."""
    shared = math.sqrt(rho) * rng.normal(size=cases)
    return shift + shared + math.sqrt(1 - rho) * rng.normal(size=(jurors, cases))


@pytest.mark.parametrize("rho", [0.0, 0.1, 0.5, 0.9])
@pytest.mark.parametrize("trouble", ["none", "weights", "holes", "shift", "noisy truth"])
def test_planted_correlations_are_recovered(rho, trouble):
    rng = np.random.default_rng(4)
    jurors, cases = 40, 400
    errors = planted(rng, rho, jurors, cases, shift=3.0 if trouble == "shift" else 0.0)
    weights = rng.lognormal(0, 0.7, jurors) if trouble == "weights" else np.ones(jurors)
    noise = 0.0
    if trouble == "holes":
        errors[rng.random(errors.shape) < 0.6] = np.nan
    if trouble == "noisy truth":
        noise = 0.5
        errors = errors - math.sqrt(noise) * rng.normal(size=cases)
    found = Errors(errors, np.arange(cases), weights, noise, shift_removed=trouble == "shift")
    assert found.moments(*found.once()).correlation[0] == pytest.approx(rho, abs=0.07)


def test_a_common_shift_counts_unless_it_is_removed():
    rng = np.random.default_rng(1)
    errors = planted(rng, 0.0, 50, 300, shift=1.0)
    kept = Errors(errors, np.arange(300), np.ones(50))
    # A shift of one standard deviation is half of the mean square.
    assert kept.moments(*kept.once()).correlation[0] == pytest.approx(0.5, abs=0.03)


def test_pairs_of_one_juror_with_itself_are_no_agreement():
    # Two jurors, one item: the only pair is of the two.
    alone = Errors(np.array([[2.0], [3.0]]), np.array([0]), np.array([1.0, 1.0]))
    found = alone.moments(*alone.once())
    assert (found.shared[0], found.own[0]) == (6.0, 6.5)


def test_the_formula_in_words_and_figures(scores):
    rng = np.random.default_rng(2)
    truth = rng.normal(3, 1, (60, 3))
    jury = truth + planted(rng, 0.3, 200, 180).reshape(200, 60, 3)
    people = truth + rng.normal(0, 1, (900, 60, 3))
    found = effective_size(scores(jury[None]), np.random.default_rng(0), human=scores(people[None], name="people"))
    assert found.basis == "error"
    assert found.correlation.low < 0.3 < found.correlation.high
    rho = found.correlation.value
    assert found.size.value == pytest.approx(200 / (1 + 199 * rho))
    assert found.size.low < found.size.value < found.size.high
    # 1 is the variance of one person's answer; the jury's means miss by .3 + .7 / 200.
    assert found.people.value == pytest.approx(1 / (0.3 + 0.7 / 200), rel=0.25)
    assert "200 simulated jurors behave like about 3" in found.words()
    assert found.widening == pytest.approx(math.sqrt((1 + 199 * rho) / (1 - rho)))
    assert found.to_dict()["cases"] == 60


def test_unequal_weights_cost_jurors_too(scores):
    rng = np.random.default_rng(3)
    weights = np.r_[np.full(20, 9.0), np.ones(80)]
    truth = np.zeros((30, 2))
    jury = planted(rng, 0.2, 100, 60).reshape(100, 30, 2)
    people = scores((truth + rng.normal(0, 1, (400, 30, 2)))[None], name="people")
    found = effective_size(scores(jury[None], weights=weights), rng, human=people, resamples=50)
    assert found.kish == pytest.approx(260**2 / (20 * 81 + 80))
    assert found.size.value == pytest.approx(found.kish / (1 + (found.kish - 1) * found.correlation.value))


def test_agreement_is_called_agreement(scores):
    rng = np.random.default_rng(5)
    signal = rng.normal(3, 1, (1, 40, 2))
    panel = scores((signal + rng.normal(0, 1, (30, 40, 2)))[None])
    found = effective_size(panel, rng, resamples=100)
    assert found.basis == "agreement"
    assert found.people is None
    assert found.correlation.value == pytest.approx(0.5, abs=0.15)
    assert "It is agreement, not error" in found.words()


def test_mixes_of_models(scores):
    rng = np.random.default_rng(6)
    cases, each = 150, 30
    ours, theirs = (0.8 * rng.normal(size=(1, cases, 2)) for _ in range(2))
    jury = np.concatenate(
        [ours + 0.6 * rng.normal(size=(each, cases, 2)), theirs + 0.6 * rng.normal(size=(each, cases, 2))]
    )
    models = ["a"] * each + ["b"] * each
    people = scores(rng.normal(0, 1, (500, cases, 2))[None], name="people")
    found = effective_size(scores(jury[None], attributes={"model": models}), rng, human=people, resamples=50)
    within = {(mix.first, mix.second): mix.correlation for mix in found.mixes}
    assert within["a", "a"] == pytest.approx(0.64, abs=0.08)
    assert within["b", "b"] == pytest.approx(0.64, abs=0.08)
    assert within["a", "b"] == pytest.approx(0.0, abs=0.1)
    # Half of the pairs are within a model: two models together are worth about twice one of them.
    assert found.correlation.value == pytest.approx(0.32, abs=0.06)


def test_choices_and_the_very_people(choices):
    rng = np.random.default_rng(7)
    said = rng.integers(0, 2, (60, 40))
    echo = effective_size(choices(said), rng, human=choices(said, name="people"), same_people=True, resamples=50)
    # Jurors who say what their own people said miss nothing.
    assert echo.size.value == 60
    assert math.isinf(echo.people.value) or echo.people.value > 1000
    stubborn = np.zeros((60, 40), dtype=int)
    one = effective_size(choices(stubborn), rng, human=choices(said, name="people"), same_people=True, resamples=50)
    assert one.correlation.value == pytest.approx(1.0)
    assert one.size.value == pytest.approx(1.0)
    assert math.isinf(one.widening)


def test_nothing_to_say(scores, choices):
    assert effective_size(scores(np.ones((1, 1, 3, 2))), np.random.default_rng(0)) is None
    with pytest.raises(RunError, match="no case has answers in both planted and people"):
        effective_size(
            scores(np.ones((1, 2, 1, 2))),
            np.random.default_rng(0),
            human=scores(np.full((1, 2, 1, 2), np.nan), name="people"),
        )
    with pytest.raises(RunError, match="planted has the alternatives a, b, people has yes, no"):
        effective_size(
            scores(np.ones((1, 2, 1, 2))), np.random.default_rng(0), human=choices([[0], [1]], name="people")
        )
