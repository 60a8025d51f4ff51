"""The tables of a run file, what brings earlier formats up to the present one, and what is no run file."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from jury.errors import RunError

FORMAT = 3

#: What brings a file of an earlier format to the next one, done when it is opened to be written.
_MIGRATIONS = {
    1: ("ALTER TABLE juror ADD COLUMN rendering TEXT",),
    2: (
        "ALTER TABLE run ADD COLUMN layout TEXT NOT NULL DEFAULT 'persona-first'",
        "ALTER TABLE juror ADD COLUMN variants TEXT",
        "ALTER TABLE ballot ADD COLUMN labels TEXT",
        "ALTER TABLE reply ADD COLUMN logprobs TEXT",
        "ALTER TABLE reply ADD COLUMN floor REAL",
        "ALTER TABLE run ADD COLUMN possible_usd REAL NOT NULL DEFAULT 0",
        "ALTER TABLE run ADD COLUMN authorised_usd REAL",
        "ALTER TABLE reply ADD COLUMN written_tokens INTEGER",
        "ALTER TABLE reply ADD COLUMN source TEXT NOT NULL DEFAULT 'model'",
        "ALTER TABLE case_ ADD COLUMN variant_of TEXT",
    ),
}

_SCHEMA = """
CREATE TABLE run (
    name TEXT NOT NULL, created TEXT NOT NULL, finished TEXT, version TEXT NOT NULL, model TEXT NOT NULL,
    readout TEXT NOT NULL, caveat TEXT, seed INTEGER NOT NULL, fingerprint TEXT NOT NULL,
    asked INTEGER NOT NULL, study TEXT NOT NULL, provenance TEXT NOT NULL,
    spent_on_failed_usd REAL NOT NULL DEFAULT 0, layout TEXT NOT NULL DEFAULT 'persona-first',
    possible_usd REAL NOT NULL DEFAULT 0, authorised_usd REAL
);
CREATE TABLE juror (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, persona TEXT NOT NULL, weight REAL NOT NULL,
    model TEXT NOT NULL, attributes TEXT NOT NULL, text TEXT NOT NULL, survey_answers TEXT,
    rendering TEXT, variants TEXT
);
CREATE TABLE case_ (
    id TEXT PRIMARY KEY, position INTEGER NOT NULL, prompt TEXT NOT NULL, majority TEXT, variant_of TEXT
);
CREATE TABLE alternative (
    case_id TEXT NOT NULL REFERENCES case_, id TEXT NOT NULL, position INTEGER NOT NULL, text TEXT NOT NULL,
    PRIMARY KEY (case_id, id)
);
CREATE TABLE ballot (
    juror_id INTEGER NOT NULL REFERENCES juror, case_id TEXT NOT NULL REFERENCES case_,
    replicate INTEGER NOT NULL, status TEXT NOT NULL, answer TEXT NOT NULL, label_mass REAL, problem TEXT,
    shown TEXT NOT NULL, labels TEXT, context TEXT NOT NULL, seed INTEGER NOT NULL, cost_usd REAL,
    answered_at TEXT NOT NULL,
    PRIMARY KEY (juror_id, case_id, replicate)
);
CREATE TABLE reply (
    juror_id INTEGER NOT NULL, case_id TEXT NOT NULL, replicate INTEGER NOT NULL, question INTEGER NOT NULL,
    ask TEXT NOT NULL, text TEXT NOT NULL, logprobs TEXT, floor REAL, refused INTEGER NOT NULL, finish_reason TEXT,
    model TEXT, parameters TEXT NOT NULL, input_tokens INTEGER, output_tokens INTEGER, cached_tokens INTEGER,
    written_tokens INTEGER, cost_usd REAL, seconds REAL NOT NULL, attempts INTEGER NOT NULL,
    source TEXT NOT NULL DEFAULT 'model',
    PRIMARY KEY (juror_id, case_id, replicate, question),
    FOREIGN KEY (juror_id, case_id, replicate) REFERENCES ballot ON DELETE CASCADE
);
"""


def make_tables(connection: sqlite3.Connection) -> None:
    """Make the tables of a new run file."""
    connection.executescript(_SCHEMA)
    connection.execute(f"PRAGMA user_version = {FORMAT}")


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a run file that is open for writing to the present format, in one transaction."""
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if found == FORMAT:
        return
    with connection:
        connection.execute("BEGIN IMMEDIATE")  # changes of tables would else take effect one by one
        for old in range(found, FORMAT):
            for statement in _MIGRATIONS[old]:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {FORMAT}")


def check_format(path: Path, connection: sqlite3.Connection) -> None:
    """Raise `RunError` if the database is no run file, or one of a later version."""
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "ballot" not in tables or found < 1:
        raise RunError(f"{path}: an SQLite file, but not a run file")
    if found > FORMAT:
        raise RunError(f"{path}: made by a later version (format {found}, this one reads {FORMAT}); upgrade")
