"""The first request goes alone: what a model cannot give is found out before anything is paid for in bulk."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from jury.backends.base import Backend, Checking, Reply, Request
from jury.errors import ModelError
from jury.middleware.halt import Halt, Stopped


class _Kind(NamedTuple):
    """Requests of one kind stand or fall together."""

    readout: str
    structured: bool


class Proof:
    """Looks whether a model gives what it is asked for.

    Requests of one kind go one at a time until one was answered; answers are looked at until one shows that the model
    gives what was asked.

    Parameters
    ----------
    backend : Backend
        One that is not `Checking` has nothing to prove.
    halt : Halt
        Ends every wait, and is set when the model is found out.
    """

    def __init__(self, backend: Backend, halt: Halt) -> None:
        self._checking = backend if isinstance(backend, Checking) else None
        self._halt = halt
        self._answered: set[_Kind] = set()
        self._proven: set[_Kind] = set()
        self._waiting: dict[_Kind, deque[asyncio.Future[None]]] = {}  # behind the one that is under way

    @asynccontextmanager
    async def turn(self, request: Request) -> AsyncIterator[None]:
        """Wait until `request` may go; while it does, those of its kind wait, unless one was answered before.

        Raises
        ------
        Stopped
            If the run was stopped while this waited.
        """
        kind = _kind(request)
        if self._checking is None or kind in self._answered or not _provable(kind):
            yield
            return
        await self._wait(kind)
        try:
            yield
        except ModelError:
            self._halt.set()  # before those behind are let go
            raise
        finally:
            self._next(kind)

    def judge(self, request: Request, reply: Reply) -> None:
        """Look at a reply.

        Raises
        ------
        ModelError
            If it shows that the model does not give what was asked.
        """
        kind = _kind(request)
        if self._checking is None or kind in self._proven or not _provable(kind):
            return
        proven = self._checking.check(request, reply)
        self._answered.add(kind)
        if proven:
            self._proven.add(kind)

    async def _wait(self, kind: _Kind) -> None:
        behind = self._waiting.setdefault(kind, deque())
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        behind.append(turn)
        if behind[0] is turn:
            return
        try:
            await self._halt.until(turn)
            if self._halt.is_set:
                raise Stopped  # noqa: TRY301 - the turn has to be passed on
        except BaseException:
            if behind and behind[0] is turn:
                self._next(kind)
            elif turn in behind:
                behind.remove(turn)
            raise

    def _next(self, kind: _Kind) -> None:
        """Let the next one go, or everybody once there was an answer."""
        behind = self._waiting[kind]
        behind.popleft()
        for turn in list(behind) if kind in self._answered else list(behind)[:1]:
            if not turn.done():
                turn.set_result(None)


def _kind(request: Request) -> _Kind:
    return _Kind(request.readout, bool(request.question.form.schema))


def _provable(kind: _Kind) -> bool:
    return kind.structured or kind.readout == "logprobs"
