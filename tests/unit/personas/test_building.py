"""From a survey file to a documented population: building, saving, checking and cards."""

import hashlib
import re

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from personas import (
    Population,
    PopulationError,
    Source,
    build,
    built_in_populations,
    card,
    check_population,
    load_population,
    save_population,
)
from personas.codebook import Item

BOOK = """
source: {title: A survey, citation: "Doe (2020)", year: 2020, licence: CC0, universe: Adults of Utopia}
id: respno
weight: wt
missing: [-9]
attributes:
  sex: {label: Sex, values: {1: Male, 2: Female}, missing: [9]}
  age: {kind: number, missing: [99]}
  band: {column: age, prompt: false, missing: [99], bins: {young: [18, 39], old: [40, null]}}
items:
  q1: {question: "Should {topic} rise?", topic: taxes, options: {1: "yes", 2: "no"}, missing: [8]}
"""
ROWS = [
    "respno,wt,sex,age,q1,spare",
    *(f"{n},{1 + n % 3},{1 + n % 2},{20 + n},{1 + n % 2},x" for n in range(1, 40)),
    "40,2,9,99,8,x",
    "41,0.5,-9,-9,-9,x",
]


@pytest.fixture
def survey(tmp_path):
    (tmp_path / "book.yaml").write_text(BOOK, encoding="utf-8")

    def write(*rows, book=BOOK):
        (tmp_path / "book.yaml").write_text(book, encoding="utf-8")
        (tmp_path / "survey.csv").write_text("\n".join(rows or ROWS) + "\n", encoding="utf-8")
        return tmp_path / "survey.csv", tmp_path / "book.yaml"

    return write


# Saving


def same(left, right):
    pd.testing.assert_frame_equal(left.frame, right.frame, check_categorical=True)
    np.testing.assert_array_equal(left.weights, right.weights)
    assert list(left) == list(right)
    for name in ("name", "source", "unit", "labels", "unprompted", "narratives"):
        assert getattr(left, name) == getattr(right, name), name
    assert [(item.text, list(item.options.values())) for item in left.items.values()] == [
        (item.text, list(item.options.values())) for item in right.items.values()
    ]
    if left.answers is not None:
        pd.testing.assert_frame_equal(left.answers, right.answers)


def test_a_saved_population_is_the_same_again(survey, tmp_path):
    people = load_population(*survey())
    path, data = save_population(people, tmp_path / "saved" / "people.yaml")
    assert (path.name, data.name) == ("people.yaml", "people.csv")
    same(load_population(path), people)


@pytest.mark.parametrize("name", built_in_populations())
def test_every_built_in_population_can_be_saved(name, tmp_path):
    people = load_population(name)
    saved = load_population(save_population(people, tmp_path / "people.yaml")[0])
    assert list(saved) == list(people)
    assert saved.source == people.source


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(data=st.data())
def test_odd_words_and_weights_survive(data, tmp_path_factory):
    words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=6)
    levels = data.draw(st.lists(words.filter(lambda word: word not in ("NA", "NaN", "nan")), min_size=1, unique=True))
    codes = data.draw(st.lists(st.integers(-1, len(levels) - 1), min_size=1, max_size=8))
    weights = data.draw(st.lists(st.floats(0.001, 1e6), min_size=len(codes), max_size=len(codes)))
    assume((np.array(weights) / 3 % 1).any())  # numbers that are all whole come back as integers
    texts = [None if code < 0 else f' {levels[code]},\n"yes"' for code in codes]
    frame = pd.DataFrame(
        {"on": pd.Categorical.from_codes(codes, pd.Index(levels), ordered=True), "x:y": np.array(weights) / 3},
        index=pd.Index([f"p{n}" for n in range(len(codes))], name="persona", dtype="str"),
    )
    items = {"on": Item(question="Which, {topic}?", options={"1": "yes", "2": "null"}, topic="no: really")}
    answers = pd.DataFrame(
        {"on": pd.Categorical.from_codes([n % 2 for n in range(len(codes))], pd.Index(["yes", "null"]), ordered=True)},
        index=frame.index,
    )
    people = Population(
        frame, weights, name="odd", source=Source(title="yes", notes=("no",)), labels={"on": "Off"}, items=items,
        answers=answers, narratives=texts, unprompted=frozenset({"x:y"}),
    )  # fmt: skip
    same(load_population(save_population(people, tmp_path_factory.mktemp("odd") / "p.yaml")[0]), people)


def test_nothing_is_overwritten(tmp_path):
    people = load_population("us-adults")
    save_population(people, tmp_path / "p.yaml")
    with pytest.raises(PopulationError, match=r"p.yaml: exists already"):
        save_population(people, tmp_path / "p.yaml")
    (tmp_path / "q.csv").touch()
    with pytest.raises(PopulationError, match=r"q.csv: exists already"):
        save_population(people, tmp_path / "q.yaml")
    silent = Population(pd.DataFrame({"x": pd.Categorical(["NA", "b"])}), [1, 1])
    with pytest.raises(PopulationError, match="x: 'NA' in a CSV file means no answer: give it another word"):
        save_population(silent, tmp_path / "r.yaml")
    assert not (tmp_path / "r.csv").exists()
    with pytest.raises(PopulationError, match="is written as a"):
        save_population(people, tmp_path / "p.json")


# Building


def test_a_built_population_traces_what_was_done(survey, tmp_path):
    path, book = survey()
    targets = tmp_path / "margins.yaml"
    figures = {"margins": [{"of": ["gender"], "source": "Census, table 1", "shares": {"Male": 40, "Female": 60}}]}
    about = {"title": "Census of Utopia", "citation": "Office (2021).", "year": 2021}
    targets.write_text(
        yaml.safe_dump({"kind": "marginals", "source": about, "attributes": {"gender": {}}} | figures), encoding="utf-8"
    )
    people, raked = build(path, book, to=targets, on=["sex=gender"], name="utopia")
    shares = people.margins("sex")
    assert shares["Female"] / shares["Male"] == pytest.approx(1.5)
    assert shares["not stated"] == pytest.approx(2.5 / load_population(path, book).weights.sum())
    assert raked.convergence.loc["sex", "after"] < 1e-9
    assert type(people) is Population
    built, weighted = people.source.notes[-2:]
    assert hashlib.sha256(path.read_bytes()).hexdigest() in built
    assert "margins of margins (Office (2021); 2021) on sex: " in weighted
    assert people.name == "utopia"


def test_weighting_needs_both_whom_and_what(survey):
    for wrong in ({"to": "us-adults"}, {"on": ["sex"]}):
        with pytest.raises(PopulationError, match="to, on: weighting needs both"):
            build(*survey(), **wrong)


def test_a_note_of_no_weights_goes_when_there_are_some(survey):
    path, book = survey(book=BOOK.replace("weight: wt\n", ""))
    plain, _ = build(path, book)
    assert any(note.startswith("No weight column") for note in plain.source.notes)
    people, _ = build(path, book, to="us-adults", on=["sex"])
    assert not any(note.startswith("No weight column") for note in people.source.notes)
    own, _ = build(path, book, weight="wt")
    assert own.source.notes[-1] == "The survey's own weights are column wt of that file."


# Checking


def found(check, severity=None):
    return {
        each.field: f"{each.problem}; {each.remedy}" for each in check.findings if severity in (None, each.severity)
    }


def test_a_good_file_has_nothing_but_notes(survey):
    check = check_population(*survey())
    assert check.usable
    assert found(check) == {
        "columns": "1 unknown to the codebook and left out: spare; "
        "add those that describe people, or that they were asked"
    }


@pytest.mark.parametrize(
    ("book", "field", "message"),
    [
        (
            ("missing: [9]}\n  age", "missing: []}\n  age"),
            "attributes.sex",
            r"code without words: 9 \(1 rows\); .*9 may mean no answer",
        ),
        (("1: Male, ", ""), "attributes.sex", r"code without words: 1 \(19 rows\)"),
        (("column: age", "column: yob"), "attributes.band", "no column 'yob' in the file; name one: respno, wt, sex"),
        (("weight: wt", "weight: w8"), "weight", "no column 'w8' in the file"),
        (("id: respno", "id: nr"), "id", "no column 'nr' in the file"),
        (("options: {1: ", "options: {3: "), "items.q1", "code without words: 1"),
        (("old: [40, null]", "old: [40, 41]"), "file", "42 is in no bin"),
    ],
)
def test_what_keeps_a_file_from_being_used(survey, book, field, message):
    check = check_population(*survey(book=BOOK.replace(*book)))
    assert not check.usable
    assert check.population is None
    assert set(found(check, "error")) == {field}
    assert re.search(message, found(check, "error")[field])


def test_all_errors_are_told_at_once(survey):
    book = BOOK.replace("1: Male, ", "").replace("weight: wt", "weight: w8").replace("column: age", "column: yob")
    assert set(found(check_population(*survey(book=book)), "error")) == {"attributes.sex", "weight", "attributes.band"}


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        ("", "1 of 41 weights are empty, the first in row 1"),
        ("-1", "are negative"),
        ("x", "are no numbers"),
        ("inf", "infinite"),
    ],
)
def test_weights_that_cannot_be_used(survey, weight, message):
    rows = [ROWS[0], f"1,{weight},1,20,1,x", *ROWS[2:]]
    check = check_population(*survey(*rows))
    assert message in found(check, "error")["weight"]
    assert not check.usable


def test_rows_that_a_codebook_leaves_out_are_not_found_fault_with(tmp_path):
    path, book = tmp_path / "a.csv", tmp_path / "a.yaml"
    path.write_text("sex,wt\n1,1\n7,-1\n2,\n8,2\n", encoding="utf-8")
    text = "source: {title: T}\nweight: wt\nattributes: {sex: {values: {1: Male, 2: Female, 8: Other}}}\n"
    book.write_text(text, encoding="utf-8")
    told = found(check_population(path, book), "error")
    assert "1 of 4 weights are negative, the first in row 2" in told["weight"]
    assert "leave them out by a codebook with keep: {wt: [0, null]}" in told["weight"]
    assert "code without words: 7" in told["attributes.sex"]
    book.write_text(text + "keep: {wt: [0, null]}\n", encoding="utf-8")
    check = check_population(path, book)
    assert found(check, "error") == {}
    assert check.usable
    assert check.population.margins("sex").to_dict() == {"Male": pytest.approx(1 / 3), "Other": pytest.approx(2 / 3)}
    path.write_text("sex,wt\n1,-1\n7,1\n2,1\n8,inf\n", encoding="utf-8")
    told = found(check_population(path, book), "error")
    assert "weights are infinite, the first in row 4" in told["weight"], "rows keep their places in the file"


def test_missing_weights_and_codebooks_are_warned_of(survey):
    path, _ = survey()
    warned = found(check_population(path), "warning")
    assert "is it wt? name it with --weight" in warned["weight"]
    assert "none given" in warned["codebook"]
    assert "universe, citation, year, licence not stated" in warned["source"]
    assert "99 (1 rows)" in warned["column age"]
    assert "-9 (1 rows)" in warned["column age"]
    assert "-9 (1 rows), 9 (1 rows)" in warned["column sex"]


@pytest.mark.parametrize(
    ("values", "suspects"),
    [
        ([-1, 0, 1], None),
        ([1, 2, 3, 4, 5, 6, 7], None),
        ([*range(18, 90)], None),
        ([*range(18, 90), 99], None),
        ([1, 2, 3, 4, 8, 9], "8 (1 rows), 9 (1 rows)"),
        ([*range(18, 60), 998, 999], "998 (1 rows), 999 (1 rows)"),
        ([*range(18, 60), -1], "-1 (1 rows)"),
        ([*range(-20, 20)], None),
        (["yes", "no", "Don't know", "refused", "None"], "Don't know (1 rows), refused (1 rows)"),
        (["yes", "no", "99"], "99 (1 rows)"),
    ],
)
def test_codes_that_may_mean_no_answer(tmp_path, values, suspects):
    pd.DataFrame({"x": values}).to_csv(tmp_path / "f.csv", index=False)
    warned = found(check_population(tmp_path / "f.csv"), "warning").get("column x")
    assert (warned is None) == (suspects is None)
    if suspects:
        assert warned.startswith(f"{suspects} may mean no answer")


def test_tiny_cells_and_words_for_no_answer_are_warned_of(survey):
    book = BOOK.replace("missing: [9]}\n  age", "missing: []}\n  age").replace("2: Female", "2: Female, 9: refused")
    warned = found(check_population(*survey(book=book), by=["sex & band"]), "warning")
    assert "1 of 41 with 'refused'" in warned["attributes.sex"]
    assert "sex=refused & band=not stated (1)" in warned["by sex & band"]
    with pytest.raises(PopulationError, match="unknown attribute 'race'"):
        check_population(*survey(), by=["race"])


def test_population_files_are_checked_too(survey, tmp_path):
    people = load_population(*survey())
    path, data = save_population(people, tmp_path / "p.yaml")
    assert found(check_population(path)) == {}
    data.write_text(data.read_text(encoding="utf-8").replace("Male", "male"), encoding="utf-8")
    assert "code without words: male" in found(check_population(path), "error")["attributes.sex"]
    assert check_population("us-adults").usable
    (tmp_path / "cells.csv").write_text("sex,share\nf,0.5\nm,0.5\n", encoding="utf-8")
    assert check_population(f"joint:{tmp_path}/cells.csv").usable
    with pytest.raises(PopulationError, match="no such file"):
        check_population(tmp_path / "none.csv")


# Cards


@pytest.mark.parametrize("name", built_in_populations())
def test_every_built_in_population_has_a_card(name):
    people = load_population(name)
    text = card(people)
    for field in ("title", "citation", "year", "licence", "universe"):
        value = getattr(people.source, field)
        assert value is None or str(value).split("*")[0].split("|")[0].strip() in text.replace("\\", ""), field
    for heading in ("Who is described", "Who is not", "Source", "Limits", "Margins"):
        assert f"## {heading}\n" in text
    assert all(" ".join(note.split())[:60] in text.replace("\\", "") for note in people.source.notes)


def test_the_figures_of_a_card_are_those_of_the_population(survey):
    people = load_population(*survey())
    text = card(people, ["sex & band"])
    assert f"design effect of the weights {people.design_effect:.3f}" in text
    assert f"Kish's effective size is {people.effective_size:.1f}" in text
    for level, row in people.groups("sex").iterrows():
        label = str(level).removeprefix("sex=")
        assert f"| {label} | {row['share']:.1%} | {row['n']} | {row['effective_size']:.1f} |" in text
    assert "| Male & young |" in text
    assert f"`sex` is not stated by {people.margins('sex')['not stated']:.1%}." in text
    assert "Only to group by, and never in prompts: `band`." in text
    assert "- `q1`: Should taxes rise?" in text
    ages = people.frame["age"].to_numpy(dtype=float, na_value=np.nan)
    stated = ~np.isnan(ages)
    assert f"A number from 21 to 59; mean {np.average(ages[stated], weights=people.weights[stated]):.4g}," in text


def test_a_card_breaks_no_table_and_holds_no_markup():
    people = Population(
        pd.DataFrame({"x": ["a|b", "<b>"]}), [1, 1], source=Source(title="T *x*\n# y", notes=("one\n\n## two",))
    )
    text = card(people)
    assert "| a\\|b | 50.0% |" in text
    assert "\\<b>" in text
    assert text.splitlines()[0] == "# T \\*x\\* # y"
    assert "\n## two" not in text
