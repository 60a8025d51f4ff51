"""What is wrong with a request, by the types of the installed SDKs and the providers' documentation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from anthropic.types.message_create_params import MessageCreateParamsNonStreaming
from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming
from openai.types.responses.response_create_params import ResponseCreateParamsNonStreaming
from pydantic import TypeAdapter, ValidationError

KEY = "sk-test-0123456789abcdef"

#: Fields that the interface takes from some models and the SDK's types no longer name.
_OUTSIDE_TYPES = {"anthropic": {"temperature"}, "openai": set[str]()}


def check_chat(headers: Mapping[str, str], body: dict[str, Any]) -> list[str]:
    """Return what is wrong with a request for a chat completion."""
    wrong = _against_types("openai", CompletionCreateParamsNonStreaming, body) + _check_openai(headers, body)
    if "response_format" in body:
        wrong += _check_form(body["response_format"].get("json_schema", {}), "schema")
    if "tools" in body:
        function = body["tools"][0]["function"]
        wrong += _check_form(function, "parameters")
        if body.get("tool_choice", {}).get("function", {}).get("name") != function["name"]:
            wrong.append("the tool need not be called")
    return wrong


def check_responses(headers: Mapping[str, str], body: dict[str, Any]) -> list[str]:
    """Return what is wrong with a request to the responses interface."""
    wrong = _against_types("openai", ResponseCreateParamsNonStreaming, body) + _check_openai(headers, body)
    if body.get("store") is not False:
        wrong.append("store is not false")
    if body.get("max_output_tokens", 16) < 16:
        wrong.append("max_output_tokens below 16")
    if "text" in body:
        wrong += _check_form(body["text"].get("format", {}), "schema")
    if "tools" in body:
        wrong += _check_form(body["tools"][0], "parameters")
        if body.get("tool_choice", {}).get("name") != body["tools"][0]["name"]:
            wrong.append("the tool need not be called")
    return wrong


def _check_openai(headers: Mapping[str, str], body: dict[str, Any]) -> list[str]:
    wrong = [] if headers.get("authorization") == f"Bearer {KEY}" else ["no bearer token"]
    if body.get("top_logprobs", 0) > 20:
        wrong.append("top_logprobs above 20")
    marks = json.dumps(body).count('"prompt_cache_breakpoint"')
    if marks > 4:
        wrong.append("more than 4 breakpoints")
    return wrong


def _check_form(form: dict[str, Any], key: str) -> list[str]:
    wrong = [] if form.get("strict") is True else ["not strict"]
    return wrong + _against_strict_mode(form.get(key, {}), key, typed=True)


def check_anthropic(headers: Mapping[str, str], body: dict[str, Any]) -> list[str]:
    """Return what is wrong with a request for a message."""
    wrong = _against_types("anthropic", MessageCreateParamsNonStreaming, body)
    if KEY not in (headers.get("x-api-key"), headers.get("authorization", "").removeprefix("Bearer ")):
        wrong.append("no key")
    version = headers.get("anthropic-version")
    if version not in ("2023-06-01", "2026-10-21"):
        wrong.append("no anthropic-version")
    if version == "2026-10-21":
        wrong += [f"{name}: Extra inputs are not permitted" for name in ("temperature",) if name in body]
    if json.dumps(body).count('"cache_control"') > 4:
        wrong.append("more than 4 blocks with cache_control")
    if "output_config" in body:
        wrong += _against_strict_mode(body["output_config"]["format"]["schema"], "schema", typed=False)
    if "tools" in body:
        wrong += _against_strict_mode(body["tools"][0]["input_schema"], "input_schema", typed=False)
        if body.get("tool_choice", {}).get("name") != body["tools"][0]["name"]:
            wrong.append("the tool need not be called")
    return wrong


def against_types(params: Any, body: object) -> list[str]:
    """Return what `params`, a type of an SDK, has against `body`: wrong types, and fields that it does not declare."""
    try:
        return _undeclared(body, _adapter(params).validate_python(body), "body")
    except ValidationError as error:
        return [str(error)]


def _undeclared(given: Any, taken: Any, where: str) -> list[str]:
    """Return the fields of `given` that validation left out of `taken`."""
    if isinstance(given, Mapping) and isinstance(taken, Mapping):
        wrong = [f"unknown field {where}.{name}" for name in given if name not in taken]
        return wrong + [
            problem for name in taken for problem in _undeclared(given[name], taken[name], f"{where}.{name}")
        ]
    if isinstance(given, list) and not isinstance(taken, str):
        # An Iterable is validated only as it is gone through.
        pairs = enumerate(zip(given, taken, strict=True))
        return [problem for place, pair in pairs for problem in _undeclared(*pair, f"{where}[{place}]")]
    return []


@lru_cache
def _adapter(params: Any) -> TypeAdapter[Any]:
    # It takes a second or more to make one of these types, and every request is checked.
    return TypeAdapter(params)


def _against_types(provider: str, params: Any, body: dict[str, Any]) -> list[str]:
    known = params.__required_keys__ | params.__optional_keys__ | _OUTSIDE_TYPES[provider]
    wrong = [f"unknown field {name}" for name in body if name not in known]  # told beside a wrong type, too
    return wrong + against_types(
        params, {name: value for name, value in body.items() if name in known - _OUTSIDE_TYPES[provider]}
    )


def _against_strict_mode(schema: dict[str, Any], where: str, *, typed: bool) -> list[str]:
    """Check `schema` against what both providers document for structured output."""
    if "anyOf" in schema:
        return [
            problem
            for position, branch in enumerate(schema["anyOf"])
            for problem in _against_strict_mode(branch, f"{where}.anyOf[{position}]", typed=typed)
        ]
    if "enum" in schema and not typed:
        return []
    if not isinstance(schema.get("type"), str):
        return [f"{where}: schema must have a single type"]
    if schema["type"] != "object":
        return []
    wrong = [] if schema.get("additionalProperties") is False else [f"{where}: additionalProperties is not false"]
    if set(schema.get("required", ())) != set(schema["properties"]):
        wrong.append(f"{where}: not every property is required")
    for name, inner in schema["properties"].items():
        wrong += _against_strict_mode(inner, f"{where}.{name}", typed=typed)
    return wrong
