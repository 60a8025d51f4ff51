"""``anthropic/NAME``: Anthropic's models, through the official SDK and the messages interface.

The key comes from ``ANTHROPIC_API_KEY``; another address from the model's base URL or
``ANTHROPIC_BASE_URL``. The persona is the system text and is marked for the prompt cache, because all
questions to one juror start with it. The interface gives no log-probabilities and takes no seed.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from jury.backends.base import Message as Said
from jury.backends.base import ModelSpec, Readout, Reply, Request, Usage, backends
from jury.backends.http_errors import Endpoint, garbled, no_logprobs, translated
from jury.backends.json_schema import spelled_out
from jury.backends.sdk import (
    check_base_url,
    count,
    import_sdk,
    read_options,
    require_key,
    shown_url,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anthropic import AsyncAnthropic
    from anthropic.types import Message

KEY_VARIABLE = "ANTHROPIC_API_KEY"
_OWNED = frozenset(
    {"model", "messages", "system", "max_tokens", "output_config", "temperature"} | {"stream", "tools", "tool_choice"}
)

#: Version 2026-10-21 of the interface, which the SDK speaks, refuses these fields whatever their value; the
#: version before it still passes them to the models that take them.
_SAMPLING = frozenset({"temperature", "top_p", "top_k"})
_VERSION_WITH_SAMPLING = "2023-06-01"


@backends.register("anthropic")
def open_anthropic(spec: ModelSpec) -> AnthropicMessages:
    """Open an Anthropic model; raises `ModelError` when the SDK or the key is missing."""
    key = require_key(KEY_VARIABLE, spec)
    base_url = check_base_url(spec)
    sdk = import_sdk("anthropic")
    client = sdk.AsyncAnthropic(api_key=key, base_url=base_url, timeout=spec.timeout, max_retries=0)
    endpoint = Endpoint(spec.full_name, shown_url(client.base_url), sdk, KEY_VARIABLE, key, spec.timeout)
    return AnthropicMessages(spec, endpoint, client)


class AnthropicMessages:
    """One model behind Anthropic's messages endpoint.

    Parameters
    ----------
    spec : ModelSpec
        Its options are sent along as fields of the request body.
    endpoint : Endpoint
    client : AsyncAnthropic
        With its own retries off.
    """

    readouts: tuple[Readout, ...] = ("sample",)
    max_connections: int = 16
    caveat: str | None = None
    pricing: str | None = "anthropic"
    cached_prefix: int | None = 1024

    def __init__(self, spec: ModelSpec, endpoint: Endpoint, client: AsyncAnthropic) -> None:
        self._spec = spec
        self._endpoint = endpoint
        self._client = client
        self._options = read_options(spec, _OWNED)
        if spec.temperature is not None:
            self._options["temperature"] = spec.temperature
        sampled = _SAMPLING & self._options.keys()
        self._headers = {"anthropic-version": _VERSION_WITH_SAMPLING} if sampled else {}

    async def ask(self, request: Request) -> Reply:
        """Put one request to the model; see `jury.backends.http_errors` for what is raised when."""
        if request.readout != "sample":
            raise no_logprobs(self._spec.full_name, "Anthropic's interface has none")
        body: dict[str, Any] = {"max_tokens": self._spec.max_tokens}
        if request.question.form.schema:
            body["output_config"] = {"format": {"type": "json_schema", "schema": self._schema(request)}}
        with translated(self._endpoint):
            # The SDK's own time-out is per read, which a server that drips its answer never meets.
            async with asyncio.timeout(self._spec.timeout):
                message = await self._client.messages.create(
                    model=self._spec.name,
                    extra_body=self._options or None,
                    extra_headers=self._headers or None,
                    **_conversation(request),
                    **body,
                )
        return self._reply(message, body)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.close()

    def _schema(self, request: Request) -> Mapping[str, Any]:
        """Return the form's schema, reduced by the SDK to what the interface enforces.

        Structured output rather than a forced tool call: it is the interface's own means to an answer that
        follows a schema, it allows thinking, which a forced tool call does not, and the answer is plain text
        as from every other backend.
        """
        wanted = spelled_out(request.question.form.schema)
        reduced: Mapping[str, Any] = self._endpoint.sdk.transform_schema(wanted)
        return reduced

    def _reply(self, message: Message, body: Mapping[str, Any]) -> Reply:
        text, reason = self._text(message), message.stop_reason
        refused = reason == "refusal"
        if refused and not text:
            text = getattr(message.stop_details, "explanation", None) or ""
        return Reply(
            text=text,
            refused=refused,
            finish_reason=str(reason),
            model=str(message.model),
            parameters=self._recorded(body),
            usage=_usage(message),
        )

    def _recorded(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return what was sent besides the prompt; of the schema, which the question tells, only its kind."""
        sent = {name: "json_schema" if name == "output_config" else value for name, value in body.items()}
        return sent | self._options | self._headers

    def _text(self, message: Message) -> str:
        """Return the text blocks joined; the SDK builds its objects from any JSON, so look first."""
        blocks = getattr(message, "content", None)
        if not isinstance(blocks, list):
            raise garbled(self._endpoint, "it holds no content")
        text = "".join(str(block.text) for block in blocks if getattr(block, "type", None) == "text")
        # Without text a refusal says enough, and so does a limit reached in thinking, which was paid for.
        if not text and message.stop_reason not in ("refusal", "max_tokens", "model_context_window_exceeded"):
            raise garbled(self._endpoint, "its content holds no text")
        return text


def _conversation(request: Request) -> dict[str, Any]:
    """Return system text and messages; what other requests start with too is marked for the prompt cache."""
    first, *rest = request.messages()
    if first.role != "system":
        return {"messages": [_message(message) for message in (first, *rest)]}
    return {"system": _blocks(first), "messages": [_message(message) for message in rest]}


def _message(message: Said) -> dict[str, Any]:
    return {"role": message.role, "content": _blocks(message) if message.shared else message.text}


def _blocks(message: Said) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = []
    for number, part in enumerate(message.parts):
        text = part if number == len(message.parts) - 1 else f"{part}\n\n"
        blocks.append({"type": "text", "text": text})
        if number < message.shared:
            blocks[-1]["cache_control"] = {"type": "ephemeral"}
    return blocks


def _usage(message: Message) -> Usage:
    usage = getattr(message, "usage", None)
    if usage is None:
        return Usage()
    # Anthropic counts what was read from and written to its cache apart from `input_tokens`.
    cached = count(usage.cache_read_input_tokens)
    fresh = count(usage.input_tokens) + count(usage.cache_creation_input_tokens)
    return Usage(fresh + cached, count(usage.output_tokens), cached)
