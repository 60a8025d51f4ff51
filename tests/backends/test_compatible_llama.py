"""`openai-compatible` against a server that is not ours: llama.cpp's own, with a real model."""

from __future__ import annotations

import asyncio
import json

import pytest

from jury.backends import ModelSpec, open_backend
from jury.elicitation.reading import option_shares
from jury.errors import ModelError, RequestError

pytestmark = pytest.mark.local_model


@pytest.fixture(scope="module")
def llama_url(gguf_path):
    xllamacpp = pytest.importorskip("xllamacpp", reason="the extra `local` is not installed")
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(gguf_path)
    parameters.n_ctx = 2048
    parameters.n_parallel = 2
    # One: on busy cores, threads that wait for each other make this ten times slower.
    parameters.cpuparams.n_threads = 1
    parameters.warmup = False
    parameters.verbosity = -1
    server = xllamacpp.Server(parameters)
    yield f"{server.listening_address}/v1"
    del server


def test_an_answer_follows_the_schema(llama_url, ask, make_request):
    scores = {"enum": [1, 2, 3, 4, 5, None]}
    schema = {
        "type": "object",
        "properties": {"A": scores, "B": scores},
        "required": ["A", "B"],
        "additionalProperties": False,
    }
    request = make_request(schema=schema)
    reply = asyncio.run(ask("openai-compatible/any", request, base_url=llama_url, max_tokens=32, temperature=0))
    answer = json.loads(reply.text)
    assert set(answer) == {"A", "B"}
    assert set(answer.values()) <= {1, 2, 3, 4, 5, None}
    assert reply.finish_reason == "stop"
    assert reply.usage.input > 10 < reply.usage.output


def test_the_same_seed_gives_the_same_answer(llama_url, ask, make_request):
    schema = {
        "type": "object",
        "properties": {"reason": {"type": "string"}},
        "required": ["reason"],
        "additionalProperties": False,
    }

    def text(seed):
        request = make_request(schema=schema, seed=seed)
        settings = {"base_url": llama_url, "max_tokens": 9, "temperature": 1.0}
        # The second of two, so that all are evaluated after the same cached prefix.
        return asyncio.run(ask("openai-compatible/any", request, request, **settings)).text

    assert text(5) == text(5 + 2**31)
    assert len({text(5), text(6), text(7)}) > 1


def test_option_probabilities_are_read(llama_url, ask, make_request):
    reply = asyncio.run(ask("openai-compatible/any", make_request("logprobs"), base_url=llama_url))
    assert reply.text == ""
    assert {token.strip() for token in reply.logprobs} == {"A", "B"}
    assert 0 < option_shares(reply, "AB").mass <= 1 + 1e-6
    assert reply.floor <= min(reply.logprobs.values())
    assert reply.usage.output == 1


def test_its_responses_interface_is_asked_and_gives_text(llama_url, ask, make_request):
    options = {"interface": "responses", "structured": "prompt"}
    settings = {"base_url": llama_url, "max_tokens": 16, "temperature": 0, "options": options}
    reply = asyncio.run(ask("openai-compatible/any", make_request(), **settings))
    assert reply.text
    assert reply.usage.input > 10 < reply.usage.output


@pytest.mark.parametrize("options", [{"interface": "responses"}, {"structured": "tool"}])
def test_ways_to_structure_that_it_ignores_are_found_out(llama_url, make_request, options):
    async def run():
        backend = open_backend(
            ModelSpec("openai-compatible", "any", llama_url, temperature=0, max_tokens=24, options=options)
        )
        try:
            request = make_request()
            return backend.check(request, await backend.ask(request))
        finally:
            await backend.aclose()

    with pytest.raises(ModelError, match=r"set model\.options\.structured to"):
        asyncio.run(run())


def test_log_probabilities_of_its_responses_interface_cannot_be_had(llama_url, ask, make_request):
    settings = {"base_url": llama_url, "options": {"interface": "responses"}}
    with pytest.raises((ModelError, RequestError), match="logprobs"):
        asyncio.run(ask("openai-compatible/any", make_request("logprobs"), **settings))


def test_two_requests_at_once(llama_url, make_request):
    async def run():
        backend = open_backend(ModelSpec("openai-compatible", "any", base_url=llama_url, max_tokens=16))
        try:
            return await asyncio.gather(*(backend.ask(make_request("logprobs")) for _ in range(4)))
        finally:
            await backend.aclose()

    assert len(asyncio.run(run())) == 4
