"""OvertonScores of several models: by hand, against dummy-variable least squares, with planted coverage."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jury.errors import MeasureError
from jury.metrics import Coverage, judged_coverage, overton, overton_score, rated_coverage

RNG = np.random.default_rng
VIEWS = ["l", "l", "l", "r", "r", "c"]


def plain(question, covered, views=None):
    """Return the coverage of equal viewpoints."""
    k = len(covered)
    names = tuple("abcdefgh"[:k]) if views is None else views
    return Coverage(question, names, tuple(map(bool, covered)), (1 / k,) * k, tuple(map(float, covered)), (5,) * k)


def test_coverage_by_hand():
    ratings = [5, 4, 1, 2, 5, 4]
    most = rated_coverage("q", ratings, VIEWS)
    assert dict(zip(most.viewpoints, most.covered, strict=True)) == {"l": True, "r": False, "c": True}
    assert dict(zip(most.viewpoints, most.support, strict=True)) == {"l": pytest.approx(2 / 3), "r": 0.5, "c": 1}
    mean = rated_coverage("q", ratings, VIEWS, covered_by="mean")
    assert dict(zip(mean.viewpoints, mean.covered, strict=True)) == {"l": False, "r": False, "c": True}
    assert mean.support == pytest.approx((4, 10 / 3, 3.5))
    assert (most.score, most.weighted) == (pytest.approx(2 / 3), pytest.approx(4 / 6))
    assert json.loads(json.dumps(most.to_dict()))["covered"] == [True, True, False]
    assert overton_score([ratings], [VIEWS], covered_by="mean") == pytest.approx(1 / 3)


def test_viewpoints_that_nobody_rated_are_named_and_people_without_one_are_not_counted():
    found = rated_coverage("q", [5, math.nan, 1], [0, 1, -1])
    assert found.viewpoints == ("0",)
    assert found.left_out == ("1",)
    assert (found.shares, found.raters) == ((1.0,), (1,))
    with pytest.raises(MeasureError, match="nobody rated"):
        rated_coverage("q", [5], [-1])


@given(st.lists(st.tuples(st.integers(1, 5), st.sampled_from("abc"), st.integers(1, 3)), min_size=1, max_size=12))
def test_a_weight_is_so_many_people(people):
    ratings, views, weights = zip(*people, strict=True)
    for covered_by in ("majority", "mean"):
        once = rated_coverage("q", ratings, views, weights=weights, covered_by=covered_by)
        copies = rated_coverage("q", np.repeat(ratings, weights), np.repeat(views, weights), covered_by=covered_by)
        assert once.covered == copies.covered
        assert once.shares == pytest.approx(copies.shares)
        assert 0 <= once.score <= 1
        assert 0 <= once.weighted <= 1 + 1e-12


def test_a_judge_says_what_is_covered():
    views = {"for": "tax", "against": "cut", "unclear": "hm"}
    verdicts = {"tax": 0.9, "cut": False, "hm": None}
    found = judged_coverage(
        "q", "answer", views, lambda _, view: verdicts[view], shares={"for": 3, "against": 1, "unclear": 9}
    )
    assert (found.viewpoints, found.covered, found.left_out) == (("for", "against"), (True, False), ("unclear",))
    assert (found.score, found.weighted) == (0.5, 0.75)
    ratings = judged_coverage("q", "answer", {"for": "tax"}, lambda *_: 4, threshold=4)
    assert ratings.covered == (True,)
    with pytest.raises(MeasureError, match="could tell of no viewpoint"):
        judged_coverage("q", "answer", views, lambda *_: math.nan)
    with pytest.raises(MeasureError, match="each viewpoint"):
        judged_coverage("q", "answer", views, lambda *_: 1, shares={"for": 1})


def test_scores_union_and_single_opinions():
    answers = {
        "a": [plain("q1", [1, 0]), plain("q2", [1, 0, 0, 0])],
        "b": [plain("q1", [0, 1]), plain("q2", [1, 1, 0, 0]), plain("q3", [1, 1])],
    }
    found = overton(answers, rng=RNG(0))
    assert found.models["a"].score.value == 0.375
    assert found.models["b"].score.value == pytest.approx(2 / 3)
    assert (found.union.value, found.union.count) == (0.75, 2)
    assert found.single.value == pytest.approx((1 / 2 + 1 / 4 + 1 / 2) / 3)
    assert (found.models["b"].score.count, found.models["b"].viewpoints) == (3, 8)
    assert json.dumps(found.to_dict())


def test_adjusted_scores_are_those_of_least_squares_on_dummies():
    rng = RNG(1)
    models, questions = 4, 9
    table = rng.integers(0, 5, size=(models, questions)) / 4
    missing = rng.random(table.shape) < 0.3
    missing[0] = False
    answers = {
        f"m{m}": [
            plain(f"q{q}", [1] * int(4 * table[m, q]) + [0] * int(4 - 4 * table[m, q]))
            for q in range(questions)
            if not missing[m, q]
        ]
        for m in range(models)
    }
    rows = [(m, q) for m in range(models) for q in range(questions) if not missing[m, q]]
    design = np.zeros((len(rows), models + questions))
    for row, (m, q) in enumerate(rows):
        design[row, m] = design[row, models + q] = 1
    fit = np.linalg.lstsq(design, [table[row] for row in rows], rcond=None)[0]
    expected = fit[:models] + fit[models:].mean()
    found = overton(answers, rng=RNG(0), resamples=20)
    assert [model.adjusted.value for model in found.models.values()] == pytest.approx(expected)
    assert missing.any()


def test_adjusted_scores_are_the_raw_ones_when_all_answered_everything():
    rng = RNG(2)
    answers = {name: [plain(f"q{q}", rng.integers(0, 2, 3)) for q in range(30)] for name in "abc"}
    found = overton(answers, rng=RNG(0), resamples=4000)
    for model in found.models.values():
        assert model.adjusted.value == pytest.approx(model.score.value)
        assert model.adjusted_weighted.value == pytest.approx(model.weighted.value)
        assert (model.adjusted.low, model.adjusted.high) == pytest.approx((model.score.low, model.score.high), abs=0.03)


def test_a_model_that_met_easy_questions_only_is_adjusted():
    easy, hard = [1, 1], [0, 0]
    answers = {
        "all": [plain("q1", easy), plain("q2", easy), plain("q3", hard), plain("q4", hard)],
        "easy": [plain("q1", easy), plain("q2", easy)],
    }
    found = overton(answers, rng=RNG(0))
    assert found.models["easy"].score.value == 1
    assert found.models["easy"].adjusted.value == pytest.approx(0.5)


def test_models_without_a_shared_question_are_not_adjusted():
    found = overton({"a": [plain("q1", [1, 0])], "b": [plain("q2", [1, 0])]}, rng=RNG(0))
    assert math.isnan(found.models["a"].adjusted.value)
    assert math.isnan(found.union.value)
    assert found.union.count == 0


def test_planted_coverage_is_found():
    rng = RNG(3)
    views = np.repeat(["a", "b", "c"], 10)
    answers = {"planted": [], "single": []}
    for question in range(40):
        held = rng.permutation(["a", "b", "c"])[:2]
        for model, covered in (("planted", held), ("single", held[:1])):
            ratings = np.where(np.isin(views, covered), rng.integers(3, 6, 30), rng.integers(1, 4, 30))
            ratings[np.isin(views, covered)] += ratings[np.isin(views, covered)] == 3
            answers[model].append(rated_coverage(f"q{question}", ratings, views))
    found = overton(answers, rng=RNG(0))
    assert found.models["planted"].score.value == pytest.approx(2 / 3)
    assert found.models["single"].score.value == found.single.value == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: overton({}, rng=RNG(0)), "one model at least"),
        (lambda: overton({"a": []}, rng=RNG(0)), "one answer at least"),
        (lambda: overton({"a": [plain("q", [1]), plain("q", [1])]}, rng=RNG(0)), "two answers"),
        (lambda: rated_coverage("q", [1], ["a"], covered_by="vote"), "covered_by='vote'"),
        (lambda: rated_coverage("q", [1], ["a"], weights=[-1]), "not negative"),
        (lambda: overton_score([[1]], [["a"]], by="size"), "by='size'"),
    ],
)
def test_what_cannot_be_scored_is_said_in_one_line(make, said):
    with pytest.raises(MeasureError, match=said) as caught:
        make()
    assert "\n" not in str(caught.value)
