"""Ballots with the replies behind them, read from a run file, of very many a sample."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from jury.store import reading

__all__ = ["replies_by_parameters", "stored_ballots"]

_AT_ONCE = 500
_REPLY = ["ask", "text", "model", "finish_reason", "input_tokens", "output_tokens", "cost_usd", "seconds", "attempts"]


def stored_ballots(path: Path, most: int) -> tuple[int, list[dict[str, Any]]]:
    """Return how many ballots a run file holds, and the ballots; of more than `most`, as many drawn by lot.

    The lot is the same every time the same file is read.
    """
    with reading(path) as store:
        connection = store.connection
        # Rankings and critiques of statements, which lead to answers, are told by `jury transcript`.
        answers = "WHERE stage = 'answer'" if _has_rounds(connection) else ""
        query = f"SELECT rowid FROM ballot {answers} ORDER BY juror_id, case_id, replicate"  # noqa: S608 - ours
        rows = [row for (row,) in connection.execute(query)]
        chosen = rows
        if len(rows) > most:
            places = np.sort(np.random.default_rng(0).choice(len(rows), most, replace=False))
            chosen = [rows[place] for place in places.tolist()]
        found = [record for part in _parts(chosen) for record in _read(connection, part)]
    return len(rows), found


def _has_rounds(connection: sqlite3.Connection) -> bool:
    return any(column["name"] == "round" for column in connection.execute("PRAGMA table_info(ballot)"))


def _parts(rows: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(rows), _AT_ONCE):
        yield rows[start : start + _AT_ONCE]


def _read(connection: sqlite3.Connection, rows: list[int]) -> Iterator[dict[str, Any]]:
    marks = ",".join("?" * len(rows))
    ballots = [dict(row) for row in connection.execute(f"SELECT * FROM ballot WHERE rowid IN ({marks})", rows)]  # noqa: S608 - only marks
    keys = [name for name in ("juror_id", "case_id", "replicate", "round", "stage") if ballots and name in ballots[0]]
    on = " AND ".join(f"r.{name} = b.{name}" for name in keys)
    query = f"SELECT r.* FROM reply r JOIN ballot b ON {on} WHERE b.rowid IN ({marks}) ORDER BY r.question"  # noqa: S608 - likewise
    replies: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for reply in map(dict, connection.execute(query, rows)):
        replies.setdefault(tuple(reply[name] for name in keys), []).append(_reply(reply))
    order = {name: place for place, name in enumerate(keys)}
    ballots.sort(key=lambda row: tuple(row[name] for name in order))
    for row in ballots:
        yield _ballot(row, replies.get(tuple(row[name] for name in keys), ()))


def _ballot(row: dict[str, Any], replies: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {
        "juror": row["juror_id"],
        "case": row["case_id"],
        "replicate": row["replicate"],
        "round": row.get("round", 0),
        "prior": json.loads(row.get("prior") or "[]"),
        "heard": json.loads(row.get("heard") or "null"),
        "status": row["status"],
        "answer": json.loads(row["answer"]),
        "shown": json.loads(row["shown"]),
        "labels": json.loads(row.get("labels") or "[]"),
        "context": row["context"],
        "mass": row["label_mass"],
        "problem": row["problem"],
        "seed": row["seed"],
        "at": row["answered_at"],
        "cost": row["cost_usd"],
        "replies": list(replies),
    }


def _reply(row: dict[str, Any]) -> dict[str, Any]:
    logprobs = row.get("logprobs")
    return {
        **{name: row[name] for name in _REPLY},
        "parameters": json.loads(row["parameters"]),
        "logprobs": None if logprobs is None else json.loads(logprobs),
        "source": row.get("source", "model"),
    }


def replies_by_parameters(path: Path) -> list[dict[str, Any]]:
    """Return which model answered with which parameters, as they were really sent, and how many replies."""
    query = "SELECT model, parameters, COUNT(*) AS replies FROM reply GROUP BY model, parameters ORDER BY replies DESC"
    with reading(path) as store:
        return [
            {"model": row["model"], "parameters": json.loads(row["parameters"]), "replies": row["replies"]}
            for row in store.connection.execute(query)
        ]
