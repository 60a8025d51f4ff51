"""docs/packages.md shows what `jury packages` prints of the study that it gives."""

import re
import shlex
import sys
from pathlib import Path

from cli.main import main

PAGE = (Path(__file__).parents[2] / "docs" / "packages.md").read_text(encoding="utf-8")


def test_the_page_is_printed_as_shown(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    (study,) = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)
    (shown,) = re.findall(r"```text\n(.*?)```", PAGE, flags=re.DOTALL)
    (tmp_path / "wage-packages.yaml").write_text(study, encoding="utf-8")
    commands = re.findall(r"^\$ (jury (?:simulate|packages) .*)$", PAGE, flags=re.MULTILINE)
    assert [command.split()[1] for command in commands] == ["simulate", "packages"]
    for command in commands:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", shlex.split(command))
        main()
    printed = capsys.readouterr().out
    assert [line.rstrip() for line in printed.splitlines()] == shown.splitlines()
