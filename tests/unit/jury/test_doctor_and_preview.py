"""What is looked at before a run: the installation, and what a study would ask."""

import dataclasses
import sqlite3

import pytest

from jury import simulate
from jury.doctor import examine
from jury.errors import ModelError, RequestError, RunError
from jury.plan import Plan
from jury.preview import preview
from jury.simulation import Options


def test_the_installation_is_named():
    found = {check.name: check for check in examine()}
    assert found["python"].fine
    assert found["SQLite"].fine
    assert not found["embedded model"].needed


def test_a_model_is_asked_in_each_readout_and_for_what_else_it_gives(plug):
    plug("test", lambda request: str(request.seed) if "drawn at random" in request.question.ask else '{"choice": "A"}')
    checks = [check for check in examine("test/x") if check.name not in {known.name for known in examine()}]
    names = ["test/x, sample", "test/x, logprobs", "seed", "temperature", "latency", "price"]
    assert [check.name for check in checks] == names
    assert all(check.fine for check in checks)
    assert "one seed twice, then another, gave 7, 7, 8" in checks[2].finding


def test_a_model_that_fails_is_a_problem_and_is_closed(plug):
    def refuse(_):
        raise RequestError("no")

    backend = plug("test", refuse)
    first, second = examine("test/x")[-2:]
    assert (first.fine, first.finding, first.needed, second.needed) == (False, "no", True, False)
    assert backend.closed
    [unknown] = examine("nobody/x")[-1:]
    assert not unknown.fine
    assert "no provider 'nobody'" in unknown.finding


def test_a_preview_counts_what_a_run_would_ask(make_study):
    study = make_study(elicitation={"mode": "score", "replicates": 3, "readout": "sample"})
    found = preview(study)
    assert (found.ballots, found.requests) == (8 * 2 * 3, 8 * 2 * 3)
    assert found.readout == "sample"
    assert found.jury.startswith("8 jurors, srs, with replacement, from us-adults")
    assert "What about the minimum wage?" in found.prompt
    assert (found.cost, found.cost_words()) == (0, "none")


def test_a_preview_of_a_large_run_measures_some_ballots_of_every_case(make_study, monkeypatch):
    texts = [f"{'a word ' * (1 + 40 * number)}{number}" for number in range(30)]
    cases = [{"id": str(number), "prompt": text, "alternatives": ["x", "y"]} for number, text in enumerate(texts)]
    model = {"name": "planted/hash", "price": [1, 2]}
    study = make_study(cases=cases, jurors=50, model=model, elicitation={"mode": "score", "replicates": 4})
    whole = preview(study)
    asked = []
    monkeypatch.setattr("jury.loads._SAMPLE", 90)
    task = Plan.task
    monkeypatch.setattr(Plan, "task", lambda *given: asked.append(given[2]) or task(*given))
    some = preview(study)
    assert whole.ballots == some.ballots == some.requests == 50 * 30 * 4
    assert "90 of 6000 ballots stand for all" in some.assumptions
    assert len(asked) < 90 + 40
    assert set(asked) == set(range(30))
    assert some.cost == pytest.approx(whole.cost, rel=0.01)
    assert some.cost > 0.1
    assert some.input_tokens == pytest.approx(whole.input_tokens, rel=0.01)


@pytest.mark.parametrize("failed", [0, 4])
def test_a_preview_of_a_run_to_resume_counts_what_is_missing(failed, make_study, plug, tmp_path):
    path = tmp_path / "r.sqlite"
    plug("test", lambda _: '{"A": 1, "B": 2, "C": 3}', pricing=None)
    models = [{"name": "planted/hash"}, {"name": "test/x", "price": [1, 2]}]
    study = make_study(model=models, jurors=8, elicitation={"mode": "score", "replicates": 2, "readout": "sample"})
    simulate(study, out=path, cache=False)
    whole = preview(study)
    assert (whole.ballots, whole.stored) == (32, 0)
    with sqlite3.connect(path) as connection:
        (juror,) = connection.execute("SELECT MIN(id) FROM juror WHERE model = 'test/x'").fetchone()
        connection.execute("DELETE FROM reply WHERE juror_id = ?", (juror,))
        connection.execute("DELETE FROM ballot WHERE juror_id = ?", (juror,))
        connection.execute(
            "UPDATE ballot SET status = 'failed' WHERE juror_id = (SELECT MAX(id) FROM juror WHERE model = 'test/x')"
            " AND ?",
            (failed > 0,),
        )
    connection.close()
    before = path.read_bytes()
    left = preview(study, Options(out=path, resume=True))
    assert path.read_bytes() == before
    assert (left.ballots, left.stored, left.requests) == (4 + failed, 28 - failed, 4 + failed)
    # A quarter, or half, of what the one model that costs something was asked.
    assert left.cost == pytest.approx(whole.cost * (4 + failed) / 16)
    assert "what is missing is like the rest" in left.assumptions
    with pytest.raises(RunError, match="another version of the study"):
        preview(study.changed(seed=5), Options(out=path, resume=True))


@pytest.mark.parametrize(
    ("cost", "words"),
    [
        (None, "unknown (no listed price; --price gives one)"),
        (0.0, "none"),
        (0.00001, "about $0.0001, at most $0.0001"),
        (0.25, "about $0.1250, at most $0.2500"),
        (3.001, "about $1.51, at most $3.01"),
    ],
)
def test_a_bound_is_never_rounded_down(make_study, cost, words):
    half = None if cost is None else cost / 2
    assert dataclasses.replace(preview(make_study()), cost=cost, expected_cost=half).cost_words() == words


def test_a_model_without_its_key_is_priced_and_told_and_not_asked(make_study, monkeypatch, tmp_path):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    study = make_study(model="openai/gpt-5-mini")
    shown = preview(study)
    assert shown.cost > 0
    assert shown.lacking == ("openai/gpt-5-mini needs a key: set the environment variable OPENAI_API_KEY",)
    with pytest.raises(ModelError, match="OPENAI_API_KEY"):
        simulate(study, out=tmp_path / "run.sqlite")
    assert not list(tmp_path.iterdir())


def test_a_model_that_cannot_be_had_is_said_before_it_is_asked(make_study):
    with pytest.raises(ModelError, match="planted/nothing: known: "):
        preview(make_study(model="planted/nothing"))
