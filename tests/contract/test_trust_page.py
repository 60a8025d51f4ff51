"""docs/trust.md: its Python runs and prints what it says, its thresholds and conditions are those of the code."""

import importlib
import re
from pathlib import Path

import pytest

from jury.validation import Thresholds

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "trust.md").read_text(encoding="utf-8")


def test_the_python_runs_and_prints_what_it_says(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    exec(compile(code, "trust.md", "exec"), {})
    printed = capsys.readouterr().out.splitlines()
    promised = re.findall(r"^print\(.*\n# (.*)$", code, flags=re.MULTILINE)
    assert printed == promised


def test_thresholds_are_those_of_the_code():
    asked = Thresholds()
    for words in (
        f"| {asked.least_variance:.1f} to {asked.most_variance:.2f} |".replace("0.", "."),
        f"| {asked.least_inflation:.1f} to {asked.most_inflation:.0f} |".replace("0.", "."),
        f"| at most {100 * asked.most_flipped:.0f} % |",
        f"| at least {asked.least_effective:.0f} |",
    ):
        assert words in PAGE


def test_the_table_of_coverage_has_every_condition():
    scenes = importlib.import_module("benchmarks.coverage").SCENES
    rows = dict(re.findall(r"^\| (.+?) \| (0\.\d{3}|1\.000) \| [\d.]+ \|$", PAGE, flags=re.MULTILINE))
    assert list(rows) == list(scenes)
    for name, share in rows.items():
        # Simulation error of a coverage of .95 over 1000 trials: .014. The pigeonhole bootstrap is conservative.
        assert 0.93 <= float(share) <= (1 if name.startswith("pigeonhole") else 0.97), name


@pytest.mark.parametrize("link", re.findall(r"\]\((\w[\w-]*\.md)\)", PAGE))
def test_pages_that_are_linked_exist(link):
    assert (DOCS / link).is_file()
