"""docs/worked-examples.md: what people said stands in the validation as the survey has it, whoever the jurors are."""

import re
from pathlib import Path

import pytest

from cli.main import main
from jury import Study, simulate

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "worked-examples.md").read_text(encoding="utf-8")
SECTION = PAGE[PAGE.index("## 2. ") : PAGE.index("## 3. ")]
#: The columns that do not depend on the model: people's shares, and the distance of an even spread.
ITEM = re.compile(r"^(nat\w+) +(\d+ / \d+ / \d+) +\d+ / \d+ / \d+ +[\d.]+ +([\d.]+)$", re.MULTILINE)
#: Group, numbers of people and jurors, the even spread's and the majority's distance.
GROUP = re.compile(r"^(everybody|\w.+?) +(\d+) +(\d+) +[\d.]+ \[[\d., ]+\] +([\d.]+) +([\d.]+)", re.MULTILINE)


@pytest.fixture(scope="module")
def again(shared_data, tmp_path_factory):
    """The study of the example with jurors who answer at random, and its validation as printed."""
    assert shared_data.is_dir()
    folder = tmp_path_factory.mktemp("worked")
    study = Study.load(ROOT / "examples" / "gss-2018-spending.yaml").changed(model="null/uniform")
    return simulate(study, out=folder / "gss.sqlite").path


def test_people_and_nulls_are_printed_again(again, monkeypatch, capsys):
    [command] = re.findall(r"^\$ jury validate gss\.sqlite(.*)$", SECTION, flags=re.MULTILINE)
    words = ["jury", "validate", str(again), *command.replace("--baseline none.sqlite", "").split()]
    monkeypatch.setattr("sys.argv", words)
    monkeypatch.setenv("COLUMNS", "100")
    main()
    printed = capsys.readouterr().out
    shown = SECTION[SECTION.index("```text") :]
    assert len(ITEM.findall(shown)) == 18
    assert ITEM.findall(printed) == ITEM.findall(shown)
    assert len(GROUP.findall(shown)) >= 3
    assert GROUP.findall(printed) == GROUP.findall(shown)


def test_the_page_leads_with_the_gate():
    shown = SECTION[SECTION.index("```text") :].splitlines()
    assert shown[2] == "Do not draw conclusions about groups from this run."
