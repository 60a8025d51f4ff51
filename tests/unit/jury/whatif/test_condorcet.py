"""The jury theorem, held to enumeration, to the binomial and to planted jurors."""

import itertools

import numpy as np
import pytest
from scipy import integrate, stats

from jury.errors import MeasureError
from jury.panels.base import Builder
from jury.whatif.condorcet import condorcet_fit, correct_chance, number_correct


def test_unequal_jurors_are_enumerated_exactly():
    competence = np.array([0.9, 0.55, 0.3, 0.7])
    exact = np.zeros(5)
    for outcome in itertools.product([0, 1], repeat=4):
        exact[sum(outcome)] += np.prod(np.where(outcome, competence, 1 - competence))
    np.testing.assert_allclose(number_correct(competence), exact, atol=1e-15)


def test_equal_jurors_are_binomial_and_many_are_right():
    np.testing.assert_allclose(number_correct([0.6] * 25), stats.binom.pmf(np.arange(26), 25, 0.6), atol=1e-14)
    assert correct_chance([0.6] * 501) > 0.999
    assert correct_chance([0.4] * 501) < 0.001
    assert correct_chance([0.5] * 12) == pytest.approx(0.5)
    assert correct_chance([0.6] * 12, quota=0.75) == pytest.approx(stats.binom.sf(9, 12, 0.6))


@pytest.mark.parametrize("correlation", [0.1, 0.4, 0.8])
def test_correlated_jurors_are_what_integration_says(correlation):
    def given(common):
        chance = stats.norm.cdf((stats.norm.ppf(0.65) - np.sqrt(correlation) * common) / np.sqrt(1 - correlation))
        return stats.binom.pmf(4, 7, chance) * stats.norm.pdf(common)

    wanted = integrate.quad(given, -8, 8, epsabs=1e-12)[0]
    found = number_correct([0.65] * 7, correlation)
    assert found[4] == pytest.approx(wanted, abs=1e-6)
    assert found.sum() == pytest.approx(1)
    assert found @ np.arange(8) / 7 == pytest.approx(0.65, abs=1e-6)  # competence is what it was


def planted(correlation, cases=300, jurors=40):
    rng = np.random.default_rng(2)
    builder = Builder("planted")
    common = rng.normal(size=cases)
    for case in range(cases):
        builder.case(f"c{case}", "Which?", ["right", "wrong"])
    for juror in range(jurors):
        rater = builder.rater(f"r{juror}")
        traits = np.sqrt(correlation) * common + np.sqrt(1 - correlation) * rng.normal(size=cases)
        for case, trait in enumerate(traits):
            builder.rating(rater, f"c{case}", {"choice": "right" if trait < stats.norm.ppf(0.65) else "wrong"})
    return builder.panel(), {f"c{case}": "right" for case in range(cases)}


@pytest.mark.parametrize("correlation", [0.0, 0.3])
def test_planted_competence_and_correlation_are_recovered(correlation):
    found = condorcet_fit(*planted(correlation), np.random.default_rng(0), seats=11, juries=100)
    assert found.competence.low < 0.65 < found.competence.high
    assert found.correlation == pytest.approx(correlation, abs=0.08)
    assert found.correlated == pytest.approx(found.observed.value, abs=0.05)
    if correlation:
        assert found.independent > found.observed.high  # independence promises too much
    assert f"{found.correlation:.2f}" in found.words()


def test_bad_input_is_told(choices):
    for competence, correlation in (([], 0.0), ([1.2], 0.0), ([0.5], 1.0), ([0.5], -0.1)):
        with pytest.raises(MeasureError):
            number_correct(competence, correlation)
    with pytest.raises(MeasureError, match=r"quota=0\.3"):
        correct_chance([0.6], quota=0.3)
    panel = choices({"a": (4, 3)})
    with pytest.raises(MeasureError, match="two cases are needed"):
        condorcet_fit(panel, {"q": "yes"}, np.random.default_rng(0))
    with pytest.raises(MeasureError, match="'maybe' is none of yes, no"):
        condorcet_fit(panel, {"q": "maybe"}, np.random.default_rng(0))
