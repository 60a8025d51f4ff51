"""Addresses that nobody can be asked at, redirects, and web pages where an answer should be."""

from __future__ import annotations

import asyncio
import json

import pytest

from jury.backends import ModelSpec, open_backend
from jury.errors import ModelError, TransientError


@pytest.fixture(params=["openai", "openai-compatible", "anthropic"])
def provider(request):
    return request.param


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("127.0.0.1:8080/v1", "does not start with http"),
        (" http://127.0.0.1:8080/v1", "does not start with http"),
        ("http://127.0.0.1:99999/v1", "is no address .*Port out of range"),
        ("http://[::1/v1", "is no address"),
        ("http://", "names no server"),
        ("http:///v1", "names no server"),
        ("http://my server/v1", "names no server"),
        ("http://127.0.0.1:8080/v1/chat/completions", "ends in /chat/completions, .*leave that out"),
        ("http://127.0.0.1:8080/v1/messages/", "ends in /messages, .*leave that out"),
    ],
)
def test_an_address_that_cannot_be_asked_is_told_before_anything_is(provider, url, fault):
    with pytest.raises(ModelError, match=fault) as caught:
        open_backend(ModelSpec(provider, "m", base_url=url))
    assert repr(url) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("url", ["HTTP://127.0.0.1:8080/v1", "http://[::1]:8080/v1/", "https://example.org/a/b"])
def test_addresses_of_every_spelling_are_taken(provider, url):
    backend = open_backend(ModelSpec(provider, "m", base_url=url))
    assert str(backend.client.base_url).rstrip("/") == url.replace("HTTP:", "http:").rstrip("/")
    asyncio.run(backend.aclose())


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("model", ["openai/m", "openai-compatible/m", "anthropic/m"])
def test_the_key_and_the_question_go_nowhere_else(model, status, ask, make_request, fakes, request):
    name = "anthropic_server" if model == "anthropic/m" else "openai_server"
    server = request.getfixturevalue(name)
    elsewhere = getattr(fakes, name)()
    try:
        target = elsewhere.base_url.replace("//", "//ann:secret@") + "/messages?token=secret"
        server.then(fakes.send_raw(b"", status, Location=target))
        with pytest.raises(ModelError, match=r"redirect to http://127\.0\.0\.1.* --model-base-url") as caught:
            asyncio.run(ask(model, make_request(), base_url=server.base_url))
    finally:
        elsewhere.close()
    assert elsewhere.seen == []
    assert "secret" not in str(caught.value)


def test_behind_a_proxy_redirects_are_not_followed_either(openai_server, ask, make_request, fakes, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    openai_server.then(fakes.send_raw(b"", 307, Location=f"{openai_server.base_url}/responses"))
    with pytest.raises(ModelError, match="redirects are not followed"):
        asyncio.run(ask("openai/m", make_request(), base_url=openai_server.base_url))
    assert len(openai_server.seen) == 1


PAGE = b"<!DOCTYPE html>\n<html><head><title>\n Not &lt;here&gt;</title></head><body><h1>Sorry</h1></body></html>"


@pytest.mark.parametrize("model", ["openai/m", "openai-compatible/m", "anthropic/m"])
@pytest.mark.parametrize(("status", "error"), [(404, ModelError), (502, TransientError), (200, TransientError)])
@pytest.mark.parametrize("kind", ["text/html", "application/json"])
def test_a_web_page_is_called_one(model, status, error, kind, ask, make_request, fakes, request):
    server = request.getfixturevalue("anthropic_server" if model == "anthropic/m" else "openai_server")
    server.then(fakes.send_raw(PAGE, status, kind=kind))
    with pytest.raises(error, match="a web page titled 'Not <here>'") as caught:
        asyncio.run(ask(model, make_request(), base_url=server.base_url))
    assert "<h1>" not in str(caught.value)


def test_a_base_url_of_anthropics_with_v1_says_what_is_wrong(anthropic_server, ask, make_request):
    with pytest.raises(ModelError, match=r"404: .*ends before /v1"):
        asyncio.run(ask("anthropic/m", make_request(), base_url=f"{anthropic_server.base_url}/v1"))


def test_an_error_without_words_is_still_told(openai_server, ask, make_request, fakes):
    openai_server.then(fakes.send_raw(json.dumps(None).encode(), 404))
    with pytest.raises(ModelError, match="404: no details"):
        asyncio.run(ask("openai/m", make_request(), base_url=openai_server.base_url))
