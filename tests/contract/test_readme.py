"""What the README shows is true: its Python runs and prints what it says, its study is valid."""

import re
from pathlib import Path

from jury import Study

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def test_the_python_runs_and_prints_what_it_says(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)  # a run file is written
    (code,) = blocks("python")
    exec(compile(code, "README.md", "exec"), {})
    printed = capsys.readouterr().out.splitlines()
    promised = re.findall(r"^# (\(.*)$", code, flags=re.MULTILINE)
    assert promised
    assert printed[: len(promised)] == promised


def test_the_study_is_valid(tmp_path):
    (document,) = blocks("yaml")
    path = tmp_path / "study.yaml"
    path.write_text(document, encoding="utf-8")
    study = Study.load(path)
    assert len(study.load_cases(study.load_population())) == 1
