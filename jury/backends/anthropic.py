"""``anthropic/NAME``: Anthropic's models, through the official SDK and the messages interface.

The key comes from ``ANTHROPIC_API_KEY``; another address from the model's base URL or
``ANTHROPIC_BASE_URL``. What other requests start with too, the persona or the case, is marked for the prompt cache. The
interface gives no log-probabilities and takes no seed.

An answer follows the form's JSON Schema by ``output_config``, which allows thinking, or by a tool that has to be
called, which does not, as ``model.options.structured`` says.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jury.backends.address import check_base_url, shown_url
from jury.backends.answers import Fields, as_fields, fields_of
from jury.backends.base import Message as Said
from jury.backends.base import ModelSpec, Readout, Reply, Request, Usage, backends
from jury.backends.http_errors import Endpoint, garbled, no_logprobs
from jury.backends.prompt_cache import anthropic_shortest, blocks
from jury.backends.sdk import count, http_client, import_sdk, read_options, require_key, send
from jury.backends.structured import ANSWER, answer_schema, as_json, check_structure, read_structured

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anthropic import AsyncAnthropic

KEY_VARIABLE = "ANTHROPIC_API_KEY"
_PATH = "/v1/messages"
_OWNED = frozenset(
    {"model", "messages", "system", "max_tokens", "output_config", "temperature"} | {"stream", "tools", "tool_choice"}
)

#: Version 2026-10-21 of the interface, which the SDK speaks, refuses these fields whatever their value; the
#: version before it still passes them to the models that take them.
_SAMPLING = frozenset({"temperature", "top_p", "top_k"})
_VERSION_WITH_SAMPLING = "2023-06-01"
_MARK = {"cache_control": {"type": "ephemeral"}}


@backends.register("anthropic")
def open_anthropic(spec: ModelSpec) -> AnthropicMessages:
    """Open an Anthropic model; raises `ModelError` when the SDK or the key is missing."""
    key = require_key(KEY_VARIABLE, spec)
    base_url = check_base_url(spec)
    sdk = import_sdk("anthropic")
    client = sdk.AsyncAnthropic(
        api_key=key, base_url=base_url, timeout=spec.timeout, max_retries=0, http_client=http_client(sdk)
    )
    endpoint = Endpoint(
        model=spec.full_name,
        url=shown_url(client.base_url),
        sdk=sdk,
        key_variable=KEY_VARIABLE,
        key=key,
        timeout=spec.timeout,
        where_to_look="check the model's name, and the base URL if there is one: it ends before /v1",
    )
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

    def __init__(self, spec: ModelSpec, endpoint: Endpoint, client: AsyncAnthropic) -> None:
        self.client = client
        self.endpoint = endpoint
        self.cached_prefix: int | None = anthropic_shortest(spec.name)
        self._spec = spec
        self._options = read_options(spec, _OWNED)
        self._structured = read_structured(spec)
        if spec.temperature is not None:
            self._options["temperature"] = spec.temperature
        sampled = _SAMPLING & self._options.keys()
        self.headers = {"anthropic-version": _VERSION_WITH_SAMPLING} if sampled else {}

    async def ask(self, request: Request) -> Reply:
        """Put one request to the model; see `jury.backends.http_errors` for what is raised when."""
        return self._reply(request, await send(self.client, self.endpoint, _PATH, self.body(request), self.headers))

    def body(self, request: Request) -> dict[str, Any]:
        """Return the whole body of `request`, as a batch sends it."""
        return self._fields(request) | self._options

    def read(self, request: Request, answer: Mapping[str, Any]) -> Reply:
        """Return the reply that the body of an answer to `request` holds; raises as `ask` does."""
        return self._reply(request, as_fields(answer))

    def check(self, request: Request, reply: Reply) -> bool:
        """Return whether `reply` shows that the server gives what was asked; see `check_structure`."""
        return check_structure(self._spec.full_name, self._structured, request, reply)

    async def aclose(self) -> None:
        """Close the connections."""
        await self.client.close()

    def _fields(self, request: Request) -> dict[str, Any]:
        if request.readout != "sample":
            raise no_logprobs(self._spec.full_name, "Anthropic's interface has none")
        return {"model": self._spec.name, **_conversation(request), **self._parameters(request)}

    def _parameters(self, request: Request) -> dict[str, Any]:
        parameters: dict[str, Any] = {"max_tokens": self._spec.max_tokens}
        schema = answer_schema(request.question.form)
        if schema is None or self._structured == "prompt":
            return parameters
        reduced = _reduced(json.dumps(schema))
        if self._structured == "schema":
            return parameters | {"output_config": {"format": {"type": "json_schema", "schema": reduced}}}
        return parameters | {
            "tools": [{"name": ANSWER, "input_schema": reduced, "strict": True}],
            "tool_choice": {"type": "tool", "name": ANSWER, "disable_parallel_tool_use": True},
        }

    def _reply(self, request: Request, message: Fields) -> Reply:
        text, reason = self._text(message), message.stop_reason
        refused = reason == "refusal"
        if refused and not text:
            text = str(fields_of(message.stop_details).explanation or "")
        return Reply(
            text=text,
            refused=refused,
            finish_reason=str(reason),
            model=str(message.model or ""),
            parameters=self._recorded(request),
            usage=_usage(message),
        )

    def _recorded(self, request: Request) -> dict[str, Any]:
        """Return what was sent besides the prompt; of the schema, which the question tells, only its kind."""
        short = {"output_config": "json_schema", "tools": [ANSWER], "tool_choice": ANSWER}
        sent = {name: short.get(name, value) for name, value in self._parameters(request).items()}
        return sent | self._options | self.headers

    def _text(self, message: Fields) -> str:
        if not isinstance(message.content, list):
            raise garbled(self.endpoint, "it holds no content")
        found = [fields_of(block) for block in message.content]
        for block in found:
            if block.type == "tool_use":
                return as_json(block.input)
        text = "".join(str(block.text or "") for block in found if block.type == "text")
        # Without text a refusal says enough, and so does a limit reached in thinking, which was paid for.
        if not text and message.stop_reason not in ("refusal", "max_tokens", "model_context_window_exceeded"):
            raise garbled(self.endpoint, "its content holds no text")
        return text


@lru_cache(maxsize=256)  # as in `structured.answer_schema`
def _reduced(schema: str) -> dict[str, Any]:
    """Return a schema reduced by the SDK to what the interface enforces."""
    from anthropic import transform_schema

    return transform_schema(json.loads(schema))


def _conversation(request: Request) -> dict[str, Any]:
    """Return system text and messages; what other requests start with too is marked for the prompt cache."""
    first, *rest = request.messages()
    if first.role != "system":
        return {"messages": [_message(message) for message in (first, *rest)]}
    return {"system": blocks(first, "text", _MARK), "messages": [_message(message) for message in rest]}


def _message(message: Said) -> dict[str, Any]:
    return {"role": message.role, "content": blocks(message, "text", _MARK) if message.shared else message.text}


def _usage(message: Fields) -> Usage:
    usage = fields_of(message.usage)
    # Anthropic counts what was read from and written to its cache apart from `input_tokens`.
    cached, written = count(usage.cache_read_input_tokens), count(usage.cache_creation_input_tokens)
    return Usage(count(usage.input_tokens) + written + cached, count(usage.output_tokens), cached, written)
