"""docs/packages.md shows what `jury packages` prints of the study in it, and names options that there are."""

import importlib
import re
import shlex
import sys
from pathlib import Path

from cli.main import main

PAGE = (Path(__file__).parents[2] / "docs" / "packages.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.DOTALL)


def commands():
    lines = [line for block in blocks("console") for line in block.splitlines()]
    return [shlex.split(line.removeprefix("$ "))[1:] for line in lines]


def test_the_page_is_printed_as_shown(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    (study,), (shown,) = blocks("yaml"), blocks("text")
    Path("wage-packages.yaml").write_text(study, encoding="utf-8")
    for words in commands()[:2]:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["jury", *words])
        main()
    assert [line.rstrip() for line in capsys.readouterr().out.splitlines()] == shown.splitlines()


def test_every_option_is_one():
    for words in commands():
        command = importlib.import_module(f"cli.{words[0]}").command
        known = {flag for option in command.params for flag in option.opts}
        assert {word for word in words[1:] if word.startswith("--")} <= known
