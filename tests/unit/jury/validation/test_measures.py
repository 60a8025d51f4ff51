"""Validation on planted worlds: jurors who are right, collapsed, caricatures, mirrored or at random."""

import math

import numpy as np
import pytest
from scipy import stats

from jury import RunError
from jury.elicitation import Vote
from jury.estimates import Estimate
from jury.validation import Thresholds, validate
from jury.validation.coefficients import compare_coefficients
from jury.validation.gate import CLOSED, Gate, within
from jury.validation.moments import group_moments
from jury.validation.sides import beside
from jury.validation.spread import Drawings, group_spread, grouping

CASES = 24
LEVELS = np.array(["young", "old"])


def world(rng):
    """Return for each case how probable a yes is, and by how much the young are above the old."""
    return rng.uniform(0.3, 0.7, CASES), 0.22 * rng.choice([-1, 1], CASES)


def answers(rng, n, base, gap, spread=1.0):
    """Return ages and choices (0 is yes); `spread` below 1 makes members of a group alike."""
    young = rng.random(n) < 0.5
    chance = base + np.where(young[:, None], gap / 2, -gap / 2)
    chance = 0.5 + (chance - 0.5) / spread if spread < 1 else chance
    return LEVELS[np.where(young, 0, 1)], (rng.random((n, len(base))) >= np.clip(chance, 0, 1)).astype(int)


@pytest.fixture(scope="module")
def truth():
    rng = np.random.default_rng(3)
    base, gap = world(rng)
    return base, gap, answers(rng, 600, base, gap)


def compared(choices, truth, jurors, **settings):
    _, _, (ages, said) = truth
    age, chosen = jurors
    settings = {"by": ["age"], "rules": ["plurality"], "resamples": 200} | settings
    return validate(
        choices(chosen, attributes={"age": age}),
        choices(said, attributes={"age": ages}, name="people"),
        np.random.default_rng(0),
        **settings,
    )


def test_jurors_drawn_from_the_people_pass_the_gate(choices, truth):
    base, gap, _ = truth
    found = compared(choices, truth, answers(np.random.default_rng(4), 400, base, gap))
    assert found.gate.open, found.gate.words()
    assert len(found.gate.words()) == 1, "every interval is where it was asked to be"
    whole = found.distances["", ""]
    assert whole["tv_over_uniform"].high < 0
    # A perfect model gets the floor.
    assert whole["tv"].value == pytest.approx(whole["tv_floor"].value, abs=0.012)
    by_age = found.spread[1]
    assert by_age.variance_ratio.value == pytest.approx(1, abs=0.02)
    assert by_age.gap_inflation.value == pytest.approx(1, abs=0.2)
    assert by_age.gap_correlation.value > 0.85
    assert found.coefficients.different.value < 0.2
    flipped = found.coefficients.flipped_settled
    assert (flipped.value, flipped.low) == (0, 0)
    assert 3 / CASES / 2 < flipped.high < 0.5, "none of so many cases is not none of all"
    assert found.calibration.slope.value == pytest.approx(1, abs=0.2)
    assert found.verdicts[0].alike.value > 0.7
    assert found.verdicts[0].ceiling.value > 0.7
    assert found.comparisons == 2
    assert found.distances["age", "old"]["tv"].comparisons == 2


def test_what_passes_by_its_value_only_is_named():
    meanings = ("too small", "too large", "nothing")
    sure = within("spread", "Spread", Estimate(1.0, 0.9, 1.1, 9, "cases"), 0.7, 1.4, meanings)
    unsure = within("gaps", "Gaps", Estimate(1.0, 0.2, 1.8, 9, "cases"), 0.7, 1.4, meanings)
    bare = within("bare", "Bare", Estimate(1.0, math.nan, math.nan, 1, "cases"), 0.7, 1.4, meanings)
    gate = Gate((sure, unsure, bare), Thresholds())
    assert gate.open
    assert gate.words()[1].endswith("beyond what is asked: gaps, bare.")
    assert [check["sure"] for check in gate.to_dict()["checks"]] == [True, False, False]


def failures(found):
    return {check.name for check in found.gate.failed}


def test_jurors_at_random_are_found_out(choices, truth):
    rng = np.random.default_rng(5)
    found = compared(choices, truth, (LEVELS[rng.integers(0, 2, 400)], rng.integers(0, 2, (400, CASES))))
    assert not found.gate.open
    assert found.gate.words()[0] == CLOSED
    assert {"uniform", "gaps by age"} <= failures(found)
    # Half of the signs of random coefficients are flipped.
    assert found.coefficients.flipped_settled.low < 0.5 < found.coefficients.flipped_settled.high
    assert found.to_dict()["gate"]["open"] is False


def test_jurors_who_are_all_alike_have_collapsed(choices, truth):
    base, gap, _ = truth
    age, _ = answers(np.random.default_rng(6), 400, base, gap)
    typical = (base + np.where((age == "young")[:, None], gap / 2, -gap / 2) < 0.5).astype(int)
    found = compared(choices, truth, (age, typical))
    assert found.spread[1].variance_ratio.value == 0
    assert {"variance by age", "gaps by age"} <= failures(found)
    assert found.spread[1].gap_inflation.value > 2, "groups that always answer alike are caricatures"
    assert found.size.people.value < 10
    everybody = compared(choices, truth, (age, np.broadcast_to(base < 0.5, typical.shape).astype(int)))
    assert everybody.size.size.value == pytest.approx(1, abs=0.01)
    assert "size" in failures(everybody)


def test_mirrored_groups_have_flipped_signs(choices, truth):
    base, gap, _ = truth
    found = compared(choices, truth, answers(np.random.default_rng(7), 400, base, -gap))
    assert found.spread[1].gap_correlation.high < 0
    assert found.coefficients.flipped_settled.value > 0.9
    assert {"gap direction by age", "signs"} <= failures(found)
    # Everybody together is right: only groups are wrong.
    assert found.distances["", ""]["tv"].value == pytest.approx(found.distances["", ""]["tv_floor"].value, abs=0.02)


def test_gaps_are_free_of_sampling_noise(choices):
    """Small groups of one population seem to differ; the unbiased variance between them does not."""
    rng = np.random.default_rng(8)
    between = []
    for _ in range(60):
        said = rng.integers(0, 2, (40, CASES))
        panel = choices(said, attributes={"g": np.repeat(list("abcd"), 10)})
        pair = beside(panel, panel)
        groups = grouping(pair, "g")
        moments = group_moments(pair.jurors, np.ones((1, 40)), groups.jurors)
        between.append(moments.between(groups.shares).mean())
    # Naively it would be .25 / 10 * 3 / 4 = .019.
    assert np.mean(between) == pytest.approx(0, abs=4 * np.std(between) / math.sqrt(60))


def test_weights_of_people_count(choices, truth):
    _, _, (ages, said) = truth
    weights = np.where(ages == "young", 3.0, 1.0)
    people = choices(said, attributes={"age": ages}, weights=weights, name="people")
    pair = beside(people, people)
    groups = grouping(pair, "age")
    young = (ages == "young").sum()
    expected = 3 * young / (3 * young + (ages == "old").sum())
    assert groups.shares[groups.labels.index("young")] == pytest.approx(expected)
    found = validate(choices(said, attributes={"age": ages}), people, np.random.default_rng(0), resamples=20)
    assert found.items["human"][0]["yes"] == pytest.approx(np.average(said[:, 0] == 0, weights=weights))


def test_coefficients_are_those_of_weighted_least_squares(choices, truth):
    _, _, (ages, said) = truth
    rng = np.random.default_rng(9)
    weights = rng.lognormal(0, 0.5, len(ages))
    sex = rng.choice(["f", "m"], len(ages))
    attributes = {"age": ages, "sex": sex}
    people = choices(said, attributes=attributes, weights=weights, name="people")
    found = compare_coefficients(beside(people, people), ["age", "sex"], rng)
    base = dict(zip(found.by, found.reference, strict=True))
    design = np.column_stack([np.ones(len(ages)), ages != base["age"], sex != base["sex"]]).astype(float)
    root = np.sqrt(weights)
    expected, *_ = np.linalg.lstsq(design * root[:, None], (said[:, 0] == 1) * root, rcond=None)
    first = found.table[found.table["item"] == "c0: no"]
    assert first["people"].tolist() == pytest.approx(expected[1:].tolist())
    assert (found.different.value, found.flipped.value) == (0, 0)
    residual = (said[:, 0] == 1) - design @ expected
    bread = np.linalg.inv(design.T @ (weights[:, None] * design))
    meat = design.T @ ((weights * residual)[:, None] ** 2 * design)
    robust = np.sqrt(np.diag(bread @ meat @ bread) * len(ages) / (len(ages) - 3))
    assert first["people_se"].tolist() == pytest.approx(robust[1:].tolist())


def test_of_two_samples_of_the_same_people_five_percent_differ(choices, truth):
    base, gap, _ = truth
    rng = np.random.default_rng(10)
    shares = []
    for _ in range(12):
        one, two = (answers(rng, 250, base, gap) for _ in range(2))
        panels = [choices(said, attributes={"age": age}) for age, said in (one, two)]
        shares.append(compare_coefficients(beside(*panels), ["age"], rng, resamples=10).different.value)
    assert stats.binomtest(round(np.sum(shares) * CASES), 12 * CASES).proportion_ci().low < 0.05
    assert np.mean(shares) == pytest.approx(0.05, abs=0.04)


def test_the_very_same_people_are_redrawn_together(choices, truth):
    _, _, (ages, said) = truth
    panel = choices(said[:60], attributes={"age": ages[:60]})
    found = validate(panel, panel, np.random.default_rng(0), by=["age"], same_people=True, resamples=100)
    assert found.agreement == 1
    assert found.hits.over_lot.low > 0
    assert found.distances["", ""]["tv"].value == 0
    # Whoever is redrawn, both sides are: the ratio never leaves 1.
    assert (found.spread[1].variance_ratio.low, found.spread[1].variance_ratio.high) == pytest.approx((1, 1))
    with pytest.raises(RunError, match="60 jurors cannot be the same people as 600"):
        beside(panel, choices(said, name="people"), same_people=True)


def test_scales_are_compared_by_how_far_the_mass_moves(choices):
    rng = np.random.default_rng(11)
    people = choices(rng.choice(3, (200, 8), p=[0.6, 0.3, 0.1]), ("low", "middle", "high"), name="people")
    jury = choices(rng.choice(3, (200, 8), p=[0.1, 0.3, 0.6]), ("low", "middle", "high"))
    found = validate(jury, people, rng, ordinal=True, resamples=20)
    # From .6, .3, .1 to .1, .3, .6 half of the mass moves the whole way.
    assert found.distances["", ""]["wasserstein"].value == pytest.approx(0.5, abs=0.03)
    assert math.isnan(validate(jury, people, rng, resamples=20).distances["", ""]["wasserstein"].value)
    assert len(beside(jury, people, ordinal=True).columns) == 8


def test_scores_and_a_baseline_to_do_better_than(scores):
    rng = np.random.default_rng(12)
    level = rng.uniform(2, 4, (10, 2))

    def panel(n, middle, name):
        return scores(np.clip(np.rint(middle + rng.normal(0, 0.8, (n, 10, 2))), 1, 5)[None], name=name)

    people, good = panel(300, level, "people"), panel(100, level, "good")
    flat = panel(100, np.full((10, 2), 3.0), "flat")
    found = validate(good, people, rng, rules=["utilitarian", "nash"], baseline=flat, resamples=100)
    assert found.distances["", ""]["tv_over_baseline"].high < 0
    assert found.correlation.value > 0.9
    assert len(found.table) == 20
    assert found.table["model"][0].keys() == {"1", "2", "3", "4", "5"}
    for one in found.verdicts:
        assert one.alike.value > one.baseline.value
    reverse = validate(flat, people, rng, baseline=good, resamples=50)
    assert "baseline" in failures(reverse)


def test_scores_too_fine_to_count(scores):
    rng = np.random.default_rng(13)
    level = rng.uniform(1.5, 4.5, (6, 2))
    people = scores(np.clip(np.rint(level + rng.normal(0, 1, (100, 6, 2))), 1, 5)[None], name="people")
    expected = scores(level + rng.normal(0, 0.1, (50, 6, 2)).clip(-0.4, 0.4)[None])
    found = validate(expected, people, rng, resamples=50)
    assert found.items["tv"].isna().all()
    assert found.measure == "wasserstein"
    assert found.calibration is None
    assert found.spread[0].variance_ratio.high < 0.3, "expected scores are too much alike"


def test_approvals_and_rankings(ballots):
    rng = np.random.default_rng(14)

    def approvals(n, name):
        chances = np.array([0.8, 0.5, 0.2])
        votes = [
            [
                Vote(i, {"approved": [c for c, p in zip("abc", chances, strict=True) if rng.random() < p]})
                for i in range(n)
            ]
            for _ in range(6)
        ]
        return ballots({"mode": "approve"}, ("a", "b", "c"), votes, n, name=name)

    found = validate(approvals(200, "jury"), approvals(200, "people"), rng, resamples=50)
    assert len(found.table) == 18
    assert found.distances["", ""]["tv"].value < 0.05
    assert found.verdicts[0].alike.value == 1

    def rankings(n, name):
        votes = [[Vote(i, {"ranking": [["a"], ["b"], ["c"]]}) for i in range(n)] for _ in range(4)]
        return ballots({"mode": "rank"}, ("a", "b", "c"), votes, n, name=name)

    found = validate(rankings(20, "jury"), rankings(30, "people"), rng, rules=["borda"], resamples=20)
    assert found.verdicts[0].alike.value == 1
    assert found.distances["", ""]["wasserstein"].value == 0


def test_what_cannot_be_told_keeps_the_gate_closed(choices):
    panel = choices([[0], [1], [0]], attributes={"age": ["young", "old", "old"]})
    found = validate(panel, panel, np.random.default_rng(0), resamples=20)
    assert not found.gate.open
    untold = {check.name for check in found.gate.untold}
    assert {"uniform", "groups"} <= untold
    assert math.isnan(found.correlation.value)
    few = validate(panel, panel, np.random.default_rng(0), by=["age"], resamples=20)
    assert few.coefficients is None
    assert not few.gate.open


def test_thresholds_are_arguments(choices, truth):
    base, gap, _ = truth
    jurors = answers(np.random.default_rng(4), 400, base, gap)
    strict = compared(choices, truth, jurors, thresholds=Thresholds(least_variance=1.5, most_variance=2.0))
    assert failures(strict) == {"variance by age"}
    assert strict.to_dict()["gate"]["thresholds"]["least_variance"] == 1.5


def test_what_cannot_be_compared_is_named(choices, scores):
    with pytest.raises(RunError, match=r"was asked in mode 'score' and people in mode 'choose'; ask the jurors as"):
        beside(scores(np.ones((1, 2, 1, 2))), choices([[0], [1]], name="people"))
    with pytest.raises(RunError, match="unknown attribute"):
        validate(choices([[0]]), choices([[0]], name="people"), np.random.default_rng(0), by=["age"])


def test_intervals_of_spread_cover(choices):
    """The variance within groups: 95 % intervals cover at least 93 % (redrawing everything at once is conservative)."""
    rng = np.random.default_rng(15)
    chance = np.array([0.5, 0.4])  # within-group variance .25 and .24
    held = []
    for _ in range(150):
        people, jury = ((rng.random((40, 12)) < p).astype(int) for p in chance)
        pair = beside(choices(jury), choices(people, name="people"))
        found = group_spread(pair, None, Drawings.of(pair, 200, rng)).variance_ratio
        held.append(found.low <= math.sqrt(0.24 / 0.25) <= found.high)
    # Two standard errors of .95 over 150 trials are .036.
    assert np.mean(held) >= 0.914
