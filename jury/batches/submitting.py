"""Batches are handed in once: one whose identifier got lost is looked for before its requests are asked again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from jury.backends.base import ModelSpec
from jury.batches.ledger import Entry, Ledger
from jury.batches.parcels import Parcel
from jury.batches.service import BatchService, NotYet, State
from jury.batches.waiting import Caller
from jury.errors import TransientError
from jury.prices import Price


@dataclass(frozen=True, slots=True)
class BatchModel:
    """A model with its batch interface, and what it charges there."""

    spec: ModelSpec
    service: BatchService
    price: Price


class Submitter:
    """Hands batches in.

    Parameters
    ----------
    models : Mapping
        By the name that jurors are bound to.
    ledger : Ledger
    caller : Caller
    """

    def __init__(self, models: Mapping[str, BatchModel], ledger: Ledger, caller: Caller) -> None:
        self._models = models
        self._ledger = ledger
        self._caller = caller

    async def find_lost(self) -> None:
        """Look for batches that may have been handed in and whose identifiers were lost."""
        for entry in self._ledger.open_batches():
            if entry.id is None:
                age = (datetime.now(UTC) - entry.intended_at).total_seconds()
                await self._caller.halt.sleep(min(max(self._caller.waits.settle - age, 0.0), self._caller.waits.settle))
                found = await self._find(entry)
                if found is None:
                    self._ledger.forget(entry.tag)
                else:
                    self._ledger.submitted(entry.tag, found.id)

    async def _find(self, entry: Entry) -> State | None:
        service, wait = self._models[entry.model].service, self._caller.waits.first
        while True:
            known = self._ledger.known()
            try:
                return await self._caller.patiently(
                    partial(service.find, entry.tag, entry.size, entry.intended_at, known)
                )
            except NotYet as why:
                self._caller.tell(str(why))
                await self._caller.halt.sleep(wait)
                wait = min(wait * 1.5, self._caller.waits.longest)

    async def submit(self, entry: Entry, parcel: Parcel) -> State:
        """Hand a batch in once, however often that takes."""
        started, wait = asyncio.get_running_loop().time(), self._caller.waits.retry
        while True:
            try:
                return await parcel.service.submit(entry.tag, entry.place, parcel.lines)
            except TransientError as error:
                if self._caller.gives_up(error, started):
                    raise
                self._caller.tell(str(error))
                await self._caller.halt.sleep(max(wait, error.retry_after or 0.0))
                wait = min(2 * wait, self._caller.waits.longest)
                if error.overloaded and not error.maybe_billed:
                    continue  # turned away at the door
            await self._caller.halt.sleep(self._caller.waits.settle)
            found = await self._find(entry)
            if found is not None:
                return found
