"""docs/deliberation.md shows what `jury deliberate` prints, names every model and topology, and its Python runs."""

import re
import shlex
import sys
from pathlib import Path

from cli.main import main
from jury.deliberation.dynamics import models
from jury.deliberation.topology import topologies

PAGE = (Path(__file__).parents[2] / "docs" / "deliberation.md").read_text(encoding="utf-8")
WITHOUT_CALLS = PAGE.partition("## Without calls")[2].partition("\n## ")[0]


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", WITHOUT_CALLS, flags=re.DOTALL)


def test_the_page_is_printed_as_shown(shared_data, monkeypatch, capsys):
    monkeypatch.chdir(shared_data / "polis")
    monkeypatch.setenv("COLUMNS", "100")
    (command,), (shown,) = blocks("console"), blocks("text")
    monkeypatch.setattr(sys, "argv", shlex.split(command.removeprefix("$ ").replace("\\\n", " ")))
    main()
    printed = capsys.readouterr().out
    assert [line.rstrip() for line in printed.splitlines()] == shown.splitlines()


def test_every_model_and_topology_is_in_a_table():
    named = set(re.findall(r"^\| `(.*?)` \|", WITHOUT_CALLS, flags=re.MULTILINE))
    assert named == {*models, *topologies}


def test_defaults_are_those_of_the_tables():
    rows = dict(re.findall(r"^\| `(.*?)` \|.*\| (.*?) \|$", WITHOUT_CALLS, flags=re.MULTILINE))
    for kind, entry in (*models.items(), *topologies.items()):
        for name, value in re.findall(r"`(\w+)` ([\d.]+)", rows.get(kind, "")):
            assert float(entry.model_fields[name].default) == float(value), kind


def test_the_python_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (code,) = blocks("python")
    exec(compile(code, "deliberation.md", "exec"), {})
    assert "utilitarian" in capsys.readouterr().out
