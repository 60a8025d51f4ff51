"""``local/NAME``: a model file evaluated inside this process by llama.cpp (package ``xllamacpp``).

``local/smollm2-135m-instruct`` is the embedded default; any other GGUF file is ``local/PATH.gguf``.

The same seed must give the same numbers whatever was asked before. llama.cpp reuses the evaluation of the
longest prefix that two prompts share, and with quantised kernels the result depends on how the tokens were
cut into batches. So prompts are cut here, into fixed segments (persona; case; question), each always
evaluated as one batch, and the last token of a segment alone: docs/decisions/0003-embedded-model.md.
"""

from __future__ import annotations

import asyncio
import http.client
import importlib
import json
import os
import secrets
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

from jury.backends.base import FREE, Form, Message, ModelSpec, Readout, Reply, Request, Usage, backends, spelling
from jury.errors import ModelError, RequestError
from jury.models.embedded import EMBEDDED_MODEL, pull

Tokens = tuple[int, ...]

_CONTEXT = 4096
#: Tokens whose probability is read; what an option has outside of them is below exp(-10) or so.
_TOP_TOKENS = 1000

EMBEDDED_CAVEAT = (
    "The embedded 135M-parameter model hardly tells personas apart: it shows that the pipeline works and "
    "says nothing about people. Use --model with a model of your own for anything else."
)


@backends.register("local")
def open_local(spec: ModelSpec) -> LocalBackend:
    """Open a GGUF file; raises `ModelError` when the runtime or the file is missing."""
    embedded = spec.name == EMBEDDED_MODEL
    path = pull() if embedded else Path(spec.name).expanduser()
    if not path.is_file():
        raise ModelError(
            f"model local/{spec.name}: no such file; give a GGUF file as local/PATH.gguf, "
            f"or the embedded model as local/{EMBEDDED_MODEL}"
        )
    return LocalBackend(spec, path, EMBEDDED_CAVEAT if embedded else None)


def import_runtime() -> Any:  # noqa: ANN401 - xllamacpp publishes no types
    """Import llama.cpp's binding; a missing piece is a `ModelError` that names it."""
    try:
        return importlib.import_module("xllamacpp")
    except ImportError as error:
        if "libgomp" in str(error):
            raise ModelError(
                "local models need the system library libgomp.so.1: install it with `apt-get install "
                "libgomp1` (Debian, Ubuntu) or `dnf install libgomp` (Fedora)"
            ) from error
        raise ModelError(
            "local models need the package xllamacpp: install it with `pip install 'pluralistic-jury[local]'`"
        ) from error


class LocalBackend:
    """llama.cpp on one thread of this process; see the module docstring for what is deterministic.

    Raises
    ------
    ModelError
        If the file is no model that llama.cpp can load.
    """

    readouts: tuple[Readout, ...] = ("logprobs", "sample")
    max_connections = 1
    pricing: str | None = FREE
    cached_prefix: int | None = None

    def __init__(self, spec: ModelSpec, path: Path, caveat: str | None) -> None:
        self.caveat = caveat
        self._spec = spec
        self._server = _Server(path, _threads(spec))
        self._evaluator = _FixedShape(self._server.complete)
        self._encode = lru_cache(maxsize=256)(self._server.tokenize)
        self._frames = lru_cache(maxsize=64)(self._read_frames)
        self._frames(("user",))  # a template that cannot say a thing is found now
        self._takes_system = lru_cache(maxsize=1)(self._reads_system)
        # One thread: there is one evaluation state, and two requests at once would only wait for it.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="local-model")

    async def ask(self, request: Request) -> Reply:
        """Put one request to the model; raises `RequestError` when the prompt does not fit its context."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._ask, request)

    async def aclose(self) -> None:
        """Stop the thread and free the model."""
        self._thread.shutdown(wait=True)
        self._server.close()

    def _ask(self, request: Request) -> Reply:
        form = request.question.form
        parameters: dict[str, Any]
        if request.readout == "logprobs":
            parameters = {"n_predict": 1, "n_probs": _TOP_TOKENS, "temperature": 0}
        else:
            temperature = 1.0 if self._spec.temperature is None else self._spec.temperature
            # The model's own distribution: llama.cpp's usual truncations are switched off.
            parameters = {"n_predict": self._spec.max_tokens, "temperature": temperature}
            parameters |= {"top_k": 0, "top_p": 1.0, "min_p": 0.0, "seed": request.seed % 2**32}
        schema = {"json_schema": dict(form.schema)} if request.readout == "sample" and form.schema else {}
        answer = self._evaluator(self._segments(request), parameters | schema)
        choice, usage = answer["choices"][0], answer["usage"]
        logprobs, floor = _first_token(choice, form) if request.readout == "logprobs" else (None, None)
        return Reply(
            text="" if logprobs is not None else choice["text"],
            logprobs=logprobs,
            floor=floor,
            finish_reason=choice["finish_reason"],
            model=self._spec.full_name,
            parameters=parameters,
            usage=Usage(usage["prompt_tokens"], usage["completion_tokens"], answer["timings"]["cache_n"]),
        )

    def _segments(self, request: Request) -> list[Tokens]:
        """Return the prompt in pieces, cut behind every part: what other requests may start with too.

        Only the template's own text may hold control tokens; personas and alternatives are text, whatever
        they look like.
        """
        messages = self._sayable(request.messages())
        opening, *frames = self._frames(tuple(message.role for message in messages))
        piece = self._encode(opening, control=True, start=True)
        segments: list[Tokens] = []
        for message, frame in zip(messages, frames, strict=True):
            *leading, last = message.parts
            for part in leading:
                segments.append(piece + self._encode(f"{part}\n\n"))
                piece = ()
            segments.append(piece + self._encode(last) + self._encode(frame, control=True))
            piece = ()
        lead = request.question.form.lead if request.readout == "logprobs" else ""
        segments[-1] += self._encode(lead) if lead else ()
        return segments

    def _sayable(self, messages: tuple[Message, ...]) -> tuple[Message, ...]:
        """Return `messages` as the model's template takes them: not every one knows a system message."""
        if messages[0].role != "system" or self._takes_system():
            return messages
        system, user, *rest = messages
        return (Message("user", system.parts + user.parts), *rest)

    def _read_frames(self, roles: tuple[str, ...]) -> tuple[str, ...]:
        """Return the template's own text before, between and after messages of these roles."""
        marks = [f"TEXT-{number}-GOES-HERE" for number in range(len(roles))]
        rest = self._server.render([{"role": role, "content": mark} for role, mark in zip(roles, marks, strict=True)])
        frames = []
        for mark in marks:
            frame, found, rest = rest.partition(mark)
            if not found:
                raise ModelError(f"model {self._spec.full_name}: its chat template drops what is said")
            frames.append(frame)
        return (*frames, rest)

    def _reads_system(self) -> bool:
        try:
            self._frames(("system", "user"))
        except (ModelError, RequestError):  # refused, or left out
            return False
        return True


class _FixedShape:
    """Evaluates prompts given as segments, so that equal prompts give equal numbers in any order.

    llama.cpp keeps the evaluation of the last prompt and continues from the longest common prefix. Here a
    new segment is only ever added when exactly the segments before it are held, and is one batch; then the
    last token is evaluated once more, alone, because that is also how a prefix is taken up again later.
    """

    def __init__(self, complete: Callable[..., dict[str, Any]]) -> None:
        self._complete = complete
        self._held: list[Tokens] = []

    def __call__(self, segments: Sequence[Tokens], parameters: dict[str, Any]) -> dict[str, Any]:
        *shared, last = segments
        keep = _common_length(self._held, shared)
        self._held = []  # nothing is known to be held if a call below fails
        if keep:
            self._take_up(shared[:keep])
        for depth in range(keep, len(shared)):
            prompt = _join(shared[: depth + 1])
            self._complete(prompt, cache_prompt=depth > 0, n_predict=0)
            self._take_up(shared[: depth + 1])
        answer = self._complete(_join(shared) + list(last), cache_prompt=bool(shared), **parameters)
        self._held = list(shared)
        return answer

    def _take_up(self, segments: Sequence[Tokens]) -> None:
        self._complete(_join(segments), cache_prompt=True, n_predict=0)


class _Server:
    """llama.cpp's server in this process; templates and tokens are asked for over its loopback port."""

    #: Flash attention cuts its sums by the number of threads; without it, the numbers do not depend on that.
    attention = "LLAMA_FLASH_ATTN_TYPE_DISABLED"

    def __init__(self, path: Path, threads: int) -> None:
        runtime = import_runtime()
        parameters = runtime.CommonParams()
        parameters.model.path = str(path)
        parameters.n_ctx = _CONTEXT
        parameters.n_parallel = 1
        parameters.cpuparams.n_threads = threads
        parameters.verbosity = -1
        parameters.warmup = False
        parameters.flash_attn_type = getattr(runtime.llama_flash_attn_type, self.attention)
        # Each of these could bring back an evaluation of another shape.
        parameters.cache_ram_mib = 0
        parameters.n_ctx_checkpoints = 0
        parameters.swa_full = True
        self._key = secrets.token_hex(16)
        parameters.api_keys = [self._key]
        try:
            self._server = runtime.Server(parameters)
        except RuntimeError as error:
            raise ModelError(f"model {path}: llama.cpp cannot load it ({error}); is it a GGUF file?") from error
        self._address = self._server.listening_address.removeprefix("http://")

    def complete(self, prompt: Iterable[int], **parameters: Any) -> dict[str, Any]:  # noqa: ANN401
        """Evaluate `prompt`; raises `RequestError` when it does not fit."""
        answer: dict[str, Any] = self._server.handle_completions({"prompt": list(prompt), **parameters})
        if "error" in answer:
            raise RequestError(f"the local model rejected the request: {answer['error']['message']}")
        return answer

    def tokenize(self, text: str, *, control: bool = False, start: bool = False) -> Tokens:
        """Return the tokens of `text`; control tokens are recognised only when asked for."""
        body = {"content": text, "parse_special": control, "add_special": start}
        return tuple(self._post("/tokenize", body)["tokens"])

    def render(self, messages: list[dict[str, str]]) -> str:
        """Return `messages` in the model's chat template."""
        text: str = self._post("/apply-template", {"messages": messages})["prompt"]
        return text

    def close(self) -> None:
        """Free the model."""
        del self._server

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        connection = http.client.HTTPConnection(self._address, timeout=60)
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        try:
            connection.request("POST", path, json.dumps(body), headers)
            response = connection.getresponse()
            answer: dict[str, Any] = json.loads(response.read())
        finally:
            connection.close()
        if response.status != http.client.OK:
            raise RequestError(f"the local model rejected {path}: {answer.get('error', {}).get('message')}")
        return answer


def _threads(spec: ModelSpec) -> int:
    """Return the number of threads: ``model.options.threads``, or half of the cores.

    llama.cpp's threads wait for each other by spinning. On all cores, one other busy process makes them some
    eight times slower than a single thread would be; the numbers do not depend on how many there are.
    """
    unknown = set(spec.options) - {"threads"}
    if unknown:
        raise ModelError(f"model.options.{min(unknown)}: not an option of local models; known: threads")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    threads = spec.options.get("threads", max(1, cores // 2))
    if not isinstance(threads, int) or isinstance(threads, bool) or threads < 1:
        raise ModelError(f"model.options.threads: {threads!r} is not a whole number of at least 1")
    return threads


def _first_token(choice: dict[str, Any], form: Form) -> tuple[dict[str, float], float | None]:
    tokens = choice["logprobs"]["content"][0]["top_logprobs"]
    return spelling(((token["token"], token["logprob"]) for token in tokens), form.options)


def _join(segments: Iterable[Tokens]) -> list[int]:
    return [token for segment in segments for token in segment]


def _common_length(left: Sequence[Tokens], right: Sequence[Tokens]) -> int:
    for length, (ours, theirs) in enumerate(zip(left, right, strict=False)):
        if ours != theirs:
            return length
    return min(len(left), len(right))
