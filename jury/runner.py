"""The engine: asks what is missing, stores what comes back, stops when it is told to.

Workers pull ballots from the plan, so that nothing is ever listed; one writer commits what they bring, and
only then is a ballot counted. The queue between them is bounded: memory does not grow with the run.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from jury.asking import Ask, ask_ballot
from jury.errors import RunError
from jury.middleware.budget import Budget
from jury.plan import Plan, Task
from jury.prices import Price
from jury.records import Ballot
from jury.store import Store

End = Literal["complete", "interrupted", "budget", "failing"]

_BATCH = 64  # ballots a transaction at most: an fsync is shared when many arrive at once
_PATIENCE = 20  # failed ballots in a row, with not one good in between, after which asking on is pointless


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is; ballots count once they are on disk.

    Attributes
    ----------
    total, stored : int
        Ballots of the whole run; ballots on disk, earlier parts of the run included.
    fresh : int
        Ballots stored by this call.
    counts : Mapping
        Ballots on disk by status.
    cost : float or None
        US dollars, this call; None when a price is not known.
    seconds : float
        Since this call began to ask.
    """

    total: int
    stored: int
    fresh: int
    counts: dict[str, int]
    cost: float | None
    seconds: float

    @property
    def rate(self) -> float:
        """Ballots a second."""
        return self.fresh / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """At the present rate; None before the first ballot."""
        return (self.total - self.stored) / self.rate if self.fresh else None


Report = Callable[[Progress], None]


@dataclass
class Engine:
    """One pass over a plan's missing ballots.

    Parameters
    ----------
    plan, store, ask, price, budget
        What is asked, where it is kept, how it is asked, what it costs and what it may cost.
    connections : int
        Ballots in flight at most.
    report : callable
        Called with `Progress` after every commit.
    """

    plan: Plan
    store: Store
    ask: Ask
    price: Price
    budget: Budget
    connections: int
    report: Report
    _end: End = "complete"
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _fatal: Exception | None = None
    _failures: int = 0
    _abandoned: bool = False
    last_problem: str = ""

    async def run(self) -> End:
        """Ask until nothing is missing, or until stopped; returns why it ended.

        Raises
        ------
        ModelError
            If the model turns out not to be usable.
        RunError
            If the run file cannot be written.

        Whatever is raised, the ballots that had been counted are stored.
        """
        tasks = self.plan.missing(self.store)
        arrived: asyncio.Queue[Ballot | None] = asyncio.Queue(maxsize=2 * self.connections)
        with self._interrupts():
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._write(arrived))
                    await self._work_together(tasks, arrived)
            except ExceptionGroup as errors:
                fault = _first(errors)
                if isinstance(fault, sqlite3.Error):
                    message = f"{self.store.path}: cannot be written ({fault}); nothing stored is lost"
                    raise RunError(message) from fault
                raise fault from None
            except asyncio.CancelledError:
                asking = asyncio.current_task()
                if not self._abandoned or asking is None:
                    raise  # cancelled by somebody else
                asking.uncancel()
        if self._fatal is not None:
            raise self._fatal
        if self._end == "complete":
            self.store.finish(_now())
        return self._end

    def stop(self, why: End) -> None:
        """Ask nothing new; what is in flight is still waited for and stored."""
        if not self._stop.is_set():
            self._end = why
            self._stop.set()

    async def _work_together(self, tasks: Iterator[Task], arrived: asyncio.Queue[Ballot | None]) -> None:
        async with asyncio.TaskGroup() as workers:
            for _ in range(self.connections):
                workers.create_task(self._work(tasks, arrived))
        await arrived.put(None)

    async def _work(self, tasks: Iterator[Task], arrived: asyncio.Queue[Ballot | None]) -> None:
        while not self._stop.is_set() and (task := next(tasks, None)) is not None:
            try:
                ballot = await self._ask_within_budget(task)
            except Exception as error:  # noqa: BLE001 - raised by `run`, once the ballots in flight are stored
                self._fatal = self._fatal or error
                self.stop("failing")
                return
            if ballot is None:
                return
            self._count_failures(ballot)
            await arrived.put(ballot)

    async def _ask_within_budget(self, task: Task) -> Ballot | None:
        ticket = await self.budget.reserve(task)
        if ticket is None:
            self.stop("budget")
            return None
        cost = None
        try:
            if self._stop.is_set():  # while this one waited for money
                return None
            ballot = await ask_ballot(task, self.plan.mode, self.ask, self.price)
            cost = ballot.cost
        finally:
            self.budget.settle(ticket, cost)
        return ballot

    def _count_failures(self, ballot: Ballot) -> None:
        failed = ballot.answer.status == "failed"
        self._failures = self._failures + 1 if failed else 0
        if failed:
            self.last_problem = ballot.answer.problem
        if self._failures >= _PATIENCE:
            self.stop("failing")

    async def _write(self, arrived: asyncio.Queue[Ballot | None]) -> None:
        counts, started = Counter(self.store.counts()), time.perf_counter()
        counts["failed"] = 0  # they are asked again, so they are not on disk for good
        fresh, cost, open_ = 0, 0.0, True
        known = True
        while open_:
            batch, open_ = await _take(arrived)
            if not batch:
                continue
            await _whole(asyncio.create_task(asyncio.to_thread(self.store.write, batch)))
            counts.update(ballot.answer.status for ballot in batch)
            fresh += len(batch)
            known = known and all(ballot.cost is not None for ballot in batch)
            cost += sum(ballot.cost or 0.0 for ballot in batch)
            self.report(
                Progress(
                    total=self.plan.total,
                    stored=sum(counts.values()),
                    fresh=fresh,
                    counts=dict(counts),
                    cost=cost if known else None,
                    seconds=time.perf_counter() - started,
                )
            )

    @contextlib.contextmanager
    def _interrupts(self) -> Iterator[None]:
        """Ctrl-C once drains, twice stops at once; nothing stored is lost either way."""
        loop, asking = asyncio.get_running_loop(), asyncio.current_task()

        def interrupt() -> None:
            if self._stop.is_set() and asking is not None:
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


async def _whole(writing: asyncio.Task[None]) -> None:
    """Wait for a transaction; also when cancelled, for the file is about to be closed."""
    try:
        await asyncio.shield(writing)
    except asyncio.CancelledError:
        await writing
        raise


def _first(errors: ExceptionGroup) -> Exception:
    fault = errors.exceptions[0]
    return _first(fault) if isinstance(fault, ExceptionGroup) else fault


async def _take(arrived: asyncio.Queue[Ballot | None]) -> tuple[list[Ballot], bool]:
    """Wait for a ballot and take what else has arrived; False when there will be no more."""
    batch: list[Ballot] = []
    item = await arrived.get()
    while item is not None:
        batch.append(item)
        if len(batch) == _BATCH or arrived.empty():
            return batch, True
        item = arrived.get_nowait()
    return batch, False


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
