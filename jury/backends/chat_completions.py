"""The chat-completions interface, as OpenAI defines it and many servers offer it.

``sample`` asks for an answer that follows the form's JSON Schema, in the way that ``model.options.structured`` says;
``logprobs`` lets the model write one token and reads the probabilities of the options among its 20 likeliest.
``Form.lead`` is not used: the interface has no common way to continue a started answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from jury.backends.answers import Fields, as_fields, fields_of
from jury.backends.base import Message, ModelSpec, Reply, Request, Usage, spelling
from jury.backends.http_errors import Endpoint, garbled, no_logprobs
from jury.backends.prompt_cache import blocks, cache_key, takes_breakpoints
from jury.backends.sdk import count, read_options, send
from jury.backends.structured import ANSWER, answer_schema, as_json, check_structure, read_structured

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openai import AsyncOpenAI

    from jury.backends.openai_dialects import Dialect

#: The most that OpenAI's interfaces give.
TOP_TOKENS = 20
#: How a breakpoint of the prompt cache is set in a block of text.
BREAKPOINT = {"prompt_cache_breakpoint": {"mode": "explicit"}}
#: llama.cpp, vLLM and Ollama read seeds as 32 or 64 bits, signed or not, and llama.cpp takes 2**32 - 1 to
#: mean "draw one": 31 bits are the same seed everywhere.
_SEEDS = 2**31
_OWNED = frozenset(
    {"model", "messages", "response_format", "logprobs", "top_logprobs", "seed", "temperature", "n", "stream"}
    | {"max_tokens", "max_completion_tokens", "tools", "tool_choice", "parallel_tool_calls"}
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
    dialect : Dialect
    """

    #: Where a batch sends these requests.
    path: ClassVar[str] = "/v1/chat/completions"

    def __init__(self, spec: ModelSpec, endpoint: Endpoint, client: AsyncOpenAI, dialect: Dialect) -> None:
        self._spec = spec
        self._endpoint = endpoint
        self._client = client
        self._options = read_options(spec, _OWNED)
        self._structured = read_structured(spec)
        self._limit_field = dialect.limit_field
        self._cache = dialect.prompt_cache
        self._marks = dialect.prompt_cache and takes_breakpoints(spec.name)

    async def ask(self, request: Request) -> Reply:
        """Put one request to the model; see `jury.backends.http_errors` for what is raised when."""
        path = self.path.removeprefix("/v1")
        return self._reply(request, await send(self._client, self._endpoint, path, self.body(request)))

    def body(self, request: Request) -> dict[str, Any]:
        """Return the whole body of `request`, as a batch sends it."""
        return self._fields(request) | self._options

    def read(self, request: Request, answer: Mapping[str, Any]) -> Reply:
        """Return the reply that the body of an answer to `request` holds; raises as `ask` does."""
        return self._reply(request, as_fields(answer))

    def check(self, request: Request, reply: Reply) -> bool:
        """Return whether `reply` shows that the server gives what was asked; see `check_structure`."""
        return check_structure(self._spec.full_name, self._structured, request, reply)

    def _fields(self, request: Request) -> dict[str, Any]:
        messages = [{"role": said.role, "content": self._content(said)} for said in request.messages()]
        caching = openai_caching(request, marks=self._marks) if self._cache else {}
        return {"model": self._spec.name, "messages": messages} | self._parameters(request) | caching

    def _content(self, message: Message) -> Any:  # noqa: ANN401 - text or the SDK's TypedDicts
        return blocks(message, "text", BREAKPOINT) if self._marks and message.shared else message.text

    def _parameters(self, request: Request) -> dict[str, Any]:
        parameters: dict[str, Any] = {"seed": request.seed % _SEEDS}
        if self._spec.temperature is not None:
            parameters["temperature"] = self._spec.temperature
        if request.readout == "logprobs":
            return parameters | {self._limit_field: 1, "logprobs": True, "top_logprobs": TOP_TOKENS}
        schema = answer_schema(request.question.form)
        return parameters | {self._limit_field: self._spec.max_tokens} | (self._form(schema) if schema else {})

    def _form(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        if self._structured == "schema":
            form = {"name": ANSWER, "strict": True, "schema": schema}
            return {"response_format": {"type": "json_schema", "json_schema": form}}
        if self._structured == "tool":
            tool = {"name": ANSWER, "strict": True, "parameters": schema}
            return {
                "tools": [{"type": "function", "function": tool}],
                "tool_choice": {"type": "function", "function": {"name": ANSWER}},
                "parallel_tool_calls": False,
            }
        return {}

    def _reply(self, request: Request, completion: Fields) -> Reply:
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
            model=str(completion.model or ""),
            parameters=recorded(self._parameters(request)) | self._options,
            usage=_usage(completion),
        )

    def _choice(self, completion: Fields) -> Fields:
        choices = completion.choices
        if not isinstance(choices, list) or not choices:
            # Some proxies report a fault of the server behind them with status 200.
            fault = completion.error
            raise garbled(self._endpoint, f"it says {fault}" if fault else "it holds no choices")
        choice = fields_of(choices[0])
        if not isinstance(choice.message, Fields):
            raise garbled(self._endpoint, "its choice holds no message")
        return choice

    def _text(self, choice: Fields) -> str:
        for call in choice.message.tool_calls or ():
            if (function := fields_of(call).function) is not None:
                return as_json(fields_of(function).arguments)
        content = choice.message.content
        if isinstance(content, str) and content:
            return content
        if choice.finish_reason == "length":
            # All tokens went into reasoning. They were paid for, so this is a reply, if an empty one.
            return ""
        raise garbled(self._endpoint, "its message holds no text")

    def _first_token(self, choice: Fields, options: tuple[str, ...]) -> tuple[dict[str, float], float | None]:
        tokens = fields_of(choice.logprobs).content
        if not tokens:
            raise no_logprobs(self._spec.full_name, "the server left them out")
        return spelling(top_tokens(tokens[0]), options)


def top_tokens(token: object) -> Iterator[tuple[str, float]]:
    """Return the likeliest tokens in the place of one, with their log-probabilities."""
    for top in map(fields_of, fields_of(token).top_logprobs or ()):
        if top.logprob is not None:
            yield str(top.token), float(top.logprob)


def openai_caching(request: Request, *, marks: bool) -> dict[str, Any]:
    """Return the fields of a request to OpenAI that have to do with its prompt cache; no answer depends on them."""
    key = cache_key(request.messages())
    fields: dict[str, Any] = {"prompt_cache_key": key} if key else {}
    # Without this, the end of every prompt, which no other prompt shares, would be written at the higher price.
    return fields | ({"prompt_cache_options": {"mode": "explicit"}} if marks else {})


def recorded(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was sent besides the prompt; of the schema, which the question tells, only its kind."""
    short = {"response_format": "json_schema", "tools": [ANSWER], "tool_choice": ANSWER, "text": "json_schema"}
    return {name: short.get(name, value) for name, value in parameters.items()}


def _usage(completion: Fields) -> Usage:
    usage = fields_of(completion.usage)
    details = fields_of(usage.prompt_tokens_details)
    return Usage(
        count(usage.prompt_tokens),
        count(usage.completion_tokens),
        count(details.cached_tokens),
        count(details.cache_write_tokens),
    )
