"""The jury theorem, held to enumeration, to the binomial and to planted jurors."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate, stats

from jury.errors import MeasureError
from jury.panels.base import Builder
from jury.whatif.condorcet import _majorities, _pair, condorcet_fit, correct_chance, number_correct


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
    found = condorcet_fit(*planted(correlation), np.random.default_rng(0), seats=11)
    assert found.competence.low < 0.65 < found.competence.high
    assert found.correlation.value == pytest.approx(correlation, abs=0.08)
    assert found.correlation.low <= correlation <= found.correlation.high
    assert found.correlated == pytest.approx(found.observed.value, abs=0.05)
    if correlation:
        assert found.independent > found.observed.high  # independence promises too much
    assert found.correlation.words(2) in found.words()


def test_few_independent_jurors_do_not_look_alike():
    """Juries of eleven of fifteen: with replacement people sit twice, and seem to err together."""
    panel, truth = planted(0.0, cases=600, jurors=15)
    found = condorcet_fit(panel, truth, np.random.default_rng(0), seats=11)
    theorem = correct_chance([0.65] * 11)
    assert found.observed.low < theorem < found.observed.high
    spread = stats.binom.pmf(np.arange(16), 15, 0.65)
    again = spread @ [correct_chance([number / 15] * 11) for number in range(16)]
    assert again < found.observed.low


def test_all_juries_of_different_people_are_counted():
    right = np.array([1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0])
    for seats in (1, 2, 4, 5, 7):
        juries = [sum(jury) * 2 / seats for jury in itertools.combinations(right, seats)]
        by_hand = np.mean([(share > 1) + (share == 1) / 2 for share in juries])
        assert _majorities(right, np.ones(7), seats) == pytest.approx(by_hand, abs=1e-12)


def test_two_cases_make_a_wide_interval():
    """Student's t with one degree of freedom, not the two shares themselves."""
    panel, truth = planted(0.3, cases=2, jurors=20)
    found = condorcet_fit(panel, truth, np.random.default_rng(0), seats=3)
    shares = [np.mean([vote.values["choice"] == "right" for vote in panel.votes[case]]) for case in truth]
    assert found.competence.high - found.competence.low > 2 * np.ptp(shares)
    assert 0 <= found.competence.low < found.competence.high <= 1
    with pytest.raises(MeasureError, match="seats=1001; give 1 to 1000"):
        condorcet_fit(panel, truth, np.random.default_rng(0), seats=1001)


def test_weights_go_through_competence_and_pairs():
    """Two jurors who are always right, four who never are; the two weigh as much as four."""
    builder = Builder("weighted")
    for case in range(4):
        builder.case(f"c{case}", "Which?", ["right", "wrong"])
    for number in range(6):
        rater = builder.rater(f"r{number}")
        for case in range(4):
            builder.rating(rater, f"c{case}", {"choice": "right" if number < 2 else "wrong"})
    panel = replace(builder.panel(), weights=np.array([2.0, 2, 1, 1, 1, 1]))
    found = condorcet_fit(panel, {f"c{case}": "right" for case in range(4)}, np.random.default_rng(0), seats=3)
    assert found.competence.value == pytest.approx(0.5)
    assert found.observed.value == pytest.approx(0.5)
    none = replace(panel, weights=np.array([1.0, 1, 0, 0, 0, 0]))
    sure = condorcet_fit(none, {f"c{case}": "right" for case in range(4)}, np.random.default_rng(0), seats=3)
    assert sure.competence.value == sure.observed.value == 1


def test_ballots_asked_again_are_one_juror():
    builder = Builder("asked twice")
    for case in range(3):
        builder.case(f"c{case}", "Which?", ["right", "wrong"])
    for number in range(4):
        rater = builder.rater(f"r{number}")
        for case in range(3):
            for again in range(2):
                builder.rating(rater, f"c{case}", {"choice": "right" if again or number < 2 else "wrong"})
    found = condorcet_fit(
        builder.panel(), {f"c{case}": "right" for case in range(3)}, np.random.default_rng(0), seats=1
    )
    assert (found.competence.value, found.observed.value) == pytest.approx((0.75, 0.75))
    assert _pair(np.array([1, 1, 0.5, 0.5]), np.ones(4)) == pytest.approx((1 + 4 * 0.5 + 0.25) / 6)


def test_bad_input_is_told(choices):
    for competence, correlation in (([], 0.0), ([1.2], 0.0), ([0.5], 1.0), ([0.5], -0.1)):
        with pytest.raises(MeasureError):
            number_correct(competence, correlation)
    with pytest.raises(MeasureError, match=r"quota=0\.3"):
        correct_chance([0.6], quota=0.3)
    panel = choices({"a": (4, 3)})
    with pytest.raises(MeasureError, match="two jurors judged 1 case with an answer; give"):
        condorcet_fit(panel, {"q": "yes"}, np.random.default_rng(0))
    with pytest.raises(MeasureError, match="'maybe' is none of yes, no"):
        condorcet_fit(panel, {"q": "maybe"}, np.random.default_rng(0))
