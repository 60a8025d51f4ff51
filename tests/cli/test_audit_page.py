"""``jury audit``: the page for one case, for several, for committees; nothing wider than it may be."""

import csv
import json

import numpy as np
import pytest


@pytest.fixture
def table(tmp_path):
    """Return a maker of rating tables: two sides want opposite things, and both accept a third."""

    def make(cases, jurors=24, extra=0):
        rng = np.random.default_rng(cases)
        path = tmp_path / f"{cases}.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            out = csv.writer(file)
            out.writerow(["rater", "side", "age", "case", "option", "score"])
            for case in range(cases):
                for juror in range(jurors):
                    north = juror < jurors * 2 // 3
                    wanted = {"park": 5 if north else 1, "pool": 1 if north else 5, "path": 4, "none": 2}
                    for option, score in wanted.items():
                        noise = int(rng.integers(-1, 1)) * (extra > 0 and option in {"path", "none"})
                        side, age = "north" if north else "south", "old" if juror % 2 else "young"
                        out.writerow([juror, side, age, case, option, score + noise])
        return path

    return make


COLUMNS = ("--rater", "rater", "--case", "case", "--answer", "score", "--alternative", "option", "--by", "side")


def test_one_case_fits_a_page(here, table):
    done = here("audit", table(1), *COLUMNS, "--rule", "plurality", "--rule", "maximin", "--seats", 2)
    lines = done.out.splitlines()
    assert (done.code, done.err) == (0, "")
    assert max(map(len, lines)) <= 100
    assert len(lines) <= 80
    assert lines[0] == "1.csv: 1 case, 24 jurors with an opinion, each juror counting."
    assert lines[2] == "Asked     24 people rated 1 case; 24 gave an opinion; 24 of 24 ballots answered."
    assert lines[3] == "Decided   The jury chooses park under plurality; path under maximin."
    assert lines[4].startswith("Who lost  ")
    assert "Trust     These are answers that people gave, not a model's." in lines[:15]
    assert "south      8" not in done.out  # a group of eight is marked
    for words in (
        "south (few)",
        "4.00 / ",
        "Blocking coalitions",
        "a majority would rather have another alternative. The largest coalition that wants another one: 16",
        "jurors, 67% of the weight,",
        "for park (by side 16 of 16 north)",
        "As a committee, the first 2 of each rule's ranking:",
        "Scale, maximin: decisions that change against raw utilities: the same on each juror's range",
        "One juror with an extreme ballot changes who wins, maximin: yes.",
        "One juror with an extreme ballot changes who wins, plurality: no.",
        "Ballots: 24 asked, 24 answered",
    ):
        assert words in " ".join(done.out.split()) or words in done.out, words


def test_losers_lead_the_page_and_the_document(here, table):
    path = table(12, jurors=36, extra=1)
    done = here("audit", path, *COLUMNS, "--rule", "plurality", "--rule", "utilitarian")
    first = done.out.splitlines()[3:6]
    assert first[0] == "Decided   Of 12 cases, plurality and utilitarian give park 12."
    assert first[1].strip() == "plurality and utilitarian have the same winners in every case."
    assert first[2].startswith("Who lost  south (by side, 33% of the weight) loses 100% of 12 cases under plurality")
    assert "Winners by case" not in done.out
    detailed = here("audit", path, *COLUMNS, "--rule", "plurality", "--rule", "utilitarian", "--details")
    assert "Winners by case" in detailed.out
    document = here("audit", path, *COLUMNS, "--rule", "plurality", "-o", "json").json
    assert document["verdict"].split(". ")[1].startswith("south (by side, 33% of the weight) loses 100% of 12 cases")
    (south,) = [row for row in document["groups"] if row["group"] == "south"]
    assert (south["cases_lost"], south["contested"], south["contested_won"], south["owed"]) == (12, 12, 0, 4)
    assert south["share_lost_low"] < 1 == south["share_lost"] == south["share_lost_high"]
    assert south["loses_more"] is True
    assert document["comparisons"]["p_value"] == 4
    json.dumps(document, allow_nan=False)


def test_several_cases_without_groups(here, table):
    done = here("audit", table(3), *COLUMNS[:-2], "--rule", "nash")
    assert done.code == 0
    assert "No groups were asked for" in done.out
    assert "Power" not in done.out


def test_groups_of_two_attributes_say_which(here, table):
    done = here("audit", table(2), *COLUMNS, "--by", "age", "--rule", "nash", "--rule", "plurality")
    assert done.code == 0
    assert max(map(len, done.out.splitlines())) <= 100
    assert "Who lost, by age" in done.out


def test_slips_are_one_line(here, table):
    assert here("audit", table(1), *COLUMNS, "--seats", 0).code == 2
    wrong = here("audit", table(1), *COLUMNS, "--rule", "nahs")
    assert (wrong.code, wrong.err.count("\n")) == (1, 1)
