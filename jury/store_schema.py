"""The tables of a run file, what brings earlier formats up to the present one, and what is no run file."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from jury.errors import RunError

# ruff: noqa: S608 - statements are put together from names that stand in this file

FORMAT = 4

#: What brings a file of an earlier format to the next one, done when it is opened to be written.
_MIGRATIONS: dict[int, tuple[str, ...]] = {
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

_OF_BALLOT_3 = (
    "juror_id, case_id, replicate, status, answer, label_mass, problem, shown, labels, context, seed, cost_usd, "
    "answered_at"
)
_OF_REPLY_3 = (
    "juror_id, case_id, replicate, question, ask, text, logprobs, floor, refused, finish_reason, model, parameters, "
    "input_tokens, output_tokens, cached_tokens, written_tokens, cost_usd, seconds, attempts, source"
)

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
"""

_BALLOT = """
CREATE TABLE ballot (
    juror_id INTEGER NOT NULL REFERENCES juror, case_id TEXT NOT NULL REFERENCES case_,
    replicate INTEGER NOT NULL, status TEXT NOT NULL, answer TEXT NOT NULL, label_mass REAL, problem TEXT,
    shown TEXT NOT NULL, labels TEXT, context TEXT NOT NULL, seed INTEGER NOT NULL, cost_usd REAL,
    answered_at TEXT NOT NULL, round INTEGER NOT NULL DEFAULT 0, stage TEXT NOT NULL DEFAULT 'answer',
    prior TEXT, heard TEXT,
    PRIMARY KEY (juror_id, case_id, replicate, round, stage)
)"""

_REPLY = """
CREATE TABLE reply (
    juror_id INTEGER NOT NULL, case_id TEXT NOT NULL, replicate INTEGER NOT NULL, question INTEGER NOT NULL,
    ask TEXT NOT NULL, text TEXT NOT NULL, logprobs TEXT, floor REAL, refused INTEGER NOT NULL, finish_reason TEXT,
    model TEXT, parameters TEXT NOT NULL, input_tokens INTEGER, output_tokens INTEGER, cached_tokens INTEGER,
    written_tokens INTEGER, cost_usd REAL, seconds REAL NOT NULL, attempts INTEGER NOT NULL,
    source TEXT NOT NULL DEFAULT 'model', round INTEGER NOT NULL DEFAULT 0, stage TEXT NOT NULL DEFAULT 'answer',
    PRIMARY KEY (juror_id, case_id, replicate, round, stage, question),
    FOREIGN KEY (juror_id, case_id, replicate, round, stage) REFERENCES ballot ON DELETE CASCADE
)"""

_STATEMENT = """
CREATE TABLE statement (
    case_id TEXT NOT NULL REFERENCES case_, replicate INTEGER NOT NULL, round INTEGER NOT NULL, stage TEXT NOT NULL,
    number INTEGER NOT NULL, status TEXT NOT NULL, text TEXT NOT NULL, place INTEGER, problem TEXT,
    prompt TEXT NOT NULL, seed INTEGER NOT NULL, model TEXT, parameters TEXT, input_tokens INTEGER,
    output_tokens INTEGER, cached_tokens INTEGER, written_tokens INTEGER, cost_usd REAL, seconds REAL,
    attempts INTEGER, source TEXT, answered_at TEXT NOT NULL,
    PRIMARY KEY (case_id, replicate, round, stage, number)
)"""

#: Keys get a round and a stage, which takes new tables: SQLite cannot change a key. The old ones are renamed first, so
#: that the new reply refers to the new ballot, and dropped child first, so that nothing cascades.
_MIGRATIONS[3] = (
    "ALTER TABLE reply RENAME TO reply_3",
    "ALTER TABLE ballot RENAME TO ballot_3",
    _BALLOT,
    _REPLY,
    _STATEMENT,
    f"INSERT INTO ballot ({_OF_BALLOT_3}) SELECT {_OF_BALLOT_3} FROM ballot_3",
    f"INSERT INTO reply ({_OF_REPLY_3}) SELECT {_OF_REPLY_3} FROM reply_3",
    "DROP TABLE reply_3",
    "DROP TABLE ballot_3",
)


_TABLES = frozenset({"run", "juror", "case_", "alternative", "ballot", "reply"})


def make_tables(connection: sqlite3.Connection) -> None:
    """Make the tables of a new run file."""
    connection.executescript(_SCHEMA)
    for statement in (_BALLOT, _REPLY, _STATEMENT):
        connection.execute(statement)
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
    # Tables alone: a view of that name, in a file from elsewhere, could have the reader compute for ever.
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables >= _TABLES or found < 1:
        raise RunError(f"{path}: an SQLite file, but not a run file")
    if found > FORMAT:
        raise RunError(f"{path}: made by a later version (format {found}, this one reads {FORMAT}); upgrade")


def has_rounds(connection: sqlite3.Connection) -> bool:
    """Return whether ballots of the open file are told apart by round, as they are since format 4."""
    found: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return found >= 4
