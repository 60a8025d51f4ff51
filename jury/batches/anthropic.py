"""Anthropic's message batches."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from jury.backends.anthropic import AnthropicMessages
from jury.backends.http_errors import from_status, translated
from jury.batches.service import NotYet, Outcome, State, batch_services
from jury.errors import JuryError, ModelError, TransientError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from anthropic.types.messages import MessageBatch

    from jury.backends.base import Backend, ModelSpec, Request
    from jury.batches.service import Asked

#: The status that an error of this type has outside of batches.
_STATUS = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
#: By how much the provider's clock and ours may differ, should somebody have set ours.
_CLOCKS = timedelta(days=2)


@batch_services.register("anthropic")
def open_anthropic_batches(backend: Backend, spec: ModelSpec) -> AnthropicBatches:
    """Open Anthropic's message batches."""
    if not isinstance(backend, AnthropicMessages):
        raise ModelError(f"{spec.full_name}: no batch interface behind this backend; leave --batch out")
    return AnthropicBatches(backend)


class AnthropicBatches:
    """Batches of messages.

    A batch carries no name or note of ours but the identifiers of its requests, which start with the tag, and these are
    shown only when it has ended.

    Parameters
    ----------
    model : AnthropicMessages
        Open as long as this is used.
    """

    # A batch may hold 100,000 requests and 256 MB; it is sent in one piece, so it has to fit into memory.
    most_requests = 20_000
    most_bytes = 64 * 10**6

    def __init__(self, model: AnthropicMessages) -> None:
        self._model = model
        self._batches = model.client.messages.batches
        self._endpoint = model.endpoint
        self._headers = model.headers or None

    def place(self, request: Request) -> str:
        """Return ``messages``."""
        return "messages"

    def line(self, custom_id: str, request: Request) -> dict[str, Any]:
        """Return `request` as a batch holds it."""
        return {"custom_id": custom_id, "params": self._model.body(request)}

    async def submit(self, tag: str, place: str, lines: Sequence[Mapping[str, Any]]) -> State:
        """Hand a batch in; its requests' identifiers hold the tag."""
        with translated(self._endpoint):
            return _state(await self._batches.create(requests=cast("Any", lines), extra_headers=self._headers))

    async def find(self, tag: str, size: int, since: datetime, known: frozenset[str]) -> State | None:
        """Look through the batches of that time and size, whose requests tell once they have ended."""
        open_ = 0
        with translated(self._endpoint):
            async for batch in self._batches.list(limit=100):  # the newest first
                if batch.created_at < since - _CLOCKS:
                    break
                state = _state(batch)
                if state.id in known or state.total != size:
                    continue
                if not state.ended:
                    open_ += 1
                elif await self._is_of(tag, state.id):
                    return state
        if open_:
            raise NotYet(f"{open_} of {size} requests under way may be the one whose identifier was lost")
        return None

    async def state(self, batch: str) -> State:
        """Return how far a batch is."""
        with translated(self._endpoint):
            return _state(await self._batches.retrieve(batch))

    async def outcomes(self, batch: str, asked: Asked) -> AsyncIterator[Outcome]:
        """Read the results, line by line."""
        async for entry in self._results(batch):
            custom_id = str(entry.get("custom_id"))
            request = asked(custom_id)
            yield Outcome(custom_id) if request is None else self._outcome(custom_id, request, entry)

    async def cancel(self, batch: str) -> State:
        """Ask for no more."""
        with translated(self._endpoint):
            return _state(await self._batches.cancel(batch))

    async def _results(self, batch: str) -> AsyncIterator[dict[str, Any]]:
        with translated(self._endpoint):
            async for entry in await self._batches.results(batch):
                yield entry.to_dict(mode="json")

    async def _is_of(self, tag: str, batch: str) -> bool:
        async for entry in self._results(batch):
            return str(entry.get("custom_id")).startswith(tag)
        return False

    def _outcome(self, custom_id: str, request: Request, entry: dict[str, Any]) -> Outcome:
        result = entry.get("result") or {}
        try:
            if result.get("type") == "succeeded":
                return Outcome(custom_id, self._model.read(request, result.get("message") or {}))
            if result.get("type") == "errored":
                fault = result.get("error") or {}
                kind = str((fault.get("error") or {}).get("type"))
                raise from_status(self._endpoint, _STATUS.get(kind, 500), fault, {})
            raise TransientError(f"{self._endpoint.model}: the batch ended before this request ({result.get('type')})")
        except JuryError as error:
            return Outcome(custom_id, error=error)


def _state(batch: MessageBatch) -> State:
    counts, ended = batch.request_counts, batch.processing_status == "ended"
    done = counts.succeeded + counts.errored + counts.canceled + counts.expired
    end: datetime = batch.ended_at or batch.created_at
    return State(
        id=batch.id,
        ended=ended,
        total=done + counts.processing,
        done=done,
        words=batch.processing_status.replace("_", " "),
        seconds=(end - batch.created_at).total_seconds() if ended else 0.0,
    )
