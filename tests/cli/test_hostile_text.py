"""Nothing that a model wrote, a label says or a file is called takes over the terminal."""

import os
import pty
import re
import subprocess
import sys

import pytest

from jury.export import write_ballots
from jury.run import open_run

ESCAPES = "\x1b]0;owned\x07\x1b[31m\x9b2J\u202e\x08"
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def hostile_cases():
    # YAML allows no control characters but these, and a JSONL file all of them.
    return [
        {"id": f"wage {ESCAPES}", "prompt": f"What {ESCAPES} about it?", "alternatives": [f"raise {ESCAPES}", "keep"]},
        {"id": "tax", "prompt": "Taxes?", "alternatives": [f"more {ESCAPES}", "less"]},
    ]


@pytest.fixture
def hostile_run(here, write_study, tmp_path):
    import json

    lines = [json.dumps(case) for case in hostile_cases()]
    (tmp_path / "cases.jsonl").write_text("\n".join(lines), encoding="utf-8")
    write_study(cases={"file": "cases.jsonl"}, model="planted/hash")
    return lambda *words: here("simulate", "study.yaml", *words, "--out", "r.sqlite")


@pytest.mark.parametrize("words", [(), ("-o", "json"), ("--dry-run",), ("--injection-probe",)])
def test_labels_of_a_run_are_shown_and_not_obeyed(words, hostile_run):
    done = hostile_run(*words)
    assert done.code == 0, done.err
    assert not OBEYED.search(done.out), OBEYED.search(done.out)
    assert not OBEYED.search(done.err)


@pytest.mark.parametrize("words", [("audit",), ("export",), ("export", "--format", "jsonl")])
def test_nor_are_they_later(words, hostile_run, here, tmp_path):
    assert hostile_run().code == 0
    command, *options = words
    if command == "export":
        shown = on_a_terminal(tmp_path, command, "r.sqlite", *options)
        assert "wage" in shown
        assert not OBEYED.search(shown.replace("\r\n", "\n"))
        target = tmp_path / "kept"
        write_ballots(open_run(tmp_path / "r.sqlite").ballots(), options[-1] if options else "csv", target)
        assert target.read_bytes()
    else:
        assert not OBEYED.search(here(command, "r.sqlite", *options).out)


@pytest.mark.parametrize("command", ["simulate", "audit", "export", "aggregate"])
def test_names_of_files_are_not_obeyed(command, here, tmp_path):
    name = "a\x1b[31m\x07b.yaml" if command == "simulate" else "a\x1b[31m\x07b.csv"
    (tmp_path / name).write_text("{", encoding="utf-8")
    for given in (name, f"no\x1b[31m{name}"):
        done = here(command, given)
        assert done.code in (1, 2)
        assert not OBEYED.search(done.out + done.err)


def on_a_terminal(folder, *words):
    """Return what `jury` writes where its output is a terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "cli.main", *words], cwd=folder, stdin=theirs, stdout=theirs, stderr=subprocess.DEVNULL
    ) as process:
        os.close(theirs)
        parts = []
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            parts.append(part)
        assert process.wait(60) == 0
    os.close(ours)
    return b"".join(parts).decode()
