"""The run file: one SQLite database, every ballot durable before it is counted.

docs/decisions/0002-run-file.md says why SQLite, why write-ahead logging with full synchronisation, and what
each table holds. Nothing here knows how a jury is asked.

Tables of runs are written here alone, with `jury.store_rows` and `jury.store_schema`; the ledger of batches keeps
tables of its own in the file. Pages of ballots are read by queries of their own, through `reading`, as a million
ballots fit no memory: by `jury.report.records`, and by `ballots`, `prompts` and `overview` of `jury.view`. A change of
columns concerns them too. A test holds this list against the code.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from jury.cases import Case
from jury.errors import RunError
from jury.records import FIRST, Ballot, Draft, Header, Juror, Step
from jury.store_rows import KEY, OPTIONAL, insert_ballot, insert_draft, insert_plan
from jury.store_schema import check_format, has_rounds, make_tables, migrate

# ruff: noqa: S608 - queries are put together from names and conditions that stand in this file

_READERS_MAY_TAKE = 3.0  # seconds that the writer waits for them at the end
_LOOK_AGAIN = 0.02
_LOCK_MAY_TAKE = 0.3  # seconds: who only looks whether a run is being written holds its lock for an instant

_OLD_KEY = "juror_id, case_id, replicate"  # of files from before rounds, which are read as they are


class Store:
    """An open run file."""

    def __init__(self, path: Path, connection: sqlite3.Connection, lock: FileLock | None = None) -> None:
        self.path = path
        self._connection = connection
        self._lock = lock  # held by the one process that writes
        self._key = KEY if has_rounds(connection) else _OLD_KEY

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
                insert_plan(connection, header, jurors, cases)
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
            busy = isinstance(error, sqlite3.OperationalError)  # locked, or not to be opened, but maybe sound
            raise RunError(f"{path}: {'cannot be opened' if busy else 'not a run file'} ({error})") from None
        except RunError:
            connection.close()
            raise
        return cls(path, connection, lock)

    @property
    def connection(self) -> sqlite3.Connection:
        """The open database, for who keeps tables of their own in it, and for who reads pages of it."""
        return self._connection

    def close(self) -> None:
        """Close the file; the write-ahead log is folded in, so that one file remains."""
        if self._lock is not None:
            with suppress(sqlite3.Error):  # a full disk, or a reader who stays: nothing is lost, the log keeps it
                _fold(self._connection)
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
            for name in OPTIONAL:
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

    def settled(self, juror: int, step: Step = FIRST) -> set[tuple[str, int]]:
        """Return (case, replicate) of the juror's ballots that need not be asked again: all but the failed."""
        rows = self._connection.execute(
            f"SELECT case_id, replicate FROM ballot WHERE juror_id = :juror {self._of(step)} AND status <> 'failed'",
            {"juror": juror} | step._asdict(),
        )
        return {(row["case_id"], row["replicate"]) for row in rows}

    def settled_on(self, case: str, step: Step = FIRST) -> set[tuple[int, int]]:
        """Return (juror, replicate) of the ballots on a case that need not be asked again: all but the failed."""
        rows = self._connection.execute(
            f"SELECT juror_id, replicate FROM ballot WHERE case_id = :case {self._of(step)} AND status <> 'failed'",
            {"case": case} | step._asdict(),
        )
        return {(row["juror_id"], row["replicate"]) for row in rows}

    def first_and_last(self, step: Step = FIRST) -> list[sqlite3.Row]:
        """Return what the first and the last juror of each case were first asked; of a hundred ballots at most."""
        prior = "prior" if self._key == KEY else "NULL AS prior"
        return self._connection.execute(
            f"SELECT juror_id, b.case_id, replicate, shown, labels, context, seed, ask, {prior} FROM ballot b"
            " JOIN (SELECT case_id, MIN(juror_id) AS first, MAX(juror_id) AS last FROM ballot"
            f" WHERE 1 {self._of(step)} GROUP BY case_id) e"
            " ON b.case_id = e.case_id AND juror_id IN (first, last)"
            f" JOIN reply USING ({self._key}) WHERE question = 0 {self._of(step)} LIMIT 100",
            step._asdict(),
        ).fetchall()

    def counts(self, step: Step | None = None) -> dict[str, int]:
        """Return the number of ballots, or of statements, by status: of one step, or of all ballots."""
        if step is None:
            query = "SELECT status, COUNT(*) FROM ballot GROUP BY status"
        elif step.drafts:
            query = f"SELECT status, COUNT(*) FROM statement WHERE 1 {self._of(step)} GROUP BY status"
        else:
            query = f"SELECT status, COUNT(*) FROM ballot WHERE 1 {self._of(step)} GROUP BY status"
        return dict(self._connection.execute(query, step._asdict() if step else {}).fetchall())

    def settled_by_model(self, step: Step = FIRST) -> dict[str, int]:
        """Return the number of ballots that need not be asked again, by the model that plays their jurors."""
        query = (
            "SELECT model, COUNT(*) FROM ballot JOIN juror ON juror.id = juror_id WHERE status <> 'failed'"
            f" {self._of(step)} GROUP BY model"
        )
        return dict(self._connection.execute(query, step._asdict()).fetchall())

    def settled_drafts(self, step: Step) -> set[tuple[str, int, int]]:
        """Return (case, replicate, number) of the statements of a step that need not be written again."""
        rows = self._connection.execute(
            f"SELECT case_id, replicate, number FROM statement WHERE status <> 'failed' {self._of(step)}",
            step._asdict(),
        )
        return {(row["case_id"], row["replicate"], row["number"]) for row in rows}

    def statement_rows(self, step: Step | None = None) -> list[sqlite3.Row]:
        """Return the statements of one step, or of all, in the order of their numbers."""
        if self._key == _OLD_KEY:
            return []
        where = "" if step is None else f"WHERE 1 {self._of(step)}"
        return self._connection.execute(
            f"SELECT * FROM statement {where} ORDER BY round, case_id, replicate, stage, number",
            step._asdict() if step else {},
        ).fetchall()

    def place(self, step: Step, places: Iterable[tuple[str, int, int, int]]) -> None:
        """Note the place of each statement of a step in the jury's ranking: (case, replicate, number, place)."""
        with self._connection:
            self._connection.executemany(
                "UPDATE statement SET place = :place WHERE case_id = :case AND replicate = :replicate"
                f" AND number = :number {self._of(step)}",
                [
                    step._asdict() | {"case": case, "replicate": replicate, "number": number, "place": place}
                    for case, replicate, number, place in places
                ],
            )

    def _of(self, step: Step) -> str:
        """Return the condition that picks a step; a file from before rounds holds the first one alone."""
        if self._key == KEY:
            return "AND round = :round AND stage = :stage"
        return "" if step == FIRST else "AND 0"

    def cost(self) -> float:
        """Return what the run cost, in US dollars, as far as prices are known.

        Includes the replies of failed ballots that were asked again and replaced.
        """
        written = " + (SELECT TOTAL(cost_usd) FROM statement)" if self._key == KEY else ""
        query = f"SELECT (SELECT TOTAL(cost_usd) FROM reply) + (SELECT spent_on_failed_usd FROM run){written}"
        total: float = self._connection.execute(query).fetchone()[0]
        return total

    def possible_cost(self) -> float:
        """Return what may have been billed beyond `cost`, for requests without an answer, in US dollars."""
        header = self.header()
        unsettled = 0.0 if header.authorised_usd is None else header.authorised_usd - self.cost() - header.possible_usd
        return header.possible_usd + max(unsettled, 0.0)

    def priced(self) -> bool:
        """Return whether the price of every stored reply is known."""
        query = "SELECT COUNT(*) = COUNT(cost_usd) FROM reply"
        written = "SELECT COUNT(*) = COUNT(cost_usd) FROM statement WHERE attempts > 0"
        queries = (query, written) if self._key == KEY else (query,)
        return all(self._connection.execute(query).fetchone()[0] == 1 for query in queries)

    def write(self, records: Iterable[Ballot | Draft]) -> None:
        """Store ballots, and what a moderator wrote, in one transaction; when this returns they are on disk."""
        with self._connection:
            for record in records:
                if isinstance(record, Draft):
                    insert_draft(self._connection, record)
                else:
                    insert_ballot(self._connection, record)

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

    def ballot_rows(self, step: Step | None = None) -> Iterator[sqlite3.Row]:
        """Return ballots with the sums over their replies, by round, juror, case and replicate.

        Those of one step or, by default, the answers of all rounds.
        """
        if self._key == _OLD_KEY:
            where, order = f"WHERE 1 {self._of(step or FIRST)}", _OLD_KEY
        else:
            where = "WHERE b.stage = 'answer'" if step is None else f"WHERE 1 {self._of(step)}"
            order = KEY if step else "round, juror_id, case_id, replicate"  # the key's own order takes no sorting
        return self._connection.execute(
            "SELECT b.*, GROUP_CONCAT(NULLIF(r.text, ''), char(10)) AS text, SUM(r.input_tokens) AS input_tokens,"
            " SUM(r.output_tokens) AS output_tokens, SUM(r.seconds) AS seconds, MAX(r.attempts) AS attempts,"
            f" MAX(r.model) AS answered_by FROM ballot b LEFT JOIN reply r USING ({self._key})"
            f" {where} GROUP BY {self._key} ORDER BY {order}",
            step._asdict() if step else {},
        )

    def ballots_alone(self, step: Step) -> Iterator[sqlite3.Row]:
        """Return the ballots of a step as `ballot_rows` does, without anything of their replies."""
        order = _OLD_KEY if self._key == _OLD_KEY else KEY
        return self._connection.execute(
            f"SELECT * FROM ballot WHERE 1 {self._of(step)} ORDER BY {order}", step._asdict()
        )

    def replies(self, step: Step) -> Iterator[sqlite3.Row]:
        """Return what was asked and replied, call by call, in the ballots of a step."""
        return self._connection.execute(
            f"SELECT {self._key}, question, ask, text FROM reply WHERE 1 {self._of(step)}"
            f" ORDER BY {self._key}, question",
            step._asdict(),
        )

    def said_on(self, step: Step, case: str, replicate: int) -> list[sqlite3.Row]:
        """Return the ballots of a step on one case in one replicate, by juror."""
        return self._connection.execute(
            f"SELECT * FROM ballot WHERE case_id = :case AND replicate = :replicate {self._of(step)} ORDER BY juror_id",
            step._asdict() | {"case": case, "replicate": replicate},
        ).fetchall()

    def begun(self) -> set[Step]:
        """Return the steps of which anything is stored."""
        if self._key == _OLD_KEY:
            return {FIRST} if self.counts() else set()
        query = "SELECT DISTINCT round, stage FROM ballot UNION SELECT DISTINCT round, stage FROM statement"
        return {Step(row["round"], row["stage"]) for row in self._connection.execute(query)}


@contextmanager
def reading(path: Path) -> Iterator[Store]:
    """Open the run file at `path` for reading, and close it at the end; raises `RunError` if it is damaged."""
    store = Store.open(path)
    try:
        yield store
    except sqlite3.OperationalError as error:  # it may be locked, or away
        raise RunError(f"{path}: cannot be read ({error})") from error
    except (sqlite3.DatabaseError, json.JSONDecodeError) as error:
        raise RunError(
            f"{path}: cannot be read ({error}); it is damaged, or a copy made while it was written: take another copy"
        ) from error
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
    lock = FileLock(path.with_name(f".{path.name}.lock"), timeout=_LOCK_MAY_TAKE, poll_interval=_LOOK_AGAIN)
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


def _fold(connection: sqlite3.Connection) -> None:
    """Fold the write-ahead log into the file and leave write-ahead mode; wait a while for who is reading.

    Left in that mode the file alone, copied or sent, would lack the last ballots, and the next reader, which may not
    fold a log in, would leave two files behind.
    """
    connection.execute("PRAGMA busy_timeout = 0")
    connection.execute("SELECT 1 FROM run").fetchone()  # opens a log that only readers have used
    until = time.monotonic() + _READERS_MAY_TAKE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # possible beside readers of what is newest
            if time.monotonic() > until:
                return
            time.sleep(_LOOK_AGAIN)
        else:
            return


def _write_ahead(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # an fsync for every commit, not only at checkpoints
