"""What a benchmark lacks is told with its cause: models that cannot be reached, questions that one model lacks."""

import json

import numpy as np
import pandas as pd
import pytest

from jury.benchmarks import Engine, Settings, benchmarks
from jury.benchmarks.mpi import MachinePersonality
from jury.benchmarks.page import Run, cause
from jury.benchmarks.serving import serving
from jury.errors import JuryError
from jury.estimates import Estimate
from jury.metrics import Judged
from jury.model_block import ModelBlock


@pytest.fixture
def survey(tmp_path):
    path = tmp_path / "own.jsonl"
    line = {"id": "q", "question": "Well?", "options": ["yes", "no"], "people": {"all": [60, 40]}}
    path.write_text(json.dumps(line), encoding="utf-8")
    return path


def test_a_model_that_answers_nothing_is_named_with_the_cause_and_how_to_go_on(survey, tmp_path, monkeypatch):
    """An unreachable server: the engine gives up after its patience, and keeps the last failure."""
    from jury.benchmarks import running

    simulate = running.simulate

    def unreachable(*study, **options):
        run = simulate(*study, **options)
        run.problem = "null/uniform: no connection to http://127.0.0.1:9/v1"
        return run

    monkeypatch.setattr(running, "simulate", unreachable)
    monkeypatch.setattr("jury.run.Run.ballots", lambda _: pd.DataFrame())
    folder = tmp_path / "runs"
    settings = Settings(data=survey, models=(ModelBlock(name="null/uniform"),), engine=Engine(out=folder))
    with pytest.raises(JuryError, match="no question was answered by null/uniform") as caught:
        benchmarks["file"].run(settings)
    assert "(null/uniform: no connection to http://127.0.0.1:9/v1)" in str(caught.value)
    assert f"the same command with --out {folder} asks what is missing" in str(caught.value)


def test_runs_without_a_failure_have_no_cause():
    done = Run("runs/a.sqlite", "x as itself", {}, None, "complete")
    assert cause([done]) == cause([]) == ""


def test_questions_are_left_out_for_want_of_a_model_that_is_named():
    utilities = np.random.default_rng(0).uniform(0.2, 0.8, (2, 5, 12))
    utilities[1, :2] = np.nan
    found, _ = serving(Judged(utilities, ["whole", "gappy"]), what="closeness", whom="groups", seed=0)
    assert "prompts: 3; 2 left out, for nobody could judge gappy (on 2)." in " ".join(found.remarks)


def test_groups_that_all_agree_are_counted():
    utilities = np.stack([np.full((3, 12), 0.8), np.full((3, 12), 0.2)])
    labels = {"group": ["a", "b", "c"] * 4}
    found, _ = serving(Judged(utilities, ["good", "bad"], groups=labels), what="w", whom="groups", seed=0)
    assert "Groups that would have chosen otherwise under utilitarian: 0 of 3." in found.remarks


def test_trait_scores_of_few_statements_say_why_there_is_a_dash(shared_data):
    mpi = MachinePersonality()
    settings = Settings(data=shared_data / "mpi", questions=3)
    survey = mpi.read(settings)
    from jury.benchmarks.survey import Respondent
    from jury.metrics import Answers

    first = {"mpi-0": Answers({"Very accurate": 1.0})}
    (table,) = mpi.more(survey, settings, [Respondent("m", first, "m")])
    assert sum(isinstance(cell, Estimate) and cell.count == 0 for cell in table.rows[0]) == 4
    assert table.note.startswith("A dash: no statement of that trait was among the questions")
    every = {f"mpi-{row}": Answers({"Very accurate": 1.0}) for row in range(120)}
    (whole,) = mpi.more(survey, settings, [Respondent("m", every, "m")])
    assert whole.note == ""
