"""``python -m benchmarks``: a quick run prints the table and says which libraries are missing; errors are one line."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COLUMNS = ["ballots", "rule", "ms", "MiB", "plain numpy", "ratio", "others: ms (times ours)"]
QUICK = ("aggregators", "--only", "resamples of 200 x 8 borda", "--repeats", "1")
PEERS = ("elsim", "svvamp", "pref_voting", "votekit")

pytestmark = pytest.mark.skipif(not (ROOT / "benchmarks").is_dir(), reason="the benchmarks are in a checkout only")


def benchmarks(*words):
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *words],
        cwd=ROOT,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def table(text):
    header, rule, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines())
    assert header == COLUMNS
    assert all(set(cell) <= set("-:") for cell in rule)
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_a_quick_run_prints_a_ratio_and_names_what_is_missing():
    done = benchmarks(*QUICK)
    assert (done.returncode, done.stderr) == (0, "")
    (row,) = table(done.stdout)
    assert (row["ballots"], row["rule"]) == ("10,000 resamples of 200 x 8", "borda")
    assert float(row["ms"]) > 0
    assert float(row["MiB"]) > 0
    assert float(row["ratio"]) == pytest.approx(float(row["ms"]) / float(row["plain numpy"]), rel=0.05)
    others = row["others: ms (times ours)"].split(", ")
    missing = [f"{peer} not installed" for peer in PEERS if importlib.util.find_spec(peer) is None]
    assert set(missing) <= set(others)
    assert sum(cell.endswith("not installed") for cell in others) == len(missing)


@pytest.fixture
def peers(tmp_path):
    """Return a function that makes a program to stand in for the Python that has the other libraries."""

    def make(script):
        path = tmp_path / "python"
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)
        return str(path)

    return make


def test_a_peer_that_elects_others_gets_no_time(peers):
    wrong = """echo '{"seconds": [0.001], "winners": [[99]], "done": 200, "memory": 1}'"""
    (row,) = table(benchmarks(*QUICK, "--peers", peers(wrong)).stdout)
    assert row["others: ms (times ours)"] == ", ".join(f"{peer} elects others" for peer in PEERS)


def test_a_peer_that_fails_is_quoted(peers):
    (row,) = table(benchmarks(*QUICK, "--peers", peers("echo Boom: no licence >&2; exit 1")).stdout)
    assert row["others: ms (times ours)"] == ", ".join(f"{peer} Boom: no licence" for peer in PEERS)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["aggregators", "--only", "no such rule"], "no such rule"),
        (["aggregators", "--frobnicate"], "--frobnicate"),
        (["aggregators", "--repeats", "0"], "--repeats"),
        (["aggregators", "--repeats", "many"], "many"),
        (["aggregators", "--limit", "0"], "--limit"),
        (["aggregators", "--peers", "/no/such/python"], "/no/such/python"),
        (["frobnicate"], "aggregators"),
        ([], "aggregators"),
    ],
)
def test_a_wrong_option_is_one_line_and_status_two(words, named):
    done = benchmarks(*words)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert named in line


def test_the_help_describes_each_option():
    done = benchmarks("aggregators", "--help")
    assert done.returncode == 0
    for option in ("--peers PYTHON", "--only TEXT", "--repeats N", "--limit SECONDS"):
        assert option in done.stdout
