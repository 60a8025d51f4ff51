"""The chat-completions interface, as OpenAI defines it and many servers offer it.

``sample`` asks for an answer that follows the form's JSON Schema; ``logprobs`` lets the model write one
token and reads the probabilities of the options among its 20 likeliest. ``Form.lead`` is not used: the
interface has no common way to continue a started answer.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar

from jury.backends.base import ModelSpec, Readout, Reply, Request, Usage, spelling
from jury.backends.http_errors import Endpoint, garbled, no_logprobs, translated
from jury.backends.json_schema import spelled_out
from jury.backends.sdk import count, read_options

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openai import AsyncOpenAI
    from openai.types.chat import ChatCompletion
    from openai.types.chat.chat_completion import Choice

#: The most that the interface gives.
_TOP_TOKENS = 20
#: llama.cpp, vLLM and Ollama read seeds as 32 or 64 bits, signed or not, and llama.cpp takes 2**32 - 1 to
#: mean "draw one": 31 bits are the same seed everywhere.
_SEEDS = 2**31
_OWNED = frozenset(
    {"model", "messages", "response_format", "logprobs", "top_logprobs", "seed", "temperature", "n", "stream"}
    | {"max_tokens", "max_completion_tokens", "tools", "tool_choice"}
)


class ChatCompletions:
    """One model behind a chat-completions endpoint.

    Parameters
    ----------
    spec : ModelSpec
        Its options are sent along as fields of the request body.
    endpoint : Endpoint
    client : AsyncOpenAI
        With its own retries off.
    """

    readouts: tuple[Readout, ...] = ("sample", "logprobs")
    max_connections: int = 32
    caveat: str | None = None
    pricing: str | None = "openai"
    cached_prefix: int | None = 1024
    #: The field of the request that bounds the answer; `max_tokens` is refused by OpenAI's newer models.
    limit_field: ClassVar[str] = "max_completion_tokens"

    def __init__(self, spec: ModelSpec, endpoint: Endpoint, client: AsyncOpenAI) -> None:
        self._spec = spec
        self._endpoint = endpoint
        self._client = client
        self._options = read_options(spec, _OWNED)

    async def ask(self, request: Request) -> Reply:
        """Put one request to the model; see `jury.backends.http_errors` for what is raised when."""
        parameters = self._parameters(request)
        with translated(self._endpoint):
            # The SDK's own time-out is per read, which a server that drips its answer never meets.
            async with asyncio.timeout(self._spec.timeout):
                completion = await self._client.chat.completions.create(
                    model=self._spec.name,
                    messages=_messages(request),
                    extra_body=self._options or None,
                    **parameters,
                )
        return self._reply(request, completion, parameters)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.close()

    def _parameters(self, request: Request) -> dict[str, Any]:
        parameters: dict[str, Any] = {"seed": request.seed % _SEEDS}
        if self._spec.temperature is not None:
            parameters["temperature"] = self._spec.temperature
        if request.readout == "logprobs":
            return parameters | {self.limit_field: 1, "logprobs": True, "top_logprobs": _TOP_TOKENS}
        parameters |= {self.limit_field: self._spec.max_tokens}
        if not request.question.form.schema:
            return parameters
        schema = spelled_out(request.question.form.schema)
        form = {"name": "answer", "strict": True, "schema": schema}
        answer = {"type": "json_schema", "json_schema": form}
        return parameters | {"response_format": answer}

    def _reply(self, request: Request, completion: ChatCompletion, parameters: dict[str, Any]) -> Reply:
        choice = self._choice(completion)
        message = choice.message
        refused = bool(message.refusal) or choice.finish_reason == "content_filter"
        text, logprobs, floor = "", None, None
        if refused:
            text = message.refusal or message.content or ""
        elif request.readout == "logprobs":
            logprobs, floor = self._first_token(choice, request.question.form.options)
        else:
            text = self._text(choice)
        return Reply(
            text=text,
            logprobs=logprobs,
            floor=floor,
            refused=refused,
            finish_reason=str(choice.finish_reason),
            model=str(completion.model),
            parameters=_recorded(parameters) | self._options,
            usage=_usage(completion),
        )

    def _choice(self, completion: ChatCompletion) -> Choice:
        """Return the first choice; the SDK builds its objects from whatever JSON arrives, so look first."""
        choices = getattr(completion, "choices", None)
        if not isinstance(choices, list) or not choices:
            # Some proxies report a fault of the server behind them with status 200.
            fault = getattr(completion, "error", None)
            raise garbled(self._endpoint, f"it says {fault}" if fault else "it holds no choices")
        if getattr(choices[0], "message", None) is None:
            raise garbled(self._endpoint, "its choice holds no message")
        choice: Choice = choices[0]
        return choice

    def _text(self, choice: Choice) -> str:
        content = choice.message.content
        if isinstance(content, str) and content:
            return content
        if choice.finish_reason == "length":
            # All tokens went into reasoning. They were paid for, so this is a reply, if an empty one.
            return ""
        raise garbled(self._endpoint, "its message holds no text")

    def _first_token(self, choice: Choice, options: tuple[str, ...]) -> tuple[dict[str, float], float | None]:
        tokens = getattr(choice.logprobs, "content", None)
        if not tokens:
            raise no_logprobs(self._spec.full_name, "the server left them out")
        return spelling(((str(top.token), float(top.logprob)) for top in tokens[0].top_logprobs or ()), options)


def _messages(request: Request) -> Any:  # noqa: ANN401 - the SDK's TypedDicts are not imported at run time
    return [{"role": message.role, "content": message.text} for message in request.messages()]


def _recorded(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was sent besides the prompt; of the schema, which the question tells, only its kind."""
    return {name: value["type"] if name == "response_format" else value for name, value in parameters.items()}


def _usage(completion: ChatCompletion) -> Usage:
    usage = completion.usage
    if usage is None:
        return Usage()
    cached = getattr(usage.prompt_tokens_details, "cached_tokens", None)
    return Usage(count(usage.prompt_tokens), count(usage.completion_tokens), count(cached))
