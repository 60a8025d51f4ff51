"""The fakes say what the real services say, as far as the installed SDKs' own types can tell."""

from __future__ import annotations

import json
import re

import pydantic
import pytest
from anthropic import Anthropic
from anthropic.types import Message
from anthropic.types.shared.error_response import ErrorResponse
from openai import OpenAI
from openai.types.chat import ChatCompletion
from openai.types.responses import Response

_TOPS = [("A", -0.1), (" A", -2.5)]


def _unknown_fields(value, where="body"):
    """Paths of all fields that the SDK's models do not declare."""
    if isinstance(value, pydantic.BaseModel):
        found = [f"{where}.{name}" for name in value.model_extra or ()]
        for name in type(value).model_fields:
            found += _unknown_fields(getattr(value, name), f"{where}.{name}")
        return found
    if isinstance(value, list):
        return [path for index, item in enumerate(value) for path in _unknown_fields(item, f"{where}[{index}]")]
    return []


def test_chat_completions_are_what_the_sdk_declares(fakes):
    bodies = [
        fakes.completion(),
        fakes.completion("A", finish_reason="length", top_logprobs=_TOPS),
        fakes.completion(None, refusal="No."),
        fakes.completion("", finish_reason="content_filter"),
        fakes.completion(arguments="{}"),
    ]
    for body in bodies:
        parsed = ChatCompletion.model_validate(body, strict=True)
        assert _unknown_fields(parsed) == []


def test_responses_are_what_the_sdk_declares(fakes):
    bodies = [
        fakes.response(),
        fakes.response("A", reason="max_output_tokens", top_logprobs=_TOPS),
        fakes.response(None, refusal="No."),
        fakes.response(None, reason="max_output_tokens", reasoning=512),
        fakes.response(arguments="{}"),
    ]
    for body in bodies:
        parsed = Response.model_validate(body, strict=True)
        assert _unknown_fields(parsed) == []


def test_messages_are_what_the_sdk_declares(fakes):
    details = {"type": "refusal", "category": "bio", "explanation": "No."}
    bodies = [
        fakes.message('{"A": 1}'),
        fakes.message("{", "}", stop_reason="max_tokens"),
        fakes.message(tool_input={"A": 1}, stop_reason="tool_use"),
        fakes.message(stop_reason="refusal", stop_details=details),
    ]
    for body in bodies:
        parsed = Message.model_validate(body, strict=True)
        assert _unknown_fields(parsed) == []


def test_batches_are_what_the_sdk_declares(openai_batches, anthropic_batches, fakes):
    openai_batches.fate = anthropic_batches.fate = lambda _, number: ("answered", 400, "expired")[number % 3]
    line = {"custom_id": "a", "method": "POST", "url": "/v1/responses"}
    body = {"model": "m", "input": "i", "store": False}
    openai_batches.files["file_x"] = b"".join(
        json.dumps(line | {"custom_id": f"a-{number}", "body": body}).encode() + b"\n" for number in range(6)
    )
    params = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "c"}]}
    asked = [{"custom_id": f"a-{number}", "params": params} for number in range(6)]
    with (
        OpenAI(api_key=fakes.KEY, base_url=openai_batches.server.base_url) as openai,
        Anthropic(api_key=fakes.KEY, base_url=anthropic_batches.server.base_url) as anthropic,
    ):
        batch = openai.batches.create(input_file_id="file_x", endpoint="/v1/responses", completion_window="24h")
        message_batch = anthropic.messages.batches.create(requests=asked)
        found = [batch, openai.batches.retrieve(batch.id), *openai.batches.list(), message_batch]
        found += [anthropic.messages.batches.retrieve(message_batch.id), *anthropic.messages.batches.list()]
        found += list(anthropic.messages.batches.results(message_batch.id))
    for parsed in found:
        assert _unknown_fields(type(parsed).model_validate(parsed.to_dict(mode="json"))) == []
    assert {entry.result.type for entry in found if hasattr(entry, "result")} == {"succeeded", "errored", "expired"}


@pytest.mark.parametrize("kind", ["rate_limit_error", "overloaded_error", "not_found_error", "invalid_request_error"])
def test_anthropic_errors_are_what_the_sdk_declares(fakes, kind):
    parsed = ErrorResponse.model_validate(fakes.anthropic_error(kind, "words"), strict=True)
    assert parsed.error.type == kind


def test_a_wrong_request_is_noticed(fakes):
    loose = {"name": "answer", "schema": {"enum": [1]}}
    body = {"model": "m", "messages": [], "temprature": 1, "seed": "seven"}
    wrong = "\n".join(fakes.check_chat({}, body | {"response_format": {"type": "json_schema", "json_schema": loose}}))
    for part in ("unknown field temprature", "seed", "no bearer token", "not strict", "single type"):
        assert part in wrong
    body = {"model": "m", "input": "i", "max_output_tokens": 1, "text": {"format": {"type": "json_schema", **loose}}}
    wrong = "\n".join(fakes.check_responses({}, body))
    for part in ("store", "below 16", "not strict", "single type"):
        assert part in wrong
    form = {"format": {"type": "json_schema", "schema": {}}}
    wrong = "\n".join(fakes.check_anthropic({}, {"model": "m", "messages": [], "seed": 1, "output_config": form}))
    for part in ("unknown field seed", "max_tokens", "no key", "single type"):
        assert part in wrong


@pytest.mark.parametrize(("check", "asked"), [("chat", "messages"), ("responses", "input"), ("anthropic", "messages")])
@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ([{"type": "text", "text": "a", "cache": 1}], r"unknown field body\.\w+\[0\]\.content\[0\]\.cache"),
        (7, "validation error"),
    ],
)
def test_a_fault_deep_in_a_request_is_noticed(fakes, check, asked, content, fault):
    if check == "responses" and isinstance(content, list):
        content = [content[0] | {"type": "input_text"}]
    headers = {"authorization": f"Bearer {fakes.KEY}", "anthropic-version": "2026-10-21"}
    body = {"model": "m", "store": False} if check == "responses" else {"model": "m"}
    body |= {asked: [{"role": "user", "content": content}]} | ({"max_tokens": 9} if check == "anthropic" else {})
    assert any(re.search(fault, words) for words in getattr(fakes, f"check_{check}")(headers, body))
