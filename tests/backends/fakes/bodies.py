"""Bodies of answers and of errors, as the providers write them."""

from __future__ import annotations

from typing import Any


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
