"""OpenAI's responses interface, which some other servers offer as well.

``sample`` asks for an answer that follows the form's JSON Schema, in the way that ``model.options.structured`` says;
``logprobs`` reads the probabilities of the options among the 20 likeliest first tokens. The interface takes no seed.
Nothing is kept at OpenAI (``store: false``) unless ``model.options`` asks for it. Tokens of a model's reasoning count
as output, as they are billed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from jury.backends.answers import Fields, as_fields, fields_of
from jury.backends.base import Reply, Usage, spelling
from jury.backends.chat_completions import BREAKPOINT, TOP_TOKENS, openai_caching, recorded, top_tokens
from jury.backends.http_errors import garbled, no_logprobs
from jury.backends.prompt_cache import blocks, takes_breakpoints
from jury.backends.sdk import count, read_options, send
from jury.backends.structured import ANSWER, answer_schema, as_json, check_structure, read_structured
from jury.errors import ModelError, RequestError, TransientError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openai import AsyncOpenAI

    from jury.backends.base import Message, ModelSpec, Request
    from jury.backends.http_errors import Endpoint
    from jury.backends.openai_dialects import Dialect

#: OpenAI refuses a lower limit of this interface.
_FEWEST_TOKENS = 16
_OWNED = frozenset(
    {"model", "input", "instructions", "text", "temperature", "max_output_tokens", "include", "top_logprobs", "stream"}
    | {"tools", "tool_choice", "parallel_tool_calls", "background", "conversation", "previous_response_id"}
)
_TRANSIENT = frozenset({"server_error", "rate_limit_exceeded", "vector_store_timeout"})
#: The provider declined to have this answered.
_POLICY = frozenset({"bio_policy", "misalignment_policy_violation", "image_content_policy_violation"})


class Responses:
    """One model behind a responses endpoint.

    Parameters
    ----------
    spec : ModelSpec
        Its options are sent along as fields of the request body.
    endpoint : Endpoint
    client : AsyncOpenAI
        With its own retries off.
    dialect : Dialect
    """

    path: ClassVar[str] = "/v1/responses"

    def __init__(self, spec: ModelSpec, endpoint: Endpoint, client: AsyncOpenAI, dialect: Dialect) -> None:
        self._spec = spec
        self._endpoint = endpoint
        self._client = client
        self._options = {"store": False} | read_options(spec, _OWNED)
        self._structured = read_structured(spec)
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
        first, *rest = request.messages()
        fields: dict[str, Any] = {"model": self._spec.name}
        # Instructions hold no breakpoint; a system message in the input is the same to the model.
        if first.role == "system" and not self._marks:
            fields |= {"instructions": first.text}
        else:
            rest = [first, *rest]
        fields["input"] = [{"role": said.role, "content": self._content(said)} for said in rest]
        caching = openai_caching(request, marks=self._marks) if self._cache else {}
        return fields | self._parameters(request) | caching

    def _content(self, message: Message) -> Any:  # noqa: ANN401 - text or the SDK's TypedDicts
        return blocks(message, "input_text", BREAKPOINT) if self._marks and message.shared else message.text

    def _parameters(self, request: Request) -> dict[str, Any]:
        parameters: dict[str, Any] = {}
        if self._spec.temperature is not None:
            parameters["temperature"] = self._spec.temperature
        if request.readout == "logprobs":
            include = ["message.output_text.logprobs"]
            return parameters | {"max_output_tokens": _FEWEST_TOKENS, "include": include, "top_logprobs": TOP_TOKENS}
        if self._spec.max_tokens < _FEWEST_TOKENS:
            raise ModelError(
                f"{self._spec.full_name}: max_tokens {self._spec.max_tokens}: the responses interface takes "
                f"{_FEWEST_TOKENS} or more; raise it, or set model.options.interface to chat"
            )
        schema = answer_schema(request.question.form)
        return parameters | {"max_output_tokens": self._spec.max_tokens} | (self._form(schema) if schema else {})

    def _form(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        form = {"name": ANSWER, "strict": True}
        if self._structured == "schema":
            return {"text": {"format": {"type": "json_schema", "schema": schema} | form}}
        if self._structured == "tool":
            return {
                "tools": [{"type": "function", "parameters": schema} | form],
                "tool_choice": {"type": "function", "name": ANSWER},
                "parallel_tool_calls": False,
            }
        return {}

    def _reply(self, request: Request, response: Fields) -> Reply:
        self._raise_fault(response)
        reason = fields_of(response.incomplete_details).reason
        parts = list(self._parts(response))
        refusal = "".join(str(part.refusal or "") for part in parts if part.type == "refusal")
        refused = bool(refusal) or reason == "content_filter"
        text, logprobs, floor = refusal, None, None
        if not refused and request.readout == "logprobs":
            logprobs, floor = self._first_token(parts, request.question.form.options)
        elif not refusal:
            text = self._text(response, parts, cut_off=reason is not None)
        return Reply(
            text=text,
            logprobs=logprobs,
            floor=floor,
            refused=refused,
            finish_reason=str(reason or response.status or ""),
            model=str(response.model or ""),
            parameters=recorded(self._parameters(request)) | self._options,
            usage=_usage(response),
        )

    def _raise_fault(self, response: Fields) -> None:
        """Raise what a response says went wrong on the way; it may do so with status 200."""
        if response.error is None:
            return
        fault = fields_of(response.error)
        code, words = fault.code, str(fault.message or response.error)
        if code in _TRANSIENT:
            raise TransientError(
                f"{self._spec.full_name}: {self._endpoint.url} answered {code} ({words})",
                overloaded=code == "rate_limit_exceeded",
                maybe_billed=True,
            )
        if code is None:
            raise garbled(self._endpoint, f"it says {words}")
        declined = "declined to have this answered" if code in _POLICY else "could not answer"
        raise RequestError(f"{self._spec.full_name}: {self._endpoint.url} {declined} ({code}: {words})")

    def _parts(self, response: Fields) -> Iterator[Fields]:
        """Return the pieces of the answer."""
        if not isinstance(response.output, list):
            raise garbled(self._endpoint, "it holds no output")
        for item in map(fields_of, response.output):
            if item.type == "function_call":
                yield item
            elif item.type == "message":
                yield from map(fields_of, item.content or ())

    def _text(self, response: Fields, parts: list[Fields], *, cut_off: bool) -> str:
        calls = [as_json(part.arguments) for part in parts if part.type == "function_call"]
        if calls:
            return calls[0]
        text = "".join(str(part.text or "") for part in parts if part.type == "output_text")
        # All tokens may have gone into reasoning. They were paid for, so that is a reply, if an empty one.
        if not text and not cut_off:
            raise garbled(self._endpoint, f"its output holds no text, status {response.status}")
        return text

    def _first_token(self, parts: list[Fields], options: tuple[str, ...]) -> tuple[dict[str, float], float | None]:
        for part in parts:
            for token in part.logprobs or ():
                return spelling(top_tokens(token), options)
        raise no_logprobs(self._spec.full_name, "the server left them out")


def _usage(response: Fields) -> Usage:
    usage = fields_of(response.usage)
    details = fields_of(usage.input_tokens_details)
    return Usage(
        count(usage.input_tokens),
        count(usage.output_tokens),
        count(details.cached_tokens),
        count(details.cache_write_tokens),
    )
