"""What deliberation changed, against changes that were planted."""

import json
from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from aggregators.polarisation import polarisation
from jury.cases import Case
from jury.deliberation.change import compare, group_means, trajectory
from jury.elicitation import Vote, modes
from jury.errors import MeasureError, RunError, StudyError
from jury.panel import Panel

CHOOSE = modes["choose"].model_validate({})
SCORE = modes["score"].model_validate({"scale": (1, 5)})


def cases_of(number):
    return tuple(Case(id=f"c{place}", prompt="?", alternatives=("yes", "no", "other")) for place in range(number))


def panel_of(answers, mode=CHOOSE, weights=None, groups=None, name="panel"):
    """Return a panel from answers (n, cases): the name chosen, scores by name, or None for no ballot."""
    people, number = len(answers), len(answers[0])
    cases = cases_of(number)
    votes = {case.id: [] for case in cases}
    for juror, row in enumerate(answers):
        for case, said in zip(cases, row, strict=True):
            if said is not None:
                values = {"scores": said} if isinstance(said, dict) else {"choice": None if said == "pass" else said}
                votes[case.id].append(Vote(juror, values))
    jurors = pd.DataFrame({"group": groups or ["all"] * people}, index=[f"j{juror}" for juror in range(people)])
    answered = sum(map(len, votes.values()))
    given = np.ones(people) if weights is None else np.asarray(weights, dtype=float)
    return Panel(name, mode, cases, jurors, given, votes, Counter(answered=answered), people * number)


def changed(before, after, seed=0, **settings):
    settings = {"rules": ["plurality"], "resamples": 200} | settings
    return compare(before, after, rng=np.random.default_rng(seed), **settings)


def everybody(found):
    return found.silencing.iloc[0]


BEFORE = [["yes"]] * 12 + [["no"]] * 6 + [["other"]] * 2
AFTER = [["yes"]] * 11 + [["no"]] + [["yes"]] * 3 + [["no"]] * 3 + [["other"], ["no"]]


def test_who_went_where_is_counted_by_side():
    row = everybody(changed(panel_of(BEFORE), panel_of(AFTER)))
    assert (row["minority"], row["yielded"], row["majority"], row["left"]) == (8, 3, 12, 1)
    assert row["yielding"] == pytest.approx(3 / 8)
    assert row["leaving"] == pytest.approx(1 / 12)
    assert row["silencing"] == pytest.approx(3 / 8 - 1 / 12)
    assert row["growth"] == pytest.approx((3 - 1) / 20)
    assert row["yielding_low"] < 3 / 8 < row["yielding_high"]


def test_nothing_changes_where_nothing_changed():
    found = changed(panel_of(BEFORE), panel_of(BEFORE))
    row = everybody(found)
    assert (row["yielded"], row["left"], row["silencing"], row["growth"], row["moved"]) == (0, 0, 0, 0, 0)
    # Nobody of eight is not nobody of all: the exact interval of Clopper and Pearson.
    assert row["yielding_high"] == pytest.approx(1 - 0.025 ** (1 / 8))
    assert found.verdicts["differs"].tolist() == [0.0]
    assert not found.verdicts["changed"].any()
    assert found.divisions["change"].tolist() == [0, 0, 0]
    assert (found.shifts["shift"] == 0).all()
    # Jurors who are all alike cannot tell how far others would differ: no interval, rather than one of no length.
    assert found.divisions["change_low"].isna().all()
    assert np.isnan([row[f"{name}_low"] for name in ("moved", "minority_gave", "majority_gave", "gave")]).all()
    assert "on average" not in " ".join(found.words())


def test_one_who_changes_is_no_finding_and_intervals_end_where_figures_do():
    after = [list(row) for row in BEFORE]
    after[-3] = ["yes"]
    table = changed(panel_of(BEFORE), panel_of(after), resamples=1000).divisions.set_index("figure")
    # In a third of the drawings the one juror is missing, and nothing changes.
    assert (table["change_low"] < 0).all()
    assert (table["change_high"] >= 0).all()
    camps = {"yes": 5, "no": 1, "other": 1}, {"yes": 1, "no": 5, "other": 5}
    split = panel_of([[camps[0]]] * 10 + [[camps[1]]] * 10, SCORE)
    table = changed(split, split).divisions.set_index("figure")
    for name, most in {"polarisation": 1.0, "variance": 0.25}.items():
        assert table.loc[name, "before"] == pytest.approx(most)
        assert table.loc[name, "before_low"] < most - 0.001
        assert table.loc[name, "before_high"] == pytest.approx(most)


def test_nobody_who_moves_does_not_make_a_control_certain():
    found = everybody(changed(panel_of(BEFORE), panel_of(BEFORE), control=panel_of(BEFORE)))
    assert found["excess"] == 0
    # Nobody of eight and of twelve, twice: 0.37 and 0.26, squared and added up.
    assert found["excess_high"] == pytest.approx(np.hypot(0.3694, 0.2646), abs=0.001)
    assert found["excess_low"] == -found["excess_high"]


def test_by_group_and_a_weight_of_two_is_two_jurors():
    groups = ["a"] * 12 + ["b"] * 8
    doubled = panel_of(BEFORE, weights=[1] * 18 + [2] * 2, groups=groups)
    after = panel_of(AFTER, weights=[1] * 18 + [2] * 2, groups=groups)
    weighted = changed(doubled, after, by=["group"])
    again = [*range(20), 18, 19]
    copied = changed(
        panel_of([BEFORE[row] for row in again], groups=[groups[row] for row in again]),
        panel_of([AFTER[row] for row in again], groups=[groups[row] for row in again]),
        by=["group"],
    )
    for figure in ("yielding", "leaving", "growth", "minority_gave", "majority_gave", "moved"):
        assert weighted.silencing[figure].to_numpy() == pytest.approx(copied.silencing[figure].to_numpy(), nan_ok=True)
    for figure in ("before", "after", "shift"):
        assert weighted.shifts[figure].to_numpy() == pytest.approx(copied.shifts[figure].to_numpy())
        assert figure == "shift" or weighted.divisions[figure].to_numpy() == pytest.approx(
            copied.divisions[figure].to_numpy()
        )
    rows = weighted.silencing.set_index("group")
    assert (rows.loc["a", "majority"], rows.loc["a", "minority"]) == (12, 0)
    assert np.isnan(rows.loc["a", "yielding"])
    assert rows.loc["b", "few"]


def scores(yes, no):
    return {"yes": yes, "no": no, "other": 1}


def test_the_gap_that_each_side_closes():
    # Six at 5 and two at 1 meet at their mean, 4: the six give a quarter of the gap, the two the rest.
    before = panel_of([[scores(5, 1)]] * 6 + [[scores(1, 5)]] * 2, SCORE)
    after = panel_of([[scores(4, 2)]] * 8, SCORE)
    found = changed(before, after, rules=["utilitarian"])
    row = everybody(found)
    assert (row["minority_gave"], row["majority_gave"], row["gave"]) == (0.75, 0.25, 0.5)
    assert row["moved"] == pytest.approx((6 * 2 * 1 + 2 * 2 * 3) / 24)
    assert found.verdicts.iloc[0][["before", "after"]].tolist() == [("yes",), ("yes",)]
    shift = found.shifts.set_index("alternative")
    assert shift.loc["yes", "shift"] == pytest.approx(0)
    assert shift["jurors"].tolist() == [8, 8, 8]


def test_shifts_are_those_of_a_paired_t_test():
    from scipy import stats

    rng = np.random.default_rng(0)
    first, second = rng.integers(1, 6, (30, 3)), rng.integers(1, 6, (30, 3))
    panels = [
        panel_of([[dict(zip(("yes", "no", "other"), map(int, row), strict=True))] for row in told], SCORE)
        for told in (first, second)
    ]
    found = changed(*panels, rules=["utilitarian"]).shifts
    for column, row in enumerate(found.to_dict("records")):
        low, high = stats.ttest_rel(second[:, column], first[:, column]).confidence_interval(1 - 0.05 / 3)
        assert row["shift"] == pytest.approx((second - first)[:, column].mean())
        assert (row["shift_low"], row["shift_high"]) == pytest.approx((low, high))


def test_a_verdict_that_hangs_on_who_is_drawn_differs_in_half_of_the_drawings():
    before = panel_of([["yes"]] * 30 + [["no"]] * 10)
    sure = changed(before, panel_of([["no"]] * 40))
    assert sure.verdicts.iloc[0][["changed", "differs", "before_stable", "after_stable"]].tolist() == [True, 1, 1, 1]
    even = changed(before, panel_of([["yes"]] * 21 + [["no"]] * 19), resamples=2000)
    row = even.verdicts.iloc[0]
    assert not row["changed"]
    assert 0.3 < row["differs"] < 0.5
    assert row["after_stable"] == pytest.approx(1 - row["differs"], abs=0.01)


def test_hung_juries_are_verdicts_too():
    found = changed(panel_of(BEFORE), panel_of([["yes"]] * 20), rules=["unanimity"])
    row = found.verdicts.iloc[0]
    assert (row["before"], row["after"], row["changed"], row["differs"]) == ((), ("yes",), True, 1.0)
    assert "goes from no verdict to yes" in " ".join(found.words())


def test_rules_may_come_to_agree():
    before = panel_of([[scores(5, 4)]] * 6 + [[scores(1, 4)]] * 5, SCORE)
    after = panel_of([[scores(2, 4)]] * 11, SCORE)
    found = changed(before, after, rules=["plurality", "utilitarian"]).by_rule.set_index("rule")
    assert found["changed"].to_dict() == {"plurality": 1, "utilitarian": 0}
    assert found["disagrees_before"].to_dict() == {"plurality": 0, "utilitarian": 1}
    assert found["disagrees_after"].to_dict() == {"plurality": 0, "utilitarian": 0}


def test_who_answered_once_or_has_no_opinion_is_counted_and_left_out():
    before = panel_of([["yes"], ["yes"], ["yes"], ["no"], [None], ["pass"], ["no"]])
    after = panel_of([["yes"], ["yes"], [None], ["yes"], ["no"], ["yes"], ["pass"]])
    found = changed(before, after)
    assert (found.jurors, found.only_before, found.only_after, found.gained, found.lost) == (5, 1, 1, 1, 1)
    row = everybody(found)
    assert (row["minority"], row["yielded"], row["majority"], row["left"], row["jurors"]) == (1, 1, 2, 0, 3)
    told = " ".join(found.words())
    assert "2 answers have no partner (1 before only, 1 after only)" in told
    assert "1 answers without an opinion before have one after" in told


def test_a_case_that_is_split_says_nothing_of_silencing():
    found = changed(panel_of([["yes"], ["no"]]), panel_of([["yes"], ["yes"]]))
    assert (found.cases, found.split) == (1, 1)
    assert everybody(found)["minority"] == 0
    assert "there is no majority to give way to" in " ".join(found.words())


def test_who_has_no_weight_is_no_juror():
    weights = [1, 1, 1, 0, 0, 0]
    answers = [["yes"]] * 2 + [["no"]] * 4
    found = changed(panel_of(answers, weights=weights), panel_of([["yes"]] * 6, weights=weights))
    row = everybody(found)
    assert (found.jurors, row["minority"], row["yielded"], row["majority"]) == (3, 1, 1, 2)
    assert found.shifts["jurors"].tolist() == [3, 3, 3]


def test_nobody_has_an_opinion():
    silent = panel_of([["pass"]] * 5)
    found = changed(silent, silent)
    assert found.verdicts["before"].tolist() == [()]
    assert "no verdict is reached, before or after" in " ".join(found.words())
    assert "Nobody had an opinion both times" in " ".join(found.words())
    assert found.divisions["change"].isna().all()
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["shifts"][0]["shift"] is None


def noisy(rng, people, cases, share=0.7):
    """Return answers of jurors who choose anew each time, all alike."""
    return [[["yes", "no"][int(rng.random() > share)] for _ in range(cases)] for _ in range(people)]


@pytest.fixture(scope="module")
def noise():
    """Thirty panels asked twice without hearing, and once more, as a control."""
    found = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        first, second, third = (panel_of(noisy(rng, 40, 12)) for _ in range(3))
        found.append(changed(first, second, control=third))
    return found


def test_asking_twice_looks_like_silencing_and_neither_growth_nor_control_is_taken_in(noise):
    rows = [everybody(found) for found in noise]
    # 70 % of the minority "yield" and 30 % of the majority "leave", although nobody heard anything.
    assert all(row["silencing_low"] > 0 for row in rows)
    assert np.mean([row["silencing"] for row in rows]) == pytest.approx(0.4, abs=0.05)
    covers = {
        name: np.mean([row[f"{name}_low"] <= 0 <= row[f"{name}_high"] for row in rows]) for name in ("growth", "excess")
    }
    assert covers["growth"] > 0.8
    assert covers["excess"] > 0.8
    assert np.mean([row["control"] for row in rows]) == pytest.approx(0.4, abs=0.05)
    assert "Jurors asked again who heard nobody show a difference of" in " ".join(noise[0].words())


def asked_again(rng, people=60, repeats=0.9):
    """Return two panels of jurors who mostly repeat what they said, having heard nobody."""
    inclined = rng.choice([0.2, 0.9], people, p=[0.35, 0.65])
    first, anew = (rng.random(people) < inclined for _ in range(2))
    again = np.where(rng.random(people) < repeats, first, anew)
    return tuple(panel_of([["yes" if each else "no"] for each in said]) for said in (first, again))


def test_a_control_that_was_asked_apart_is_held_against_its_own_first_answers():
    apart, mistaken = [], []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        (before, after), control = asked_again(rng), asked_again(rng)
        apart.append(everybody(changed(before, after, control=control)))
        mistaken.append(everybody(changed(before, after, control=control[1])))
    assert np.mean([row["excess"] for row in apart]) == pytest.approx(0, abs=0.06)
    assert np.mean([row["excess_low"] <= 0 <= row["excess_high"] for row in apart]) > 0.85
    # Held against answers that it did not give, the control would seem to yield by itself.
    assert np.mean([row["excess"] for row in mistaken]) < -0.1


def test_intervals_cover_the_rates_that_were_planted():
    hits = {"yielding": 0, "leaving": 0, "silencing": 0}
    truth = {"yielding": 0.3, "leaving": 0.1, "silencing": 0.2}
    runs = 60
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        before = [["no" if juror < 15 else "yes" for _ in range(6)] for juror in range(40)]
        after = [
            [
                "yes" if said == "no" and rng.random() < 0.3 else "no" if said == "yes" and rng.random() < 0.1 else said
                for said in row
            ]
            for row in before
        ]
        row = everybody(changed(panel_of(before), panel_of(after), seed=seed))
        for name, value in truth.items():
            hits[name] += row[f"{name}_low"] <= value <= row[f"{name}_high"]
    assert all(count >= 0.87 * runs for count in hits.values()), hits


def test_divisions_and_trajectory_are_the_measures_of_the_project():
    first = panel_of([[scores(5, 1)]] * 6 + [[scores(1, 5)]] * 2, SCORE)
    second = panel_of([[scores(4, 2)]] * 8, SCORE)
    path = trajectory([first, second])
    for panel, row in zip((first, second), path.to_dict("records"), strict=True):
        assert row["polarisation"] == pytest.approx(polarisation(panel.utilities("c0"), (1, 5), levels=5).mean())
    assert path["disagreement"].tolist() == pytest.approx([1 - (0.75**2 + 0.25**2), 0])
    assert path["variance"].tolist() == pytest.approx([2 / 3 * 0.75 * 0.25, 0])
    found = changed(first, second, rules=["utilitarian"]).divisions.set_index("figure")
    assert found["before"].tolist() == pytest.approx(
        path.iloc[0][["polarisation", "variance", "disagreement"]].tolist()
    )
    assert (found["before_low"] <= found["before"]).all()
    assert (found["before"] <= found["before_high"]).all()
    means = group_means([first, second]).set_index(["round", "alternative"])["welfare"]
    assert means[0, "yes"] == 4
    assert means[1, "no"] == 2


def test_the_same_seed_gives_the_same_document_and_it_is_json():
    before, after = panel_of(BEFORE, groups=["a", "b"] * 10), panel_of(AFTER, groups=["a", "b"] * 10)
    first, again = (changed(before, after, by=["group"]).to_dict() for _ in range(2))
    assert first == again
    document = json.loads(json.dumps(first, allow_nan=False))
    assert document["silencing"][0]["control"] is None
    assert document["verdicts"][0]["after"] == ["yes"]
    assert document["cautions"][0].startswith("A juror asked twice")


def test_an_estimate_by_name():
    found = changed(panel_of(BEFORE), panel_of(AFTER))
    assert found.estimate("silencing").value == pytest.approx(3 / 8 - 1 / 12)
    with pytest.raises(KeyError, match="no loudness"):
        found.estimate("loudness")
    with pytest.raises(KeyError, match="figures: yielding"):
        found.estimate("yielding", attribute="town", group="x")


def test_panels_that_cannot_be_compared():
    before = panel_of(BEFORE)
    others = replace(before, jurors=before.jurors.rename(index={"j0": "Zoe"}))
    with pytest.raises(MeasureError, match="same jurors in the same order"):
        changed(before, others)
    with pytest.raises(MeasureError, match="weigh"):
        changed(before, replace(before, weights=before.weights * 2))
    with pytest.raises(MeasureError, match="other cases"):
        changed(before, replace(before, cases=cases_of(2)))
    with pytest.raises(MeasureError, match="mode choose and after in mode score"):
        changed(before, panel_of([[scores(1, 2)]] * 20, SCORE))
    with pytest.raises(MeasureError, match="nobody answered any case both times"):
        changed(before, panel_of([[None]] * 20))
    with pytest.raises(MeasureError, match="resamples=1"):
        changed(before, before, resamples=1)
    with pytest.raises(StudyError, match="plurallity"):
        changed(before, before, rules=["plurallity"])
    with pytest.raises(RunError, match="town"):
        changed(before, before, by=["town"])
