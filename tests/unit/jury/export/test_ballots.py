"""Ballots as files: nothing is lost, nothing is run."""

import io
import json

import pandas as pd
import pytest

from jury.export import write_ballots

BALLOTS = pd.DataFrame(
    {
        "case": ["=1+1", "wage"],
        "scores": [{"a": 3, "b": None}, {"é": 1}],
        "label_mass": [0.5, float("nan")],
        "text": ["two\nlines", None],
    }
)


def written(style):
    target = io.BytesIO()
    write_ballots(BALLOTS, style, target)
    return target.getvalue()


def test_lines_of_json_keep_values_and_have_null_for_nothing():
    first, second = map(json.loads, written("jsonl").decode().splitlines())
    assert first == {"case": "=1+1", "scores": {"a": 3, "b": None}, "label_mass": 0.5, "text": "two\nlines"}
    assert (second["label_mass"], second["text"], second["scores"]) == (None, None, {"é": 1})


@pytest.mark.parametrize("mark", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＠"])  # noqa: RUF001 - on purpose
def test_csv_quotes_what_a_spreadsheet_would_run(mark):
    target = io.BytesIO()
    write_ballots(pd.DataFrame({"text": [f"{mark}A1", f"A1{mark}"], "n": [-1, 2]}), "csv", target)
    table = pd.read_csv(io.StringIO(target.getvalue().decode(), newline=""))
    assert table["text"].iloc[0].startswith("'")
    assert table["text"].iloc[1].startswith("A1")
    assert list(table["n"]) == [-1, 2], "numbers stay numbers"


def test_parquet_holds_attributes_of_which_only_some_are_numbers(tmp_path):
    mixed = pd.DataFrame({"persona.age": ["65+", 42, None, [1, 2]], "n": [1, 2, 3, 4]})
    write_ballots(mixed, "parquet", tmp_path / "b.parquet")
    found = pd.read_parquet(tmp_path / "b.parquet")
    assert found["persona.age"].fillna("none").tolist() == ["65+", "42", "none", "[1, 2]"]
    assert found["n"].tolist() == [1, 2, 3, 4]


def test_nested_values_are_json_in_flat_formats(tmp_path):
    table = pd.read_csv(io.BytesIO(written("csv")))
    write_ballots(BALLOTS, "parquet", tmp_path / "b.parquet")
    columns = pd.read_parquet(tmp_path / "b.parquet")
    for found in (table, columns):
        assert json.loads(found["scores"].iloc[1]) == {"é": 1}
    assert columns["case"].iloc[0] == "=1+1", "Parquet is not for spreadsheets"
