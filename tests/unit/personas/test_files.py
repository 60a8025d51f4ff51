import gzip
import io

import pandas as pd
import pytest

from personas import Population, PopulationError, card, check_population, load_population, save_population
from personas.files import read_table


def written(folder, text, encoding="utf-8"):
    path = folder / "survey.csv"
    path.write_text(text, encoding=encoding)
    return path


@pytest.mark.parametrize(
    "text", ["town,age\n ,40\nLeeds, \n", 'town,age\n" ",40\nLeeds," "\n', "town , age\n\t,40\nLeeds,\n"]
)
def test_cells_of_blanks_are_empty(tmp_path, text):
    people = load_population(written(tmp_path, text))
    assert people.attributes == ("town", "age")
    assert people.margins("town").to_dict() == {"Leeds": 0.5, "not stated": 0.5}
    assert people.margins("age").to_dict() == {"40": 0.5, "not stated": 0.5}
    frame = pd.DataFrame({"town": ["  ", "Leeds"]})
    assert load_population(frame).margins("town").to_dict() == {"Leeds": 0.5, "not stated": 0.5}


def test_a_column_without_a_name_describes_nobody(tmp_path):
    numbered = io.StringIO()
    pd.DataFrame({"sex": ["f", "m"]}).to_csv(numbered)  # the index goes first, under no name
    people = load_population(written(tmp_path, numbered.getvalue()))
    assert people.attributes == ("sex",)
    assert "Left out: 1 column without a name." in people.source.notes


def test_commas_at_the_ends_of_rows_shift_nothing(tmp_path):
    assert read_table(written(tmp_path, "a,b\n1,x,\n2,y,\n")).to_dict("list") == {"a": [1, 2], "b": ["x", "y"]}


@pytest.mark.parametrize("first", [0, 1, 7])  # whether or not the first column could pass for numbers of rows
def test_rows_longer_than_the_names_are_refused_and_never_shifted(tmp_path, first):
    rows = "".join(f"{first + row},x,y\n" for row in range(3))
    with pytest.raises(PopulationError, match="rows have more values than line 1 has names"):
        read_table(written(tmp_path, "a,b\n" + rows))


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_other_encodings_are_refused_with_the_remedy(tmp_path, encoding):
    with pytest.raises(PopulationError, match=r"survey\.csv: not UTF-8 text: save it as UTF-8"):
        read_table(written(tmp_path, "town\nMünchen\n", encoding))


def test_a_file_cut_short_is_refused_in_one_line(tmp_path):
    path = tmp_path / "survey.csv.gz"
    path.write_bytes(gzip.compress("".join(f"{row},{row * 7 % 13}\n" for row in range(5000)).encode())[:2000])
    with pytest.raises(PopulationError, match=r"cannot be read as gz .*: check the file") as caught:
        read_table(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame([["a", "b"]], columns=["x", "x"]), "data frame: two columns are named 'x'"),
        (pd.DataFrame([["a", "b"]], columns=["1", 1]), "data frame: two columns are named '1'"),
        (pd.DataFrame({"x": [["a"], ["b"]]}), "data frame: column 'x' holds lists"),
        ({"x": ["a"]}, "spec: dict is no population"),
    ],
)
def test_frames_that_cannot_be_used(frame, message):
    with pytest.raises(PopulationError, match=message):
        load_population(frame)


def test_columns_that_have_numbers_for_names():
    assert load_population(pd.DataFrame({1: ["a", "b"], 2: [3, 4]})).attributes == ("1", "2")


def test_an_ordered_category_keeps_its_levels_in_order(tmp_path):
    ages = pd.Categorical(["65+", "18-24", "18-24"], categories=["18-24", "25-64", "65+"], ordered=True)
    frame = pd.DataFrame({"age": ages})
    assert load_population(frame).margins("age").index.tolist() == ["18-24", "65+"]
    assert load_population(frame).frame["age"].cat.ordered


@pytest.mark.parametrize("name", ["R&D", "a & b", "x=1"])
def test_names_may_hold_the_marks_of_crossings(tmp_path, name):
    path = written(tmp_path, f"{name},b,w\nu,1,1\nv,2,3\n")
    people = load_population(path, weight="w")
    assert people.margins(name).to_dict() == {"u": 0.25, "v": 0.75}
    assert people.groups([name, "b"])["share"].tolist() == [0.25, 0.75]
    assert f"### {name}" in card(people)
    assert check_population(path, weight="w", by=[name]).usable


def test_codes_and_ids_keep_the_zeros_in_front(tmp_path):
    path = written(tmp_path, "id,state,zip,q\n007,01,00501,1\n08,06,90001,02\n")
    (tmp_path / "book.yaml").write_text(
        """
source: {title: Codes of states}
id: id
attributes:
  state: {values: {"01": Alabama, "06": California}}
  zip: {kind: text}
items:
  q: {question: "Yes?", options: {"1": "yes", "02": "no"}}
""",
        encoding="utf-8",
    )
    people = load_population(path, tmp_path / "book.yaml")
    assert people.frame.index.tolist() == ["007", "08"]
    assert people.frame.to_numpy().tolist() == [["Alabama", "00501"], ["California", "90001"]]
    assert people.answers["q"].tolist() == ["yes", "no"]
    assert check_population(path, tmp_path / "book.yaml").usable


def test_narratives_keep_the_blanks_in_front(tmp_path):
    people = Population(pd.DataFrame({"x": [1, 2]}, index=["a", "b"]), [1, 2], narratives=["  Ann bakes.", None])
    save_population(people, tmp_path / "people.yaml")
    assert load_population(tmp_path / "people.yaml").narratives == ["  Ann bakes.", None]


def test_words_that_look_like_numbers_are_saved_and_read_as_they_are(tmp_path):
    frame = pd.DataFrame({"code": ["007", "1e3", "7.0"], "level": pd.Categorical(["2", "1.50", "2"])})
    people = Population(frame.set_axis(["01", "1", "1.0"]), [1, 2, 3])
    save_population(people, tmp_path / "people.yaml")
    again = load_population(tmp_path / "people.yaml")
    assert again.frame.astype(object).to_numpy().tolist() == people.frame.astype(object).to_numpy().tolist()
    assert again.frame.index.tolist() == ["01", "1", "1.0"]
