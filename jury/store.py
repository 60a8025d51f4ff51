"""The run file: one SQLite database, every ballot durable before it is counted.

docs/decisions/0002-run-file.md says why SQLite, why write-ahead logging with full synchronisation, and what
each table holds. Nothing here knows how a jury is asked; nothing elsewhere knows SQL, but for the ledger of batches,
which keeps tables of its own in the file.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from jury.cases import Case
from jury.errors import RunError
from jury.records import Ballot, Header, Juror, TimedReply
from jury.store_schema import check_format, make_tables, migrate

_OPTIONAL = ("survey_answers", "rendering")  # JSON of a juror that may be absent


class Store:
    """An open run file."""

    def __init__(self, path: Path, connection: sqlite3.Connection, lock: FileLock | None = None) -> None:
        self.path = path
        self._connection = connection
        self._lock = lock  # held by the one process that writes

    @classmethod
    def create(cls, path: Path, header: Header, jurors: Sequence[Juror], cases: Sequence[Case]) -> Store:
        """Make a run file; raises `RunError` if `path` is taken."""
        # Built under another name: a file with the run's name is always a whole run file.
        scratch = path.with_name(f".{path.name}.new")
        try:
            if path.exists():
                raise RunError(f"{path}: exists already; use --resume to go on with it, or another --out")
            path.parent.mkdir(parents=True, exist_ok=True)
            scratch.unlink(missing_ok=True)
            with closing(_connect(scratch)) as connection, connection:
                make_tables(connection)
                _insert_plan(connection, header, jurors, cases)
            scratch.replace(path)
        except (OSError, sqlite3.Error) as error:
            with suppress(OSError):
                scratch.unlink(missing_ok=True)
            raise RunError(f"{path}: cannot be written ({error}); name another file with --out") from error
        return cls.open(path, writable=True)

    @classmethod
    def open(cls, path: Path, *, writable: bool = False) -> Store:
        """Open a run file; raises `RunError` if it is none."""
        if not path.is_file():
            raise RunError(f"{path}: no such run file")
        try:
            connection = _connect(path, writable=writable)
        except sqlite3.Error as error:
            raise RunError(f"{path}: cannot be opened ({error})") from None
        lock = None
        try:
            check_format(path, connection)
            if writable:
                lock = _lock(path)
                _write_ahead(connection)
                migrate(connection)
        except sqlite3.DatabaseError as error:
            connection.close()
            _unlock(lock)
            raise RunError(f"{path}: not a run file ({error})") from None
        except RunError:
            connection.close()
            raise
        return cls(path, connection, lock)

    @property
    def connection(self) -> sqlite3.Connection:
        """The open database, for who keeps tables of their own in it."""
        return self._connection

    def close(self) -> None:
        """Close the file; the write-ahead log is folded in, so that one file remains."""
        if self._lock is not None:
            # Left in write-ahead mode, the next reader, which may not fold a log in, would leave two files behind.
            with suppress(sqlite3.Error):  # somebody else is reading, or the disk is full: nothing is lost
                self._connection.execute("PRAGMA busy_timeout = 0")
                self._connection.execute("SELECT 1 FROM run").fetchone()  # opens a log that only readers have used
                self._connection.execute("PRAGMA journal_mode = DELETE")
        self._connection.close()
        _unlock(self._lock)
        self._lock = None

    def discard(self) -> None:
        """Close the file and delete it."""
        self.close()
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(f"{self.path.name}{suffix}").unlink(missing_ok=True)

    def header(self) -> Header:
        """Return what the run says about itself."""
        row = dict(self._connection.execute("SELECT * FROM run").fetchone())
        row["study"], row["provenance"] = json.loads(row["study"]), json.loads(row["provenance"])
        return Header(**row)

    def jurors(self) -> Iterator[Juror]:
        """Return the jury, in the order drawn."""
        for row in self._connection.execute("SELECT * FROM juror ORDER BY id"):
            record = dict(row)
            record["attributes"] = json.loads(record["attributes"])
            for name in _OPTIONAL:
                record[name] = json.loads(record[name]) if record.get(name) else None
            record["variants"] = tuple(json.loads(record.get("variants") or "[]"))
            yield Juror(**record)

    def cases(self) -> tuple[Case, ...]:
        """Return the cases, in the order of the study."""
        alternatives: dict[str, list[dict[str, str]]] = {}
        for row in self._connection.execute("SELECT case_id, id, text FROM alternative ORDER BY case_id, position"):
            alternatives.setdefault(row["case_id"], []).append({"id": row["id"], "text": row["text"]})
        rows = map(dict, self._connection.execute("SELECT * FROM case_ ORDER BY position"))
        return tuple(
            Case.model_validate(
                {name: row.get(name) for name in ("id", "prompt", "majority", "variant_of")}  # the last came late
                | {"alternatives": alternatives[row["id"]]}
            )
            for row in rows
        )

    def settled(self, juror: int) -> set[tuple[str, int]]:
        """Return (case, replicate) of the juror's ballots that need not be asked again: all but the failed."""
        rows = self._connection.execute(
            "SELECT case_id, replicate FROM ballot WHERE juror_id = ? AND status <> 'failed'", (juror,)
        )
        return {(row["case_id"], row["replicate"]) for row in rows}

    def settled_on(self, case: str) -> set[tuple[int, int]]:
        """Return (juror, replicate) of the ballots on a case that need not be asked again: all but the failed."""
        rows = self._connection.execute(
            "SELECT juror_id, replicate FROM ballot WHERE case_id = ? AND status <> 'failed'", (case,)
        )
        return {(row["juror_id"], row["replicate"]) for row in rows}

    def first_and_last(self) -> list[sqlite3.Row]:
        """Return what the first and the last juror of each case were first asked; of a hundred ballots at most."""
        return self._connection.execute(
            "SELECT juror_id, b.case_id, replicate, shown, labels, context, seed, ask FROM ballot b"
            " JOIN (SELECT case_id, MIN(juror_id) AS first, MAX(juror_id) AS last FROM ballot GROUP BY case_id) e"
            " ON b.case_id = e.case_id AND juror_id IN (first, last)"
            " JOIN reply USING (juror_id, case_id, replicate) WHERE question = 0 LIMIT 100"
        ).fetchall()

    def counts(self) -> dict[str, int]:
        """Return the number of ballots by status."""
        return dict(self._connection.execute("SELECT status, COUNT(*) FROM ballot GROUP BY status").fetchall())

    def settled_by_model(self) -> dict[str, int]:
        """Return the number of ballots that need not be asked again, by the model that plays their jurors."""
        query = (
            "SELECT model, COUNT(*) FROM ballot JOIN juror ON juror.id = juror_id WHERE status <> 'failed'"
            " GROUP BY model"
        )
        return dict(self._connection.execute(query).fetchall())

    def cost(self) -> float:
        """Return what the run cost, in US dollars, as far as prices are known.

        Includes the replies of failed ballots that were asked again and replaced.
        """
        query = "SELECT (SELECT TOTAL(cost_usd) FROM reply) + (SELECT spent_on_failed_usd FROM run)"
        total: float = self._connection.execute(query).fetchone()[0]
        return total

    def possible_cost(self) -> float:
        """Return what may have been billed beyond `cost`, for requests without an answer, in US dollars."""
        header = self.header()
        unsettled = 0.0 if header.authorised_usd is None else header.authorised_usd - self.cost() - header.possible_usd
        return header.possible_usd + max(unsettled, 0.0)

    def priced(self) -> bool:
        """Return whether the price of every stored reply is known."""
        found: bool = self._connection.execute("SELECT COUNT(*) = COUNT(cost_usd) FROM reply").fetchone()[0] == 1
        return found

    def write(self, ballots: Iterable[Ballot]) -> None:
        """Store ballots in one transaction; when this returns they are on disk."""
        with self._connection:
            for ballot in ballots:
                _insert_ballot(self._connection, ballot)

    def authorise(self, most: float) -> None:
        """Note the most that the run can have cost, before it can have; a killed process leaves it behind."""
        with self._connection:
            self._connection.execute("UPDATE run SET authorised_usd = ?", (most,))

    def settle_costs(self, possible: float, unstored: float) -> None:
        """Note at the end what may have been billed, and what was billed for ballots that came to no end."""
        with self._connection:
            self._connection.execute(
                "UPDATE run SET authorised_usd = NULL, possible_usd = ?, spent_on_failed_usd = spent_on_failed_usd + ?",
                (possible, unstored),
            )

    def finish(self, when: str | None) -> None:
        """Note when the last ballot was stored, None for not yet."""
        with self._connection:
            self._connection.execute("UPDATE run SET finished = ?", (when,))

    def ballot_rows(self) -> Iterator[sqlite3.Row]:
        """Return every ballot with the sums over its replies, by juror, case and replicate."""
        return self._connection.execute(
            "SELECT b.*, GROUP_CONCAT(NULLIF(r.text, ''), char(10)) AS text, SUM(r.input_tokens) AS input_tokens,"
            " SUM(r.output_tokens) AS output_tokens, SUM(r.seconds) AS seconds, MAX(r.attempts) AS attempts,"
            " MAX(r.model) AS answered_by FROM ballot b LEFT JOIN reply r USING (juror_id, case_id, replicate)"
            " GROUP BY juror_id, case_id, replicate ORDER BY juror_id, case_id, replicate"
        )


@contextmanager
def reading(path: Path) -> Iterator[Store]:
    """Open the run file at `path` for reading, and close it at the end."""
    store = Store.open(path)
    try:
        yield store
    finally:
        store.close()


def _connect(path: Path, *, writable: bool = True) -> sqlite3.Connection:
    uri = f"{path.resolve().as_uri()}?mode={'rwc' if writable else 'ro'}"
    connection = sqlite3.connect(uri, uri=True, check_same_thread=False, timeout=30.0)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _lock(path: Path) -> FileLock:
    """Keep other writers out: two processes that resume one run would ask, and pay for, the same ballots."""
    lock = FileLock(path.with_name(f".{path.name}.lock"), timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise RunError(f"{path}: another process is writing this run; wait for it, or stop it first") from None
    except OSError as error:
        raise RunError(f"{path}: cannot be locked for writing ({error.strerror})") from None
    return lock


def _unlock(lock: FileLock | None) -> None:
    if lock is not None:
        with suppress(OSError):
            Path(lock.lock_file).unlink(missing_ok=True)
        lock.release()


def _write_ahead(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # an fsync for every commit, not only at checkpoints


def _insert_plan(
    connection: sqlite3.Connection, header: Header, jurors: Sequence[Juror], cases: Sequence[Case]
) -> None:
    record = {name: getattr(header, name) for name in Header.__dataclass_fields__}
    record["study"], record["provenance"] = _json(header.study), _json(header.provenance)
    _insert(connection, "run", [record])
    _insert(
        connection,
        "juror",
        [
            {
                **{name: getattr(juror, name) for name in Juror.__dataclass_fields__},
                "attributes": _json(juror.attributes),
                **{name: _json(value) if (value := getattr(juror, name)) is not None else None for name in _OPTIONAL},
                "variants": _json(juror.variants) if juror.variants else None,
            }
            for juror in jurors
        ],
    )
    _insert(
        connection,
        "case_",
        [{**case.model_dump(exclude={"alternatives"}), "position": position} for position, case in enumerate(cases)],
    )
    _insert(
        connection,
        "alternative",
        [
            {"case_id": case.id, "id": item.id, "position": position, "text": item.text}
            for case in cases
            for position, item in enumerate(case.alternatives)
        ],
    )


def _insert_ballot(connection: sqlite3.Connection, ballot: Ballot) -> None:
    key = {"juror_id": ballot.juror, "case_id": ballot.case, "replicate": ballot.replicate}
    # A failed ballot that is asked again is replaced with its replies; what they cost is not forgotten.
    connection.execute(
        "UPDATE run SET spent_on_failed_usd = spent_on_failed_usd + ("
        "SELECT TOTAL(reply.cost_usd) FROM reply JOIN ballot USING (juror_id, case_id, replicate)"
        " WHERE status = 'failed' AND juror_id = :juror_id AND case_id = :case_id AND replicate = :replicate)",
        key,
    )
    connection.execute(
        "DELETE FROM ballot WHERE juror_id = :juror_id AND case_id = :case_id AND replicate = :replicate"
        " AND status = 'failed'",
        key,
    )
    answer = ballot.answer
    record = {
        "status": answer.status,
        "answer": _json(answer.values),
        "label_mass": answer.label_mass,
        "problem": answer.problem or None,
        "shown": _json(ballot.shown),
        "labels": _json(ballot.labels),
        "context": ballot.context,
        "seed": ballot.seed,
        "cost_usd": ballot.cost,
        "answered_at": ballot.answered_at,
    }
    _insert(connection, "ballot", [key | record])
    _insert(
        connection,
        "reply",
        [key | _reply_record(number, timed) for number, timed in enumerate(ballot.replies)],
    )


def _reply_record(number: int, timed: TimedReply) -> dict[str, Any]:
    reply = timed.reply
    return {
        "question": number,
        "ask": timed.ask,
        "text": reply.text,
        "logprobs": None if reply.logprobs is None else _json(reply.logprobs),
        "floor": reply.floor,
        "refused": int(reply.refused),
        "finish_reason": reply.finish_reason,
        "model": reply.model,
        "parameters": _json(reply.parameters),
        "input_tokens": reply.usage.input,
        "output_tokens": reply.usage.output,
        "cached_tokens": reply.usage.cached,
        "written_tokens": reply.usage.written,
        "cost_usd": timed.cost,
        "seconds": timed.seconds,
        "attempts": timed.attempts,
        "source": timed.source,
    }


def _insert(connection: sqlite3.Connection, table: str, records: Sequence[dict[str, Any]]) -> None:
    if records:
        columns = list(records[0])
        marks = ", ".join(f":{column}" for column in columns)
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - names are ours
        connection.executemany(statement, [{name: _storable(value) for name, value in row.items()} for row in records])


def _storable(value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    """Return text without lone surrogates, which have no place in a database; anything else as it is."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def _json(value: Any) -> str:  # noqa: ANN401 - anything that JSON can hold
    return json.dumps(value if not hasattr(value, "items") else dict(value), ensure_ascii=False)
