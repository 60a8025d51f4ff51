"""`jury simulate`, run as a user runs it: what it prints where, how it ends, how it goes on."""

import os
import pty
import re
import shlex
import sqlite3
import subprocess
import sys

import pytest

import jury.trust

SCHEMA_KEYS = {"run", "end", "model", "readout", "seed", "jurors", "cost_usd", "outcomes", "groups", "denominators"}


def ballots(path):
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT status, COUNT(*) FROM ballot GROUP BY status").fetchall()
    connection.close()
    return dict(rows)


# --- what is printed -----------------------------------------------------------------------------


def test_a_study_file_is_run_and_printed(jury, write_study, tmp_path):
    done = jury("simulate", write_study(), "--out", "a.sqlite")
    assert done.code == 0
    assert done.out.startswith("small\n\nAsked     8 simulated jurors drawn from ")
    for words in ("Who lost, by sex", "16 asked, 16 answered, 0 refused", "How far to trust this", "made up"):
        assert words in done.out
    assert done.out.endswith("see also: jury audit a.sqlite\n")
    assert "\x1b" not in done.out + done.err
    assert done.err.startswith("asked 16/16: ")
    assert ballots(tmp_path / "a.sqlite") == {"answered": 16}


def test_the_bare_command_runs_the_built_in_study(jury, tmp_path):
    done = jury("simulate", "--model", "planted/hash", "--seed", 3, "--jurors", 5)
    assert done.code == 0
    assert done.out.startswith("minimum-wage\n")
    assert "Asked     5 simulated jurors" in done.out
    assert "Seed 3." in done.out
    [run] = (tmp_path / "runs").glob("minimum-wage-*.sqlite")
    assert f"jury audit runs/{run.name}" in done.out


def test_json_is_one_document_and_nothing_else(jury, write_study):
    done = jury("simulate", write_study(), "--out", "a.sqlite", "-o", "json", "--max-connections", 1)
    document = done.json
    assert done.code == 0
    assert document.keys() >= SCHEMA_KEYS
    assert document["denominators"]["answered"] == 16
    assert document["run"] == "a.sqlite"
    assert document["end"] == "complete"
    assert set(document["outcomes"]) == {"wage", "tax"}


def test_the_same_seed_gives_the_same_result_whatever_the_concurrency(jury, write_study):
    study = write_study()
    first = jury("simulate", study, "--out", "a.sqlite", "--max-connections", 1, "-o", "json").json
    second = jury("simulate", study, "--out", "b.sqlite", "--max-connections", 9, "-o", "json").json
    assert first | {"run": ""} == second | {"run": ""}


def test_a_dry_run_asks_nothing(jury, write_study, tmp_path):
    done = jury("simulate", write_study(), "--dry-run")
    assert done.code == 0
    assert done.err == ""
    assert "would ask 16 ballots in 16 requests of planted/hash" in done.out
    assert "Estimated cost: none." in done.out
    assert "You are taking part in a survey" in done.out
    assert [path.name for path in tmp_path.iterdir()] == ["study.yaml"]


def test_a_dry_run_in_json_counts_and_prices(jury, write_study):
    words = ("simulate", write_study(), "--dry-run", "-o", "json", "--model", "openai/gpt-5-mini")
    shown = jury(*words, OPENAI_API_KEY="sk-none").json
    assert (shown["ballots"], shown["requests"]) == (16, 16)
    assert 0 < shown["cost"] < 1
    assert shown["lacking"] == []
    without = jury(*words).json  # what it would cost is asked before there is a key
    assert without["lacking"] == ["openai/gpt-5-mini needs a key: set the environment variable OPENAI_API_KEY"]
    assert {**without, "lacking": []} == shown
    assert "Before it can be run: openai/gpt-5-mini needs a key" in jury(*words[:3], *words[5:]).out
    assert jury(words[0], words[1], *words[5:]).error.endswith(without["lacking"][0])


HOSTILE = [
    "[bold red]loud[/]",
    "\x1b[31mred\x1b]0;title\x07",
    "\u202eevil\u2066",
    "👩\u200d👩\u200d👧 :smile:",
    "=cmd|' /C calc'!A0",
    "long " * 60,
    "\x9b31m C1",
    "two\nlines\tand a tab",
]


def test_hostile_text_is_shown_as_text(jury, write_study):
    cases = [{"id": "a", "prompt": HOSTILE[1] + HOSTILE[2], "alternatives": [text[:190] for text in HOSTILE]}]
    study = write_study(cases=cases, description=HOSTILE[0] + HOSTILE[1])
    printed = jury("simulate", study, "--out", "a.sqlite")
    assert printed.code == 0, printed.err
    dry = jury("simulate", study, "--dry-run")
    for done in (printed, dry):
        assert not set(done.out) & set("\x1b\x07\x9b\u202e\u2066\t"), "a terminal would obey this"
        assert "[bold red]loud[/]" in done.out
        assert ":smile:" in done.out
        assert "👩\u200d👩\u200d👧" in done.out
        assert "=cmd|' /C calc'!A0" in done.out
        assert "�[31mred" in done.out
    document = jury("audit", "a.sqlite", "-o", "json")
    assert not set(document.out) & set("\x1b\x07\x9b\u202e\u2066")
    assert set(document.json["outcomes"]["a"]["nash"]["alternatives"]) == {text[:190] for text in HOSTILE}


def test_narrow_terminals_break_no_number(jury, finished):
    done = jury(
        "audit", finished, "--rule", "utilitarian", "--rule", "nash", "--rule", "isoelastic:alpha=2", COLUMNS="50"
    )
    assert done.code == 0
    assert max(map(len, done.out.splitlines())) <= 50
    rows = [line for line in done.out.splitlines() if line.startswith("raise ")]
    assert len(rows) == 2, "three rules do not fit beside each other, so that the table is continued below"
    assert len(re.findall(r"\d\.\d{3}\b", " ".join(rows))) == 3


def test_no_color_on_a_terminal_gives_no_escape_codes(finished):
    def on_terminal(**variables):
        main, side = pty.openpty()
        words = [sys.executable, "-m", "cli.main", "audit", str(finished)]
        environment = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "TERM")}
        with subprocess.Popen(
            words, stdout=side, stderr=side, env={**environment, "TERM": "xterm", **variables}
        ) as run:
            os.close(side)
            shown = b""
            while True:
                try:
                    part = os.read(main, 65536)
                except OSError:
                    break
                if not part:
                    break
                shown += part
            assert run.wait() == 0
        os.close(main)
        return shown

    assert b"\x1b[1m" in on_terminal()
    assert b"\x1b" not in on_terminal(NO_COLOR="1")


# --- how it ends ---------------------------------------------------------------------------------


def failed(done, code=1):
    """Check that a command failed as it should, and return the one line."""
    assert done.code == code, done
    assert done.out == ""
    assert "Traceback" not in done.err
    assert len(done.err.splitlines()) == 1, done.err
    assert done.err.startswith("Error: ")
    return done.error


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"jurors": -3}, r"study\.yaml, line 2: jurors\.n: .* greater than or equal to 1, not -3"),
        ({"jurrs": 3}, r"study\.yaml, line \d+: jurrs: "),
        ({"cases": []}, r"cases: the list is empty; give at least one case"),
        ({"model": "openai/gpt-5-mini"}, "OPENAI_API_KEY"),
        ({"model": "anthropic/claude-sonnet-4-5"}, "ANTHROPIC_API_KEY"),
        ({"model": "nobody/x"}, "no provider 'nobody'; providers: .*planted"),
        ({"model": "\x1b[31mx"}, "provider/name"),
        ({"groups": ["shoe"]}, "'shoe'"),
        ({"rules": ["nsh"]}, "did you mean 'nash'"),
        ({"population": "nowhere.csv"}, "nowhere.csv"),
    ],
)
def test_a_bad_study_is_named_in_one_line(here, write_study, changes, words):
    error = failed(here("simulate", write_study(**changes)))
    assert re.search(words, error), error
    assert error.isprintable()


def test_a_file_that_is_not_there_and_one_that_is(here, write_study, finished):
    assert "nosuch.yaml" in failed(here("simulate", "nosuch.yaml"))
    assert "built in: minimum-wage" in failed(here("simulate", "nosuch"))
    taken = failed(here("simulate", write_study(), "--out", finished))
    assert "exists already; use --resume to go on with it, or another --out" in taken
    assert "no such run file" in failed(here("simulate", write_study(), "--resume", "--out", "x.sqlite"))
    assert "name one with --out RUN" in failed(here("simulate", write_study(), "--resume"))


@pytest.mark.parametrize("words", [["--jurors", "0"], ["--bogus"], ["a", "b"], ["-o", "xml"], ["--max-cost", "-1"]])
def test_misuse_ends_with_2(here, words):
    done = here("simulate", *words)
    assert done.code == 2
    assert done.out == ""
    assert "Usage: jury simulate" in done.err
    assert "Error: " in done.error


def test_no_usable_ballots_end_with_1(jury, write_study):
    study = write_study(model={"name": "planted/hash", "options": {"refuse": 1.0}})
    done = jury("simulate", study, "--out", "a.sqlite")
    assert (done.code, done.out) == (1, "")
    assert "no usable ballots. Ballots: 16 asked, 0 answered, 16 refused" in done.error
    audited = jury("audit", "a.sqlite")
    assert "Without any answer, and in no figure: 2 cases." in audited.out
    document = jury("simulate", study, "--out", "b.sqlite", "-o", "json")
    assert document.code == 1
    assert document.json["denominators"]["refused"] == 16


def test_missing_ballots_end_with_3_and_the_printed_command_fills_them(jury, write_study, server, tmp_path):
    server.refuse = lambda number: number % 4 == 0
    done = jury(
        *("simulate", write_study(), "--model", "openai-compatible/some model", "--model-base-url", server.url),
        *("--out", "a run.sqlite", "--jurors", 4),
    )
    assert done.code == 3
    assert "8 asked, 6 answered, 0 refused, 0 unparsed, 2 failed" in done.out
    assert "2 of 8 ballots are missing: some requests failed (openai-compatible/some model:" in done.error
    assert "no, not number" in done.error
    server.refuse = lambda _: False
    program, *words = shlex.split(done.error[done.error.index("jury simulate") :])
    assert program == "jury"
    again = jury(*words)
    assert again.code == 0, again.err
    assert server.asked == 10
    assert ballots(tmp_path / "a run.sqlite") == {"answered": 8}


def test_resuming_asks_nothing_twice_and_refuses_another_study(jury, write_study, tmp_path):
    study = write_study()
    first = jury("simulate", study, "--out", "a.sqlite", "-o", "json").json
    again = jury("simulate", study, "--resume", "--out", "a.sqlite", "-o", "json")
    efforts = [document["effort"]["requests"] for document in (first, again.json)]
    assert efforts == [16, 0]
    assert again.json | {"effort": None} == first | {"effort": None}
    other = failed(jury("simulate", study, "--seed", 2, "--resume", "--out", "a.sqlite"))
    assert "another version of the study" in other
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.sqlite", "study.yaml"]


def test_ctrl_c_leaves_a_file_that_the_printed_command_completes(interrupted, jury, write_study, server, tmp_path):
    server.wait = 0.1
    words = ("--model", "openai-compatible/x", "--model-base-url", server.url, "--max-connections", 1)
    done = interrupted("simulate", write_study(), *words, when=lambda: server.asked >= 3)
    assert done.code == 3, done
    assert "Traceback" not in done.err
    assert "ballots are missing: stopped on request. Fill them: jury simulate" in done.error
    [run] = (tmp_path / "runs").iterdir()
    assert 3 <= ballots(run)["answered"] < 16
    server.wait = 0
    assert jury(*shlex.split(done.error[done.error.index("jury simulate") :])[1:]).code == 0
    assert ballots(run) == {"answered": 16}


def test_the_budget_ends_with_4_before_it_is_passed(jury, write_study, server):
    words = ("simulate", write_study(), "--model", "openai-compatible/x", "--model-base-url", server.url)
    words += ("--price", "0.25", 2)
    most = jury(*words, "--dry-run", "-o", "json").json["cost"] / 16
    done = jury(*words, "--max-cost", 1.1 * most, "--max-connections", 1, "--out", "a.sqlite")
    assert done.code == 4
    assert "ballots are missing: the budget is reached. Fill them with a higher --max-cost: jury simulate" in done.error
    assert "--price 0.25 2.0 --max-cost USD --resume --out a.sqlite" in done.error
    resumed = jury(*words, "--max-cost", 100, "--resume", "--out", "a.sqlite", "-o", "json")
    assert resumed.code == 0, resumed.err
    assert resumed.json["denominators"]["answered"] == 16
    assert 0 < resumed.json["cost_usd"] < 16 * most


def test_a_budget_too_small_for_any_ballot_ends_with_4(jury, write_study, server):
    words = ("--model", "openai-compatible/x", "--model-base-url", server.url, "--price", 1, 2, "--max-cost", 0)
    done = jury("simulate", write_study(), *words)
    assert (done.code, done.out, server.asked) == (4, "", 0)
    assert "16 of 16 ballots are missing: the budget is reached" in done.error


def test_a_budget_without_a_price_leaves_no_file(jury, write_study, server, tmp_path):
    words = ("--model", "openai-compatible/x", "--model-base-url", server.url, "--max-cost", 1, "--out", "a.sqlite")
    assert "price of openai-compatible/x is not known" in failed(jury("simulate", write_study(), *words))
    assert not (tmp_path / "a.sqlite").exists()


def test_a_reader_that_leaves_early_is_no_error(finished):
    for words in (["audit", finished], ["export", finished], ["schema"], ["rules"]):
        with subprocess.Popen(
            [sys.executable, "-m", "cli.main", *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as run:
            run.stdout.close()
            assert run.stderr.read() == b"", words
            assert run.wait() in (0, 1)


@pytest.mark.local_model
def test_the_bare_command_on_the_embedded_model(jury):
    from jury.models.embedded import embedded_model_path

    if embedded_model_path() is None:
        pytest.skip("the embedded model is not here: jury models pull")
    done = jury("simulate", "--jurors", 2, "-o", "json")
    assert done.code == 0, done.err
    document = done.json
    assert document["model"] == "local/smollm2-135m-instruct"
    assert document["caveat"]
    assert document["denominators"]["asked"] == 2


def test_the_lots_of_the_alternatives_are_dealt_once(here, write_study, monkeypatch):
    deals = []
    dealt = jury.trust.dealt
    monkeypatch.setattr(jury.trust, "dealt", lambda *given: deals.append(given) or dealt(*given))
    done = here("simulate", write_study(), "--out", "a.sqlite")
    assert (done.code, "dealt by lot" in " ".join(done.out.split()), len(deals)) == (0, True, 1)
