"""docs/whatif.md shows what `jury whatif` prints, names every key, and its Python and YAML are good."""

import re
import shlex
import sys
from pathlib import Path

import yaml

from cli.main import main
from jury import Study
from jury.whatif import KEYS

PAGE = (Path(__file__).parents[2] / "docs" / "whatif.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.DOTALL)


def test_the_page_is_printed_as_shown(shared_data, monkeypatch, capsys):
    monkeypatch.chdir(shared_data / "polis")
    monkeypatch.setenv("COLUMNS", "100")
    (command,), (shown,) = blocks("console"), blocks("text")
    monkeypatch.setattr(sys, "argv", shlex.split(command.removeprefix("$ ").replace("\\\n", " ")))
    main()
    printed = capsys.readouterr().out
    assert [line.rstrip() for line in printed.splitlines()] == shown.splitlines()


def test_every_key_is_in_the_table():
    named = re.findall(r"^\| (`.*?`) \|", PAGE, flags=re.MULTILINE)
    assert {key.partition(":")[0] for cell in named for key in re.findall(r"`([^`]+)`", cell)} == set(KEYS)


def test_the_python_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (code,) = blocks("python")
    exec(compile(code, "whatif.md", "exec"), {})
    assert "minimum-wage, share:sex=Female: " in capsys.readouterr().out


def test_the_scenarios_are_valid():
    (document,) = blocks("yaml")
    study = Study.load("minimum-wage").changed(**yaml.safe_load(document))
    assert list(study.scenarios) == ["two of twelve", "ten must agree"]
