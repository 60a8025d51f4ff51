"""Designs and effects of policy packages, held to counts, to planted effects and to statsmodels."""

from dataclasses import replace

import numpy as np
import pytest

from jury.elicitation import modes
from jury.errors import MeasureError
from jury.panels.base import Builder
from jury.whatif.conjoint import aliases, contrasts, d_efficiency, design_packages
from jury.whatif.effects import best_packages, component_effects
from jury.whatif.side_by_side import choice_cases

LEVELS = {"wage": ["7.25", "12", "15"], "credit": ["no", "yes"], "phase": ["now", "later"]}


#: Of statsmodels 0.15.0: smf.wls(..., weights).fit(cov_type="cluster", cov_kwds={"groups": juror}, use_t=True).
STATSMODELS = {
    "effect": [-0.016733333333333086, 0.3589361111111088, 0.6588259259259259, -0.06448888888889093],
    "low": [-0.28780820943263413, -0.2078002597586205, 0.425532385111152, -0.19233294433816692],
    "high": [0.25434154276596793, 0.9256724819808381, 0.8921194667406999, 0.06335516656038506],
}


@pytest.fixture
def judged():
    """Thirty weighted jurors score twelve packages; side b likes what side a does not."""
    packages = design_packages(LEVELS, np.random.default_rng(0))
    rng = np.random.default_rng(7)
    builder = Builder("packages", modes["score"].model_validate({"scale": [0, 10]}))
    cases = choice_cases(packages, "Which?", np.random.default_rng(1), per_case=3)
    for case in cases:
        builder.case(case.id, case.prompt, case.alternative_ids)
    for number in range(30):
        side = "ab"[number % 2]
        rater = builder.rater(f"r{number}", {"side": side})
        mood = rng.normal()
        for case in cases:
            scores = {}
            for name in case.alternative_ids:
                row = packages.loc[name]
                good = 5 + (1.5 if side == "a" else -1.0) * (row["wage"] == "15") + 0.5 * (row["credit"] == "yes")
                scores[name] = round(float(good + mood + rng.normal()), 3)
            builder.rating(rater, case.id, {"scores": scores})
    return replace(builder.panel(), weights=1 + np.arange(30) % 3 / 2.0), packages


def test_effects_and_clustered_intervals_are_those_of_statsmodels(judged):
    found = component_effects(*judged).frame.set_index("level")
    np.testing.assert_allclose(found["effect"], STATSMODELS["effect"], atol=1e-10)
    np.testing.assert_allclose(found["low"], STATSMODELS["low"], atol=1e-10)
    np.testing.assert_allclose(found["high"], STATSMODELS["high"], atol=1e-10)
    assert (found["jurors"].iloc[0], found["judgements"].iloc[0]) == (30, 360)


def test_over_a_full_design_an_effect_is_a_difference_of_means(judged):
    panel, packages = judged
    found = component_effects(replace(panel, weights=np.ones(30)), packages).frame.set_index("level")
    answers = {level: [] for level in LEVELS["wage"]}
    for votes in panel.votes.values():
        for vote in votes:
            for name, score in vote.values["scores"].items():
                answers[packages.loc[name, "wage"]].append(score)
    assert found.loc["15", "effect"] == pytest.approx(np.mean(answers["15"]) - np.mean(answers["7.25"]))


def test_planted_effects_are_recovered_by_group_and_the_best_package_follows(judged):
    effects = component_effects(*judged, by="side")
    told = effects.frame.set_index(["group", "level"])
    for key, planted in {("a", "15"): 1.5, ("b", "15"): -1.0, ("a", "yes"): 0.5, ("a", "later"): 0.0}.items():
        assert told.loc[key, "low"] < planted < told.loc[key, "high"]
    best = best_packages(effects, ["utilitarian", "maximin"])
    assert "wage=15" in best["utilitarian"].winners[0]
    assert "wage=15" not in best["maximin"].winners[0]
    assert "credit=yes" in best["maximin"].winners[0]


def test_groups_of_few_have_a_note_and_no_effect(judged):
    frame = component_effects(*judged, by="side", few=16).frame
    assert frame["effect"].isna().all()
    assert frame["note"].str.contains("15 jurors; at least 16").all()
    with pytest.raises(MeasureError, match="too few jurors"):
        best_packages(component_effects(*judged, by="side", few=16), ["utilitarian"])


def test_a_fractional_design_is_as_good_as_the_best_of_all_small_ones():
    import itertools

    levels = {"a": ["0", "1"], "b": ["0", "1"], "c": ["0", "1"]}
    full = design_packages(levels, np.random.default_rng(0))
    best = max(d_efficiency(full.iloc[list(rows)], levels) for rows in itertools.combinations(range(8), 4))
    half = design_packages(levels, np.random.default_rng(3), kind="fractional", size=4)
    assert d_efficiency(half, levels) == pytest.approx(best) == pytest.approx(1.0)
    assert d_efficiency(full, levels) == pytest.approx(1.0)


def test_aliases_are_by_how_much_an_interaction_moves_another_effect():
    """Answers that are a planted interaction alone: least squares on the design's own effects finds the alias."""
    levels = {"a": ["0", "1"], "b": ["0", "1", "2"], "c": ["0", "1"]}
    design = design_packages(levels, np.random.default_rng(1), kind="fractional", size=7)
    coded = contrasts(design.to_numpy().tolist(), levels)
    found = aliases(design, levels).set_index(["attribute", "first", "second"])["share"]
    moved = np.linalg.lstsq(coded, coded[:, 1] * coded[:, 4], rcond=None)[0]
    assert found.loc[("b", "a", "c")] == pytest.approx(np.abs(moved[2:4]).max())
    assert found.round(9).is_monotonic_decreasing


def test_a_balanced_design_has_every_level_equally_often():
    packages = design_packages(LEVELS, np.random.default_rng(0), kind="balanced", size=8)
    assert sorted(packages["wage"].value_counts()) == [2, 3, 3]
    assert packages["credit"].value_counts().tolist() == [4, 4]
    assert not packages.duplicated().any()


@pytest.mark.parametrize("seed", range(8))
def test_a_balanced_design_tells_all_effects(seed):
    """Of nine packages of four attributes of three levels, most that are drawn at random do not."""
    levels = {name: ["0", "1", "2"] for name in "abcd"}
    packages = design_packages(levels, np.random.default_rng(seed), kind="balanced", size=9)
    assert d_efficiency(packages, levels) > 0.1
    assert all(packages[name].value_counts().tolist() == [3, 3, 3] for name in packages)


def test_choice_cases_show_every_package_as_often():
    packages = design_packages(LEVELS, np.random.default_rng(0))
    cases = choice_cases(packages, "Which?", np.random.default_rng(0), per_case=3, rounds=2)
    shown = [name for case in cases for name in case.alternative_ids]
    assert {shown.count(name) for name in packages.index} == {2}
    assert all(len(set(case.alternative_ids)) == 3 for case in cases)
    assert cases[0].alternatives[0].text.startswith("wage: ")


@pytest.mark.parametrize(
    ("levels", "options", "words"),
    [
        ({"a": ["x"]}, {}, "give two or more, all different"),
        ({}, {}, "attributes is empty"),
        (LEVELS, {"kind": "half"}, "is none of full, fractional, balanced"),
        (LEVELS, {"size": 6}, "a full design has no size"),
        (LEVELS, {"kind": "fractional"}, "the others need one"),
        (LEVELS, {"kind": "fractional", "size": 4}, "give 5"),
        ({str(n): ["x", "y"] for n in range(16)}, {"kind": "fractional", "size": 20}, "use kind='balanced'"),
    ],
)
def test_designs_that_cannot_be_are_refused(levels, options, words):
    with pytest.raises(MeasureError, match=words):
        design_packages(levels, np.random.default_rng(0), **options)


def test_packages_that_were_not_judged_are_refused(judged, scores):
    with pytest.raises(MeasureError, match="none of them is an alternative"):
        component_effects(scores, judged[1])
    with pytest.raises(MeasureError, match="lack '15'"):
        component_effects(*judged, levels={"wage": ["7.25", "12"]})
    with pytest.raises(MeasureError, match="no attribute has two levels"):
        component_effects(judged[0], judged[1].assign(wage="15")[["wage"]])
