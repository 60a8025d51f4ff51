"""`jury doctor --model`: what it finds out of servers that give more or less."""

from __future__ import annotations

import itertools

import pytest

from jury.probing import probe, remedies

OPENAI, COMPATIBLE, ANTHROPIC = "openai/gpt-5-mini", "openai-compatible/m", "anthropic/claude-haiku-4-5"


@pytest.fixture
def checks(openai_server, anthropic_server):
    """Probes a model behind a fake; returns the checks by name."""

    def run(model, **options):
        server = anthropic_server if model.startswith("anthropic") else openai_server
        found = probe(model, server.base_url, options)
        assert [check.name for check in found] == list(dict.fromkeys(check.name for check in found))
        return {check.name.removeprefix(f"{model}, "): check for check in found}

    return run


def _instead(server, path, proper):
    """Give other answers at a path; `proper` gets the body and the usual answer to it."""
    route = server.routes[path]
    usual = route.proper
    server.routes = {**server.routes, path: type(route)(route.check, lambda body: proper(body, usual(body)))}


def test_everything_is_found_where_it_is(checks):
    found = checks(OPENAI)
    assert {name for name, check in found.items() if check.fine} >= {
        "sample",
        "logprobs",
        "structured answers by schema",
        "structured answers by tool",
        "temperature",
        "latency",
        "price",
    }
    assert "label mass 0.83" in found["logprobs"].finding
    assert "$0.25 input, $0.025 cached input, $2 output a million tokens" in found["price"].finding
    assert "these probes cost $0.000" in found["price"].finding
    assert list(remedies(list(found.values()))) == []


def test_the_seed_is_asked_twice_and_another_once(checks, openai_server, fakes):
    def by_seed(body, usual):
        return fakes.completion(str(body["seed"])) if "at random" in str(body["messages"]) else usual

    _instead(openai_server, "/v1/chat/completions", by_seed)
    assert "honoured: one seed twice, then another, gave 7, 7, 8" in checks(COMPATIBLE)["seed"].finding
    numbers = itertools.count(100)
    _instead(openai_server, "/v1/chat/completions", lambda _, usual: fakes.completion(str(next(numbers))))
    found = checks(COMPATIBLE, structured="prompt")["seed"]
    assert (found.fine, found.needed, found.word) == (False, False, "no")
    assert "not honoured" in found.finding
    assert "the interface takes none" in checks(OPENAI)["seed"].finding
    assert "the interface takes none" in checks(ANTHROPIC)["seed"].finding


@pytest.mark.parametrize("model", [COMPATIBLE, OPENAI])
def test_a_server_that_ignores_schemas_is_told_what_to_set(checks, openai_server, fakes, model):
    def prose(body, usual):
        return usual if "tools" in body or body.get("logprobs") else usual | plain

    path, plain = (
        ("/v1/responses", {"output": fakes.response("Red is a colour.")["output"]})
        if model == OPENAI
        else ("/v1/chat/completions", {"choices": fakes.completion("Red is a colour.")["choices"]})
    )
    _instead(openai_server, path, prose)
    found = checks(model)
    assert not found["sample"].fine
    assert found["sample"].needed
    assert found["structured answers by schema"].word == "problem"
    assert found["structured answers by tool"].fine
    assert "structured answers by schema: set model.options.structured to tool or prompt" in remedies(
        list(found.values())
    )
    by_tool = checks(model, structured="tool")
    assert by_tool["sample"].fine
    assert by_tool["structured answers by schema"].word == "no"
    assert list(remedies(list(by_tool.values()))) == ["price: " + by_tool["price"].remedy] * (model == COMPATIBLE)


def test_a_schema_that_is_followed_only_when_it_suits_is_found_out(checks, openai_server, fakes):
    """The usual question asks for JSON in words, too: what enforces the schema shows when they ask for prose."""

    def obliging(body, usual):
        return fakes.completion("Red.") if "plain words" in str(body["messages"]) else usual

    _instead(openai_server, "/v1/chat/completions", obliging)
    found = checks(COMPATIBLE)
    assert found["sample"].fine
    assert found["structured answers by schema"].word == "problem"


def test_a_model_without_log_probabilities_or_temperature_says_so(checks, openai_server, fakes):
    server_says = {
        "top_logprobs": ("You are not allowed to request logprobs from this model", None, None),
        "temperature": ("Unsupported parameter: 'temperature'", "unsupported_parameter", "temperature"),
    }
    original = openai_server._ask

    def refuse(handler, method, content):
        for field, words in server_says.items():
            if f'"{field}"'.encode() in content:
                return fakes.send(fakes.openai_error(*words), 400)
        return original(handler, method, content)

    openai_server._ask = refuse
    found = checks(OPENAI)
    assert (found["logprobs"].fine, found["logprobs"].word) == (False, "no")
    assert "readout: sample" in found["logprobs"].finding
    assert (found["temperature"].word, found["temperature"].remedy) == ("no", "leave temperature out")


@pytest.mark.parametrize("model", [OPENAI, ANTHROPIC])
def test_the_prompt_cache_is_seen_the_second_time(checks, openai_server, anthropic_server, model):
    server = anthropic_server if model == ANTHROPIC else openai_server
    path = "/v1/messages" if model == ANTHROPIC else "/v1/responses"
    seen = set()

    def remembering(body, usual):
        prompt = str(body.get("system") or body.get("instructions"))
        long, known = len(prompt) > 2000, prompt in seen
        seen.add(prompt)
        usage = usual["usage"]
        if model == ANTHROPIC:
            usage |= {"cache_read_input_tokens": 5000 * (long and known), "cache_creation_input_tokens": 0}
        else:
            usage["input_tokens_details"] = {"cached_tokens": 1300 * (long and known), "cache_write_tokens": 0}
        return usual

    as_before = server.routes
    _instead(server, path, remembering)
    found = checks(model)["prompt cache"]
    assert found.fine
    assert ("5,000" if model == ANTHROPIC else "1,300") in found.finding
    server.routes = as_before  # the same figure each time: nothing came of sending it twice
    assert not checks(model)["prompt cache"].fine


def test_a_model_that_does_not_answer_is_asked_no_more(checks, openai_server, fakes):
    openai_server.then(*[fakes.send(fakes.openai_error("no such key"), 401)] * 20)
    found = checks(OPENAI)
    assert [check.fine for check in found.values()] == [False, False]
    assert len(openai_server.seen) == 2


def test_a_wrong_option_is_one_problem():
    (found,) = probe(OPENAI, None, {"structured": "strictly"})
    assert (found.fine, found.needed) == (False, True)
    assert "none of schema, tool, prompt" in found.finding
