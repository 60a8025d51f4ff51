"""What the README shows is true: its Python and its ballots give what it says, its study is valid."""

import re
import sys
from pathlib import Path

import pytest

from cli.main import main
from jury import Study

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder to work in, with the ballots that the README shows."""
    (ballots,) = blocks("csv")
    (tmp_path / "drinks.csv").write_text(ballots, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("code", blocks("python"))
def test_the_python_runs_and_prints_what_it_says(code, capsys):
    exec(compile(code, "README.md", "exec"), {})
    printed = capsys.readouterr().out.splitlines()
    promised = re.findall(r"^print\(.*\n# (.*)$", code, flags=re.MULTILINE)
    assert promised
    assert printed[: len(promised)] == promised


@pytest.mark.usefixtures("folder")
def test_the_ballots_are_decided_as_shown(monkeypatch, capsys):
    shown = [block for block in blocks("console") if "$ jury aggregate drinks.csv" in block]
    assert shown
    for block in shown:
        command, *promised = block.splitlines()
        monkeypatch.setattr(sys, "argv", command.removeprefix("$ ").split())
        main()
        assert [line.rstrip() for line in capsys.readouterr().out.splitlines()] == promised


def test_the_study_is_valid(tmp_path):
    (document,) = blocks("yaml")
    path = tmp_path / "study.yaml"
    path.write_text(document, encoding="utf-8")
    study = Study.load(path)
    assert len(study.load_cases(study.load_population())) == 1
