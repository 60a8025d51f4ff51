"""The one hand that writes a run file while ballots come in: one transaction after the other, off the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from jury.middleware.cache import ReplyCache
from jury.records import Ballot, Draft
from jury.store import Store


class Journal:
    """Writes to a store, and to the cache of replies beside it.

    Parameters
    ----------
    store : Store
    cache : ReplyCache or None
    """

    def __init__(self, store: Store, cache: ReplyCache | None = None) -> None:
        self._store = store
        self._cache = cache
        self._turn = asyncio.Lock()

    async def write(self, ballots: Sequence[Ballot | Draft]) -> None:
        """Store ballots; when this returns they are on disk."""

        def write() -> None:
            self._store.write(ballots)
            if self._cache is not None:
                self._cache.flush()

        await self._whole(write)

    async def authorise(self, most: float) -> None:
        """Note the most that the run can have cost, before it can have."""
        await self._whole(lambda: self._store.authorise(most))

    async def _whole(self, write: Callable[[], None]) -> None:
        """Do one transaction to its end, also when cancelled: the file is about to be closed then."""

        async def in_turn() -> None:
            async with self._turn:
                await asyncio.to_thread(write)

        writing = asyncio.create_task(in_turn())
        try:
            await asyncio.shield(writing)
        except asyncio.CancelledError:
            await writing
            raise
