"""`jury report`: one page beside the run, its size said, and one line for what goes wrong."""

import json
import re
from pathlib import Path

import pytest

from cli.report import _page_beside
from jury import open_run
from jury.report import Options, page

RATINGS = "who,what,says,sex,w\n" + "".join(
    f"r{number},q{number % 2},{number % 3 > 0:d},{'MF'[number % 2]},{1 + number % 2}\n" for number in range(60)
)


@pytest.fixture
def stored(here, write_study):
    here("simulate", write_study(), "--out", "a.sqlite")
    return here


def data_of(path):
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', path.read_text())[1])


def test_a_report_lies_beside_the_run_and_says_its_size(stored, tmp_path):
    done = stored("report", "a.sqlite", "--no-what-if")
    written = tmp_path / "a.html"
    assert done.code == 0
    assert re.fullmatch(r"Report: a\.html \(\d\.\d MB\)\. It needs nothing else: .*\n", done.out)
    assert written.read_text() == page(open_run(tmp_path / "a.sqlite"), Options(what_if=False))


def test_rules_groups_what_ifs_and_ballots_are_as_asked(stored, tmp_path):
    words = ("--rule", "nash", "--by", "race", "--vary", "jurors=4", "--ballots", 5, "-o", "b.html")
    assert stored("report", "a.sqlite", *words).code == 0
    found = data_of(tmp_path / "b.html")
    assert (found["rules"], found["by"], found["ballots"]["kept"]) == (["nash"], ["race"], 5)
    assert [row["jurors"] for row in found["what_if"][0]["rows"]] == [4, 4]


def test_a_page_goes_to_stdout(stored):
    done = stored("report", "a.sqlite", "--no-what-if", "-o", "-")
    assert done.out.startswith("<!doctype html>")
    assert "Report:" not in done.out


def test_people_stand_beside_the_jurors(stored, tmp_path):
    people = "".join(f"p{n},wage,{['raise', 'keep', 'abolish'][n % 3]},{n % 5},\n" for n in range(30))
    (tmp_path / "people.csv").write_text(f"who,case,about,score,sex\n{people}")
    named = ("--rater", "who", "--case", "case", "--answer", "score", "--alternative", "about")
    done = stored("report", "a.sqlite", "--no-what-if", "--human", "people.csv", *named)
    assert done.code == 0, done.err
    assert data_of(tmp_path / "a.html")["validation"]["cases"] == 1


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("a.b.sqlite", "a.b.html"), ("ratings.csv.gz", "ratings.html"), ("town.hall/", "town.hall.html"), (".", None)],
)
def test_pages_lie_beside_what_they_are_about(tmp_path, monkeypatch, name, wanted):
    monkeypatch.chdir(tmp_path)
    if name.endswith("/"):
        (tmp_path / name).mkdir()
    found = _page_beside(Path(name))
    assert found == (Path(wanted) if wanted else tmp_path.with_name(f"{tmp_path.name}.html"))


def test_a_table_of_ratings_has_a_page_too(here, tmp_path):
    (tmp_path / "ratings.csv").write_text(RATINGS)
    columns = ("--rater", "who", "--case", "what", "--answer", "says", "--codes", "0=no,1=yes", "--weight", "w")
    done = here("report", "ratings.csv", *columns, "--by", "sex", "--no-what-if")
    assert done.code == 0, done.err
    found = data_of(tmp_path / "ratings.html")
    assert (found["kind"], found["opening"]["belief"]["level"], found["validation"]) == ("panel", "people", None)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("none.sqlite",), "none.sqlite"),
        (("a.sqlite", "--rule", "nsh"), "nsh"),
        (("a.sqlite", "--by", "planet"), "planet"),
        (("a.sqlite", "-o", "a.sqlite"), "name another"),
        (("a.sqlite", "-o", "nowhere/a.html"), "nowhere"),
        (("a.sqlite", "--rater", "who"), "--human FILE"),
        (("ratings.csv",), "--rater"),
        (("ratings.csv", "--human", "ratings.csv"), "no run file"),
        (("ratings.csv", "--kind", "polis", "--rater", "who"), "leave the names"),
    ],
)
def test_what_cannot_be_done_is_one_line(stored, tmp_path, words, said):
    (tmp_path / "ratings.csv").write_text(RATINGS)
    done = stored("report", *words)
    assert done.code in (1, 2)
    assert said in done.error
    assert "Traceback" not in done.err
    assert len((tmp_path / "a.sqlite").read_bytes()) > 10_000
