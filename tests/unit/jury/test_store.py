"""The run file: plain SQLite, one file, everything that came back as it came back."""

import json
import os
import re
import shutil
import sqlite3
import threading
from pathlib import Path

import pytest

import jury.store
from jury import RunError, open_run, simulate
from jury.backends import Reply
from jury.store import Store, reading
from jury.store_schema import FORMAT


@pytest.fixture
def path(make_study, tmp_path):
    return simulate(make_study(), out=tmp_path / "r.sqlite").path


def rows(path, query):
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_plain_sqlite_reads_it(path):
    assert rows(path, "SELECT COUNT(*) FROM juror") == [(8,)]
    assert rows(path, "SELECT COUNT(*) FROM ballot WHERE status = 'answered'") == [(16,)]
    assert rows(path, "SELECT id FROM case_ ORDER BY position") == [("wage",), ("tax",)]
    assert rows(path, "SELECT id FROM alternative WHERE case_id = 'tax' ORDER BY position") == [
        ("more",), ("less",), ("flat",),
    ]  # fmt: skip
    assert rows(path, "PRAGMA integrity_check") == [("ok",)]
    assert rows(path, "PRAGMA foreign_key_check") == []
    text, answer = rows(path, "SELECT r.text, b.answer FROM reply r JOIN ballot b USING (juror_id, case_id)")[0]
    assert sorted(json.loads(text).values()) == sorted(json.loads(answer)["scores"].values())


def test_one_file_is_left_also_after_reading(path):
    run = open_run(path)
    assert len(run.ballots()) == run.panel().asked == 16
    assert [file.name for file in path.parent.iterdir()] == ["r.sqlite"]


def test_it_is_written_ahead_and_synchronised(path):
    store = Store.open(path, writable=True)
    assert store._connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert store._connection.execute("PRAGMA synchronous").fetchone()[0] == 2
    store.close()
    assert [file.name for file in path.parent.iterdir()] == ["r.sqlite"]


def test_a_reader_does_not_write(path):
    before = path.read_bytes()
    open_run(path).ballots()
    store = Store.open(path)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        store.finish("now")
    store.close()
    assert path.read_bytes() == before


def test_a_reader_beside_the_writer_sees_what_is_stored(path, monkeypatch):
    monkeypatch.setattr("jury.store._READERS_MAY_TAKE", 0.1)
    writer = Store.open(path, writable=True)
    writer.finish("now")
    assert open_run(path).header.finished == "now"
    reader = Store.open(path)
    writer.close()  # cannot leave write-ahead mode while somebody reads
    assert reader.header().finished == "now"
    reader.close()
    assert open_run(path).denominators()["answered"] == 16


def test_who_reads_at_the_end_is_waited_for(path):
    writer = Store.open(path, writable=True)
    reader = Store.open(path)
    reading = reader.connection.execute("SELECT * FROM ballot")
    reading.fetchone()  # in the middle: what comes later cannot be folded in yet
    writer.finish("now")
    leaving = threading.Timer(0.3, lambda: (reading.close(), reader.close()))
    leaving.start()
    writer.close()
    leaving.join()
    assert [file.name for file in path.parent.iterdir()] == ["r.sqlite"]
    assert rows(path, "SELECT finished FROM run") == [("now",)]


def test_beside_a_reader_who_stays_the_file_alone_is_whole(path, tmp_path, monkeypatch):
    monkeypatch.setattr("jury.store._READERS_MAY_TAKE", 0.1)
    writer = Store.open(path, writable=True)
    writer.finish("now")
    reader = Store.open(path)
    assert reader.header().finished == "now"
    writer.close()
    alone = tmp_path / "alone" / "r.sqlite"
    alone.parent.mkdir()
    shutil.copy(path, alone)
    reader.close()
    assert rows(alone, "SELECT finished FROM run") == [("now",)]


def test_who_looks_whether_it_is_being_written_turns_no_writer_away(path, monkeypatch):
    monkeypatch.setattr("jury.store._LOCK_MAY_TAKE", 10.0)  # also where this machine is busy
    lock = path.with_name(f".{path.name}.lock")
    lock.touch()
    handle = os.open(lock, os.O_RDONLY)
    fcntl = pytest.importorskip("fcntl", reason="locks of files are others on Windows")
    fcntl.flock(handle, fcntl.LOCK_SH)
    leaving = threading.Timer(0.1, os.close, (handle,))
    leaving.start()
    writer = Store.open(path, writable=True)
    leaving.join()
    monkeypatch.undo()
    with pytest.raises(RunError, match="another process is writing"):
        Store.open(path, writable=True)
    writer.close()


def test_a_damaged_file_is_told_in_a_line(path):
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE ballot SET answer = '{no json' WHERE juror_id = 3")
    connection.close()
    run = open_run(path)
    for look in (run.ballots, run.panel):
        with pytest.raises(RunError, match=r"r\.sqlite: cannot be read \(Expecting .*take another copy"):
            look()
    content = bytearray(path.read_bytes())
    content[len(content) // 2 :] = bytes(each ^ 0x5A for each in content[len(content) // 2 :])
    path.write_bytes(content)
    with pytest.raises(RunError, match=r"cannot be read \(database disk image is malformed\)"):
        open_run(path).ballots()


def test_what_may_be_sound_is_not_called_damaged(path, monkeypatch):
    with (
        pytest.raises(RunError, match=r"r\.sqlite: cannot be read \(no such table: nowhere\)$"),
        reading(path) as store,
    ):
        store.connection.execute("SELECT * FROM nowhere")
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *given, **named: connect(*given, **named | {"timeout": 0.0}))
    other = connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(RunError, match=r"r\.sqlite: cannot be opened \(database is locked\)$"):
        Store.open(path)
    other.close()


def test_other_files_are_no_run_files(tmp_path, path):
    with pytest.raises(RunError, match="no such run file"):
        open_run(tmp_path / "nothing")
    with pytest.raises(RunError, match="no such run file"):
        open_run(tmp_path)
    text = tmp_path / "text"
    text.write_text("something else altogether, and long enough to be looked into " * 50)
    with pytest.raises(RunError, match="not a run file"):
        open_run(text)
    with pytest.raises(RunError, match="not a run file"):
        open_run(_database(tmp_path / "other.sqlite", "CREATE TABLE t (x)"))
    empty = tmp_path / "empty"
    empty.touch()
    with pytest.raises(RunError, match="not a run file"):
        open_run(empty)
    assert empty.read_bytes() == b""
    short = tmp_path / "short.sqlite"
    short.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(RunError):
        open_run(short)


def test_resuming_leaves_other_databases_alone(make_study, tmp_path):
    other = _database(tmp_path / "other.sqlite", "CREATE TABLE t (x)")
    before = other.read_bytes()
    with pytest.raises(RunError, match="not a run file"):
        simulate(make_study(), out=other, resume=True)
    assert other.read_bytes() == before


def test_later_formats_are_refused(path):
    rows(path, f"PRAGMA user_version = {FORMAT + 1}")
    with pytest.raises(RunError, match=rf"later version \(format {FORMAT + 1}, this one reads {FORMAT}\); upgrade"):
        open_run(path)


def test_a_file_is_not_overwritten(path, make_study):
    before = path.read_bytes()
    with pytest.raises(RunError, match="exists already; use --resume"):
        simulate(make_study(), out=path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("where", ["file/below.sqlite", "/proc/nowhere/r.sqlite", "x" * 300])
def test_where_nothing_can_be_written(where, make_study, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match="cannot be written") as caught:
        simulate(make_study(), out=tmp_path / where)
    assert "\n" not in str(caught.value)
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


def _database(path, statement):
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()
    return path


NASTY = [
    "\x00 between \x01 controls \x7f",
    "lone \ud83d surrogate \udfff",
    "emoji \U0001f600, right to left \u202e, no \u2028 line",
    "'; DROP TABLE ballot; --",
    "y" * 3_000_000,
    "",
]


@pytest.mark.parametrize("text", NASTY, ids=lambda text: repr(text[:12]))
def test_whatever_is_written_is_kept(text, make_study, plug, tmp_path):
    reply = Reply(text, finish_reason=text[:20], model=text[:20], parameters={"stop": text[:20]})
    plug("nasty", lambda _: reply)
    run = simulate(make_study(model="nasty/x", jurors=1), out=tmp_path / "r.sqlite")
    assert run.denominators()["unparsed"] == 2
    kept = text.encode("utf-8", "replace").decode()
    assert run.ballots()["text"].tolist() == [kept or None] * 2
    assert rows(run.path, "SELECT DISTINCT text FROM reply") == [(kept,)]
    assert json.loads(rows(run.path, "SELECT parameters FROM reply")[0][0]) == {"stop": kept[:20]}


def test_one_process_writes_a_run(make_study, tmp_path):
    run = simulate(make_study(jurors=2), out=tmp_path / "r.sqlite")
    first = Store.open(run.path, writable=True)
    with pytest.raises(RunError, match="another process is writing this run"):
        Store.open(run.path, writable=True)
    Store.open(run.path).close()  # reading is free
    first.close()
    Store.open(run.path, writable=True).close()
    assert [path.name for path in tmp_path.iterdir()] == ["r.sqlite"]


def _told(path):
    kept = ["ballot", "reply", "juror", "case_", "alternative"]
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    try:
        return {table: [dict(row) for row in connection.execute(f"SELECT * FROM {table}")] for table in kept}
    finally:
        connection.close()


@pytest.mark.parametrize("earlier", range(1, FORMAT))
def test_a_file_of_an_earlier_format_is_read_as_it_is_and_written_as_one_of_this(
    earlier, make_study, make_format, tmp_path
):
    path = tmp_path / "r.sqlite"
    study = make_study(model={"name": "planted/hash", "options": {"garble": 0.2}}, elicitation={"opinion": 1})
    ballots = simulate(study, out=path).ballots()
    make_format(path, earlier)
    before, bytes_before = _told(path), path.read_bytes()
    run = open_run(path)
    same = [name for name in ballots if name not in ("labels",)]  # of which early formats know nothing
    assert run.ballots()[same].to_dict() == ballots[same].to_dict()
    assert (run.rounds, run.denominators()["asked"]) == (0, 16)
    assert path.read_bytes() == bytes_before
    Store.open(path, writable=True).close()
    after = _told(path)
    assert rows(path, "PRAGMA user_version") == [(FORMAT,)]
    assert rows(path, "PRAGMA integrity_check") == [("ok",)]
    assert rows(path, "PRAGMA foreign_key_check") == []
    assert {row["round"] for row in after["ballot"] + after["reply"]} == {0}
    for table, kept in before.items():
        assert [{name: row[name] for name in old} for row, old in zip(after[table], kept, strict=True)] == kept
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("DELETE FROM ballot WHERE juror_id = 3")
    connection.close()
    assert rows(path, "SELECT COUNT(*) FROM reply WHERE juror_id = 3") == [(0,)]
    again = simulate(study, out=path, resume=True).ballots()
    timeless = [name for name in same if name != "seconds"]
    assert again[timeless].to_dict() == ballots[timeless].to_dict()


def test_a_migration_that_fails_changes_nothing(make_study, make_format, tmp_path):
    path = tmp_path / "r.sqlite"
    simulate(make_study(), out=path)
    make_format(path, 2)
    rows(path, "CREATE TABLE statement (x)")  # in the way of what format 4 makes
    before = _told(path)
    with pytest.raises(RunError, match="cannot be opened"):
        Store.open(path, writable=True)
    assert (rows(path, "PRAGMA user_version"), _told(path)) == ([(2,)], before)


def test_who_speaks_sql_is_named_where_run_files_are_kept():
    """A change of columns concerns these modules and no others."""
    folder = Path(jury.__file__).parent
    speaks = re.compile(r"\b(SELECT|PRAGMA|INSERT INTO|UPDATE|DELETE FROM|CREATE TABLE)\b")
    found = {str(path.relative_to(folder)) for path in folder.rglob("*.py") if speaks.search(path.read_text())}
    words = jury.store.__doc__
    named = {name for name in found if Path(name).stem in words and (Path(name).parent.name or "jury") in words}
    assert {"report/records.py", "view/ballots.py", "store_rows.py", "batches/ledger.py"} <= found
    assert found - named <= {"middleware/cache.py", "store.py"}  # the cache of replies is a file of its own
