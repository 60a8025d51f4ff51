"""`jury simulate --batch` as a process: killed at any moment, stopped with Ctrl-C, gone on with as it says itself."""

from __future__ import annotations

import os
import shlex
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
import yaml

CASES = [
    {"id": "wage", "prompt": "What about the minimum wage?", "alternatives": ["raise", "keep"]},
    {"id": "tax", "prompt": "What about taxes?", "alternatives": ["more", "less"]},
]
BALLOTS = 16


@pytest.fixture
def start(openai_batches, tmp_path):
    """Starts `jury` with these words in the test's folder."""
    document = {"name": "small", "jurors": 8, "cases": CASES, "seed": 1, "elicitation": {"mode": "score"}}
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(document))

    def run(*words):
        return subprocess.Popen(
            [sys.executable, "-m", "cli.main", *words],
            cwd=tmp_path,
            env=dict(os.environ),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
        )

    return run


@pytest.fixture
def words(openai_batches):
    address = ("--model-base-url", openai_batches.server.base_url)
    return ("simulate", "study.yaml", "--model", "openai/gpt-5-mini", *address, "--batch", "--no-cache")


def ballots(path):
    with closing(sqlite3.connect(path)) as connection:
        return dict(connection.execute("SELECT status, COUNT(*) FROM ballot GROUP BY status").fetchall())


def once_each(batches):
    return set(Counter(custom_id.partition("-")[2] for custom_id in batches.answered).values()) == {1}


def wait_for(condition, process):
    deadline = time.monotonic() + 60
    while not condition() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)


@pytest.mark.parametrize("operation", ["create", "content"])
def test_killed_in_the_middle_of_it(start, words, openai_batches, tmp_path, operation):
    process = start(*words, "--out", "a.sqlite")
    wait_for(lambda: operation in openai_batches.done, process)
    process.kill()
    process.communicate()
    # As if it had been a minute ago: until then a batch handed in may not show among the provider's.
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as connection, connection:
        earlier = (datetime.now(UTC) - timedelta(minutes=2)).isoformat()
        connection.execute("UPDATE batch SET intended_at = ?", (earlier,))
    again = start(*words, "--out", "a.sqlite", "--resume")
    _, err = again.communicate(timeout=150)
    assert again.returncode == 0, err.decode()
    assert ballots(tmp_path / "a.sqlite") == {"answered": BALLOTS}
    assert len(openai_batches.answered) == BALLOTS - 1
    assert once_each(openai_batches)


def test_ctrl_c_leaves_the_batch_and_the_printed_command_collects_it(start, words, openai_batches, tmp_path):
    openai_batches.looks = 10**9
    process = start(*words, "--out", "a.sqlite")
    wait_for(lambda: "retrieve" in openai_batches.done, process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    error = err.decode().splitlines()[-1]
    assert process.returncode == 3, err.decode()
    assert (
        "15 requests go on in 1 batch at the provider; jury batches a.sqlite shows and --cancel cancels them" in error
    )
    shown = start("batches", "a.sqlite")
    out, _ = shown.communicate(timeout=60)
    assert "in progress" in out.decode() or "validating" in out.decode()
    openai_batches.looks = 1
    program, *rest = shlex.split(error[error.index("Fill them: ") :].removeprefix("Fill them: "))
    assert (program, "--batch" in rest) == ("jury", True)
    again = start(*rest)
    _, err = again.communicate(timeout=60)
    assert again.returncode == 0, err.decode()
    assert ballots(tmp_path / "a.sqlite") == {"answered": BALLOTS}
    assert len(openai_batches.batches) == 1
