"""What damaged, hostile, large and resumed run files come to."""

import contextlib
import json
import os
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from jury.store import Store
from jury.view import ballots
from jury.view.overview import decided, latest, overview, tried
from jury.view.state import lock_of


def test_damaged_ballots_are_told_where_they_are_met(folder, tmp_path, viewing):
    path = tmp_path / "damaged.sqlite"
    shutil.copy(folder / "one.sqlite", path)
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE ballot SET answer = '{no json' WHERE juror_id = 3")
    with viewing(tmp_path) as view:
        key = view.key(path.name)
        for address in (f"/api/run/{key}/ballots", f"/api/compare?a={key}&b={key}"):
            answer = view.get(address)
            assert answer.status == 409
            assert "take another copy" in answer.json["error"]
            assert str(tmp_path) not in answer.body


def test_a_view_that_computes_for_ever_is_no_run(folder, tmp_path):
    path = tmp_path / "endless.sqlite"
    shutil.copy(folder / "one.sqlite", path)
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("ALTER TABLE juror RENAME TO hidden")
        connection.execute(
            "CREATE VIEW juror AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT * FROM n"
        )
    assert tried(path, overview) == (None, "an SQLite file, but not a run file")


def test_lists_hold_long_texts_in_short(folder, tmp_path):
    path = tmp_path / "long.sqlite"
    shutil.copy(folder / "one.sqlite", path)
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE reply SET text = ?", ("word " * 100_000,))
        connection.execute(
            "UPDATE ballot SET problem = ?, answer = json_set(answer, '$.rationale', ?)", ("p" * 9999, "r" * 9999)
        )
    for found in (ballots.ballot_page(path, ballots.Filter(text="word"), 1), latest(path)):
        assert len(found["ballots"]) >= 12
        assert len(json.dumps(found)) < 100_000
        assert found["ballots"][0]["answer"]["rationale"] == "r" * 300 + "…"


def test_the_rate_is_of_the_writer_at_work(folder, tmp_path):
    """Neither of who wrote before a pause, nor of a time when ballots still came in."""
    path = tmp_path / "resumed.sqlite"
    shutil.copy(folder / "one.sqlite", path)
    assert latest(path)["rate"] is None, "nobody writes"
    writer = Store.open(path, writable=True)
    now = datetime.now(UTC)
    long_ago, since = now - timedelta(days=3), now - timedelta(seconds=40)
    os.utime(lock_of(path), (since.timestamp(), since.timestamp()))
    with writer.connection:
        writer.connection.execute("UPDATE ballot SET answered_at = ?", (long_ago.isoformat(),))
        fresh = (now - timedelta(seconds=20)).isoformat()
        writer.connection.execute("UPDATE ballot SET answered_at = ? WHERE rowid > 30", (fresh,))
    assert latest(path)["rate"] == pytest.approx(10 / 20, rel=0.2)
    writer.close()


def test_a_large_run_is_not_read_whole_while_somebody_waits(folder, monkeypatch):
    from jury.view.comparing import compared
    from jury.view.remembered import Remembered
    from jury.view.reporting import report

    monkeypatch.setattr("jury.view.overview.MOST", 39)
    path = folder / "one.sqlite"
    assert overview(path)["large"] is True
    assert decided(path)["why"].startswith("40 ballots: see the report")
    answer = report("key", path, Remembered(1))
    assert (answer.status_code, b"jury report one.sqlite" in answer.body) == (409, True)
    monkeypatch.setattr("jury.view.comparing.MOST", 39)
    with pytest.raises(ballots.RunError, match="too many to compare here"):
        compared(path, path, Remembered(1))


def test_what_was_found_is_found_again_until_the_file_changes(tmp_path):
    from jury.view.remembered import Remembered

    path, known, looks = tmp_path / "a", Remembered(2), []

    def look(each):
        looks.append(each)
        return len(looks)

    path.write_text("one", encoding="utf-8")
    assert [known.get(path, "x", look), known.get(path, "x", look), known.get(path, "y", look)] == [1, 1, 2]
    path.write_text("other words", encoding="utf-8")
    assert known.get(path, "x", look) == 3
    known.get(path, "z", look)
    known.get(path, "u", look)
    assert known.get(path, "x", look) == 6, "the oldest is forgotten"


def test_ballots_of_one_round_can_be_picked(make_run, folder, tmp_path):
    talk = {"deliberation": {"rounds": 2, "hear": 2}, "elicitation": {"mode": "score", "opinion": 1}}
    run = make_run(tmp_path / "rounds.sqlite", jurors=6, **talk)
    for number in range(3):
        found = ballots.ballot_page(run.path, ballots.Filter(round=str(number)), 1)
        assert {each["round"] for each in found["ballots"]} == {number}
        assert found["matching"] == run.panel(number).counts["answered"] == 12
    assert ballots.ballot_page(run.path, ballots.Filter(), 1)["matching"] == 36
    one = folder / "one.sqlite"
    assert [ballots.ballot_page(one, ballots.Filter(round=each), 1)["matching"] for each in ("0", "1", "x")] == [
        40,
        0,
        0,
    ]
