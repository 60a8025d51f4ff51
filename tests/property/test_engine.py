"""The engine under random faults, in virtual time: whatever happens, no ballot is lost, doubled or paid for unseen.

A run goes on in parts, each ended by a kill, an interrupt, a budget or by having nothing left to ask, until it is
complete. A kill is what a kill is: what the disk holds at that moment is all that the next part gets.
"""

import asyncio
import contextlib
import random
import shutil
import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jury.backends import ModelSpec, Reply, Usage
from jury.cases import Case
from jury.elicitation import modes
from jury.errors import RequestError, TransientError
from jury.journal import Journal
from jury.lane import Lane, Limits
from jury.middleware.budget import Budget
from jury.middleware.cache import ReplyCache
from jury.middleware.halt import Halt
from jury.middleware.retry import Retry
from jury.plan import Plan
from jury.records import Header, Juror
from jury.runner import Engine
from jury.store import Store

CASES = [
    Case.model_validate({"id": name, "prompt": "p", "alternatives": ["x", "y"], "majority": None}) for name in "abc"
]
DOLLARS = 0.001  # a token


_FAULTS = (
    TransientError("busy", overloaded=True),
    TransientError("busy", retry_after=7.0, overloaded=True),
    TransientError("fault"),
    TransientError("reset", maybe_billed=True),
    RequestError("rejected"),
)


@dataclass
class Provider:
    """Answers, sends bills, and does what the schedule says: it knows the truth that the run has to account for."""

    faults: random.Random
    rate: float
    down: list[tuple[float, float]]
    clock: Any = None
    billed: float = 0.0
    answered: Counter[int] = field(default_factory=Counter)

    readouts = ("sample",)
    max_connections = 4
    caveat = None
    pricing = "openai"
    cached_prefix = None

    async def ask(self, request):
        if any(start <= self.clock() < end for start, end in self.down):
            await asyncio.sleep(0.1)
            raise TransientError("down")
        chance = self.faults
        usage = Usage(chance.randint(1, 60), chance.randint(1, 10))
        fault = chance.choice(list(_FAULTS)) if chance.random() < self.rate else None
        if fault is None or (isinstance(fault, TransientError) and fault.maybe_billed and chance.random() < 0.5):
            # At the start: a client that leaves does not stop the work.
            self.billed += DOLLARS * (usage.input + usage.output)
        await asyncio.sleep(chance.choice([0.1, 0.5, 0.5, 1.0, 20.0]))
        if fault is not None:
            raise fault
        self.answered[request.seed] += 1
        return Reply('{"A": 1, "B": 2}', usage=usage)

    async def aclose(self):
        pass


@dataclass
class Part:
    """How one part of a run goes: whether, when and how it is ended, and with how much money."""

    end: str
    after: float
    budget: float | None
    connections: int
    hedge: float


PARTS = st.lists(
    st.builds(
        Part,
        st.sampled_from(["kill", "kill", "interrupt", "cancel", "nothing"]),
        st.floats(0.05, 30.0),
        st.one_of(st.none(), st.floats(0.0, 40.0)),
        st.integers(1, 8),
        st.sampled_from([0.0, 0.5]),
    ),
    min_size=1,
    max_size=5,
)


class World:
    """A run on disk, and the provider that outlives its processes."""

    def __init__(self, folder: Path, provider: Provider, jurors: int, *, cached: bool, opinion: bool) -> None:
        self.folder, self.provider, self.cached = folder, provider, cached
        self.mode = modes["score"].model_validate({"opinion": 2 * opinion, "readout": "sample"})
        self.total, self.number, self.elapsed = jurors * len(CASES), 0, 0.0
        self.path, self.cache_path = folder / "0.sqlite", folder / "cache-0.sqlite"
        header = Header("n", "now", "0", "m", "sample", None, 0, "f", self.total, {}, {})
        seats = [Juror(number, f"j{number}", "p", 1.0, "m", {}, f"person {number}") for number in range(jurors)]
        Store.create(self.path, header, seats, CASES).close()
        self.before: dict[Any, Any] = {}
        self.spent_before = 0.0

    async def go_on(self, part: Part) -> str:
        """Do one part and return how it ended."""
        loop = asyncio.get_running_loop()
        started, elapsed = loop.time(), self.elapsed
        self.provider.clock = lambda: elapsed + loop.time() - started
        store = Store.open(self.path, writable=True)
        cache = ReplyCache(self.cache_path) if self.cached else None
        engine = self.engine(store, cache, part)
        running = asyncio.create_task(engine.run())
        if part.end != "nothing":
            await asyncio.wait({running}, timeout=part.after)
        killed = part.end == "kill" and not running.done()
        if killed:
            self.copy_disk()
        if part.end == "cancel":
            running.cancel()
        if part.end == "interrupt":
            engine.stop("interrupted")
        if killed:
            running.cancel()
            bill = self.provider.billed
        with contextlib.suppress(asyncio.CancelledError):
            await running
        if killed:
            self.provider.billed = bill  # the dead send nothing
        if cache is not None:
            cache.close()
        store.close()
        if killed:
            self.path, self.cache_path = self.copies
        self.elapsed += loop.time() - started
        assert all(lane.pace.flying == 0 for lane in engine.lanes.values())
        return "killed" if killed else "cancelled" if running.cancelled() else running.result()

    def engine(self, store: Store, cache: ReplyCache | None, part: Part) -> Engine:
        journal, halt = Journal(store, cache), Halt()
        budget = Budget(part.budget, store.cost(), store.possible_cost(), halt=halt, authorise=journal.authorise)
        chance = random.Random(self.number)
        lane = Lane(
            self.provider,
            ModelSpec("openai", "m", max_tokens=10),
            lambda usage: DOLLARS * (usage.input + usage.output),
            Limits(part.connections, hedge=part.hedge, retry=Retry(jitter=chance.random)),
            budget,
            cache,
        )
        plan = Plan(5, self.mode, "sample", tuple(store.jurors()), store.cases())
        return Engine(plan, store, journal, {"m": lane}, budget, halt, lambda _: None)

    def copy_disk(self) -> None:
        """Keep what the disk holds at this moment."""
        self.number += 1
        self.copies = self.folder / f"{self.number}.sqlite", self.folder / f"cache-{self.number}.sqlite"
        for source, target in zip((self.path, self.cache_path), self.copies, strict=True):
            for suffix in ("", "-wal"):
                with contextlib.suppress(FileNotFoundError):
                    shutil.copyfile(f"{source}{suffix}", f"{target}{suffix}")

    def check(self, part: Part, end: str) -> None:
        """Check what has to hold after any part."""
        with sqlite3.connect(self.path) as connection:
            ballots = {row[:3]: row for row in connection.execute("SELECT * FROM ballot")}
            orphans = connection.execute(
                "SELECT COUNT(*) FROM reply LEFT JOIN ballot USING (juror_id, case_id, replicate)"
                " WHERE ballot.status IS NULL"
            ).fetchone()[0]
        connection.close()
        store = Store.open(self.path)
        spent, possible, counts = store.cost(), store.possible_cost(), store.counts()
        store.close()
        settled = {key: row for key, row in ballots.items() if row[3] != "failed"}
        assert orphans == 0
        assert settled.items() >= self.before.items(), "a stored ballot was lost or changed"
        assert sum(counts.values()) == len(ballots) <= self.total
        assert spent >= self.spent_before - 1e-9, "money that was spent was forgotten"
        assert self.provider.billed <= spent + possible + 1e-9, "more was billed than the run admits"
        if part.budget is not None:
            assert self.provider.billed - self.billed_before <= max(part.budget - self.spent_before, 0.0) + 1e-9
            # What earlier parts spent may be above this part's budget; this one adds nothing then.
            assert spent + possible <= max(part.budget, self.most_before) + 1e-9
        if end == "complete":
            assert sum(counts.values()) == self.total
        self.before, self.spent_before, self.most_before = settled, spent, spent + possible
        self.billed_before = self.provider.billed

    billed_before = most_before = 0.0


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    parts=PARTS,
    seed=st.integers(0, 2**16),
    rate=st.sampled_from([0.0, 0.1, 0.4]),
    down=st.lists(st.tuples(st.floats(0.0, 60.0), st.floats(1.0, 200.0)), max_size=2),
    jurors=st.integers(1, 12),
    cached=st.booleans(),
    opinion=st.booleans(),
)
def test_no_ballot_is_lost_doubled_or_paid_for_unseen(
    parts, seed, rate, down, jurors, cached, opinion, virtual_time, tmp_path_factory
):
    outages = [(start, start + length) for start, length in down]
    provider = Provider(random.Random(seed), rate, outages)
    world = World(tmp_path_factory.mktemp("run"), provider, jurors, cached=cached, opinion=opinion)
    for part in parts:
        world.check(part, virtual_time(world.go_on(part)))
    provider.down = []
    last = Part("nothing", 0.0, None, 4, 0.0)
    for _ in range(12):  # "fatal" faults leave failed ballots, which the next part asks again
        world.check(last, virtual_time(world.go_on(last)))
        provider.rate /= 4
        if len(world.before) == world.total:
            break
    assert len(world.before) == world.total


@pytest.mark.parametrize("cached", [False, True])
def test_without_faults_everything_is_asked_once(cached, virtual_time, tmp_path):
    provider = Provider(random.Random(0), 0.0, [])
    world = World(tmp_path, provider, 12, cached=cached, opinion=False)
    assert virtual_time(world.go_on(Part("nothing", 0.0, None, 5, 0.0))) == "complete"
    assert sorted(provider.answered.values()) == [1] * world.total
