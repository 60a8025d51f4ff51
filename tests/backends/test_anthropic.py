from __future__ import annotations

import asyncio
import json
import sys

import pytest

from jury.backends import ModelSpec, Usage, open_backend
from jury.errors import ModelError, TransientError

MODEL = "anthropic/claude-test"


def test_a_sample_is_asked_for_and_read(anthropic_server, ask, make_request):
    reply = asyncio.run(ask(MODEL, make_request(), base_url=anthropic_server.base_url))
    assert json.loads(reply.text) == {"A": 1, "B": 3}
    assert (reply.refused, reply.finish_reason, reply.model) == (False, "end_turn", "claude-test-1")
    assert reply.usage == Usage(input=120, output=9, cached=70, written=30)
    assert reply.parameters == {"max_tokens": 512, "output_config": "json_schema"}
    (seen,) = anthropic_server.seen
    persona = {"type": "text", "text": "You are Ann.", "cache_control": {"type": "ephemeral"}}
    assert seen.body["system"] == [persona]
    assert seen.body["messages"] == [{"role": "user", "content": "Case: tea or coffee?\n\nRate A and B."}]
    assert "temperature" not in seen.body
    assert seen.headers["anthropic-version"] == "2026-10-21"


def test_temperature_and_options_are_sent_when_set(anthropic_server, ask, make_request):
    settings = {"temperature": 0.3, "options": {"service_tier": "standard_only"}}
    reply = asyncio.run(ask(MODEL, make_request(persona=""), base_url=anthropic_server.base_url, **settings))
    (seen,) = anthropic_server.seen
    assert (seen.body["temperature"], seen.body["service_tier"]) == (0.3, "standard_only")
    assert seen.headers["anthropic-version"] == "2023-06-01"
    assert reply.parameters == {
        "max_tokens": 512,
        "output_config": "json_schema",
        "temperature": 0.3,
        "service_tier": "standard_only",
        "anthropic-version": "2023-06-01",
    }
    assert "system" not in seen.body


def test_the_address_may_come_from_the_environment(anthropic_server, ask, make_request, monkeypatch):
    monkeypatch.setenv("ANTHROPIC_BASE_URL", anthropic_server.base_url)
    asyncio.run(ask(MODEL, make_request()))
    assert len(anthropic_server.seen) == 1


def test_text_blocks_are_joined(anthropic_server, ask, make_request, fakes):
    anthropic_server.then(fakes.send(fakes.message('{"A": ', "5}")))
    assert asyncio.run(ask(MODEL, make_request(), base_url=anthropic_server.base_url)).text == '{"A": 5}'


@pytest.mark.parametrize(("texts", "shown"), [((), "Not that."), (("I would",), "I would")])
def test_refusals_are_kept(anthropic_server, ask, make_request, fakes, texts, shown):
    details = {"type": "refusal", "category": "bio", "explanation": "Not that."}
    anthropic_server.then(fakes.send(fakes.message(*texts, stop_reason="refusal", stop_details=details)))
    reply = asyncio.run(ask(MODEL, make_request(), base_url=anthropic_server.base_url))
    assert (reply.refused, reply.text, reply.finish_reason) == (True, shown, "refusal")


def test_an_answer_that_ends_before_it_begins_is_an_empty_reply(anthropic_server, ask, make_request, fakes):
    anthropic_server.then(fakes.send(fakes.message(stop_reason="max_tokens")))
    reply = asyncio.run(ask(MODEL, make_request(), base_url=anthropic_server.base_url))
    assert (reply.text, reply.refused, reply.finish_reason) == ("", False, "max_tokens")


def test_bodies_that_are_json_and_no_message_are_transient(anthropic_server, ask, make_request, fakes):
    for body in [fakes.message(), {**fakes.message(), "content": None}, {}, [], "ok", None]:
        anthropic_server.then(fakes.send(body))
        with pytest.raises(TransientError, match="unusable answer"):
            asyncio.run(ask(MODEL, make_request(), base_url=anthropic_server.base_url))


def test_logprobs_name_the_alternative(anthropic_server, ask, make_request):
    assert open_backend(ModelSpec("anthropic", "claude-test")).readouts == ("sample",)
    with pytest.raises(ModelError, match="readout: sample"):
        asyncio.run(ask(MODEL, make_request("logprobs"), base_url=anthropic_server.base_url))
    assert anthropic_server.seen == []


def test_used_up_credit_stops_the_run(anthropic_server, ask, make_request, fakes):
    words = "Your credit balance is too low to access the Anthropic API."
    anthropic_server.then(fakes.send(fakes.anthropic_error("invalid_request_error", words), 400))
    with pytest.raises(ModelError, match="--resume"):
        asyncio.run(ask(MODEL, make_request(), base_url=anthropic_server.base_url))


@pytest.mark.parametrize(
    "words", ["`temperature` is deprecated for this model.", "temperature: Extra inputs are not permitted"]
)
def test_a_model_without_temperature_stops_the_run(anthropic_server, ask, make_request, fakes, words):
    anthropic_server.then(fakes.send(fakes.anthropic_error("invalid_request_error", words), 400))
    with pytest.raises(ModelError, match="does not take temperature"):
        asyncio.run(ask(MODEL, make_request(), base_url=anthropic_server.base_url, temperature=0.3))


def test_a_missing_key_names_the_variable(monkeypatch):
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    with pytest.raises(ModelError, match="ANTHROPIC_API_KEY"):
        open_backend(ModelSpec("anthropic", "claude-test"))


def test_a_missing_package_names_the_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "anthropic", None)
    with pytest.raises(ModelError, match="pip install anthropic"):
        open_backend(ModelSpec("anthropic", "claude-test"))
