"""`jury export`: workbooks, data cards, and what is said where neither can be."""

import json
import shutil

import pandas as pd
import pytest


@pytest.fixture
def run(finished, tmp_path):
    shutil.copy(finished, tmp_path / "run.sqlite")
    return "run.sqlite"


def test_a_workbook_has_the_ballots_and_a_card_beside_it(here, run, tmp_path):
    done = here("export", run, "--format", "xlsx", "--out", "b.xlsx", "--licence", "CC0-1.0")
    assert done.code == 0, done.err
    assert done.err.splitlines() == ["wrote b.xlsx", "wrote b.xlsx.croissant.json"]
    assert len(pd.read_excel(tmp_path / "b.xlsx", engine="calamine")) == 40
    assert json.loads((tmp_path / "b.xlsx.croissant.json").read_text(encoding="utf-8"))["license"] == "CC0-1.0"


def test_no_card_is_written_where_none_is_wanted(here, run, tmp_path):
    done = here("export", run, "--out", "b.csv", "--no-card")
    assert (done.code, done.err) == (0, "wrote b.csv\n")
    assert not list(tmp_path.glob("*croissant*"))


def test_a_licence_without_a_card_is_said(here, run):
    done = here("export", run, "--licence", "CC0-1.0")
    assert done.code == 1
    assert done.error == "Error: --licence CC0-1.0: is for the data card; name a file with --out, without --no-card"


def test_a_workbook_needs_a_name(here, run):
    done = here("export", run, "--format", "xlsx")
    assert done.error == "Error: --format xlsx is binary: name a file with --out"


def test_a_missing_package_is_named_with_its_remedy(here, run, monkeypatch, tmp_path):
    monkeypatch.setitem(__import__("sys").modules, "xlsxwriter", None)
    done = here("export", run, "--format", "xlsx", "--out", "b.xlsx")
    assert done.code == 1
    assert done.error == "Error: xlsx needs the package xlsxwriter: pip install 'pluralistic-jury[xlsx]'"
    assert not (tmp_path / "b.xlsx").exists()
