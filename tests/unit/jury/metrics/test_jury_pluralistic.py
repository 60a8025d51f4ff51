"""The jury-pluralistic benchmark against plain loops, closed forms and planted winners."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from jury.errors import MeasureError
from jury.estimates import mean_estimate
from jury.metrics import Judged, isoelastic_path, jury_pluralistic
from jury.metrics.jury_ballots import prompt_mean

RNG = np.random.default_rng
NAMES = tuple("abcdefgh")


def judged(utilities, **options):
    return Judged(utilities, NAMES[: len(utilities)], **options)


def board(case, rule="utilitarian", **options):
    return jury_pluralistic(case, rng=RNG(0), rules=[rule], **{"resamples": 200, **options}).boards[rule]


def equivalent(utilities, weights, alpha):
    """Return the equally distributed equivalent, by its formula."""
    known = ~np.isnan(utilities) & (weights > 0)
    share, held = weights[known] / weights[known].sum(), utilities[known]
    if math.isinf(alpha):
        return held.min()
    if alpha == 1:
        return math.exp(share @ np.log(held))
    return (share @ held ** (1 - alpha)) ** (1 / (1 - alpha))


def random_case(seed, models=3, prompts=5, jurors=12):
    rng = RNG(seed)
    utilities = rng.uniform(0.5, 5, size=(models, prompts, jurors))
    utilities[rng.random(utilities.shape) < 0.15] = np.nan
    utilities[:, 0, :] = np.nan  # a prompt that nobody judged
    return judged(utilities, weights=rng.uniform(0.2, 3, jurors), prompt_weights=rng.uniform(0.2, 3, prompts))


@pytest.mark.parametrize(
    ("rule", "alpha"), [("utilitarian", 0), ("nash", 1), ("maximin", math.inf), ("isoelastic:alpha=2.5", 2.5)]
)
def test_scores_are_those_of_a_plain_loop(rule, alpha):
    case = random_case(3)
    found = jury_pluralistic(case, rng=RNG(0), rules=[rule], resamples=50)
    welfare = [
        [equivalent(case.utilities[m, p], case.weights, alpha) for m in range(3)] for p in np.flatnonzero(case.heard)
    ]
    expected = np.average(welfare, axis=0, weights=case.prompt_weights[1:])
    assert found.left_out == (0,)
    assert (found.prompts, found.jurors) == (4, 12)
    assert [found.boards[rule].scores[name].value for name in case.models] == pytest.approx(expected)


def test_the_ends_of_the_path_are_utilitarian_nash_and_maximin():
    case = random_case(5)
    path = isoelastic_path(case, rng=RNG(0), alphas=[0, 1, 3])
    boards = jury_pluralistic(case, rng=RNG(0), resamples=50).boards
    for point, rule in ((0, "utilitarian"), (1, "nash"), (3, "maximin")):
        assert path.scores[point] == pytest.approx([boards[rule].scores[name].value for name in case.models])
    assert path.alphas.tolist() == [0, 1, 3, math.inf]
    assert (np.diff(path.scores, axis=0) <= 1e-12).all()
    assert path.first.sum(axis=1) == pytest.approx(1)
    assert (path.low <= path.high).all()
    assert json.loads(json.dumps(path.to_dict()))["alphas"][-1] == "inf"


def test_a_breakpoint_is_the_root_of_the_formulas():
    utilities = np.array([[[9.0, 2, 1]], [[4.5, 3, 2]]])
    weights = np.array([1.0, 2, 1.5])
    path = isoelastic_path(judged(utilities, weights=weights), rng=RNG(0))

    def lead(alpha):
        return equivalent(utilities[0, 0], weights, alpha) - equivalent(utilities[1, 0], weights, alpha)

    assert [reign.winners for reign in path.reigns] == [("a",), ("b",)]
    assert path.breakpoints[0] == pytest.approx(brentq(lead, 0.01, 0.9), abs=1e-9)
    assert (path.reigns[0].low, path.reigns[-1].high) == (0, math.inf)


def test_whoever_leads_in_between_is_found_without_a_grid():
    utilities = [[[10.0, 1]], [[6.0, 3]], [[4.0, 4]]]
    path = isoelastic_path(judged(utilities), rng=RNG(0), alphas=[])
    fine = isoelastic_path(judged(utilities), rng=RNG(0), alphas=np.linspace(0, 5, 400))
    assert [reign.winners for reign in path.reigns] == [("a",), ("b",), ("c",)]
    assert path.breakpoints == pytest.approx(fine.breakpoints, abs=1e-8)


@given(st.integers(0, 10_000))
def test_reigns_agree_with_the_formulas_at_their_middles(seed):
    rng = RNG(seed)
    utilities = rng.uniform(0.1, 9, size=(4, 2, 3))
    path = isoelastic_path(judged(utilities), rng=RNG(0), resamples=2)
    assert path.reigns[0].low == 0
    assert path.reigns[-1].high == math.inf
    for reign in path.reigns:
        low, high = (1.0 if math.isinf(end) else end / (1 + end) for end in (reign.low, reign.high))
        middle = (low + high) / 2 / (1 - (low + high) / 2)
        scores = [np.mean([equivalent(held, np.ones(3), middle) for held in model]) for model in utilities]
        assert reign.winners == (NAMES[int(np.argmax(scores))],)


def test_a_draw_in_which_nobody_judged_one_model_counts_the_prompt_for_none():
    scores = np.array([[[1.0, 2]], [[5.0, math.nan]]])
    assert prompt_mean(scores, np.ones((1, 2))).tolist() == [[1, 2]]
    assert np.isnan(prompt_mean(scores[1:], np.ones((1, 1)))).all()


def test_equal_models_tie_everywhere():
    path = isoelastic_path(judged([[[3.0, 1]], [[3.0, 1]], [[1.0, 1]]]), rng=RNG(0))
    assert [reign.winners for reign in path.reigns] == [("a", "b")]
    assert path.breakpoints == ()
    assert path.first[0].tolist() == [0.5, 0.5, 0]
    found = board(judged([[[3.0, 1]], [[3.0, 1]]]))
    assert found.winners == ("a", "b")
    assert found.beats.tolist() == [[0.5, 0.5], [0.5, 0.5]]


def test_gains_of_zero_are_no_gains_for_aversion_of_one_and_more():
    path = isoelastic_path(judged([[[9.0, 0]], [[1.0, 1]]]), rng=RNG(0))
    assert path.scores[-1].tolist() == [0, 1]
    # (1/2 * 9^(1 - alpha))^(1 / (1 - alpha)) = 1
    assert path.breakpoints[0] == pytest.approx(1 - math.log(2) / math.log(9))


def test_a_weight_of_two_is_two_jurors_and_two_prompts():
    rng = RNG(2)
    utilities = rng.uniform(1, 5, size=(3, 4, 5))
    weighted = judged(utilities, weights=[2, 1, 1, 1, 1], prompt_weights=[1, 2, 1, 1])
    copied = judged(utilities[:, [0, 1, 1, 2, 3]][:, :, [0, 0, 1, 2, 3, 4]])
    for rule in ("utilitarian", "nash", "maximin", "gini"):
        one, two = board(weighted, rule), board(copied, rule)
        assert [one.scores[name].value for name in "abc"] == pytest.approx([two.scores[name].value for name in "abc"])


def test_the_order_of_models_means_nothing():
    case = random_case(9)
    turned = Judged(case.utilities[::-1], case.models[::-1], weights=case.weights, prompt_weights=case.prompt_weights)
    one, two = board(case), board(turned)
    assert one.winners == two.winners
    assert dict(one.scores) == {name: two.scores[name] for name in one.scores}
    assert one.beats == pytest.approx(two.beats[::-1, ::-1])


def test_intervals_over_prompts_and_over_jurors_are_those_of_means():
    rng = RNG(4)
    by_prompt = rng.normal(5, 1, size=(1, 40, 1))
    found = board(judged(by_prompt), resample="prompts", resamples=4000).scores["a"]
    exact = mean_estimate(by_prompt.ravel(), "prompts")
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high), abs=0.05)
    assert (found.count, found.unit) == (40, "prompts")
    by_juror = rng.normal(5, 1, size=(1, 1, 40))
    again = board(judged(by_juror), resample="jurors", resamples=4000).scores["a"]
    exact = mean_estimate(by_juror.ravel(), "jurors")
    assert (again.low, again.high) == pytest.approx((exact.low, exact.high), abs=0.05)
    assert (again.count, again.unit) == (40, "jurors")


def test_crossed_intervals_cover_prompts_and_jurors_that_are_new():
    rng = RNG(6)
    truth, hits = 5.0, 0
    for _ in range(120):
        utilities = truth + rng.normal(0, 1, (1, 25, 1)) + rng.normal(0, 1, (1, 1, 25)) + rng.normal(0, 1, (1, 25, 25))
        found = jury_pluralistic(judged(utilities), rng=rng, rules=["utilitarian"], resamples=200)
        score = found.boards["utilitarian"].scores["a"]
        hits += score.low <= truth <= score.high
    assert 0.90 <= hits / 120 <= 1


def test_who_beats_whom():
    rng = RNG(7)
    utilities = rng.normal(5, 1, size=(3, 30, 30)) + np.array([0, 0, 2])[:, None, None]
    found = board(judged(utilities), resamples=500)
    assert found.winners == ("c",)
    assert found.beats + found.beats.T == pytest.approx(np.ones((3, 3)))
    assert found.beats[2, 0] == found.first["c"] == 1
    assert 0 < found.beats[0, 1] < 1
    assert found.behind["c"].value == 0
    assert found.behind["a"].high < 0
    assert list(found.scores) == sorted(found.scores, key=lambda name: -found.scores[name].value)


def test_what_groups_would_have_chosen_and_what_they_lose():
    utilities = [[[5.0, 5, 5, 1], [5, 5, 5, 1]], [[3.0, 3, 3, 4], [3, 3, 3, 2]]]
    case = judged(utilities, groups={"side": ["x", "x", "x", "y"]})
    many, few = board(case).groups
    assert (many.choice, few.choice) == (("a",), ("b",))
    assert (many.regret.value, few.regret.value, few.welfare) == (0, 2, 1)
    assert few.loses
    assert not many.loses
    assert (many.jurors, few.jurors) == (3, 1)
    assert json.dumps(jury_pluralistic(case, rng=RNG(0), resamples=10).to_dict())


def test_a_group_without_opinion_chooses_nothing():
    nan = math.nan
    case = judged([[[5.0, nan]], [[3.0, nan]]], groups={"side": ["x", "y"]})
    silent = board(case).groups[1]
    assert silent.choice == ()
    assert math.isnan(silent.regret.value)
    assert not silent.loses


def test_rules_without_scores_rank_by_the_share_of_prompts_won():
    """Leximin: b has the better worst-off juror on the first prompt, a on the second, and on the last they tie."""
    case = judged([[[9.0, 1], [9.0, 5], [4.0, 4]], [[4.0, 4], [4.0, 4], [4.0, 4]]], groups={"sex": ["f", "m"]})
    found = board(case, "leximin")
    assert {name: score.value for name, score in found.scores.items()} == pytest.approx({"a": 0.5, "b": 0.5})
    assert found.measure == "share of prompts won" == found.to_dict()["measure"]
    female, male = found.groups
    assert (female.choice, female.regret.value) == (("a",), pytest.approx(2.5 / 3 - 0.5))
    assert male.choice == ("a", "b")
    assert board(case, "maximin").measure == "welfare"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: judged([[1.0]]), "shape"),
        (lambda: judged(np.empty((2, 0, 1))), "shape"),
        (lambda: Judged([[[1.0]]], ["a", "b"]), "distinct names"),
        (lambda: judged([[[math.inf]]]), "finite"),
        (lambda: judged([[[1.0, 2]]], weights=[1, -1]), "weights must be 2"),
        (lambda: judged([[[1.0, 2]]], weights=[0, 0]), "not all 0"),
        (lambda: judged([[[1.0, 2]]], prompt_weights=[1, 1]), "prompt_weights must be 1"),
        (lambda: judged([[[1.0, 2]]], groups={"sex": ["f"]}), "'sex' has 1 labels for 2 jurors"),
        (lambda: board(judged([[[math.nan]]])), "on no prompt"),
        (lambda: board(judged([[[-1.0]]]), "nash"), "rule 'nash', prompt 0: utility -1.0"),
        (lambda: board(judged([[[1.0]]]), resample="all"), "resample='all'"),
        (lambda: isoelastic_path(judged([[[-1.0]]]), rng=RNG(0)), "below the disagreement"),
        (lambda: isoelastic_path(judged([[[math.nan]]]), rng=RNG(0)), "on no prompt"),
        (lambda: isoelastic_path(judged([[[1.0]]]), rng=RNG(0), alphas=[2, 1]), "ascend"),
    ],
)
def test_what_cannot_be_scored_is_said_in_one_line(make, said):
    with pytest.raises(MeasureError, match=said) as caught:
        make()
    assert "\n" not in str(caught.value)
