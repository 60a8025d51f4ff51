"""`jury simulate` of a deliberation, `jury transcript`, `jury audit --round` and `jury export`, as a user has them."""

import csv
import io
import sqlite3

import pytest

from jury import Study, simulate
from jury.preview import preview

CASES = [{"id": "wage", "prompt": "What about the minimum wage?", "alternatives": ["raise", "keep"]}]
DELIBERATION = {
    "jurors": 8,
    "groups": ["sex"],
    "elicitation": {"mode": "score", "scale": [0, 100], "opinion": 1, "readout": "sample"},
    "deliberation": {"rounds": 2, "ballots": "open", "hear": 3},
    "model": {"name": "planted/hash", "options": {"conformity": 0.5}},
}


@pytest.fixture
def run(here, write_study):
    done = here("simulate", write_study(**DELIBERATION), "--out", "a.sqlite")
    assert done.code == 0, done.err
    return done


def test_what_the_rounds_changed_is_printed(run):
    assert run.out.startswith("small, round 2")
    for words in (
        "What 2 rounds of deliberation changed",
        "of the minority",
        "How divided the jury is, by round (lower is more at one)",
        "round polarisation variance disagreement",
        "jury transcript a.sqlite; jury audit a.sqlite --round 0; jury rounds a.sqlite",
        "is not what people would say",
        "after jurors heard each other",
    ):
        assert words in " ".join(run.out.split()), words
    assert "asked 48/48: round 2 of 2" in run.err


def test_the_same_as_json(here, write_study, tmp_path):
    found = here("simulate", write_study(**DELIBERATION), "--out", "a.sqlite", "-o", "json").json["deliberation"]
    assert found["rounds"] == 2
    assert found["ballots_by_round"]["1"]["answered"] == 16
    assert [row["round"] for row in found["divisions"]] == [0, 1, 2]
    assert {"verdicts", "silencing", "shifts", "said", "cautions"} <= set(found["change"])


def test_an_audit_reads_the_last_round_or_another_and_says_which(here, run, tmp_path):
    last, first = here("audit", "a.sqlite"), here("audit", "a.sqlite", "--round", "0")
    assert last.out.splitlines()[0].startswith("small, round 2: ")
    assert first.out.splitlines()[0].startswith("small, round 0: ")
    assert here("audit", "a.sqlite", "--round", "2").out == last.out
    none = here("audit", "a.sqlite", "--round", "3")
    assert (none.code, none.error) == (1, "Error: round=3: small has rounds 0 to 2")
    (tmp_path / "table.csv").write_text("who,case,x\n1,a,1\n2,a,0\n")
    table = here("audit", "table.csv", "--rater", "who", "--case", "case", "--answer", "x", "--round", "1")
    assert (table.code, "no rounds" in table.error) == (2, True)


def test_a_transcript_tells_who_said_what_having_heard_whom(here, run):
    done = here("transcript", "a.sqlite", "--case", "wage", "--juror", "j0003")
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[1] == "wage: What about the minimum wage?"
    headings = [line for line in lines if line.startswith("Round")]
    assert headings == ["Round 0, hearing nobody", "Round 1, having heard", "Round 2, having heard"]
    assert sum(line.startswith("  j0003 (heard j0") for line in lines) == 2
    assert sum("→ raise: " in line for line in lines) == 3
    said = here("transcript", "a.sqlite", "-o", "json").json
    assert len(said) == 48
    assert {"case", "round", "speaker", "words", "answer", "heard"} <= set(said[0])
    for wrong, message in ((("--case", "x"), "no case 'x'"), (("--juror", "x"), "juror 'x' is not in")):
        failed = here("transcript", "a.sqlite", *wrong)
        assert (failed.code, message in failed.error) == (1, True)


def test_what_models_wrote_is_not_obeyed_by_the_terminal(here, run, tmp_path):
    with sqlite3.connect(tmp_path / "a.sqlite") as connection:
        connection.execute(
            "UPDATE ballot SET answer = json_set(answer, '$.opinion', ?)", ("\x1b[2J red [bold]x[/bold]",)
        )
    connection.close()
    done = here("transcript", "a.sqlite")
    assert "\x1b" not in done.out
    assert "[bold]x[/bold]" in done.out


def test_an_export_has_the_rounds(here, run):
    rows = list(csv.DictReader(io.StringIO(here("export", "a.sqlite").out)))
    assert [row["round"] for row in rows] == ["0"] * 16 + ["1"] * 16 + ["2"] * 16
    assert all(("jurors" in row["heard"]) == (row["round"] != "0") for row in rows)


def test_rounds_are_told_again_under_other_rules_groups_and_beside_a_control(here, run, write_study):
    nobody = DELIBERATION | {"deliberation": {"rounds": 2, "hear": 0}}
    assert here("simulate", write_study("control.yaml", **nobody), "--out", "c.sqlite").code == 0
    done = here("rounds", "a.sqlite", "--rule", "borda", "--by", "race", "--control", "c.sqlite")
    assert done.code == 0
    told = " ".join(done.out.split())
    for words in ("small: 8 jurors, planted/hash", "borda", "Jurors asked again who heard nobody", "Who gives way"):
        assert words in told, words
    found = here("rounds", "a.sqlite", "-o", "json").json
    assert found["change"]["rules"] == list(Study.model_validate({"name": "x", "cases": CASES}).rule_names())
    heard = here("rounds", "a.sqlite", "--control", "a.sqlite")
    assert (heard.code, "no control, for jurors heard something" in heard.error) == (1, True)
    for name, other, message in (
        (
            "short",
            {"deliberation": {"rounds": 1, "hear": 0}},
            "its answers end with round 1 and those of a.sqlite with round 2",
        ),
        ("other", {"model": {"name": "planted/hash", "options": {"noise": 0.1}}}, "other models were asked"),
    ):
        changed = write_study(f"{name}.yaml", **nobody | other)
        assert here("simulate", changed, "--out", f"{name}.sqlite").code == 0
        failed = here("rounds", "a.sqlite", "--control", f"{name}.sqlite")
        assert (failed.code, message in failed.error) == (1, True)
    assert here("simulate", write_study("plain.yaml"), "--out", "p.sqlite").code == 0
    unfit = here("rounds", "a.sqlite", "--rule", "approval")
    assert (unfit.code, "'approval' cannot decide what mode 'score' asks" in unfit.error) == (1, True)
    plain = here("rounds", "p.sqlite")
    assert (plain.code, "no deliberation" in plain.error) == (1, True)


def test_statements_are_in_the_transcript_with_their_places(here, write_study):
    block = {"rounds": 1, "statement": {"candidates": 2}}
    done = here("simulate", write_study(**DELIBERATION | {"deliberation": block}), "--out", "s.sqlite")
    assert done.code == 0
    told = here("transcript", "s.sqlite").out
    for words in ("the moderator writes", "the jury ranks what", "the moderator revises it", "ranked 1", "ranked 2"):
        assert words in told


def test_a_dry_run_counts_all_rounds_and_shows_a_later_prompt(here, write_study):
    done = here("simulate", write_study(**DELIBERATION), "--dry-run")
    asked = "would ask 48 ballots in 96 requests of planted/hash, over round 0 and 2 rounds of deliberation"
    assert asked in " ".join(done.out.split())
    assert "The first prompt of round 1:" in done.out
    assert '<argument label="Juror 3">\n[what was said before]\n</argument>' in done.out


@pytest.mark.parametrize("statement", [None, {"candidates": 2}])
def test_a_dry_run_asks_as_much_as_a_run_and_bounds_its_cost(statement, tmp_path):
    cases = [{"id": name, "prompt": "What about it?", "alternatives": ["raise", "keep", "abolish"]} for name in "ab"]
    document = {
        "name": "small",
        "cases": cases,
        **DELIBERATION,
        "deliberation": {"rounds": 2, "hear": 3, "ballots": "open", "statement": statement},
        "model": {"name": "planted/hash", "price": [1.0, 1.0], "max_tokens": 64},
    }
    study = Study.model_validate(document)
    shown = preview(study)
    asked = []
    run = simulate(study, out=tmp_path / "a.sqlite", report=asked.append)
    with sqlite3.connect(run.path) as connection:
        (replies,) = connection.execute("SELECT COUNT(*) FROM reply").fetchone()
        (written,) = connection.execute("SELECT COUNT(*) FROM statement").fetchone()
        (ballots,) = connection.execute("SELECT COUNT(*) FROM ballot").fetchone()
    connection.close()
    assert (shown.requests, shown.ballots, shown.rounds) == (replies + written, ballots, 2)
    assert asked[-1].total == ballots + written
    tight = simulate(study, out=tmp_path / "b.sqlite", max_cost=shown.cost)
    assert tight.end == "complete"  # so much is never set aside


@pytest.mark.parametrize(
    ("changes", "batches"),
    [
        ({"elicitation": "score", "deliberation": None}, 1),
        ({"deliberation": None}, 2),
        ({"deliberation": 1}, 4),
        ({"deliberation": {"statement": True}}, 2 + 3 + 2),
    ],
)
def test_a_dry_run_knows_how_many_batches_follow_each_other(changes, batches):
    document = {"name": "small", "cases": CASES, **DELIBERATION, **changes}
    assert preview(Study.model_validate(document)).in_a_row == batches


def test_a_run_that_was_stopped_says_what_is_missing_in_all_rounds(here, write_study, tmp_path):
    study = write_study(**DELIBERATION)
    here("simulate", study, "--out", "a.sqlite")
    with sqlite3.connect(tmp_path / "a.sqlite") as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("DELETE FROM ballot WHERE round = 2 OR (round = 1 AND juror_id > 2)")
    connection.close()
    shown = here("simulate", study, "--out", "a.sqlite", "--resume", "--dry-run")
    assert "would ask 26 ballots in 52 requests" in shown.out
    assert "22 are stored" in " ".join(shown.out.split())
    done = here("simulate", study, "--out", "a.sqlite", "--resume")
    assert done.code == 0
    assert "asked 48/48: round 2 of 2" in done.err


def test_a_control_is_not_said_to_have_heard_and_what_ifs_know_of_rounds(here, run, write_study):
    nobody = DELIBERATION | {"deliberation": {"rounds": 1, "hear": 0}}
    assert here("simulate", write_study("control.yaml", **nobody), "--out", "c.sqlite").code == 0
    headings = [line for line in here("transcript", "c.sqlite").out.splitlines() if line.startswith("Round 1")]
    assert set(headings) == {"Round 1, asked again, hearing nobody"}
    assert "What 1 round of asking again changed, nobody having been heard" in here("rounds", "c.sqlite").out
    told = " ".join(here("whatif", "a.sqlite", "--vary", "jurors=4").out.split())
    assert "Had others sat there, they would have heard other things" in told
    assert "alone" not in told
