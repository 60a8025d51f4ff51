"""The engine: asks what is missing, stores what comes back, stops when it is told to.

Every model has a lane of its own, with workers that pull its jurors' ballots from the plan, so that nothing is ever
listed; one writer commits what they bring, and only then is a ballot counted. The queue between them is bounded:
memory does not grow with the run.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal

from jury.asking import ask_ballot
from jury.backends.base import Request
from jury.errors import RunError
from jury.journal import Journal
from jury.lane import Attempted, Lane
from jury.middleware.budget import Budget
from jury.middleware.halt import Halt, Stopped
from jury.plan import Plan, Task
from jury.progress import Effort, Progress, Report
from jury.records import Ballot, Draft
from jury.store import Store

End = Literal["complete", "interrupted", "budget", "failing"]
Record = Ballot | Draft
Queue = asyncio.Queue[Record | None]

_BATCH = 64  # ballots a transaction at most: an fsync is shared by those that arrive together
_GATHERING = 0.05  # seconds that a ballot waits for others; a crash loses no more than these and those in flight
_PATIENCE = 20  # failed ballots of a model in a row, not one good in between, after which asking on is pointless
_TICK = 1.0  # seconds between reports while the run waits


@dataclass
class Engine:
    """One pass over a plan's missing ballots.

    Parameters
    ----------
    plan, store, journal
        What is asked, where it is kept, and who writes it there.
    lanes : Mapping
        One a model, by the name that jurors are bound to.
    budget : Budget
    halt : Halt
        Ends the waits of `budget`.
    report : callable
        Called with `Progress` after every commit, and now and then while the run waits.
    """

    plan: Plan
    store: Store
    journal: Journal
    lanes: Mapping[str, Lane]
    budget: Budget
    halt: Halt
    report: Report
    problem: str = ""
    _end: End = "complete"
    _fatal: Exception | None = None
    _abandoned: bool = False
    _failures: Counter[str] = field(default_factory=Counter)
    _counts: Counter[str] = field(default_factory=Counter)
    _fresh: int = 0
    _cost: float | None = 0.0
    _started: float = 0.0

    async def run(self) -> End:
        """Ask until nothing is missing, or until stopped; returns why it ended.

        Raises
        ------
        ModelError
            If a model turns out not to be usable.
        RunError
            If the run file cannot be written.

        Whatever is raised, the ballots that had been counted are stored.
        """
        try:
            with self._interrupts():
                await self._ask_all()
        except ExceptionGroup as errors:
            self._fatal = _first(errors)
        except asyncio.CancelledError:
            asking = asyncio.current_task()
            if not self._abandoned or asking is None:
                raise  # cancelled by somebody else
            asking.uncancel()
        finally:
            self._settle()
        if isinstance(self._fatal, sqlite3.Error):
            raise RunError(
                f"{self.store.path}: cannot be written ({self._fatal}); nothing stored is lost; "
                "make room, then --resume"
            ) from self._fatal
        if self._fatal is not None:
            raise self._fatal from None
        if self._end == "complete":
            given_up = [lane.problem for lane in self.lanes.values() if lane.given_up]
            if given_up:
                self._end, self.problem = "failing", given_up[0]
            elif self.plan.last:
                self.store.finish(datetime.now(UTC).isoformat(timespec="seconds"))
        return self._end

    def stop(self, why: End) -> None:
        """Ask nothing new; what is in flight is still waited for and stored."""
        if not self.halt.is_set:
            self._end = why
            self.halt.set()
            for lane in self.lanes.values():
                lane.halt.set()

    def effort(self) -> Effort:
        """Return what it took so far."""
        lanes = self.lanes.values()
        return Effort(
            requests=sum(lane.tally.requests for lane in lanes),
            retries=sum(lane.tally.retries for lane in lanes),
            cached=sum(lane.tally.hits for lane in lanes),
            hedged=sum(lane.tally.hedged for lane in lanes),
            throttled_seconds=sum(lane.pace.throttled for lane in lanes),
            outages=sum(lane.breaker.outages for lane in lanes),
            possible_usd=self.budget.possible,
        )

    async def _ask_all(self) -> None:
        self._counts.update(self.store.counts(self.plan.step))
        self._counts["failed"] = 0  # they are asked again, so they are not on disk for good
        self._started = asyncio.get_running_loop().time()
        arrived: Queue = asyncio.Queue(2 * sum(lane.limits.connections for lane in self.lanes.values()))
        async with asyncio.TaskGroup() as group:
            group.create_task(self._write(arrived))
            ticking = group.create_task(self._tick())
            async with asyncio.TaskGroup() as workers:
                for name, lane in self.lanes.items():
                    tasks = self._missing(name)
                    for _ in range(lane.limits.connections):
                        workers.create_task(self._work(name, tasks, arrived))
            ticking.cancel()
            await arrived.put(None)

    def _missing(self, name: str) -> Iterator[Task]:
        """Return the missing ballots of the jurors that are bound to a model."""
        if len(self.lanes) == 1:
            return self.plan.missing(self.store)
        jurors = tuple(juror for juror in self.plan.jurors if juror.model == name)
        return replace(self.plan, jurors=jurors).missing(self.store)

    async def _work(self, name: str, tasks: Iterator[Task], arrived: Queue) -> None:
        lane = self.lanes[name]
        while not lane.halt.is_set and (task := next(tasks, None)) is not None:
            try:
                ballot = await self._ask_within_budget(lane, task)
            except Stopped:
                return
            except Exception as error:  # noqa: BLE001 - raised by `run`, once the ballots in flight are stored
                self._fatal = self._fatal or error
                self.stop("failing")
                return
            if ballot is None:
                return
            self._count_failures(name, ballot)
            await arrived.put(ballot)
            await asyncio.sleep(0)  # who never waits would else leave no room to those who wait to put theirs

    async def _ask_within_budget(self, lane: Lane, task: Task) -> Record | None:
        ticket = await self.budget.reserve(lane.most(task))
        if ticket is None:
            self.stop("budget")
            return None
        stored = False

        async def ask(request: Request) -> Attempted:
            return await lane.ask(request, ticket)

        try:
            ballot = await ask_ballot(task, self.plan.reader, ask)
            stored = ballot is not None
        finally:
            self.budget.settle(ticket, stored=stored)
        if self.budget.exhausted:
            self.stop("budget")
        return ballot

    def _count_failures(self, name: str, ballot: Record) -> None:
        failed = ballot.answer.status == "failed"
        self._failures[name] = self._failures[name] + 1 if failed else 0
        if failed:
            self.problem = ballot.answer.problem
        if self._failures[name] >= _PATIENCE:
            self.lanes[name].give_up(ballot.answer.problem)

    async def _write(self, arrived: Queue) -> None:
        most, open_ = min(_BATCH, arrived.maxsize // 2), True
        while open_:
            batch: list[Record] = []
            try:
                open_ = await _take(arrived, batch, most)
            finally:
                if batch:  # also when this is cancelled: they have been paid for
                    await self._keep(batch)

    async def _keep(self, batch: list[Record]) -> None:
        await self.journal.write(batch)
        self._counts.update(ballot.answer.status for ballot in batch)
        self._fresh += len(batch)
        costs = [ballot.cost for ballot in batch]
        if self._cost is not None:
            known = [cost for cost in costs if cost is not None]
            self._cost = self._cost + sum(known) if len(known) == len(costs) else None
        self.report(self._progress())

    async def _tick(self) -> None:
        """Tell that, and why, the run waits."""
        while True:
            await asyncio.sleep(_TICK)
            progress = self._progress()
            if progress.waiting:
                self.report(progress)

    def _progress(self) -> Progress:
        lanes = self.lanes.values()
        waiting = {name: lane.waiting for name, lane in self.lanes.items() if lane.waiting}
        reasons = [reason if len(lanes) == 1 else f"{name}: {reason}" for name, reason in waiting.items()]
        return Progress(
            total=self.plan.total,
            stored=sum(self._counts.values()),
            fresh=self._fresh,
            counts=dict(self._counts),
            cost=self._cost,
            seconds=asyncio.get_running_loop().time() - self._started,
            in_flight=sum(lane.pace.flying for lane in lanes),
            limit=sum(int(lane.pace.limit) for lane in lanes),
            waiting="; ".join(reasons),
        )

    def _settle(self) -> None:
        """Close the books; where the file cannot be written, what was authorised stays in them."""
        if self.budget.used:
            with contextlib.suppress(sqlite3.Error):
                self.store.settle_costs(self.budget.possible, self.budget.unstored)

    @contextlib.contextmanager
    def _interrupts(self) -> Iterator[None]:
        """Ctrl-C once drains, twice stops at once; nothing stored is lost either way."""
        loop, asking = asyncio.get_running_loop(), asyncio.current_task()

        def interrupt() -> None:
            if self.halt.is_set and asking is not None:
                self._end, self._abandoned = "interrupted", True
                asking.cancel()
            self.stop("interrupted")

        try:
            loop.add_signal_handler(signal.SIGINT, interrupt)
        except (NotImplementedError, ValueError, RuntimeError):  # Windows, or not the main thread
            yield
            return
        try:
            yield
        finally:
            loop.remove_signal_handler(signal.SIGINT)


def _first(errors: ExceptionGroup) -> Exception:
    fault = errors.exceptions[0]
    return _first(fault) if isinstance(fault, ExceptionGroup) else fault


async def _take(arrived: Queue, batch: list[Record], most: int) -> bool:
    """Wait for a ballot and put it and what else arrives soon into `batch`; False when there will be no more."""
    item = await arrived.get()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_GATHERING):
            while item is not None:
                batch.append(item)
                if len(batch) == most:
                    return True
                item = await arrived.get()
            return False
    return True
