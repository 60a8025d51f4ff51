"""Effects and best packages together: held to planted groups and to a bootstrap made by hand."""

import re

import numpy as np
import pandas as pd
import pytest

from jury.elicitation import modes
from jury.errors import MeasureError, StudyError
from jury.panels.base import Builder
from jury.study import Study
from jury.study_blocks import PackagesBlock
from jury.whatif.conjoint import design_packages, packages_shown, read_packages
from jury.whatif.effects import component_effects, model_matrix
from jury.whatif.packages import package_findings
from jury.whatif.packages_told import best_table, effects_table, package_sentences
from jury.whatif.side_by_side import check_compared, choice_cases, compared_effects, package_cases

LEVELS = {"wage": ["low", "high"], "credit": ["no", "yes"]}


@pytest.fixture(scope="module")
def judged():
    """Forty of side a love the high wage, twenty of side b hate it as much; the credit is liked a little by all."""
    packages = design_packages(LEVELS, np.random.default_rng(0))
    rng = np.random.default_rng(4)
    builder = Builder("packages", modes["score"].model_validate({"scale": [0, 10]}))
    cases = choice_cases(packages, "Which?", np.random.default_rng(1))
    for case in cases:
        builder.case(case.id, case.prompt, case.alternative_ids)
    for number in range(60):
        side = "b" if number % 3 == 0 else "a"
        rater = builder.rater(f"r{number}", {"side": side})
        for case in cases:
            rows = packages.loc[list(case.alternative_ids)]
            good = 5 + (2 if side == "a" else -2) * (rows["wage"] == "high") + 0.5 * (rows["credit"] == "yes")
            said = good + rng.normal(0, 1, len(rows))
            builder.rating(rater, case.id, {"scores": dict(zip(rows.index, said.tolist(), strict=True))})
    return builder.panel(), packages


def test_the_many_and_the_worst_off_want_other_packages(judged):
    found = package_findings(*judged, np.random.default_rng(0), by=["side"], rules=["utilitarian", "maximin"])
    best = found.best.set_index("rule")
    assert best.loc["utilitarian", "best"] == "wage=high, credit=yes"
    assert best.loc["maximin", "best"].endswith("credit=yes")
    assert best.loc["utilitarian", "chance"] > 0.95
    assert set(found.frame["group"]) == {"everybody", "a", "b"}
    told = found.by_group["side"].frame.set_index(["group", "level"])
    assert told.loc[("a", "high"), "low"] < 2 < told.loc[("a", "high"), "high"]
    assert told.loc[("b", "high"), "low"] < -2 < told.loc[("b", "high"), "high"]


def test_bootstrapped_coefficients_are_those_of_panels_drawn_anew(judged):
    """A bootstrap is a weighting of the jurors: the same as `component_effects` under these weights."""
    from dataclasses import replace

    from jury.whatif.packages import _Redrawn

    panel, packages = judged
    effects = component_effects(panel, packages, by="side")
    redrawn = _Redrawn(panel, packages, effects.levels, np.random.default_rng(8), 5)
    pairs = redrawn.coefficients(panel, "side", effects)
    assert len(pairs) == 5
    for counts, (coefficients, weights) in zip(redrawn.counts, pairs, strict=True):
        again = component_effects(replace(panel, weights=panel.weights * counts), packages, by="side", few=2)
        np.testing.assert_allclose(coefficients, again.coefficients, atol=1e-9)
        np.testing.assert_allclose(weights, list(again.weights.values()))


def test_a_rule_that_cannot_decide_has_its_reason(judged):
    found = package_findings(
        *judged, np.random.default_rng(0), by=["side"], rules=["approval", "utilitarian"], resamples=5
    )
    assert "Approvals" in found.best.set_index("rule").loc["approval", "note"]
    _, rows = best_table(found)
    assert rows[0][2].startswith("none: ")


@pytest.mark.parametrize(("rule", "words"), [("nosh", "no rule named 'nosh'"), ("mes", "elects committees")])
def test_a_rule_that_is_none_is_refused(judged, rule, words):
    with pytest.raises(StudyError, match=words):
        package_findings(*judged, np.random.default_rng(0), by=["side"], rules=["utilitarian", rule], resamples=5)


def test_pages_name_what_moves_answers_and_who_is_too_few(judged):
    found = package_findings(*judged, np.random.default_rng(0), by=["side"], few=25, resamples=5)
    words = " ".join(package_sentences(found))
    assert "wage=high (+" in words
    assert "Not told: b (20 jurors; at least 25 are needed)" in words
    headings, rows = effects_table(found, "side")
    assert headings[2:] == ["a", "b"]
    assert rows[0][3] == "–"


def test_without_groups_everybody_is_the_one_voter(judged):
    found = package_findings(*judged, np.random.default_rng(0), rules=["utilitarian", "maximin"], resamples=20)
    assert len(set(found.best["best"])) == 1
    assert found.best["by"].tolist() == ["everybody"] * 2


def study(**packages):
    block = {"prompt": "Which?", "attributes": LEVELS, **packages}
    return Study.model_validate({"name": "s", "cases": {"packages": block}})


def test_a_study_s_packages_are_built_by_design_and_read_from_their_texts():
    levels = {"wage": ["$7", "$7; more"], "credit": ["no", "yes"], "phase": ["now", "later"]}
    block = study(attributes=levels, rounds=3, per_case=4).cases.packages
    cases = package_cases(block)
    assert cases == package_cases(block)
    assert (len(cases), len(cases[0].alternatives)) == (6, 4)
    shown = packages_shown(cases, levels)
    assert shown.index.tolist() == [f"p{number}" for number in range(1, 9)]
    pd.testing.assert_frame_equal(shown, design_packages(levels, np.random.default_rng(0)))
    assert study().load_cases(None) == package_cases(study().cases.packages)


@pytest.mark.parametrize(
    ("packages", "words"),
    [
        ({"attributes": {"wage": ["low"]}}, "give two or more, all different"),
        ({"design": "fractional"}, "the others need one"),
        ({"per_case": 5}, "per_case=5, more than the 4 packages"),
        ({"attributes": {"wage": [7, 12]}}, "7 is not text; put it in quotes"),
    ],
)
def test_packages_that_cannot_be_are_refused(packages, words):
    with pytest.raises(StudyError, match=words):
        Study.load("minimum-wage").changed(cases={"packages": {"prompt": "Which?", "attributes": LEVELS, **packages}})


def test_a_file_of_packages_has_ids_and_attributes(tmp_path):
    file = tmp_path / "p.csv"
    file.write_text("id,wage\na,1\na,2\n")
    with pytest.raises(MeasureError, match="'a' is given twice"):
        read_packages(file)
    file.write_text("id,wage\na,1\nb,\n")
    with pytest.raises(MeasureError, match="without empty cells"):
        read_packages(file)


def chosen(seed, *, rounds=1, jurors=60, planted=(1.0, 0.5), kind="full", size=None, levels=LEVELS):
    """Jurors choose between packages put side by side, by planted utilities and Gumbel noise (a logit)."""
    rng = np.random.default_rng(seed)
    packages = design_packages(levels, rng, kind=kind, size=size)
    cases = choice_cases(packages, "Which?", rng, rounds=rounds)
    good = model_matrix(packages, {name: tuple(each) for name, each in levels.items()})[:, 1:] @ np.array(planted)
    good = dict(zip(packages.index, good.tolist(), strict=True))
    builder = Builder("packages", modes["choose"].model_validate({}))
    for case in cases:
        builder.case(case.id, case.prompt, case.alternative_ids)
    for number in range(jurors):
        rater = builder.rater(f"r{number}", {"side": "ab"[number % 2]})
        for case in cases:
            said = [good[name] + rng.gumbel() for name in case.alternative_ids]
            builder.rating(rater, case.id, {"choice": case.alternative_ids[int(np.argmax(said))]})
    return builder.panel(), packages


THREE = {"wage": ["7.25", "12", "15"], "credit": ["no", "yes"], "phase": ["now", "later"]}
PLANTED = (0.6, -0.4, 0.5, -0.5)


def test_effects_on_choices_do_not_hang_on_who_stood_beside_whom():
    """Held to the component effects of the planted logit, over all packages beside all others, pairing by pairing."""
    packages = design_packages(THREE, np.random.default_rng(0))
    matrix = model_matrix(packages, {name: tuple(each) for name, each in THREE.items()})
    good = matrix[:, 1:] @ np.array(PLANTED)
    stands = (1 / (1 + np.exp(good[None] - good[:, None]))).mean(axis=1)
    truth = np.linalg.lstsq(matrix, stands, rcond=None)[0][1:]
    held, found = [], []
    for seed in range(25):
        frame = component_effects(*chosen(seed, rounds=2, planted=PLANTED, levels=THREE), levels=THREE).frame
        held.append((frame["low"] <= truth) & (truth <= frame["high"]))
        found.append(frame["effect"])
    assert np.mean(held) > 0.88  # 0.55 where what stood beside a package is left out
    np.testing.assert_allclose(np.mean(found, axis=0), truth, atol=0.02)


def test_effects_on_choices_are_half_the_slope_within_pairs():
    """Of pairs, y = 1/2 + (x - x') b: least squares on the differences, computed alone."""
    panel, packages = chosen(3, rounds=3, planted=PLANTED, levels=THREE)
    matrix = model_matrix(packages, {name: tuple(each) for name, each in THREE.items()})[:, 1:]
    rows, sides = [], []
    for case in panel.cases:
        one, two = (matrix[packages.index.get_loc(name)] for name in case.alternative_ids)
        for vote in panel.votes[case.id]:
            rows.append(one - two)
            sides.append(2.0 * (vote.values["choice"] == case.alternative_ids[0]) - 1)
    slope = np.linalg.lstsq(np.array(rows), np.array(sides), rcond=None)[0]
    frame = component_effects(panel, packages, levels=THREE).frame
    np.testing.assert_allclose(frame["effect"], slope / 2, atol=1e-9)
    assert "beside an average package" in " ".join(
        package_sentences(package_findings(panel, packages, np.random.default_rng(0), levels=THREE, resamples=5))
    )


@pytest.mark.parametrize("seed", range(12))
def test_pairs_are_drawn_anew_where_they_would_leave_an_effect_untold(seed):
    rng = np.random.default_rng(seed)
    packages = design_packages(THREE, rng, kind="fractional", size=8)
    assert compared_effects(choice_cases(packages, "Which?", rng), packages) == (4, 4)


def test_comparisons_too_few_for_the_effects_are_refused_before_anything_is_asked():
    few = {"prompt": "Which?", "attributes": THREE, "design": "fractional", "size": 6}
    for mode, fine in (("score", True), ("choose", False), ("rank", False)):
        study = Study.load("minimum-wage").changed(cases={"packages": few}, elicitation={"mode": mode})
        if fine:
            assert len(study.load_cases(study.load_population())) == 3
        else:
            with pytest.raises(StudyError, match=r"rounds=1: mode '\w+' only compares .* 3 of 4 effects; give more"):
                study.load_cases(study.load_population())


def test_packages_that_cannot_tell_the_effects_are_refused_in_any_mode():
    block = PackagesBlock(prompt="Which?", attributes=LEVELS, design="balanced", size=3)
    names = design_packages(LEVELS, np.random.default_rng(0))
    alike = choice_cases(names[names["wage"] == "low"], "Which?", np.random.default_rng(0))
    with pytest.raises(StudyError, match="size=3: these 2 packages cannot tell all effects apart; give a larger"):
        check_compared(block, alike, modes["score"].model_validate({}))


def test_a_rule_that_cannot_read_a_group_names_it_and_the_package(judged):
    found = package_findings(*judged, np.random.default_rng(0), by=["side"], rules=["nash:disagreement=6"], resamples=5)
    (note,) = found.best["note"]
    assert re.search(r"utility \S+ of a for 'wage=low, credit=no' is below the disagreement point 6", note)


def test_jurors_of_one_mind_have_effects_without_intervals():
    builder = Builder("packages", modes["choose"].model_validate({}))
    packages = design_packages(LEVELS, np.random.default_rng(0))
    cases = choice_cases(packages, "Which?", np.random.default_rng(1), rounds=2)
    for case in cases:
        builder.case(case.id, case.prompt, case.alternative_ids)
    for number in range(20):
        rater = builder.rater(f"r{number}")
        for case in cases:
            high = [name for name in case.alternative_ids if packages.loc[name, "wage"] == "high"]
            builder.rating(rater, case.id, {"choice": high[0] if high else case.alternative_ids[0]})
    found = package_findings(builder.panel(), packages, np.random.default_rng(0), resamples=5)
    assert found.frame["effect"].notna().all()
    assert found.frame[["low", "high"]].isna().all(axis=None)
    assert package_sentences(found)[0].startswith("All jurors answered alike")
    assert not any("leave out 0" in sentence for sentence in package_sentences(found))
    assert all("nan" not in cell for row in effects_table(found)[1] for cell in row)
