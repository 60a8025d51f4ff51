"""What a provider's batch interface takes and gives.

A batch goes by a tag of our own from before it is handed in, so that one whose identifier never arrived, because the
process or the connection died in between, can be found again and is not paid for twice.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from aggregators.registry import Registry
from jury.backends.base import Backend, ModelSpec, Reply, Request
from jury.errors import JuryError, ModelError


@dataclass(frozen=True, slots=True)
class State:
    """How far a batch is.

    Attributes
    ----------
    id : str
        The provider's own.
    ended : bool
        Whether nothing more will come.
    total, done : int
        Requests, and how many of them have ended in some way.
    words : str
        The provider's word for it.
    problem : str
        Why the whole batch came to nothing; ``""`` when it did not.
    passing : bool
        Whether that may pass, as too many requests at once do.
    seconds : float
        From its start to its end, by the provider's clock; 0 before.
    """

    id: str
    ended: bool
    total: int
    done: int
    words: str
    problem: str = ""
    passing: bool = False
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one request of a batch: a reply, or why there is none."""

    custom_id: str
    reply: Reply | None = None
    error: JuryError | None = None


class NotYet(Exception):
    """Whether a batch is ours shows only later; the message says why."""


#: Returns the request that goes by an identifier, None for one that is not ours.
Asked = Callable[[str], Request | None]


class BatchService(Protocol):
    """A provider's batch interface for one model.

    Attributes
    ----------
    most_requests, most_bytes : int
        Of one batch.
    """

    most_requests: int
    most_bytes: int

    def place(self, request: Request) -> str:
        """Return where `request` goes: only requests of one place may share a batch."""
        ...

    def line(self, custom_id: str, request: Request) -> Mapping[str, Any]:
        """Return `request` as a batch holds it."""
        ...

    async def submit(self, tag: str, place: str, lines: Sequence[Mapping[str, Any]]) -> State:
        """Hand a batch in.

        Raises
        ------
        TransientError
            If it may or may not have arrived; `find` knows.
        """
        ...

    async def find(self, tag: str, size: int, since: datetime, known: frozenset[str]) -> State | None:
        """Return the batch that goes by `tag`, None when there is none.

        Parameters
        ----------
        tag : str
        size : int
            Its number of requests.
        since : datetime
            When it was about to be handed in.
        known : frozenset of str
            Identifiers of batches that go by other tags.

        Raises
        ------
        NotYet
            If that cannot be told yet.
        """
        ...

    async def state(self, batch: str) -> State:
        """Return how far a batch is."""
        ...

    def outcomes(self, batch: str, asked: Asked) -> AsyncIterator[Outcome]:
        """Yield what became of the requests of a batch that has ended, in any order, one at a time."""
        ...

    async def cancel(self, batch: str) -> State:
        """Ask for no more of a batch; what has been answered by then is still there, and on the bill."""
        ...


#: Opens the batch interface behind an open backend.
Factory = Callable[[Backend, ModelSpec], BatchService]

batch_services: Registry[Factory] = Registry("batch interface", "jury.batches")


def open_service(backend: Backend, spec: ModelSpec) -> BatchService:
    """Return the batch interface of a model; raises `ModelError` when it has none."""
    if spec.provider not in batch_services:
        names = ", ".join(f"{name}/NAME" for name in batch_services)
        raise ModelError(f"{spec.full_name}: no batch interface (there is one of {names}); leave --batch out")
    return batch_services[spec.provider](backend, spec)
