"""What is looked at before a run: the installation, and what a study would ask."""

import dataclasses

import pytest

from jury.doctor import examine
from jury.errors import ModelError, RequestError
from jury.preview import preview


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


def test_a_model_that_cannot_be_had_is_said_before_it_is_asked(make_study, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ModelError, match="OPENAI_API_KEY"):
        preview(make_study(model="openai/gpt-5-mini"))
