"""The examples run offline, say what they found, and are skipped with the reason where their data are absent."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
DATA = EXAMPLES.parents[1] / "shared" / "data"
NEEDS = {
    "two_of_twelve": ("population/gss2018_spending.csv.gz", ["two of twelve Black", "differences leave out 0"]),
    "us_spending": ("population/gss2018_spending.csv.gz", ["the census: ", "verdicts change"]),
    "content_moderation": ("crehate/raw_annotations_sbic.csv.gz", ["from Singapore: ", "by lot from all countries"]),
    "hearing_each_other": ("polis/15-per-hour-seattle", ["everybody hears four by lot: ", "go over, disagreement"]),
    "polis_conversations": ("polis/scoop-hivemind.ubi", ["basic income: ", "a majority agrees with"]),
}


def run(name, *arguments):
    return subprocess.run(
        [sys.executable, EXAMPLES / f"{name}.py", *arguments], capture_output=True, text=True, timeout=300, check=False
    )


def test_every_script_is_tried():
    assert {path.stem for path in EXAMPLES.glob("*.py") if not path.name.startswith("_")} == set(NEEDS)


@pytest.mark.parametrize("name", list(NEEDS))
def test_an_example_reads_like_a_study(name):
    needed, words = NEEDS[name]
    if not (DATA / needed).exists():
        pytest.skip(f"{needed} is not beside the sources")
    done = run(name, DATA)
    assert done.returncode == 0, done.stderr
    for word in ("Question: ", "Caveat: ", *words):
        assert word in done.stdout
    assert "nan" not in done.stdout


@pytest.mark.parametrize("name", list(NEEDS))
def test_without_its_data_it_says_why_it_is_skipped(name, tmp_path):
    done = run(name, tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Skipped: {NEEDS[name][0].split('/')[0]}")
    assert "first argument" in done.stderr
