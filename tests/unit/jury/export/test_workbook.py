"""Workbooks: read again by another library, nothing is lost, run, or refused for its length."""

import zipfile
from xml.etree import ElementTree as ET

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from jury import Study, simulate
from jury.errors import JuryError
from jury.export import workbook, write_workbook
from jury.export.workbook import CHARACTERS, ROWS

HOSTILE = [
    "=1+1", '=HYPERLINK("http://127.0.0.1/","x")', "@SUM(1)", "+1", "-1", "http://127.0.0.1/", "mailto:a@b.c",
    "<script>alert(1)</script>", "\u202eabc", "😀" * 3, "_x0041_", "a\tb\nc", "\x1b[2J", "007", "1e9", "{=1}", "'=1",
]  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    cases = [{"id": text[:200], "prompt": text, "alternatives": ["yes", text]} for text in HOSTILE if text.strip()]
    study = Study.model_validate({"name": "small", "jurors": 3, "cases": cases, "model": "planted/hash", "seed": 1})
    return simulate(study, out=tmp_path_factory.mktemp("book") / "run.sqlite")


@pytest.fixture(scope="module")
def book(run, tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "book.xlsx"
    assert write_workbook(run, path).words() == ""
    return path


def test_a_peer_reads_what_was_written(run, book):
    read = pd.read_excel(book, sheet_name=None, engine="calamine", dtype={"case": str}, keep_default_na=False)
    assert list(read) == ["ballots", "jurors", "cases", "about"]
    ballots = run.ballots()
    assert list(read["ballots"].columns) == list(ballots.columns)
    assert read["ballots"]["case"].tolist() == ballots["case"].tolist()
    assert read["ballots"]["weight"].tolist() == ballots["weight"].tolist()
    assert read["jurors"]["text"].tolist() == [juror.text for juror in run.jurors]
    about = dict(zip(read["about"]["fact"], read["about"]["value"], strict=True))
    assert about["ballots answered"] == run.denominators()["answered"]
    assert "No person" in about["caution"] or "no person" in about["caution"]
    assert about["persona.sex"].startswith("Attribute 'sex'")


def test_text_is_text_whatever_it_begins_with(book):
    cases = CalamineWorkbook.from_path(str(book)).get_sheet_by_name("cases").to_python()
    assert [row[1] for row in cases[1::2]] == HOSTILE
    with zipfile.ZipFile(book) as parts:
        for name in parts.namelist():
            assert "hyperlink" not in name
            found = ET.fromstring(parts.read(name)).iter()
            assert not {element.tag.rpartition("}")[2] for element in found} & {"f", "hyperlink"}, name


@pytest.mark.parametrize("mark", ["a", "é", "😀"])
def test_cells_are_cut_at_the_length_that_excel_counts(run, tmp_path, monkeypatch, mark):
    limit = CHARACTERS // (len(mark.encode("utf-16-le")) // 2)
    fits, longer = mark * limit, mark * (limit + 1)
    for text, cut in ((fits, 0), (longer, 1)):
        monkeypatch.setattr(run, "ballots", lambda text=text: pd.DataFrame({"text": [text]}))
        cuts = write_workbook(run, tmp_path / "long.xlsx")
        (found,) = pd.read_excel(tmp_path / "long.xlsx", engine="calamine")["text"]
        assert cuts.cells == cut
        assert len(found.encode("utf-16-le")) // 2 <= CHARACTERS
        assert (found == text) is (cut == 0)
        assert found[:100] == text[:100]
        assert found.endswith(" […]") is bool(cut)


def test_what_no_workbook_can_hold_is_replaced_and_told(run, tmp_path, monkeypatch):
    monkeypatch.setattr(
        run, "ballots", lambda: pd.DataFrame({"text": ["a\ud800b\uffffc"], "n": [2**53 + 1]}, dtype=object)
    )
    cuts = write_workbook(run, tmp_path / "odd.xlsx")
    found = pd.read_excel(tmp_path / "odd.xlsx", sheet_name=None, engine="calamine", dtype=str)
    assert found["ballots"].iloc[0].tolist() == ["a\ufffdb\ufffdc", str(2**53 + 1)]
    assert cuts.words() in found["about"]["value"].tolist()
    assert cuts.words().startswith("2 characters")


def test_more_ballots_than_a_sheet_holds_are_refused_at_once(run, tmp_path, monkeypatch):
    monkeypatch.setattr(run, "ballots", lambda: pd.DataFrame({"n": range(ROWS)}))
    with pytest.raises(JuryError, match=r"1048576 ballots.*use parquet or csv"):
        write_workbook(run, tmp_path / "many.xlsx")
    assert not (tmp_path / "many.xlsx").exists()
    monkeypatch.setattr(workbook, "ROWS", 3)
    monkeypatch.setattr(run, "ballots", lambda: pd.DataFrame({"n": range(2)}))
    write_workbook(run, tmp_path / "many.xlsx")


def test_a_file_that_cannot_be_written_is_one_line(run, tmp_path):
    with pytest.raises(OSError, match="nowhere"):
        write_workbook(run, tmp_path / "nowhere" / "book.xlsx")
