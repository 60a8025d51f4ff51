"""The loop: hand in what is missing, wait, collect, until nothing is missing.

What is lost when the process is killed at any moment: nothing. Each batch is written down before it is handed in
(`ledger`); one whose identifier was not written down any more is looked for (`submitting`).
"""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial

from jury.batches.desk import Desk
from jury.batches.ledger import Entry, Ledger
from jury.batches.parcels import Parcel
from jury.batches.service import Outcome, State
from jury.batches.submitting import BatchModel, Submitter
from jury.batches.waiting import Caller, Waits
from jury.errors import JuryError, ModelError, RequestError, RunError, TransientError
from jury.middleware.halt import Halt, Stopped
from jury.plan import Plan
from jury.prices import most_expensive
from jury.progress import Effort, Progress, Report
from jury.runner import End
from jury.store import Store

_CHUNK = 64  # replies a transaction
_REFUSALS = 10  # whole batches in a row


class BatchRun:
    """One pass over a plan's missing ballots, by batches.

    Parameters
    ----------
    plan : Plan
    store : Store
        Open for writing.
    models : Mapping
        By the name that jurors are bound to.
    limit : float or None
        US dollars for the whole run.
    halt : Halt
        Set, it ends every wait: the batches go on, and the next run collects them.
    report : callable
        Called with `Progress` while the loop waits and as ballots are stored.
    waits : Waits
    """

    def __init__(
        self,
        plan: Plan,
        store: Store,
        models: Mapping[str, BatchModel],
        *,
        limit: float | None,
        halt: Halt,
        report: Report,
        waits: Waits,
    ) -> None:
        self.problem = ""
        self._plan = plan
        self._store = store
        self._models = models
        self._limit = limit
        self._halt = halt
        self._report = report
        self._caller = Caller(halt, waits, self._tell)
        self._ledger = Ledger(store)
        self._ledger.prepare()
        self._submitter = Submitter(models, self._ledger, self._caller)
        self._desk = Desk(plan, store, self._ledger)
        self._states: dict[str, State] = {}
        self._handed_in = 0  # batches
        self._asked = 0  # requests
        self._most_requests = 10**9
        self._refusals = 0
        self._started = 0.0

    async def run(self) -> End:
        """Go on until nothing is missing, or until stopped; returns why it ended.

        Raises
        ------
        ModelError
            If the provider takes no such batch.
        RunError
            If the run file cannot be written.
        """
        self._started = asyncio.get_running_loop().time()
        try:
            return await self._go_on()
        except Stopped:
            self.problem = self._under_way()
            return "interrupted"
        except RequestError as error:
            self.problem = "; ".join(filter(None, [str(error), self._under_way()]))
            return "failing"
        except sqlite3.Error as error:
            raise RunError(f"{self._store.path}: cannot be written ({error}); nothing stored is lost") from error

    def effort(self) -> Effort:
        """Return what it took."""
        batches = f"{self._handed_in} batch{'es' * (self._handed_in != 1)}"
        remarks = (f"{batches} handed in, at batch prices",) if self._handed_in else ()
        return Effort(requests=self._asked, possible_usd=self._store.possible_cost(), remarks=remarks)

    async def _go_on(self) -> End:
        self._store.finish(None)
        await self._submitter.find_lost()
        self._desk.complete(self._ledger.waiting())
        while True:
            full = await self._hand_in_missing()
            self._tell()
            if not self._ledger.open_batches():
                break
            await self._collect_next()
        if full:
            return "budget"
        if self._plan.last:
            self._store.finish(datetime.now(UTC).isoformat(timespec="seconds"))
        return "complete"

    async def _hand_in_missing(self) -> bool:
        """Hand in everything that can be asked now; True when the limit of cost left something out."""
        room = None if self._limit is None else self._limit - self._spent()
        parcels: dict[tuple[str, str], Parcel] = {}
        for ready in self._desk.ready():
            if self._halt.is_set:
                raise Stopped
            model = self._models[ready.task.juror.model]
            if room is not None:
                room -= sum(most_expensive(request, model.spec, model.price) or 0.0 for request in ready.rest)
                if room < 0:
                    break
            for item, request in ready.now:
                key = (ready.task.juror.model, model.service.place(request))
                most = most_expensive(request, model.spec, model.price) or 0.0
                parcel = parcels.get(key) or self._parcel(*key)
                parcels[key] = parcel
                if not parcel.add(item, request, most):
                    await self._hand_in(parcel)
                    parcels[key] = parcel = self._parcel(*key)
                    parcel.add(item, request, most)
        for parcel in parcels.values():
            await self._hand_in(parcel)
        return room is not None and room < 0

    def _parcel(self, model: str, place: str) -> Parcel:
        return Parcel(model, place, secrets.token_hex(6), self._models[model].service, self._most_requests)

    def _spent(self) -> float:
        """Return the most that the run can have cost by now, in US dollars."""
        waiting = self._ledger.cost() + self._ledger.most_open()
        return self._store.cost() + self._store.possible_cost() + waiting

    async def _hand_in(self, parcel: Parcel) -> None:
        entry = Entry(parcel.tag, parcel.model, parcel.place, None, len(parcel.items), parcel.most, datetime.now(UTC))
        self._ledger.intend(entry, parcel.items)
        try:
            state = await self._submitter.submit(entry, parcel)
        except JuryError as error:
            if not isinstance(error, TransientError):  # it was refused, so it is not there
                self._ledger.forget(entry.tag)
            raise
        self._ledger.submitted(entry.tag, state.id)
        self._states[entry.tag] = state
        self._handed_in += 1
        self._asked += entry.size
        self._tell()

    async def _collect_next(self) -> None:
        """Wait until a batch has ended, and collect what has."""
        wait = self._caller.waits.first
        while True:
            ended = False
            for entry in self._ledger.open_batches():
                service = self._models[entry.model].service
                state = await self._caller.patiently(partial(service.state, str(entry.id)))
                self._states[entry.tag] = state
                if state.ended:
                    await self._collect(entry, state)
                    ended = True
            if ended:
                return
            self._tell()
            await self._halt.sleep(wait)
            wait = min(wait * 1.5, self._caller.waits.longest)

    async def _collect(self, entry: Entry, state: State) -> None:
        if state.problem:
            await self._refused(entry, state)
            return
        await self._caller.patiently(partial(self._download, entry, state))
        self._ledger.ended(entry.tag)
        del self._states[entry.tag]
        self._refusals = 0
        self._desk.complete(self._ledger.waiting())

    async def _download(self, entry: Entry, state: State) -> None:
        """Store what came back; begun anew, it passes over what is stored."""
        model = self._models[entry.model]
        chunk: list[Outcome] = []
        async for outcome in model.service.outcomes(state.id, partial(self._desk.request, entry.tag)):
            if outcome.reply is not None or outcome.error is not None:
                chunk.append(outcome)
            if len(chunk) == _CHUNK:
                self._take(chunk, state, model)
        self._take(chunk, state, model)

    def _take(self, chunk: list[Outcome], state: State, model: BatchModel) -> None:
        self._desk.take(chunk, state.seconds, model.price)
        chunk.clear()
        self._tell()

    async def _refused(self, entry: Entry, state: State) -> None:
        """Ask the requests of a batch that came to nothing again in smaller ones, if that can help."""
        self._ledger.forget(entry.tag)
        del self._states[entry.tag]
        name = self._models[entry.model].spec.full_name
        if not state.passing:
            raise ModelError(f"{name}: the provider did not take the batch ({state.problem})")
        self._refusals += 1
        if self._refusals >= _REFUSALS:
            raise RequestError(f"{name}: {_REFUSALS} batches in a row were not taken ({state.problem})")
        self._most_requests = max(min(entry.size, self._most_requests) // 2, 1)
        self._tell(state.problem)
        await self._halt.sleep(min(self._caller.waits.retry * 2**self._refusals, self._caller.waits.longest))

    def _under_way(self) -> str:
        """Return which batches go on by themselves, ``""`` for none."""
        batches = self._ledger.open_batches()
        if not batches:
            return ""
        size = sum(batch.size for batch in batches)
        return (
            f"{size} requests go on in {len(batches)} batch{'es' * (len(batches) > 1)} at the provider; "
            f"jury batches {self._store.path} shows and --cancel cancels them"
        )

    def _tell(self, trouble: str = "") -> None:
        states = self._states.values()
        done, total = sum(state.done for state in states), sum(state.total for state in states)
        words = f"{len(states)} batch{'es' * (len(states) != 1)} at the provider, {done} of {total} requests done"
        self._report(
            Progress(
                total=self._plan.total,
                stored=sum(self._desk.counts.values()),
                fresh=self._desk.fresh,
                counts=dict(self._desk.counts),
                cost=self._desk.cost,
                seconds=asyncio.get_running_loop().time() - self._started,
                in_flight=total - done,
                limit=total,
                waiting=trouble or (words if states else ""),
            )
        )
