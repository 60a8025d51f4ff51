"""The providers' interfaces, and proper answers to what is asked of them."""

from __future__ import annotations

import json
from typing import Any

from .bodies import completion, message, response
from .checks import check_anthropic, check_chat, check_responses
from .server import FakeServer, Route

_TOPS = [("A", -0.5), ("B", -1.5)]
_PROSE = "I like both, A a little better."


def openai_server() -> FakeServer:
    """Return a fake of ``POST /v1/chat/completions`` and ``POST /v1/responses``."""
    routes = {
        "/v1/chat/completions": Route(check_chat, _proper_completion),
        "/v1/responses": Route(check_responses, _proper_response),
    }
    return FakeServer(routes, "/v1")


def anthropic_server() -> FakeServer:
    """Return a fake of ``POST /v1/messages``."""
    return FakeServer({"/v1/messages": Route(check_anthropic, _proper_message)}, "")


def _proper_completion(body: dict[str, Any]) -> dict[str, Any]:
    if body.get("logprobs"):
        return completion("A", finish_reason="length", top_logprobs=_TOPS)
    if "tools" in body:
        return completion(arguments=_answer_to(body["tools"][0]["function"]["parameters"]))
    if "response_format" in body:
        return completion(_answer_to(body["response_format"]["json_schema"]["schema"]))
    return completion(_PROSE)


def _proper_response(body: dict[str, Any]) -> dict[str, Any]:
    if body.get("top_logprobs"):
        return response("A", reason="max_output_tokens", top_logprobs=_TOPS)
    if "tools" in body:
        return response(arguments=_answer_to(body["tools"][0]["parameters"]))
    if "text" in body:
        return response(_answer_to(body["text"]["format"]["schema"]))
    return response(_PROSE)


def _proper_message(body: dict[str, Any]) -> dict[str, Any]:
    if "tools" in body:
        return message(tool_input=_filled(body["tools"][0]["input_schema"]), stop_reason="tool_use")
    if "output_config" in body:
        return message(_answer_to(body["output_config"]["format"]["schema"]))
    return message(_PROSE)


def _answer_to(schema: dict[str, Any]) -> str:
    return json.dumps(_filled(schema))


def _filled(schema: dict[str, Any]) -> Any:
    """Return some value that follows `schema`."""
    if "anyOf" in schema:
        return _filled(schema["anyOf"][0])
    if "enum" in schema:
        return schema["enum"][0]
    if schema["type"] == "object":
        return {name: _filled(inner) for name, inner in schema["properties"].items()}
    return {"integer": 3, "number": 0.5, "string": "A", "null": None, "array": []}[schema["type"]]
