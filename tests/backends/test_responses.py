"""`openai` through the responses interface, which is its default for written answers."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from jury.backends import ModelSpec, Usage, open_backend
from jury.backends.base import Turn
from jury.elicitation.reading import option_shares
from jury.errors import ModelError, RequestError, TransientError

MODEL = "openai/gpt-test"


@pytest.fixture
def put(openai_server, ask):
    """Puts one request to the fake."""

    def run(request, **spec):
        return asyncio.run(ask(MODEL, request, base_url=openai_server.base_url, **spec))

    return run


def test_a_sample_is_asked_for_and_read(openai_server, put, make_request):
    reply = put(make_request(), temperature=0.7)
    assert json.loads(reply.text) == {"A": 1, "B": 3}
    assert (reply.refused, reply.finish_reason, reply.model) == (False, "completed", "gpt-test-2026-01-01")
    assert reply.usage == Usage(input=120, output=7, cached=64, written=32)
    assert reply.parameters == {"max_output_tokens": 512, "temperature": 0.7, "text": "json_schema", "store": False}
    (seen,) = openai_server.seen
    assert seen.path == "/v1/responses"
    assert seen.body["instructions"] == "You are Ann."
    assert seen.body["input"] == [{"role": "user", "content": "Case: tea or coffee?\n\nRate A and B."}]
    assert not {"seed", "top_logprobs"} & seen.body.keys()


def test_earlier_turns_are_said_again(openai_server, put, make_request):
    request = make_request(persona="")
    put(replace(request, earlier=(Turn("What do you think?", "Tea calms."),)))
    (seen,) = openai_server.seen
    assert "instructions" not in seen.body
    assert seen.body["input"] == [
        {"role": "user", "content": "Case: tea or coffee?\n\nWhat do you think?"},
        {"role": "assistant", "content": "Tea calms."},
        {"role": "user", "content": "Rate A and B."},
    ]


def test_options_are_sent_along_and_may_ask_to_keep_the_answer(openai_server, put, make_request):
    reply = put(make_request(), options={"store": True, "reasoning": {"effort": "low"}})
    assert openai_server.seen[0].body["reasoning"] == {"effort": "low"}
    assert reply.parameters["store"] is True
    assert openai_server.violations == ["store is not false"]
    openai_server.violations.clear()


def test_log_probabilities_go_through_chat_completions_unless_said_otherwise(openai_server, put, make_request):
    by_default = put(make_request("logprobs"))
    asked_for = put(make_request("logprobs"), options={"interface": "responses"})
    assert [seen.path for seen in openai_server.seen] == ["/v1/chat/completions", "/v1/responses"]
    assert option_shares(by_default, "AB").shares == option_shares(asked_for, "AB").shares
    sent = openai_server.seen[1].body
    assert (sent["max_output_tokens"], sent["top_logprobs"]) == (16, 20)
    assert sent["include"] == ["message.output_text.logprobs"]
    assert (asked_for.text, asked_for.floor) == ("", -1.5)


def test_a_reasoning_model_without_logprobs_names_the_alternative(openai_server, put, make_request, fakes):
    words = "logprobs are not supported with reasoning models."
    openai_server.then(fakes.send(fakes.openai_error(words, None, "include"), 400))
    with pytest.raises(ModelError, match="readout: sample"):
        put(make_request("logprobs"), options={"interface": "responses"})
    openai_server.then(fakes.send(fakes.response("A")))
    with pytest.raises(ModelError, match="readout: sample"):
        put(make_request("logprobs"), options={"interface": "responses"})


@pytest.mark.parametrize("readout", ["sample", "logprobs"])
@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"text": None, "refusal": "I will not judge that."}, "I will not judge that."),
        ({"text": None, "reason": "content_filter"}, ""),
    ],
)
def test_refusals_are_kept(openai_server, put, make_request, fakes, readout, body, text):
    openai_server.then(fakes.send(fakes.response(**body)))
    reply = put(make_request(readout), options={"interface": "responses"})
    assert (reply.refused, reply.logprobs) == (True, None)
    assert reply.text == text
    assert reply.usage.input == 120


def test_reasoning_that_uses_up_all_tokens_is_an_empty_reply_and_is_paid(openai_server, put, make_request, fakes):
    openai_server.then(fakes.send(fakes.response(None, reason="max_output_tokens", reasoning=505)))
    reply = put(make_request())
    assert (reply.text, reply.refused, reply.finish_reason) == ("", False, "max_output_tokens")
    assert reply.usage.output == 512


def test_an_answer_after_reasoning_is_read(openai_server, put, make_request, fakes):
    openai_server.then(fakes.send(fakes.response('{"A": 2, "B": 1}', reasoning=99)))
    assert put(make_request()).text == '{"A": 2, "B": 1}'


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("server_error", TransientError),
        ("rate_limit_exceeded", TransientError),
        ("invalid_prompt", RequestError),
        ("bio_policy", RequestError),
    ],
)
def test_a_fault_with_status_200_is_what_it_says(openai_server, put, make_request, fakes, code, kind):
    body = fakes.response(None, status="failed") | {"error": {"code": code, "message": "words of the server"}}
    openai_server.then(fakes.send(body))
    with pytest.raises(kind, match=f"{code}.*words of the server") as caught:
        put(make_request())
    assert isinstance(caught.value, TransientError) == (kind is TransientError)


def test_bodies_that_are_json_and_no_response_are_transient(openai_server, put, make_request, fakes):
    whole = fakes.response()
    bodies = [
        {**whole, "output": None},
        {**whole, "output": []},
        {**whole, "output": [{"type": "message", "content": None}]},
        {**whole, "output": ["text"]},
        {"error": {"message": "upstream timed out"}},
        fakes.completion(),
        {},
        [],
        "ok",
        None,
    ]
    for body in bodies:
        openai_server.then(fakes.send(body))
        with pytest.raises(TransientError, match="unusable answer"):
            put(make_request())


def test_usage_that_is_left_out_is_zero(openai_server, put, make_request, fakes):
    body = fakes.response()
    del body["usage"]
    openai_server.then(fakes.send(body))
    assert put(make_request()).usage == Usage()


def test_a_limit_that_the_interface_refuses_is_said_before_it_is_sent(openai_server, put, make_request):
    with pytest.raises(ModelError, match="16 or more"):
        put(make_request(), max_tokens=8)
    assert openai_server.seen == []
    put(make_request(), max_tokens=8, options={"interface": "chat"})


def test_a_server_without_the_interface_is_told_how_to_be_asked(openai_server, put, make_request):
    del openai_server.routes["/v1/responses"]
    with pytest.raises(ModelError, match=r"model\.options\.interface to chat"):
        put(make_request())


@pytest.mark.parametrize(("name", "value"), [("interface", "chats"), ("structured", "strict")])
def test_a_wrong_way_is_named(name, value):
    with pytest.raises(ModelError, match=rf"model\.options\.{name}: '{value}' is none of"):
        open_backend(ModelSpec("openai", "gpt-test", options={name: value}))


@pytest.mark.parametrize("field", ["input", "instructions", "previous_response_id"])
def test_options_may_not_take_over_what_the_study_decides(field):
    with pytest.raises(ModelError, match=rf"model\.options may not set {field}"):
        open_backend(ModelSpec("openai", "gpt-test", options={field: "x"}))
