from __future__ import annotations

import asyncio

import pytest

from jury.backends import ModelSpec, open_backend
from jury.elicitation.reading import option_shares
from jury.errors import ModelError, TransientError

MODEL = "openai-compatible/org/model-7b"


def test_the_request_is_what_local_servers_read(openai_server, ask, make_request):
    reply = asyncio.run(ask(MODEL, make_request(), base_url=openai_server.base_url, max_tokens=64))
    sent = openai_server.seen[0].body
    assert (sent["model"], sent["max_tokens"], sent["seed"]) == ("org/model-7b", 64, 11)
    assert "max_completion_tokens" not in sent
    assert sent["response_format"]["type"] == "json_schema"
    assert reply.parameters["max_tokens"] == 64


def test_logprobs(openai_server, ask, make_request):
    reply = asyncio.run(ask(MODEL, make_request("logprobs"), base_url=openai_server.base_url))
    shares = option_shares(reply, "AB").shares
    assert shares["A"] > shares["B"] > 0
    assert openai_server.seen[0].body["max_tokens"] == 1


def test_a_missing_address_names_the_flag():
    with pytest.raises(ModelError, match=r"--model-base-url http://127\.0\.0\.1:8080/v1"):
        open_backend(ModelSpec("openai-compatible", "m"))


def test_no_key_is_needed(openai_server, ask, make_request, monkeypatch):
    monkeypatch.delenv("OPENAI_COMPATIBLE_API_KEY")
    asyncio.run(ask(MODEL, make_request(), base_url=openai_server.base_url))
    assert openai_server.seen[0].headers["authorization"] == "Bearer none"
    assert openai_server.violations == ["no bearer token"]
    openai_server.violations.clear()


def test_an_address_without_v1_says_so(openai_server, ask, make_request):
    with pytest.raises(ModelError, match="ends in /v1"):
        asyncio.run(ask(MODEL, make_request(), base_url=openai_server.base_url.removesuffix("/v1")))


def test_nobody_listening_is_transient_and_named(openai_server, ask, make_request):
    openai_server.close()
    with pytest.raises(TransientError, match=r"no connection to http://127\.0\.0\.1:\d+/v1 \(.+\)"):
        asyncio.run(ask(MODEL, make_request(), base_url=openai_server.base_url))


def test_credentials_in_an_address_are_not_shown(openai_server, ask, make_request, fakes):
    openai_server.then(fakes.send({"detail": "broken"}, 500))
    address = openai_server.base_url.replace("http://", "http://ann:secret@")
    with pytest.raises(TransientError, match="broken") as caught:
        asyncio.run(ask(MODEL, make_request(), base_url=address))
    assert "secret" not in str(caught.value)
    openai_server.violations.clear()  # an address with credentials replaces the bearer token
