"""OpenAI's batch interface: a file of requests goes in, a file of answers and one of errors come out."""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from jury.backends.http_errors import from_status, translated
from jury.backends.openai_interfaces import OpenAIModel
from jury.batches.service import Outcome, State, batch_services
from jury.errors import JuryError, ModelError, RequestError, TransientError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from openai.types import Batch

    from jury.backends.base import Backend, ModelSpec, Request
    from jury.batches.service import Asked

_TAG = "jury_tag"
_ENDED = frozenset({"completed", "expired", "cancelled", "failed"})
#: Whole batches that were refused for this may be taken later, when others have ended.
_PASSING = frozenset({"token_limit_exceeded", "rate_limit_exceeded", "server_error"})
#: Requests that were never worked on.
_NOT_REACHED = frozenset({"batch_expired", "batch_cancelled"})
#: By how much the provider's clock and ours may differ, should somebody have set ours.
_CLOCKS = timedelta(days=2)
_IN_MEMORY = 8 * 2**20  # bytes of a file to hand in, before it goes to disk


@batch_services.register("openai")
def open_openai_batches(backend: Backend, spec: ModelSpec) -> OpenAIBatches:
    """Open OpenAI's batch interface."""
    if not isinstance(backend, OpenAIModel):
        raise ModelError(f"{spec.full_name}: no batch interface behind this backend; leave --batch out")
    return OpenAIBatches(backend)


class OpenAIBatches:
    """Batches of requests to the responses interface or to chat completions.

    Parameters
    ----------
    model : OpenAIModel
        Open as long as this is used.
    """

    # A file may hold 50,000 requests and 200 MB; less of both keeps a part of the jury's answers from waiting for all.
    most_requests = 20_000
    most_bytes = 100 * 10**6

    def __init__(self, model: OpenAIModel) -> None:
        self._model = model
        self._client = model.client
        self._endpoint = model.endpoint

    def place(self, request: Request) -> str:
        """Return the address within the interface: a batch has one."""
        return self._model.path(request)

    def line(self, custom_id: str, request: Request) -> dict[str, Any]:
        """Return `request` as a line of the file."""
        url = self._model.path(request)
        return {"custom_id": custom_id, "method": "POST", "url": url, "body": self._model.body(request)}

    async def submit(self, tag: str, place: str, lines: Sequence[Mapping[str, Any]]) -> State:
        """Hand in a file and start the batch."""
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
            for line in lines:
                file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
            file.seek(0)
            with translated(self._endpoint):
                uploaded = await self._client.files.create(file=(f"{tag}.jsonl", file), purpose="batch")
        with translated(self._endpoint):
            batch = await self._client.batches.create(
                input_file_id=uploaded.id,
                endpoint=place,  # type: ignore[arg-type]
                completion_window="24h",
                metadata={_TAG: tag},
            )
        return _state(batch)

    async def find(self, tag: str, size: int, since: datetime, known: frozenset[str]) -> State | None:
        """Look for a batch whose metadata hold the tag."""
        with translated(self._endpoint):
            async for batch in self._client.batches.list(limit=100):  # the newest first
                if datetime.fromtimestamp(batch.created_at, UTC) < since - _CLOCKS:
                    return None
                if (batch.metadata or {}).get(_TAG) == tag:
                    return _state(batch)
        return None

    async def state(self, batch: str) -> State:
        """Return how far a batch is."""
        with translated(self._endpoint):
            return _state(await self._client.batches.retrieve(batch))

    async def outcomes(self, batch: str, asked: Asked) -> AsyncIterator[Outcome]:
        """Read the file of answers, then that of errors, line by line."""
        with translated(self._endpoint):
            found = await self._client.batches.retrieve(batch)
        for file in (found.output_file_id, found.error_file_id):
            if file:
                async for line in self._lines(file):
                    yield self._outcome(line, asked)

    async def cancel(self, batch: str) -> State:
        """Ask for no more; it ends within ten minutes."""
        with translated(self._endpoint):
            return _state(await self._client.batches.cancel(batch))

    async def _lines(self, file: str) -> AsyncIterator[dict[str, Any]]:
        with translated(self._endpoint):
            async with self._client.files.with_streaming_response.content(file) as response:
                async for line in response.iter_lines():
                    if line.strip():
                        yield json.loads(line)

    def _outcome(self, line: dict[str, Any], asked: Asked) -> Outcome:
        custom_id = str(line.get("custom_id"))
        request = asked(custom_id)
        if request is None:
            return Outcome(custom_id)
        try:
            return Outcome(custom_id, self._model.read(request, self._body(line)))
        except JuryError as error:
            return Outcome(custom_id, error=error)

    def _body(self, line: dict[str, Any]) -> dict[str, Any]:
        """Return the body of an answer; raises what an error says."""
        response, fault = line.get("response") or {}, line.get("error") or {}
        status, body = response.get("status_code"), response.get("body")
        if status == 200 and isinstance(body, dict):
            return body
        if isinstance(status, int) and status >= 400:
            raise from_status(self._endpoint, status, body, {})
        words = f"{self._endpoint.model}: {fault.get('message') or 'no answer'} ({fault.get('code')})"
        raise TransientError(words) if fault.get("code") in _NOT_REACHED or not fault else RequestError(words)


def _state(batch: Batch) -> State:
    counts, failed = batch.request_counts, batch.status == "failed"
    faults = (batch.errors.data or []) if batch.errors else []
    problem = "; ".join(dict.fromkeys(f"{fault.code}: {fault.message}" for fault in faults)) or "no reason given"
    ended = batch.status in _ENDED
    end = batch.completed_at or batch.expired_at or batch.cancelled_at or batch.created_at
    return State(
        id=batch.id,
        ended=ended,
        total=counts.total if counts else 0,
        done=counts.completed + counts.failed if counts else 0,
        words=batch.status.replace("_", " "),
        problem=problem if failed else "",
        passing=failed and bool(faults) and all(fault.code in _PASSING for fault in faults),
        seconds=float(end - batch.created_at) if ended else 0.0,
    )
