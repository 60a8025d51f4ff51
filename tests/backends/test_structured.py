"""The three ways to a structured answer, and what is said of a server that ignores what it was sent."""

from __future__ import annotations

import asyncio
import json

import pytest

from jury.backends import ModelSpec, Reply, open_backend
from jury.errors import ModelError

SERVICES = {
    "responses": ("openai/m", "responses"),
    "chat": ("openai/m", "chat"),
    "compatible": ("openai-compatible/m", "chat"),
    "compatible responses": ("openai-compatible/m", "responses"),
    "anthropic": ("anthropic/m", None),
}


@pytest.fixture(params=list(SERVICES))
def service(request, make_request):
    """A server, and a function that puts one request to it and looks at the reply."""
    model, interface = SERVICES[request.param]
    server = request.getfixturevalue("anthropic_server" if interface is None else "openai_server")

    def put(structured, **request):
        options = {"structured": structured} | ({"interface": interface} if interface else {})
        spec = ModelSpec(*model.split("/"), base_url=server.base_url, options=options)

        async def run():
            backend = open_backend(spec)
            try:
                asked = make_request(**request)
                reply = await backend.ask(asked)
                return reply, backend.check(asked, reply)
            finally:
                await backend.aclose()

        return asyncio.run(run())

    server.put, server.name = put, request.param
    return server


@pytest.mark.parametrize("structured", ["schema", "tool"])
def test_the_answer_comes_through_the_channel_that_was_asked_for(service, structured):
    reply, shown = service.put(structured)
    assert json.loads(reply.text) == {"A": 1, "B": 3}
    assert shown
    sent = service.seen[0].body
    assert ("tools" in sent) == (structured == "tool")
    form = {"response_format", "text", "output_config"} & sent.keys()
    assert bool(form) == (structured == "schema")
    recorded = {"tools": ["answer"], "tool_choice": "answer"}.items() if structured == "tool" else {}
    assert set(map(str, recorded)) <= set(map(str, reply.parameters.items()))


def test_words_alone_send_no_form_and_promise_nothing(service):
    reply, shown = service.put("prompt")
    assert "I like both" in reply.text
    assert not shown
    assert not {"response_format", "text", "output_config", "tools", "tool_choice"} & service.seen[0].body.keys()


def _prose(fakes, service, text="Well, A is a 4."):
    if service.name == "anthropic":
        return fakes.message(text)
    return fakes.response(text) if "responses" in service.name else fakes.completion(text)


@pytest.mark.parametrize("structured", ["schema", "tool"])
@pytest.mark.parametrize("text", ["Well, A is a 4.", '```json\n{"A": 1, "B": 1}\n```', '{"A": 1}', "[1, 2]"])
def test_a_server_that_ignores_the_form_is_found_out(service, fakes, structured, text):
    service.then(fakes.send(_prose(fakes, service, text)))
    others = {"schema": "tool or prompt", "tool": "schema or prompt"}[structured]
    with pytest.raises(ModelError, match=rf"model\.options\.structured to {others}") as caught:
        service.put(structured)
    assert "\n" not in str(caught.value)


@pytest.fixture
def judge(make_request):
    """Judges a reply as an OpenAI model's."""
    backend = open_backend(ModelSpec("openai", "m"))
    yield lambda reply, **request: backend.check(make_request(**request), reply)
    asyncio.run(backend.aclose())


def test_what_cannot_tell_is_no_proof(judge):
    assert not judge(Reply("I would rather not.", refused=True))
    assert not judge(Reply('{"A": 1, ', finish_reason="max_output_tokens"))
    assert not judge(Reply("", finish_reason="length"))
    assert not judge(Reply("", {"A": -1.0}), readout="logprobs")
    with pytest.raises(ModelError):
        judge(Reply("Let me think about that: A", finish_reason="length"))
