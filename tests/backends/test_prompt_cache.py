"""Beginnings that requests share are sent alike, byte for byte, and marked where the provider wants it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from jury.backends import ModelSpec, open_backend
from jury.backends.base import Turn
from jury.backends.prompt_cache import anthropic_shortest, takes_breakpoints

PERSONA, CONTEXT = "You are Ann.", "Case: tea or coffee?"


@pytest.fixture
def bodies(make_request):
    """Sends requests that differ in what they ask alone; returns the bodies as they arrived."""

    def send(server, model, layout="persona-first", shared=2, asks=("Rate A.", "Rate B."), **options):
        provider, _, name = model.partition("/")

        async def run():
            backend = open_backend(ModelSpec(provider, name, base_url=server.base_url, options=options))
            try:
                for ask in asks:
                    request = make_request()
                    question = replace(request.question, ask=ask)
                    await backend.ask(replace(request, question=question, layout=layout, shared=shared))
            finally:
                await backend.aclose()

        asyncio.run(run())
        return [seen.body for seen in server.seen]

    return send


def _said(body):
    """The text of a request in the order that a model reads it."""
    system = body.get("system") or body.get("instructions") or []
    messages = body.get("messages") or body.get("input")
    for content in (system, *(message["content"] for message in messages)):
        yield from [content] if isinstance(content, str) else (block["text"] for block in content)


@pytest.mark.parametrize("layout", ["persona-first", "case-first"])
@pytest.mark.parametrize(
    ("model", "options"),
    [
        ("anthropic/claude-sonnet-5", {}),
        ("openai/gpt-5-mini", {}),
        ("openai/gpt-5-mini", {"interface": "chat"}),
        ("openai/gpt-6-sol", {}),
        ("openai/gpt-6-sol", {"interface": "chat"}),
    ],
)
def test_equal_beginnings_arrive_equal(request, bodies, model, options, layout):
    server = request.getfixturevalue(f"{model.partition('/')[0]}_server")
    first, second = bodies(server, model, layout, **options)
    texts = ["".join(f"{text.rstrip()}\n\n" for text in _said(body)) for body in (first, second)]
    leading = [PERSONA, CONTEXT] if layout == "persona-first" else [CONTEXT, PERSONA]
    assert texts[0] == "\n\n".join([*leading, "Rate A."]) + "\n\n"
    assert texts[0].replace("Rate A.", "Rate B.") == texts[1]
    same = [json.dumps(body).partition("Rate ")[0] for body in (first, second)]
    assert same[0] == same[1]
    assert first.get("prompt_cache_key") == second.get("prompt_cache_key")


def _marks(body, name):
    """Texts of the blocks that carry a mark."""
    contents = [body.get("system") or [], *(m["content"] for m in body.get("messages") or body["input"])]
    return [
        block["text"].strip() for blocks in contents for block in blocks if isinstance(block, dict) and name in block
    ]


@pytest.mark.parametrize("layout", ["persona-first", "case-first"])
@pytest.mark.parametrize("shared", [0, 1, 2])
@pytest.mark.parametrize(
    ("model", "mark"),
    [("anthropic/claude-sonnet-5", "cache_control"), ("openai/gpt-6-sol", "prompt_cache_breakpoint")],
)
def test_marks_stand_at_the_end_of_each_shared_part(request, bodies, model, mark, layout, shared):
    server = request.getfixturevalue(f"{model.partition('/')[0]}_server")
    body = bodies(server, model, layout, shared)[0]
    leading = [PERSONA, CONTEXT] if layout == "persona-first" else [CONTEXT, PERSONA]
    assert _marks(body, mark) == leading[:shared]


def test_a_conversation_marks_its_beginning_alone(anthropic_server, make_request, ask):
    turns = tuple(Turn(f"Question {number}", f"Answer {number}") for number in range(6))
    request = replace(make_request(), earlier=turns, shared=2)
    asyncio.run(ask("anthropic/claude-sonnet-5", request, base_url=anthropic_server.base_url))
    assert _marks(anthropic_server.seen[0].body, "cache_control") == [PERSONA, CONTEXT]


def test_openais_newer_models_are_told_to_write_nothing_else(openai_server, bodies):
    assert bodies(openai_server, "openai/gpt-6-sol")[0]["prompt_cache_options"] == {"mode": "explicit"}
    older = bodies(openai_server, "openai/gpt-5-mini")[-1]
    assert "prompt_cache_options" not in older
    assert "prompt_cache_breakpoint" not in json.dumps(older)


def test_requests_with_other_beginnings_have_other_keys(openai_server, bodies):
    persona_alone = bodies(openai_server, "openai/gpt-5-mini", shared=1)[-1]
    both = bodies(openai_server, "openai/gpt-5-mini", shared=2)[-1]
    nothing = bodies(openai_server, "openai/gpt-5-mini", shared=0)[-1]
    assert len({persona_alone["prompt_cache_key"], both["prompt_cache_key"]}) == 2
    assert "prompt_cache_key" not in nothing


def test_a_compatible_server_is_sent_no_field_of_openais_cache(openai_server, bodies):
    body = bodies(openai_server, "openai-compatible/gpt-6-sol")[0]
    assert not [name for name in body if name.startswith("prompt_cache")]


@pytest.mark.parametrize(
    ("model", "tokens"),
    [
        ("claude-opus-5", 512),
        ("claude-opus-5-20260801", 512),
        ("claude-opus-5-5", 1024),
        ("claude-sonnet-5", 1024),
        ("claude-opus-4-8", 1024),
        ("claude-opus-4-7", 2048),
        ("claude-3-5-haiku-latest", 2048),
        ("claude-haiku-4-5-20251001", 4096),
        ("claude-of-the-future", 1024),
    ],
)
def test_the_shortest_beginning_depends_on_the_model(model, tokens):
    assert anthropic_shortest(model) == tokens
    assert open_backend(ModelSpec("anthropic", model)).cached_prefix == tokens


@pytest.mark.parametrize(
    "model", ["gpt-4o", "gpt-4.1-mini", "gpt-5", "gpt-5.5-pro", "gpt-oss-120b", "o4-mini", "ft:gpt-4o"]
)
def test_older_models_take_no_breakpoints(model):
    assert not takes_breakpoints(model)


@pytest.mark.parametrize("model", ["gpt-5.6-sol", "gpt-6-astra", "gpt-6.1-sol", "gpt-10"])
def test_newer_models_take_breakpoints(model):
    assert takes_breakpoints(model)
