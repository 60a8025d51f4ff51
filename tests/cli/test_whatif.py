"""`jury whatif`: from a stored run, in one command, at no cost."""

import json
from contextlib import contextmanager

import pandas as pd
import pytest

from jury.whatif import KEYS


@pytest.fixture
def run(here, write_study):
    study = write_study(
        jurors={"n": 60},
        groups=["sex"],
        scenarios={"two of twelve": {"jurors": 12, "seats:sex=Female": 2}},
        model="planted/hash",
    )
    assert here("simulate", study, "--out", "a.sqlite").code == 0
    return "a.sqlite"


def test_two_of_twelve_from_a_stored_run(here, run):
    done = here("whatif", run, "--case", "tax", "--vary", "jurors=12", "--vary", "seats:sex=Female=0,2,6")
    assert done.code == 0
    words = " ".join(done.out.split())
    assert "3 cells from 60 stored ballots, none new" in words
    assert "of 12 jurors by lot the verdict is most often" in words
    assert "counted again" in words  # the caveat
    assert "These jurors were made up" in words


def test_the_study_s_own_scenarios_and_the_whole_document(here, run):
    document = here("whatif", run, "-o", "json").json
    assert [row["scenario"] for row in document["rows"]] == ["two of twelve"] * 2
    assert {row["case"] for row in document["rows"]} == {"wage", "tax"}
    for row in document["rows"]:
        assert row["chance_low"] <= row["chance"] <= row["chance_high"]
        assert row["heard"] == 60
    assert document["baseline"]["cases"][0]["change"] is not None
    json.dumps(document, allow_nan=False)
    printed = here("whatif", run, "--case", "tax").out
    assert [line.split("  ")[0] for line in printed.splitlines() if "[" in line][-1] == "two of twelve"


def test_tipping_points_and_every_row_in_a_file(here, run, tmp_path):
    file = tmp_path / "rows.csv"
    done = here(
        "whatif", run, "--vary", "share:sex=Female=0:1:0.25", "--tip", "share:sex=Female", "--csv", str(file),
        "--resamples", "100", "-o", "json",
    )  # fmt: skip
    assert len(pd.read_csv(file)) == 10
    assert [point["case"] for point in done.json["tipping_points"]] == ["wage", "tax"]
    assert done.json["tipping_points"][0]["words"].startswith("wage, share:sex=Female: ")


def test_an_interrupt_tells_what_is_counted_and_that_it_is_not_all(here, run, monkeypatch):
    told = []

    @contextmanager
    def stopping(_label):
        def report(done, _total):
            told.append(done)
            if len(told) == 2:  # the baseline and one scenario
                raise KeyboardInterrupt

        yield report

    monkeypatch.setattr("cli.whatif.counting", stopping)
    done = here("whatif", run, "--case", "tax", "--vary", "jurors=3,6,9")
    assert (done.code, done.err) == (3, "")
    assert "Stopped early" in done.out


def test_a_plot_of_a_sweep_or_of_a_tipping_point(here, run, tmp_path):
    pytest.importorskip("matplotlib", reason="plots are an extra")
    vary = ("--vary", "share:sex=Female=0,0.5,1")
    for name, keys in {"curve.svg": vary, "tip.png": ("--tip", "share:sex=Female")}.items():
        file = tmp_path / name
        assert here("whatif", run, *keys, "--resamples", "50", "--plot", str(file)).code == 0
        assert file.stat().st_size > 5_000


def test_what_needs_new_ballots_is_priced_and_not_asked(here, run):
    done = here("whatif", run, "--case", "tax", "--vary", "model=null/uniform", "--vary", "jurors=6,12")
    words = " ".join(done.out.split())
    assert "Only new ballots can answer 2 scenarios; nothing has been asked" in words
    assert "model=null/uniform: 2 scenarios; 120 new ballots, 120 requests; cost: none" in words


def test_a_study_without_a_run_is_planned(here, write_study):
    done = here("whatif", write_study(jurors={"n": 10}, model="null/uniform"), "--vary", "jurors=6,12")
    assert done.code == 0
    assert "2 scenarios to answer after 1 run;" in done.out
    assert "the study as it is: 2 scenarios; 20 new ballots" in " ".join(done.out.split())


def test_the_help_names_every_key(here):
    words = here("whatif", "--help").out
    assert [key for key in KEYS if key not in words] == []


def test_mistakes_are_one_line(here, run):
    assert here("whatif", run, "--vary", "juror=12").error.startswith("Error: vary 'juror=12': no key 'juror'; did you")
    assert "'Males'; groups: Female, Male" in here("whatif", run, "--vary", "only=sex=Males").error
    unknown = here("whatif", run, "--vary", "share:shoe=Big=0.5").error
    assert "unknown attribute 'shoe'; known: " in unknown
    assert " by: " not in unknown  # no option of this command is called so
    nothing = here("whatif", run, "--vary", "jurors=12", "--case", "x")
    assert (nothing.code, "no case 'x'" in nothing.error) == (1, True)
    assert here("whatif", __file__, "--vary", "jurors=12").code == 2


@pytest.mark.parametrize(
    ("option", "file", "words"),
    [
        ("--plot", "curve.docx", "no format of figures; end it in .svg, .pdf, .png"),
        ("--plot", "nowhere/curve.svg", "no folder 'nowhere'"),
        ("--csv", "nowhere/rows.csv", "no folder 'nowhere'"),
    ],
)
def test_where_nothing_can_be_written_is_said_at_once(here, run, option, file, words):
    done = here("whatif", run, "--vary", "jurors=3,5", option, file)
    assert (done.code, done.out) == (1, "")
    assert words in done.error


def test_a_sole_scenario_is_called_by_what_it_changes(here, run):
    done = here("whatif", run, "--case", "tax", "--rule", "majority", "--vary", "quorum=1", "--resamples", "50")
    words = " ".join(done.out.split())
    assert "1 cell from" in words
    assert "as it is" not in words


def test_a_table_of_ratings_is_read_as_audit_reads_it(here, tmp_path):
    table = tmp_path / "ratings.csv"
    rows = [f"r{n},q,{int(n % 3 > 0)},{'ab'[n % 2]}" for n in range(60)]
    table.write_text("\n".join(["who,item,said,side", *rows]))
    columns = ("--rater", "who", "--answer", "said", "--codes", "0=no,1=yes")
    done = here(
        "whatif", str(table), *columns, "--case-column", "item", "--baseline", "jurors=12",
        "--vary", "seats:side=a=0,6", "--rule", "majority", "--resamples", "50", "-o", "json",
    )  # fmt: skip
    assert [(row["verdict"], row["heard"]) for row in done.json["rows"]] == [("yes", 60)] * 2
    lacking = here("whatif", str(table), *columns, "--vary", "jurors=12")
    assert (lacking.code, "with --rater, --case-column and --answer" in lacking.error) == (2, True)
    assert here("audit", str(table), *columns, "--case-column", "item", "-o", "json").code == 0


def test_columns_of_what_is_no_table_are_refused(here, run):
    done = here("whatif", run, "--rater", "who", "--vary", "jurors=12")
    assert (done.code, "is a run file: --rater, --case-column" in done.error) == (2, True)
