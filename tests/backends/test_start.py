"""A run of a model that cannot give what was asked ends at its start, for the price of one request."""

from __future__ import annotations

import pytest

from jury import Study, simulate
from jury.errors import ModelError

CASES = [{"id": "wage", "prompt": "What about the minimum wage?", "alternatives": ["raise", "keep"]}]


@pytest.fixture
def run(openai_server, anthropic_server, tmp_path):
    """Simulates a small study against a fake; returns the requests that it saw."""

    def start(model, mode="score", readout="sample", *, max_connections=8, **options):
        server = anthropic_server if model.startswith("anthropic") else openai_server
        study = Study.model_validate(
            {
                "name": "small",
                "jurors": {"n": 12},
                "cases": CASES,
                "model": {"name": model, "base_url": server.base_url, "options": options},
                "elicitation": {"mode": mode, "readout": readout},
            }
        )
        path = tmp_path / "run.sqlite"
        try:
            return simulate(study, out=path, max_connections=max_connections)
        except ModelError:
            assert not path.exists()  # a run that never got an answer leaves nothing behind
            raise

    return start


@pytest.mark.parametrize("structured", ["schema", "tool"])
@pytest.mark.parametrize("model", ["openai/m", "openai-compatible/m", "anthropic/m"])
def test_a_server_that_answers_in_prose_costs_one_request(run, request, fakes, model, structured):
    server = request.getfixturevalue("anthropic_server" if model.startswith("anthropic") else "openai_server")
    body = {"openai/m": fakes.response, "openai-compatible/m": fakes.completion, "anthropic/m": fakes.message}[model]
    server.then(*[fakes.send(body("I would say four."))] * 12)
    with pytest.raises(ModelError, match=r"model\.options\.structured to .*prompt"):
        run(model, structured=structured)
    assert len(server.seen) == 1


def test_words_alone_are_read_as_they_come(run, openai_server, fakes):
    openai_server.then(fakes.send(fakes.completion("I would say four.")))
    openai_server.then(*[fakes.send(fakes.completion('{"A": 4, "B": 2}'))] * 11)
    found = run("openai-compatible/m", structured="prompt").denominators()
    assert (found["answered"], found["unparsed"]) == (11, 1)


@pytest.mark.parametrize("model", ["openai/m", "openai-compatible/m"])
def test_a_model_without_log_probabilities_costs_one_request(run, openai_server, fakes, model):
    openai_server.then(*[fakes.send(fakes.completion("4", finish_reason="length"))] * 12)
    with pytest.raises(ModelError, match="readout: sample"):
        run(model, readout="logprobs")
    assert len(openai_server.seen) == 1


def test_a_reasoning_model_that_refuses_log_probabilities_costs_one_request(run, openai_server, fakes):
    words = "You are not allowed to request logprobs from this model"
    openai_server.then(*[fakes.send(fakes.openai_error(words), 403)] * 12)
    with pytest.raises(ModelError, match="readout: sample"):
        run("openai/m", readout="logprobs")
    assert len(openai_server.seen) == 1


def test_a_readout_that_an_interface_has_not_is_told_before_anything_is_asked(run, anthropic_server):
    with pytest.raises(ModelError, match=r"anthropic/m cannot give readout 'logprobs'.*set elicitation\.readout to"):
        run("anthropic/m", readout="logprobs")
    assert anthropic_server.seen == []


def test_faults_on_the_way_to_the_first_answer_are_waited_out(run, openai_server, fakes):
    openai_server.then(fakes.send({}, 503, Retry_After_Ms="5"), fakes.reset, fakes.send({}, 500))
    assert run("openai/m").denominators()["answered"] == 12
    assert len(openai_server.seen) == 15


def test_one_answer_in_prose_later_is_one_ballot(run, openai_server, fakes):
    openai_server.then(fakes.send(fakes.response('{"A": 1, "B": 1}')), fakes.send(fakes.response("I forgot.")))
    found = run("openai/m").denominators()
    assert (found["answered"], found["unparsed"]) == (11, 1)
