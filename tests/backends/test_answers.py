"""Answers with status 200 whose JSON is not what the interface promises: transient, never a crash."""

from __future__ import annotations

import asyncio
import json

import pytest

from jury.backends.answers import as_fields, fields_of, parsed
from jury.errors import TransientError

ODD = ["text", 3, None, [], ["text"], {}, {"deep": []}]


@pytest.fixture(params=["openai/m", "openai-compatible/m", "anthropic/m"])
def service(request, ask, make_request):
    model = request.param
    server = request.getfixturevalue(f"{'anthropic' if model.startswith('anthropic') else 'openai'}_server")
    server.put = lambda: asyncio.run(ask(model, make_request(), base_url=server.base_url))
    server.model = model
    return server


def _whole(fakes, model):
    if model.startswith("anthropic"):
        return fakes.message('{"A": 1}')
    return fakes.response('{"A": 1}') if model.startswith("openai/") else fakes.completion('{"A": 1}')


@pytest.mark.parametrize("body", ODD, ids=repr)
def test_another_document_is_unusable(service, fakes, body):
    service.then(fakes.send(body))
    with pytest.raises(TransientError, match="unusable answer"):
        service.put()


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_other_parts_are_unusable(service, fakes, odd):
    part = {"anthropic/m": "content", "openai/m": "output", "openai-compatible/m": "choices"}[service.model]
    for value in (odd, [odd], [{"message": odd}], [{"type": "message", "content": [odd]}]):
        service.then(fakes.send(_whole(fakes, service.model) | {part: value}))
        with pytest.raises(TransientError, match="unusable answer"):
            service.put()


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_what_only_counts_may_be_anything(service, fakes, odd):
    service.then(fakes.send(_whole(fakes, service.model) | {"usage": odd}))
    reply = service.put()
    assert json.loads(reply.text) == {"A": 1}
    assert (reply.usage.input, reply.usage.output) == (0, 0)


def test_json_is_taken_whatever_the_server_calls_it(service, fakes):
    body = json.dumps(_whole(fakes, service.model)).encode()
    service.then(fakes.send_raw(body, kind="text/plain"))
    assert json.loads(service.put().text) == {"A": 1}


def test_nesting_without_end_is_unusable(service, fakes):
    service.then(fakes.send_raw(b'{"choices": ' + b"[" * 100_000))
    with pytest.raises(TransientError, match="unusable answer"):
        service.put()


def test_fields_are_found_at_every_depth_however_an_answer_came():
    document = {"a": [{"b": {"c": 1}}], "items": 2}
    for answer in (parsed(json.dumps(document)), as_fields(document)):
        assert answer.a[0].b.c == 1
        assert answer.a[0].b.d is None
        assert answer == document
    assert fields_of("text").anything is None
