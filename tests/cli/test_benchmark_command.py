"""``jury benchmark``."""

import json

import pytest

from cli.benchmark import _leave
from cli.exits import CommandFailed
from jury.benchmarks import Page, benchmarks
from jury.benchmarks.page import Run

QUESTIONS = [
    {
        "id": f"q{number}",
        "question": "Should taxes rise?",
        "options": ["yes", "no"],
        "people": {"north": [40, 60], "south": [70, 30]},
        "models": {"base": [0.5, 0.5], "tuned": [0.9, 0.1]},
    }
    for number in range(6)
]


@pytest.fixture
def own(tmp_path):
    path = tmp_path / "own.jsonl"
    path.write_text("\n".join(map(json.dumps, QUESTIONS)), encoding="utf-8")
    return path


def test_benchmarks_are_listed_and_shown(jury):
    listed = jury("benchmark", "list")
    assert listed.code == 0
    assert "globalopinionqa" in listed.out
    assert "trade-off steerable" in listed.out
    card = jury("benchmark", "show", "globalopinionqa")
    for word in ("Source:", "Licence:", "Data:", "Known fault:", "CC BY-NC-SA"):
        assert word in card.out
    assert jury("benchmark", "show", "mpi", "-o", "json").json["name"] == "mpi"


@pytest.mark.parametrize("command", [("benchmark", "run"), ("simulate",)])
def test_help_keeps_exit_codes_on_a_line_of_their_own(jury, command):
    lines = jury(*command, "--help").out.splitlines()
    assert any(line.startswith("  Exit codes: 0 done;") for line in lines)


def test_a_page_names_all_six_senses_and_what_was_not_measured(jury, own):
    done = jury("benchmark", "run", "file", "--data", own, "--pair", "base", "tuned")
    assert done.code == 0, done.err
    for number, sense in enumerate(
        ("Overton", "Steerable", "Distributional", "Multi-objective", "Trade-off steerable", "Jury-pluralistic"), 1
    ):
        assert f"{number}. {sense}\n" in done.out
    assert done.out.count("Not measured: ") == 3
    assert "From base to tuned, paired by question" in done.out
    assert "How far to trust this" in done.out


def test_the_short_form_is_the_long_one(jury, own):
    assert jury("benchmark", "file", "--data", own).out == jury("benchmark", "run", "file", "--data", own).out


def test_json_holds_the_whole(jury, own):
    page = jury("benchmark", "file", "--data", own, "-o", "json").json
    assert set(page["senses"]) == {
        *("Overton", "steerable", "distributional", "multi-objective", "trade-off steerable", "jury-pluralistic")
    }
    assert page["senses"]["distributional"]["measured"] is True
    groups = page["senses"]["distributional"]["details"]["models"]["base"]["groups"]
    assert [group["used"] for group in groups] == [6, 6]


def test_live_models_are_asked_through_the_engine(jury, own, tmp_path):
    words = ("benchmark", "file", "--data", own, "--model", "planted/hash", "--steer", "--repetitions", 2)
    done = jury(*words, "--out", tmp_path / "runs")
    assert done.code == 0, done.err
    assert "planted/hash as a member of 2 groups: 24 asked, 24 answered" in done.out
    assert len(list((tmp_path / "runs").glob("*.sqlite"))) == 2


def test_figures_come_from_one_flag(jury, own, tmp_path):
    pytest.importorskip("matplotlib", reason="needs the extra plots")
    done = jury("benchmark", "file", "--data", own, "--plots", tmp_path / "figures")
    assert done.code == 0, done.err
    assert {path.suffix for path in (tmp_path / "figures").iterdir()} == {".svg", ".pdf", ".png"}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("benchmark", "run", "nothing"), 1, "no benchmark named 'nothing'"),
        (("benchmark", "nothing"), 2, "No such command 'nothing'"),
        (("benchmark", "gss-2018-spending"), 1, "Get it: "),
        (("benchmark", "file", "--data", "nowhere.jsonl"), 1, "name a JSONL file with --data PATH"),
        (("benchmark", "file", "--shots", 9), 2, "--shots"),
        (("benchmark", "file", "--base", 1), 1, "base=1.0"),
        (("benchmark", "file", "--model", "gpt"), 1, "not of the form provider/name"),
    ],
)
def test_errors_are_one_line(jury, words, code, said):
    done = jury(*words)
    assert done.code == code
    assert said in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("ends", "failed", "missing", "code"),
    [(("complete",), 0, 0, None), (("complete", "failing"), 1, 2, 3), (("complete", "budget"), 0, 5, 4)],
)
def test_the_exit_code_says_how_complete_the_runs_are(ends, failed, missing, code):
    ballots = {"asked": 10, "answered": 10 - failed - missing, "failed": failed, "missing": missing}
    runs = tuple(Run(f"runs/{end}.sqlite", end, ballots, 0.0, end) for end in ends)
    page = Page(benchmarks["file"].card, ("m",), (), (), (), runs)
    if code is None:
        _leave(page)
        return
    with pytest.raises(
        CommandFailed, match=f"{len(ends) * (failed + missing)} ballots missing; .*--out runs"
    ) as caught:
        _leave(page)
    assert caught.value.code == code
