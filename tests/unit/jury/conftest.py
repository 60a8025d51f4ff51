"""Small studies on synthetic jurors, and a way to put a backend of one's own into the registry."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jury import Study
from jury.backends import backends
from jury.backends.base import FREE, Reply, Request
from jury.cases import Case
from jury.elicitation import Vote, modes
from jury.panel import Panel
from jury.store_schema import _MIGRATIONS

CASES = [
    {"id": "wage", "prompt": "What about the minimum wage?", "alternatives": ["raise", "keep", "abolish"]},
    {"id": "tax", "prompt": "What about taxes?", "alternatives": ["more", "less", "flat"]},
]


@pytest.fixture
def make_study() -> Callable[..., Study]:
    """Return a maker of studies: two cases of three alternatives, eight jurors, planted utilities."""

    def make(**changes: Any) -> Study:
        document = {"name": "small", "jurors": 8, "cases": CASES, "model": "planted/hash", "seed": 1}
        return Study.model_validate(document | changes)

    return make


class ScriptedBackend:
    """A backend that answers with what a function makes of the request."""

    readouts = ("sample", "logprobs")
    max_connections = 4
    pricing = FREE
    cached_prefix = None
    caveat = "A test."

    def __init__(self, answer: Callable[[Request], Any]) -> None:
        self._answer = answer
        self.closed = False

    async def ask(self, request: Request) -> Reply:
        answer = self._answer(request)
        if hasattr(answer, "__await__"):
            answer = await answer
        return answer if isinstance(answer, Reply) else Reply(answer)

    async def aclose(self) -> None:
        self.closed = True


@pytest.fixture
def plug() -> Iterator[Callable[..., ScriptedBackend]]:
    """Return a function that registers a scripted backend under a provider's name; it is gone after the test."""
    len(backends)  # discover first
    before = dict(backends._entries)

    def register(provider: str, answer: Callable[[Request], Any], **settings: Any) -> ScriptedBackend:
        backend = ScriptedBackend(answer)
        for name, value in settings.items():
            setattr(backend, name, value)
        backends.add(provider, lambda _: backend)
        return backend

    yield register
    backends._entries.clear()
    backends._entries.update(before)


def make_panel(
    mode: dict[str, Any],
    alternatives: tuple[str, ...],
    votes: list[list[Vote]],
    jurors: int,
    *,
    weights: Any = None,
    attributes: dict[str, Any] | None = None,
    name: str = "planted",
) -> Panel:
    """Return a panel of these votes, one list a case; the cases are c0, c1 ..."""
    cases = tuple(
        Case.model_validate({"id": f"c{number}", "prompt": "?", "alternatives": list(alternatives)})
        for number in range(len(votes))
    )
    people = pd.DataFrame(attributes or {}, index=pd.Index([str(n) for n in range(jurors)], name="juror"))
    mass = np.ones(jurors) if weights is None else np.asarray(weights, dtype=float)
    given = sum(map(len, votes))
    asked = {case.id: said for case, said in zip(cases, votes, strict=True) if said}
    kind = modes[mode["mode"]].model_validate(mode)
    return Panel(name, kind, cases, people, mass, asked, Counter(answered=given), given)


@pytest.fixture
def ballots() -> Callable[..., Panel]:
    """Return a maker of panels of any mode."""
    return make_panel


@pytest.fixture
def scores() -> Callable[..., Panel]:
    """Return a maker of panels of scores, of shape (replicates, jurors, cases, alternatives); NaN is no opinion."""

    def make(table: Any, *, alternatives: tuple[str, ...] | None = None, **described: Any) -> Panel:
        table = np.asarray(table, dtype=float)
        _, jurors, cases, many = table.shape
        ids = alternatives or tuple(chr(97 + place) for place in range(many))
        votes: list[list[Vote]] = [[] for _ in range(cases)]
        for replicate, juror, case in np.ndindex(table.shape[:3]):
            said = zip(ids, table[replicate, juror, case].tolist(), strict=True)
            if given := {name: value for name, value in said if value == value}:
                votes[case].append(Vote(juror, {"scores": given}, replicate=replicate))
        return make_panel({"mode": "score", "scale": (1, 5)}, ids, votes, jurors, **described)

    return make


@pytest.fixture
def choices() -> Callable[..., Panel]:
    """Return a maker of panels of choices, of shape (jurors, cases): columns of the alternatives, -1 for no answer."""

    def make(table: Any, alternatives: tuple[str, ...] = ("yes", "no"), **described: Any) -> Panel:
        table = np.asarray(table)
        jurors, cases = table.shape
        votes = [
            [Vote(n, {"choice": alternatives[table[n, case]]}) for n in range(jurors) if table[n, case] >= 0]
            for case in range(cases)
        ]
        return make_panel({"mode": "choose"}, alternatives, votes, jurors, **described)

    return make


#: The tables whose keys format 4 changed, as formats 1 to 3 had them; columns of a later format are dropped after.
_OF_FORMAT_3 = {
    "ballot": """CREATE TABLE ballot (
        juror_id INTEGER NOT NULL REFERENCES juror, case_id TEXT NOT NULL REFERENCES case_,
        replicate INTEGER NOT NULL, status TEXT NOT NULL, answer TEXT NOT NULL, label_mass REAL, problem TEXT,
        shown TEXT NOT NULL, labels TEXT, context TEXT NOT NULL, seed INTEGER NOT NULL, cost_usd REAL,
        answered_at TEXT NOT NULL,
        PRIMARY KEY (juror_id, case_id, replicate)
    )""",
    "reply": """CREATE TABLE reply (
        juror_id INTEGER NOT NULL, case_id TEXT NOT NULL, replicate INTEGER NOT NULL, question INTEGER NOT NULL,
        ask TEXT NOT NULL, text TEXT NOT NULL, logprobs TEXT, floor REAL, refused INTEGER NOT NULL, finish_reason TEXT,
        model TEXT, parameters TEXT NOT NULL, input_tokens INTEGER, output_tokens INTEGER, cached_tokens INTEGER,
        written_tokens INTEGER, cost_usd REAL, seconds REAL NOT NULL, attempts INTEGER NOT NULL,
        source TEXT NOT NULL DEFAULT 'model',
        PRIMARY KEY (juror_id, case_id, replicate, question),
        FOREIGN KEY (juror_id, case_id, replicate) REFERENCES ballot ON DELETE CASCADE
    )""",
}


@pytest.fixture
def make_format() -> Callable[[Path, int], None]:
    """Return what rewrites a run file without rounds as an earlier version would have left it."""
    return _make_format


def _make_format(path: Path, wanted: int) -> None:
    connection = sqlite3.connect(path)
    held = {table: _columns(connection, table) for table in _OF_FORMAT_3}
    rows = {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in _OF_FORMAT_3}
    for table in ("reply", "ballot", "statement"):
        connection.execute(f"DROP TABLE {table}")
    for table, definition in _OF_FORMAT_3.items():
        connection.execute(definition)
        names = _columns(connection, table)
        kept = [[row[held[table].index(name)] for name in names] for row in rows[table]]
        marks = ", ".join("?" * len(names))
        connection.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", kept)
    for later in range(wanted, 3):
        for statement in _MIGRATIONS[later]:
            words = statement.split()
            connection.execute(f"ALTER TABLE {words[2]} DROP COLUMN {words[5]}")
    connection.execute(f"PRAGMA user_version = {wanted}")
    connection.commit()
    connection.close()


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
