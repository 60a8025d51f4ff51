"""docs/audit.md shows what `jury audit` prints, and its Python runs."""

import re
import shlex
import sys
from pathlib import Path

import pytest

from cli.main import main

PAGE = (Path(__file__).parents[2] / "docs" / "audit.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.DOTALL)


def test_the_page_is_printed_as_shown(shared_data, monkeypatch, capsys):
    monkeypatch.chdir(shared_data / "crehate")
    (command,), (shown,) = blocks("console"), blocks("text")
    monkeypatch.setattr(sys, "argv", shlex.split(command.removeprefix("$ ").replace("\\\n", " ")))
    monkeypatch.setenv("COLUMNS", "100")
    main()
    printed = capsys.readouterr().out
    assert [line.rstrip() for line in printed.splitlines()] == shown.splitlines()
    assert max(map(len, shown.splitlines())) <= 100


def test_the_python_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (code,) = blocks("python")
    exec(compile(code, "audit.md", "exec"), {})
    assert capsys.readouterr().out.startswith("The jury chooses ")


@pytest.mark.parametrize("name", re.findall(r"`(aggregators\.\w+)`", PAGE))
def test_the_modules_named_exist(name):
    __import__(name)
