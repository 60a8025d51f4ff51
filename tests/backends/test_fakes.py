"""The fakes say what the real services say, as far as the installed SDKs' own types can tell."""

from __future__ import annotations

import pydantic
import pytest
from anthropic.types import Message
from anthropic.types.shared.error_response import ErrorResponse
from openai.types.chat import ChatCompletion

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
    ]
    for body in bodies:
        parsed = ChatCompletion.model_validate(body, strict=True)
        assert _unknown_fields(parsed) == []


def test_messages_are_what_the_sdk_declares(fakes):
    details = {"type": "refusal", "category": "bio", "explanation": "No."}
    bodies = [
        fakes.message('{"A": 1}'),
        fakes.message("{", "}", stop_reason="max_tokens"),
        fakes.message(stop_reason="refusal", stop_details=details),
    ]
    for body in bodies:
        parsed = Message.model_validate(body, strict=True)
        assert _unknown_fields(parsed) == []


@pytest.mark.parametrize("kind", ["rate_limit_error", "overloaded_error", "not_found_error", "invalid_request_error"])
def test_anthropic_errors_are_what_the_sdk_declares(fakes, kind):
    parsed = ErrorResponse.model_validate(fakes.anthropic_error(kind, "words"), strict=True)
    assert parsed.error.type == kind


def test_a_wrong_request_is_noticed(fakes):
    body = {"model": "m", "messages": [], "temprature": 1, "seed": "seven"}
    wrong = "\n".join(fakes._check_openai({}, body))
    for part in ("unknown field temprature", "seed", "no bearer token", "no strict json_schema"):
        assert part in wrong
    wrong = "\n".join(fakes._check_anthropic({}, {"model": "m", "messages": [], "seed": 1}))
    for part in ("unknown field seed", "max_tokens", "no key", "single type"):
        assert part in wrong
