"""Waits that end at once when a run stops: what sleeps between two attempts keeps nobody waiting."""

from __future__ import annotations

import asyncio


class Stopped(Exception):
    """The run asks nothing new, so what was waiting to be asked is not."""


class Halt:
    """A switch that ends every wait.

    Once `set`, each wait raises `Stopped`, those under way as well as those to come.
    """

    def __init__(self) -> None:
        self._set = False
        self._waits: set[asyncio.Future[None]] = set()

    @property
    def is_set(self) -> bool:
        """Whether waits have ended."""
        return self._set

    def set(self) -> None:
        """End every wait."""
        self._set = True
        for wait in self._waits:
            if not wait.done():
                wait.set_exception(Stopped())

    async def until(self, wait: asyncio.Future[None]) -> None:
        """Wait for a future that somebody else sets."""
        if self._set:
            raise Stopped
        self._waits.add(wait)
        try:
            await wait
        finally:
            self._waits.discard(wait)

    async def sleep(self, seconds: float) -> None:
        """Wait for so many seconds."""
        loop = asyncio.get_running_loop()
        wait: asyncio.Future[None] = loop.create_future()
        timer = loop.call_later(seconds, _wake, wait)
        try:
            await self.until(wait)
        finally:
            timer.cancel()


def _wake(wait: asyncio.Future[None]) -> None:
    if not wait.done():
        wait.set_result(None)
