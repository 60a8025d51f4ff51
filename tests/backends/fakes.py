"""Wire-exact stand-ins for the OpenAI and Anthropic endpoints, as real HTTP servers on loopback.

A test lines up behaviours, one a request; what is not lined up is answered properly. Every request is
checked against the installed SDK's own parameter types, and what is wrong with it is kept in `violations`.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from anthropic.types.message_create_params import MessageCreateParamsNonStreaming
from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming
from openai.types.responses.response_create_params import ResponseCreateParamsNonStreaming
from pydantic import TypeAdapter, ValidationError

KEY = "sk-test-0123456789abcdef"

Behaviour = Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True)
class Seen:
    """One request as it arrived."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]


# --- behaviours ----------------------------------------------------------------------------------


def send(body: object, status: int = 200, **headers: str) -> Behaviour:
    """Answer with `body` as JSON; header names are written with underscores."""
    return send_raw(json.dumps(body).encode(), status, **headers)


def send_raw(
    content: bytes,
    status: int = 200,
    *,
    promised: int | None = None,
    kind: str = "application/json",
    **headers: str,
) -> Behaviour:
    """Answer with these bytes; fewer than `promised` are followed by the end of the connection."""

    def behave(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(content) if promised is None else promised))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(content)
        if promised is not None:
            handler.close_connection = True

    return behave


def cut_short(body: object, status: int = 200) -> Behaviour:
    """Send half of the answer, then close the connection."""
    content = json.dumps(body).encode()
    return send_raw(content[: len(content) // 2], status, promised=len(content))


def reset(handler: BaseHTTPRequestHandler) -> None:
    """Drop the connection with a TCP reset, without an answer."""
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.connection.close()
    handler.close_connection = True


def drip(body: object, pause: float = 0.02) -> Behaviour:
    """Send the answer byte by byte, never silent for long."""

    def behave(handler: BaseHTTPRequestHandler) -> None:
        content = json.dumps(body).encode()
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        for position in range(len(content)):
            handler.wfile.write(content[position : position + 1])
            handler.wfile.flush()
            time.sleep(pause)

    return behave


# --- bodies --------------------------------------------------------------------------------------


def completion(
    content: str | None = '{"A": 4}',
    *,
    finish_reason: str = "stop",
    refusal: str | None = None,
    arguments: str | None = None,
    top_logprobs: list[tuple[str, float]] | None = None,
) -> dict[str, Any]:
    """Return a chat completion."""
    logprobs = None
    if top_logprobs is not None:
        tops = [{"token": token, "logprob": value, "bytes": list(token.encode())} for token, value in top_logprobs]
        logprobs = {"content": [{**tops[0], "top_logprobs": tops}], "refusal": None}
    message = {"role": "assistant", "content": content, "refusal": refusal, "annotations": []}
    if arguments is not None:
        call = {"id": "call_1", "type": "function", "function": {"name": "answer", "arguments": arguments}}
        message |= {"content": None, "tool_calls": [call]}
    choice = {"index": 0, "message": message, "logprobs": logprobs, "finish_reason": finish_reason}
    usage = {
        "prompt_tokens": 120,
        "completion_tokens": 7,
        "total_tokens": 127,
        "prompt_tokens_details": {"cached_tokens": 64, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    }
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_790_000_000,
        "model": "gpt-test-2026-01-01",
        "choices": [choice],
        "usage": usage,
        "service_tier": "default",
        "system_fingerprint": "fp_1",
    }


def response(
    text: str | None = '{"A": 4}',
    *,
    status: str = "completed",
    reason: str | None = None,
    refusal: str | None = None,
    arguments: str | None = None,
    top_logprobs: list[tuple[str, float]] | None = None,
    reasoning: int = 0,
) -> dict[str, Any]:
    """Return a body of the responses interface; `reason` says why it is incomplete."""
    tops = [{"token": t, "logprob": value, "bytes": list(t.encode())} for t, value in top_logprobs or ()]
    logprobs = [{**tops[0], "top_logprobs": tops}] if tops else []
    done = "incomplete" if reason else "completed"
    parts: list[dict[str, Any]] = []
    if text is not None:
        parts.append({"type": "output_text", "text": text, "annotations": [], "logprobs": logprobs})
    if refusal is not None:
        parts.append({"type": "refusal", "refusal": refusal})
    output: list[dict[str, Any]] = []
    if reasoning:
        output.append({"id": "rs_1", "type": "reasoning", "summary": []})
    if arguments is not None:
        call = {"id": "fc_1", "call_id": "call_1", "type": "function_call", "name": "answer", "status": "completed"}
        output.append(call | {"arguments": arguments})
    elif parts:
        output.append({"id": "msg_1", "type": "message", "role": "assistant", "status": done, "content": parts})
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1_790_000_000.0,
        "status": "incomplete" if reason else status,
        "error": None,
        "incomplete_details": {"reason": reason} if reason else None,
        "instructions": None,
        "metadata": {},
        "model": "gpt-test-2026-01-01",
        "output": output,
        "parallel_tool_calls": False,
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "usage": {
            "input_tokens": 120,
            "input_tokens_details": {"cached_tokens": 64, "cache_write_tokens": 32},
            "output_tokens": 7 + reasoning,
            "output_tokens_details": {"reasoning_tokens": reasoning},
            "total_tokens": 127 + reasoning,
        },
    }


def message(
    *texts: str,
    tool_input: dict[str, Any] | None = None,
    stop_reason: str = "end_turn",
    stop_details: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return an Anthropic message with these text blocks."""
    usage = {
        "input_tokens": 20,
        "cache_creation_input_tokens": 30,
        "cache_read_input_tokens": 70,
        "output_tokens": 9,
        "service_tier": "standard",
    }
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-test-1",
        "content": [
            *({"type": "text", "text": text} for text in texts),
            *([{"type": "tool_use", "id": "toolu_1", "name": "answer", "input": tool_input}] if tool_input else []),
        ],
        "stop_reason": stop_reason,
        "stop_sequence": None,
        "stop_details": stop_details,
        "usage": usage,
    }


def openai_error(text: str, code: str | None = None, param: str | None = None) -> dict[str, Any]:
    """Return an error body of OpenAI's."""
    return {"error": {"message": text, "type": "invalid_request_error", "param": param, "code": code}}


def anthropic_error(kind: str, text: str) -> dict[str, Any]:
    """Return an error body of Anthropic's."""
    return {"type": "error", "error": {"type": kind, "message": text}, "request_id": "req_1"}


# --- servers -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Route:
    """One place to ask a model.

    Attributes
    ----------
    check : callable
        (headers, body) -> what is wrong with a request.
    proper : callable
        Body of a request -> body of a proper answer to it.
    """

    check: Callable[[Mapping[str, str], dict[str, Any]], list[str]]
    proper: Callable[[dict[str, Any]], dict[str, Any]]


class FakeServer:
    """A loopback HTTP server that plays a script.

    Parameters
    ----------
    routes : Mapping
        Path -> how a model is asked there.
    base : str
        What clients are given as base URL, after host and port.

    Attributes
    ----------
    seen : list of Seen
        The requests to a model, as they arrived.
    other : callable or None
        (handler, method, content) -> behaviour, for every other request; None for one that it does not know.
    """

    def __init__(self, routes: Mapping[str, Route], base: str) -> None:
        self.seen: list[Seen] = []
        self.violations: list[str] = []
        self.script: deque[Behaviour] = deque()
        self.routes = routes
        self.other: Callable[[BaseHTTPRequestHandler, str, bytes], Behaviour | None] = lambda *_: None
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self.base_url = f"http://127.0.0.1:{self._http.server_port}{base}"
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def then(self, *behaviours: Behaviour) -> FakeServer:
        """Line up behaviours for the requests to come."""
        self.script.extend(behaviours)
        return self

    def close(self) -> None:
        """Stop serving."""
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def _answer(self, handler: BaseHTTPRequestHandler, method: str) -> None:
        content = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        behave = self.other(handler, method, content)
        (behave or self._ask(handler, method, content))(handler)

    def _ask(self, handler: BaseHTTPRequestHandler, method: str, content: bytes) -> Behaviour:
        body = json.loads(content or b"{}")
        headers = {name.lower(): value for name, value in handler.headers.items()}
        self.seen.append(Seen(handler.path, headers, body))
        route = self.routes.get(handler.path) if method == "POST" else None
        if route is None:
            return send(openai_error(f"Unknown request URL: {method} {handler.path}"), 404)
        self.violations += route.check(headers, body)
        return self.script.popleft() if self.script else send(route.proper(body))

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                try:
                    server._answer(self, self.command)
                except ConnectionError:  # the client gave up, which some tests are about
                    self.close_connection = True

            do_GET = do_POST  # noqa: N815 - the name that http.server looks for

            def log_message(self, *_: object) -> None:
                pass

        return Handler


_TOPS = [("A", -0.5), ("B", -1.5)]
_PROSE = "I like both, A a little better."


def openai_server() -> FakeServer:
    """Return a fake of ``POST /v1/chat/completions`` and ``POST /v1/responses``."""
    routes = {
        "/v1/chat/completions": Route(_check_chat, _proper_completion),
        "/v1/responses": Route(_check_responses, _proper_response),
    }
    return FakeServer(routes, "/v1")


def anthropic_server() -> FakeServer:
    """Return a fake of ``POST /v1/messages``."""
    return FakeServer({"/v1/messages": Route(_check_anthropic, _proper_message)}, "")


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


# --- checks --------------------------------------------------------------------------------------

#: Fields that the interface takes from some models and the SDK's types no longer name.
_OUTSIDE_TYPES = {"anthropic": {"temperature"}, "openai": set[str]()}


def _check_chat(headers: Mapping[str, str], body: dict[str, Any]) -> list[str]:
    wrong = _against_types("openai", CompletionCreateParamsNonStreaming, body) + _check_openai(headers, body)
    if "response_format" in body:
        wrong += _check_form(body["response_format"].get("json_schema", {}), "schema")
    if "tools" in body:
        function = body["tools"][0]["function"]
        wrong += _check_form(function, "parameters")
        if body.get("tool_choice", {}).get("function", {}).get("name") != function["name"]:
            wrong.append("the tool need not be called")
    return wrong


def _check_responses(headers: Mapping[str, str], body: dict[str, Any]) -> list[str]:
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


def _check_anthropic(headers: Mapping[str, str], body: dict[str, Any]) -> list[str]:
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


def _against_types(provider: str, params: Any, body: dict[str, Any]) -> list[str]:
    known = params.__required_keys__ | params.__optional_keys__ | _OUTSIDE_TYPES[provider]
    wrong = [f"unknown field {name}" for name in body if name not in known]
    try:
        TypeAdapter(params).validate_python(body)
    except ValidationError as error:
        wrong.append(str(error))
    return wrong


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
