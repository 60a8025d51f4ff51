"""A cache of replies that all runs share: what has been asked and paid for once is not asked again.

Content-addressed: the key is a digest of everything that decides a reply, the request's seed and replicate among it,
so that two draws of the same question stay two draws. Only replies are kept, never failures, and no key of a provider
is in them. It is one SQLite file in write-ahead-log mode, so several runs may use it at once; when it cannot be read
or written, runs go on without it.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple, TypeVar

from jury.backends.base import ModelSpec, Reply, Request, Usage
from jury.errors import RunError
from jury.models.embedded import cache_directory

#: Names the file, for shared machines and tests.
CACHE_VARIABLE = "JURY_REPLY_CACHE"

_FORMAT = 1
_SCHEMA = (
    """CREATE TABLE IF NOT EXISTS reply (
        key BLOB PRIMARY KEY, model TEXT NOT NULL, kept REAL NOT NULL, seconds REAL NOT NULL, output INTEGER NOT NULL,
        value TEXT NOT NULL
    )""",
    "CREATE INDEX IF NOT EXISTS reply_by_model ON reply (model, kept, seconds, output)",
)
_PATIENCE = 5.0  # seconds that one process waits for another to finish writing
T = TypeVar("T")


class Kept(NamedTuple):
    """A reply from the cache, and how many seconds it took when it was asked for."""

    reply: Reply
    seconds: float


class Typical(NamedTuple):
    """Medians of a model's latest replies: seconds and output tokens."""

    seconds: float
    output: float


@dataclass(frozen=True, slots=True)
class Holdings:
    """What the cache holds.

    Attributes
    ----------
    path : str
    bytes : int
    replies : Mapping
        Model -> number of replies.
    """

    path: str
    bytes: int
    replies: dict[str, int]


def cache_path() -> Path:
    """Return the file of the cache: ``$JURY_REPLY_CACHE``, or ``replies.sqlite`` in the user's cache directory."""
    override = os.environ.get(CACHE_VARIABLE)
    return Path(override) if override else cache_directory() / "replies.sqlite"


def reply_key(spec: ModelSpec, address: str, request: Request) -> bytes:
    """Return the digest of everything that decides the reply of `spec` at `address` to `request`."""
    form = request.question.form
    decisive = {
        "format": _FORMAT,
        "model": [spec.provider, spec.name, address],
        "sampling": [spec.temperature, spec.max_tokens, dict(spec.options)],
        "messages": [[message.role, *message.parts] for message in request.messages()],
        "form": [form.schema, form.options, form.lead],
        "draw": [request.readout, request.seed, request.replicate],
    }
    text = json.dumps(decisive, sort_keys=True, separators=(",", ":"), default=dict)
    return hashlib.sha256(text.encode()).digest()


class ReplyCache:
    """An open cache.

    Parameters
    ----------
    path : Path
        Made if it is not there.

    Attributes
    ----------
    problem : str
        Why it is not used any more; ``""`` as long as it is.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problem = ""
        self._pending: dict[bytes, tuple[str, float, float, int, str]] = {}
        # Two of them, so that reading on the event loop never waits for a writer, of this process or another.
        self._reader: sqlite3.Connection | None = None
        self._writer: sqlite3.Connection | None = None
        self._writer = self._tolerant(lambda: _connect(path))
        self._reader = self._tolerant(lambda: _connect(path))

    def get(self, key: bytes) -> Kept | None:
        """Return what is kept under `key`."""
        row = self._first("SELECT value, seconds FROM reply WHERE key = ?", key)
        return None if row is None else self._tolerant(lambda: Kept(_read(row[0]), row[1]))

    def has(self, key: bytes) -> bool:
        """Return whether something is kept under `key`."""
        return self._first("SELECT 1 FROM reply WHERE key = ?", key) is not None

    def put(self, key: bytes, spec: ModelSpec, reply: Reply, seconds: float) -> None:
        """Keep a reply; `flush` writes it."""
        if not self.problem:
            value = json.dumps(_written(reply), default=str)  # escaped: what models write need not be valid Unicode
            self._pending[key] = (spec.full_name, time.time(), seconds, reply.usage.output, value)

    def flush(self) -> None:
        """Write what is to be kept, in one transaction. Of two processes that keep the same, the first wins."""
        pending, self._pending = self._pending, {}
        writer = self._writer
        if writer is None or not pending or self.problem:
            return

        def write() -> None:
            with writer:
                writer.executemany(
                    "INSERT OR IGNORE INTO reply VALUES (?, ?, ?, ?, ?, ?)",
                    [(key, *record) for key, record in pending.items()],
                )

        self._tolerant(write)

    def typical(self, model: str) -> Typical | None:
        """Return how the latest replies of ``provider/name`` were, None when there are none."""
        reader = self._reader
        if reader is None or self.problem:
            return None
        query = "SELECT seconds, output FROM reply WHERE model = ? ORDER BY kept DESC LIMIT 200"
        found = self._tolerant(lambda: reader.execute(query, (model,)).fetchall())
        return Typical(*(median(column) for column in zip(*found, strict=True))) if found else None

    def close(self) -> None:
        """Write what is left and close."""
        self.flush()
        for connection in (self._reader, self._writer):
            if connection is not None:
                connection.close()
        self._reader = self._writer = None

    def _first(self, query: str, *values: object) -> tuple[Any, ...] | None:
        reader = self._reader
        if reader is None or self.problem:
            return None

        def read() -> tuple[Any, ...] | None:
            row: tuple[Any, ...] | None = reader.execute(query, values).fetchone()
            return row

        return self._tolerant(read)

    def _tolerant(self, action: Callable[[], T]) -> T | None:
        """Go on without the cache when it fails: it saves money, and a run is worth more."""
        try:
            return action()
        except (OSError, sqlite3.Error, ValueError, TypeError, KeyError) as error:
            self.problem = f"{self.path}: {' '.join(str(error).split())[:200]}"
            return None


def _written(reply: Reply) -> dict[str, Any]:
    return {**{each.name: getattr(reply, each.name) for each in fields(Reply)}, "usage": asdict(reply.usage)}


def _read(value: str) -> Reply:
    document = json.loads(value)
    return Reply(**{**document, "usage": Usage(**document["usage"])})


def holdings() -> Holdings:
    """Return what the cache holds; raises `RunError` if it cannot be read."""
    path = cache_path()
    if not path.is_file():
        return Holdings(str(path), 0, {})
    with _to_user(path), closing(_connect(path)) as connection:
        counts = connection.execute("SELECT model, COUNT(*) FROM reply GROUP BY model ORDER BY model").fetchall()
    return Holdings(str(path), path.stat().st_size, dict(counts))


def clear(older_than: float | None = None) -> int:
    """Forget replies and return how many.

    Parameters
    ----------
    older_than : float, optional
        Only those kept for more than so many days.

    Raises
    ------
    RunError
        If the cache cannot be written.
    """
    path = cache_path()
    if not path.is_file():
        return 0
    before = time.time() - 86400.0 * (older_than or 0.0)
    with _to_user(path), closing(_connect(path)) as connection:
        if older_than is None:
            gone = connection.execute("DELETE FROM reply").rowcount
        else:
            gone = connection.execute("DELETE FROM reply WHERE kept < ?", (before,)).rowcount
        connection.commit()
        connection.execute("VACUUM")
    return gone


def _connect(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)  # what jurors were asked is nobody else's business
    connection = sqlite3.connect(path, check_same_thread=False, timeout=_PATIENCE)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")  # the last entries may go when the power fails, no more
        for statement in _SCHEMA:
            connection.execute(statement)
        connection.commit()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


@contextmanager
def _to_user(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise RunError(f"{path}: the cache of replies cannot be used ({error}); delete the file") from None
