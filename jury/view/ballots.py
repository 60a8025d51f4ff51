"""Ballots a page at a time, filtered by the database: a million of them are never in memory."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jury.errors import RunError
from jury.store import reading
from jury.view.overview import brief

# ruff: noqa: S608 - queries are put together from names of columns that are ours or the database's own

PAGE = 50

#: Matches are counted up to here: where there are more, nobody wants the exact number, and counting takes long.
COUNTED = 100_000

_SECONDS = 20.0
_STEPS = 100_000  # of the database between two looks at the clock


@dataclass(frozen=True)
class Filter:
    """Which ballots are wanted; ``""`` and None are no condition.

    Attributes
    ----------
    case, status : str
    round : str
        Number of a round; a run without rounds has the round 0 alone.
    juror : str
        Part of a juror's name or of its attributes.
    text : str
        Part of what a model wrote, of the answer read, or of what went wrong; case does not matter (of A to Z).
    """

    case: str = ""
    status: str = ""
    round: str = ""
    juror: str = ""
    text: str = ""

    def condition(self, key: str) -> tuple[str, list[str]]:
        """Return the condition in SQL and what stands for its question marks; `key` names the columns of a ballot."""
        parts: list[str] = []
        given: list[str] = []
        for column, value in (("case_id", self.case), ("status", self.status)):
            if value:
                parts.append(f"b.{column} = ?")
                given.append(value)
        if self.round:
            parts.append("b.round = ?" if "round" in key else "'0' = ?")
            given.append(self.round)
        if self.juror:
            parts.append(
                "b.juror_id IN (SELECT id FROM juror WHERE name LIKE ? ESCAPE '\\' OR attributes LIKE ? ESCAPE '\\')"
            )
            given += [_like(self.juror)] * 2
        if self.text:
            same = " AND ".join(f"r.{name} = b.{name}" for name in key.split(", "))
            parts.append(
                "(b.answer LIKE ? ESCAPE '\\' OR b.problem LIKE ? ESCAPE '\\' OR EXISTS"
                f" (SELECT 1 FROM reply r WHERE {same} AND r.text LIKE ? ESCAPE '\\'))"
            )
            given += [_like(self.text)] * 3
        return (f"WHERE {' AND '.join(parts)}" if parts else ""), given


def _like(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def ballot_page(path: Path, wanted: Filter, page: int) -> dict[str, Any]:
    """Return a page of the ballots that match.

    Parameters
    ----------
    path : Path
    wanted : Filter
    page : int
        From 1; past the end, no ballots.

    Returns
    -------
    dict
        ``matching`` (at most `COUNTED`; ``more`` if there are more), ``page``, ``pages`` and ``ballots``.

    Raises
    ------
    RunError
        If the search takes longer than 20 seconds.
    """
    with _searching(path) as connection:
        key = ballot_key(connection)
        where, given = wanted.condition(key)
        names = key.split(", ")
        counted = connection.execute(
            f"SELECT COUNT(*) FROM (SELECT 1 FROM ballot b {where} LIMIT ?)",
            [*given, COUNTED + 1],
        ).fetchone()[0]
        order = ", ".join(f"b.{name}" for name in names)
        rows = connection.execute(
            # The page is picked from the index alone; only its rows are then read.
            f"WITH picked AS (SELECT b.rowid AS place FROM ballot b {where} ORDER BY {order} LIMIT ? OFFSET ?)"
            " SELECT b.*, j.name AS juror FROM picked JOIN ballot b ON b.rowid = place"
            f" JOIN juror j ON j.id = b.juror_id ORDER BY {order}",
            [*given, PAGE, (page - 1) * PAGE],
        ).fetchall()
        lines = [_line(dict(row), names) for row in rows]
    return {
        "matching": min(counted, COUNTED),
        "more": counted > COUNTED,
        "page": page,
        "pages": max(1, -(-counted // PAGE)),
        "ballots": lines,
    }


def ballot_key(connection: sqlite3.Connection) -> str:
    """Return the columns that tell ballots apart, which are more where juries deliberate."""
    columns = connection.execute("SELECT name FROM pragma_table_info('ballot') WHERE pk ORDER BY pk").fetchall()
    return ", ".join(name for (name,) in columns)


@contextmanager
def _searching(path: Path) -> Iterator[sqlite3.Connection]:
    with reading(path) as store:
        connection, until = store.connection, time.monotonic() + _SECONDS
        connection.set_progress_handler(lambda: time.monotonic() > until, _STEPS)
        try:
            yield connection
        except sqlite3.OperationalError as error:
            if time.monotonic() <= until:
                raise
            raise RunError(f"the search took over {_SECONDS:.0f} s: narrow it by case or status") from error


def _line(row: dict[str, Any], names: list[str]) -> dict[str, Any]:
    return {
        "key": {name: row[name] for name in names},
        "juror": row["juror"],
        "case": row["case_id"],
        "replicate": row["replicate"],
        "round": row.get("round"),
        "stage": row.get("stage", "answer"),
        "status": row["status"],
        "answer": brief(json.loads(row["answer"])),
        "problem": brief(row["problem"]),
    }
