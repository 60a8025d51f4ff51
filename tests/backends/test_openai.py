from __future__ import annotations

import asyncio
import json
import math
import sys

import pytest

from jury.backends import ModelSpec, Usage, open_backend
from jury.elicitation.reading import option_shares
from jury.errors import ModelError, TransientError

MODEL = "openai/gpt-test"
CHAT = {"interface": "chat"}


def test_a_sample_is_asked_for_and_read(openai_server, ask, make_request):
    reply = asyncio.run(ask(MODEL, make_request(), base_url=openai_server.base_url, temperature=0.7, options=CHAT))
    assert json.loads(reply.text) == {"A": 1, "B": 3}
    assert (reply.refused, reply.finish_reason, reply.model) == (False, "stop", "gpt-test-2026-01-01")
    assert reply.usage == Usage(120, 7, 64)
    assert reply.parameters == {
        "max_completion_tokens": 512,
        "temperature": 0.7,
        "seed": 11,
        "response_format": "json_schema",
    }
    (seen,) = openai_server.seen
    assert seen.body["messages"] == [
        {"role": "system", "content": "You are Ann."},
        {"role": "user", "content": "Case: tea or coffee?\n\nRate A and B."},
    ]


def test_temperature_is_left_to_the_provider_and_an_empty_persona_is_no_message(openai_server, ask, make_request):
    asyncio.run(ask(MODEL, make_request(persona=""), base_url=openai_server.base_url, options=CHAT))
    (seen,) = openai_server.seen
    assert "temperature" not in seen.body
    assert [message["role"] for message in seen.body["messages"]] == ["user"]


def test_the_address_may_come_from_the_environment(openai_server, ask, make_request, monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", openai_server.base_url)
    asyncio.run(ask(MODEL, make_request()))
    assert len(openai_server.seen) == 1


def test_options_are_sent_along(openai_server, ask, make_request):
    options = {"reasoning_effort": "low", **CHAT}
    reply = asyncio.run(ask(MODEL, make_request(), base_url=openai_server.base_url, options=options))
    assert openai_server.seen[0].body["reasoning_effort"] == "low"
    assert reply.parameters["reasoning_effort"] == "low"
    assert "interface" not in {**openai_server.seen[0].body, **reply.parameters}


def test_token_variants_of_an_option_are_summed(openai_server, ask, make_request, fakes):
    tops = [("A", math.log(0.5)), (" A", math.log(0.25)), ("B", math.log(0.125)), ("The", math.log(0.0625))]
    openai_server.then(fakes.send(fakes.completion("A", finish_reason="length", top_logprobs=tops)))
    request = make_request("logprobs", options=("A", "B", "C"))
    reply = asyncio.run(ask(MODEL, request, base_url=openai_server.base_url))
    assert reply.text == ""
    assert option_shares(reply, "ABC").mass == pytest.approx(0.875)
    assert option_shares(reply, "ABC").shares == pytest.approx({"A": 6 / 7, "B": 1 / 7, "C": 0.0})
    sent = openai_server.seen[0].body
    assert (sent["max_completion_tokens"], sent["logprobs"], sent["top_logprobs"]) == (1, True, 20)
    assert "response_format" not in sent


@pytest.mark.parametrize("status", [400, 403])
def test_a_model_without_logprobs_names_the_alternative(openai_server, ask, make_request, fakes, status):
    words = "You are not allowed to request logprobs from this model"
    openai_server.then(fakes.send(fakes.openai_error(words), status))
    with pytest.raises(ModelError, match="readout: sample"):
        asyncio.run(ask(MODEL, make_request("logprobs"), base_url=openai_server.base_url))


def test_a_server_that_leaves_logprobs_out_names_the_alternative(openai_server, ask, make_request, fakes):
    openai_server.then(fakes.send(fakes.completion("A", finish_reason="length")))
    with pytest.raises(ModelError, match="readout: sample"):
        asyncio.run(ask(MODEL, make_request("logprobs"), base_url=openai_server.base_url))


@pytest.mark.parametrize("readout", ["sample", "logprobs"])
@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"content": None, "refusal": "I will not judge that."}, "I will not judge that."),
        ({"content": "", "finish_reason": "content_filter"}, ""),
    ],
)
def test_refusals_are_kept(openai_server, ask, make_request, fakes, readout, body, text):
    openai_server.then(fakes.send(fakes.completion(**body)))
    reply = asyncio.run(ask(MODEL, make_request(readout), base_url=openai_server.base_url, options=CHAT))
    assert (reply.refused, reply.text, reply.logprobs) == (True, text, None)
    assert reply.usage.input == 120


def test_an_answer_that_ends_before_it_begins_is_an_empty_reply(openai_server, ask, make_request, fakes):
    openai_server.then(fakes.send(fakes.completion("", finish_reason="length")))
    reply = asyncio.run(ask(MODEL, make_request(), base_url=openai_server.base_url, options=CHAT))
    assert (reply.text, reply.refused, reply.finish_reason) == ("", False, "length")


def test_bodies_that_are_json_and_no_completion_are_transient(openai_server, ask, make_request, fakes):
    whole = fakes.completion()
    bodies = [
        {**whole, "choices": []},
        {**whole, "choices": [{"index": 0, "finish_reason": "stop"}]},
        fakes.completion(None),
        {"error": {"message": "upstream timed out", "code": 504}},
        {},
        [],
        "ok",
        None,
    ]
    for body in bodies:
        openai_server.then(fakes.send(body))
        with pytest.raises(TransientError, match="unusable answer"):
            asyncio.run(ask(MODEL, make_request(), base_url=openai_server.base_url, options=CHAT))


def test_usage_that_is_left_out_is_zero(openai_server, ask, make_request, fakes):
    body = fakes.completion()
    del body["usage"]
    openai_server.then(fakes.send(body))
    assert asyncio.run(ask(MODEL, make_request(), base_url=openai_server.base_url, options=CHAT)).usage == Usage()


def test_json_under_another_content_type_is_read(openai_server, ask, make_request, fakes):
    content = json.dumps(fakes.completion('{"A": 2, "B": 1}')).encode()
    openai_server.then(fakes.send_raw(content, kind="text/plain; charset=utf-8"))
    assert (
        asyncio.run(ask(MODEL, make_request(), base_url=openai_server.base_url, options=CHAT)).text
        == '{"A": 2, "B": 1}'
    )


@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_missing_key_names_the_variable(monkeypatch, value):
    if value is None:
        monkeypatch.delenv("OPENAI_API_KEY")
    else:
        monkeypatch.setenv("OPENAI_API_KEY", value)
    with pytest.raises(ModelError, match="OPENAI_API_KEY"):
        open_backend(ModelSpec("openai", "gpt-test"))


def test_a_key_that_no_header_can_hold_is_not_quoted(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-“quoted”")
    with pytest.raises(ModelError, match="OPENAI_API_KEY holds") as caught:
        open_backend(ModelSpec("openai", "gpt-test"))
    assert "sk-" not in str(caught.value)


def test_a_missing_package_names_the_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "openai", None)
    with pytest.raises(ModelError, match="pip install openai"):
        open_backend(ModelSpec("openai", "gpt-test"))


def test_an_address_without_a_scheme_is_refused():
    with pytest.raises(ModelError, match=r"http://"):
        open_backend(ModelSpec("openai", "gpt-test", base_url="127.0.0.1:8080/v1"))


def test_options_may_not_take_over_what_the_study_decides():
    with pytest.raises(ModelError, match=r"model\.options may not set messages"):
        open_backend(ModelSpec("openai", "gpt-test", options={"messages": []}))
