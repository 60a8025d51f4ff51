"""What the run file knows of batches: what was about to be handed in, what is under way, what came back so far.

A batch is written down, with its tag and its requests, before it is handed in; its identifier right after. Replies to
earlier questions of ballots that are not complete wait here for the later ones, because they have been paid for.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from pydantic import TypeAdapter

from jury.backends.base import Reply
from jury.errors import RunError
from jury.store import Store

_SCHEMA = """
CREATE TABLE IF NOT EXISTS batch (
    tag TEXT PRIMARY KEY, model TEXT NOT NULL, place TEXT NOT NULL, provider_id TEXT, size INTEGER NOT NULL,
    most_usd REAL NOT NULL, intended_at TEXT NOT NULL, ended_at TEXT
);
CREATE TABLE IF NOT EXISTS batch_request (
    juror_id INTEGER NOT NULL, case_position INTEGER NOT NULL, replicate INTEGER NOT NULL, question INTEGER NOT NULL,
    tag TEXT REFERENCES batch, attempts INTEGER NOT NULL, reply TEXT, seconds REAL, cost_usd REAL,
    PRIMARY KEY (juror_id, case_position, replicate, question)
);
CREATE INDEX IF NOT EXISTS batch_request_by_tag ON batch_request (tag);
"""
_REPLY = TypeAdapter(Reply)


class Slot(NamedTuple):
    """A ballot, by juror, position of the case and replicate."""

    juror: int
    case: int
    replicate: int


class Item(NamedTuple):
    """One question of one ballot."""

    slot: Slot
    question: int

    def custom_id(self, tag: str) -> str:
        """Return the identifier of this question in a batch."""
        return "-".join([tag, *map(str, (*self.slot, self.question))])

    @classmethod
    def read(cls, custom_id: str) -> tuple[str, Item] | None:
        """Return the tag and the item of an identifier, None for one that is not ours."""
        tag, *numbers = custom_id.split("-")
        if len(numbers) != len(Slot._fields) + 1 or not all(number.isdecimal() for number in numbers):
            return None
        *slot, question = map(int, numbers)
        return tag, cls(Slot(*slot), question)


@dataclass(frozen=True, slots=True)
class Entry:
    """A batch, as written down."""

    tag: str
    model: str
    place: str
    id: str | None
    size: int
    most: float
    intended_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands with one question: its batch if it is under way, its reply if it has one, attempts so far."""

    tag: str | None
    attempts: int
    reply: Reply | None
    seconds: float
    cost: float | None


class Ledger:
    """The batches of a run.

    Parameters
    ----------
    store : Store
        Open for writing, unless the ledger is only read.
    """

    def __init__(self, store: Store) -> None:
        self._connection = store.connection

    def prepare(self) -> None:
        """Make the tables if they are not there."""
        self._connection.executescript(_SCHEMA)

    @property
    def is_there(self) -> bool:
        """Whether the run ever had a batch."""
        query = "SELECT COUNT(*) FROM sqlite_master WHERE name = 'batch'"
        return bool(self._connection.execute(query).fetchone()[0])

    def intend(self, entry: Entry, items: Sequence[Item]) -> None:
        """Write down that a batch is about to be handed in."""
        with self._connection:
            self._connection.execute(
                "INSERT INTO batch VALUES (?, ?, ?, NULL, ?, ?, ?, NULL)",
                (entry.tag, entry.model, entry.place, entry.size, entry.most, entry.intended_at.isoformat()),
            )
            self._connection.executemany(
                "INSERT INTO batch_request VALUES (?, ?, ?, ?, ?, 0, NULL, NULL, NULL)"
                " ON CONFLICT DO UPDATE SET tag = excluded.tag",
                [(*item.slot, item.question, entry.tag) for item in items],
            )

    def submitted(self, tag: str, provider_id: str) -> None:
        """Write down under which identifier the provider has it."""
        with self._connection:
            self._connection.execute("UPDATE batch SET provider_id = ? WHERE tag = ?", (provider_id, tag))

    def forget(self, tag: str) -> None:
        """Strike out a batch that never came about: its requests are asked again, and no attempt is counted."""
        with self._connection:
            self._connection.execute("UPDATE batch_request SET tag = NULL WHERE tag = ?", (tag,))
            self._connection.execute("DELETE FROM batch WHERE tag = ?", (tag,))

    def ended(self, tag: str) -> None:
        """Close a batch; its requests that nothing came of may be asked again."""
        with self._connection:
            self._connection.execute(
                "UPDATE batch_request SET tag = NULL, attempts = attempts + 1 WHERE tag = ? AND reply IS NULL", (tag,)
            )
            self._connection.execute("UPDATE batch_request SET tag = NULL WHERE tag = ?", (tag,))
            self._connection.execute(
                "UPDATE batch SET ended_at = ?, most_usd = 0 WHERE tag = ?",
                (datetime.now(UTC).isoformat(timespec="seconds"), tag),
            )

    def keep(self, replies: Iterable[tuple[Item, Reply, float, float | None]]) -> None:
        """Keep replies with the seconds they took and what they cost, until their ballots are complete."""
        with self._connection:
            self._connection.executemany(
                "UPDATE batch_request SET reply = ?, seconds = ?, cost_usd = ?, attempts = attempts + 1"
                " WHERE juror_id = ? AND case_position = ? AND replicate = ? AND question = ?",
                [
                    (_REPLY.dump_json(reply).decode(), seconds, cost, *item.slot, item.question)
                    for item, reply, seconds, cost in replies
                ],
            )

    def release(self, slots: Iterable[Slot]) -> None:
        """Forget the requests of ballots, together with whatever is written to the run file next."""
        self._connection.executemany(
            "DELETE FROM batch_request WHERE juror_id = ? AND case_position = ? AND replicate = ?", list(slots)
        )

    def open_batches(self) -> list[Entry]:
        """Return the batches that have not ended, the oldest first."""
        rows = self._connection.execute("SELECT * FROM batch WHERE ended_at IS NULL ORDER BY intended_at, tag")
        return [
            Entry(
                tag=row["tag"],
                model=row["model"],
                place=row["place"],
                id=row["provider_id"],
                size=row["size"],
                most=row["most_usd"],
                intended_at=datetime.fromisoformat(row["intended_at"]),
            )
            for row in rows
        ]

    def known(self) -> frozenset[str]:
        """Return the identifiers of all batches."""
        rows = self._connection.execute("SELECT provider_id FROM batch WHERE provider_id IS NOT NULL")
        return frozenset(row["provider_id"] for row in rows)

    def standing(self, slot: Slot) -> dict[int, Standing]:
        """Return how it stands with the questions of a ballot, by number."""
        rows = self._connection.execute(
            "SELECT * FROM batch_request WHERE juror_id = ? AND case_position = ? AND replicate = ?", slot
        )
        return {row["question"]: _standing(row) for row in rows}

    def waiting(self) -> Iterator[Slot]:
        """Return the ballots that have a reply, all of which may be complete."""
        rows = self._connection.execute(
            "SELECT DISTINCT juror_id, case_position, replicate FROM batch_request WHERE reply IS NOT NULL"
        ).fetchall()
        return (Slot(*row) for row in rows)

    def cost(self) -> float:
        """Return what the replies that wait for others cost, in US dollars."""
        found: float = self._connection.execute("SELECT TOTAL(cost_usd) FROM batch_request").fetchone()[0]
        return found

    def most_open(self) -> float:
        """Return the most that batches under way can cost, in US dollars."""
        query = "SELECT TOTAL(most_usd) FROM batch WHERE ended_at IS NULL"
        found: float = self._connection.execute(query).fetchone()[0]
        return found


def _standing(row: sqlite3.Row) -> Standing:
    reply = None if row["reply"] is None else _REPLY.validate_json(row["reply"])
    return Standing(row["tag"], row["attempts"], reply, row["seconds"] or 0.0, row["cost_usd"])


def check_none_open(store: Store, resume: str = "--resume --batch") -> None:
    """Raise `RunError` if requests of a run are still with a provider: asked again, they would be paid for twice."""
    ledger = Ledger(store)
    if not ledger.is_there:
        return
    batches = ledger.open_batches()
    if batches:
        size = sum(batch.size for batch in batches)
        raise RunError(
            f"{store.path}: {size} requests are with the provider in {len(batches)} batch{'es' * (len(batches) > 1)}; "
            f"collect them with {resume}, or cancel them with: jury batches {store.path} --cancel"
        )
    if any(True for _ in ledger.waiting()):
        raise RunError(f"{store.path}: holds replies from batches to a part of some ballots; go on with {resume}")
