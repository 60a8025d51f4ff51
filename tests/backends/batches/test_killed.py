"""Runs that die, are stopped or cancelled with batches at a provider: these are found again and collected once."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta

import pytest
from jury_test_fakes.books import BALLOTS, leftovers, once_each, the_batches

from jury import simulate
from jury.batches.ledger import Ledger
from jury.batches.loop import BatchRun
from jury.batches.overview import show_batches
from jury.errors import RunError
from jury.store import Store


class Killed(BaseException):
    """Stands for the end of the process."""


def _die(monkeypatch, place, name, *, before):
    """Let the process end before or after a step of the first batch."""
    proper = getattr(place, name)

    def dying(*words, **named):
        monkeypatch.setattr(place, name, proper)
        if not before:
            proper(*words, **named)
        raise Killed

    monkeypatch.setattr(place, name, dying)


def _killed_and_gone_on_with(study, path, place, name, *, before):
    """Let a run die at a step and go on with it; returns the run."""
    with pytest.MonkeyPatch.context() as patch:
        _die(patch, place, name, before=before)
        with pytest.raises((Killed, BaseExceptionGroup)):
            simulate(study, out=path, batch=True, cache=False)
    return simulate(study, out=path, batch=True, resume=True, cache=False)


# What a provider has to do with it is only how a batch is found again: see the next test.
@pytest.mark.parametrize("batches", ["openai/gpt-5-mini"], indirect=True)
@pytest.mark.parametrize(
    ("name", "before"),
    [
        ("intend", True),
        ("submitted", False),
        ("keep", True),
        ("keep", False),
        ("release", True),  # ballots stored, the ledger not cleared
        ("release", False),
        ("ended", True),
        ("ended", False),
    ],
)
def test_a_process_that_dies_loses_nothing_and_pays_nothing_twice(batches, study, tmp_path, name, before):
    path = tmp_path / "a.sqlite"
    run = _killed_and_gone_on_with(study(batches), path, Ledger, name, before=before)
    assert run.denominators()["answered"] == BALLOTS
    assert len(batches.batches) == 1
    assert len(batches.answered) == BALLOTS - 1
    assert (the_batches(path), leftovers(path)) == ([], 0)
    assert run.ballots()["cost_usd"].notna().all()


@pytest.mark.parametrize(
    ("name", "before"),
    [
        ("intend", False),  # written down, not handed in
        ("submitted", True),  # handed in, the identifier lost
    ],
)
def test_a_process_that_dies_handing_in_finds_its_own_among_the_batches_of_others(
    batches, study, tmp_path, name, before
):
    simulate(study(batches), out=tmp_path / "other.sqlite", batch=True)
    path, known, answered = tmp_path / "a.sqlite", len(batches.batches), len(batches.answered)
    run = _killed_and_gone_on_with(study(batches), path, Ledger, name, before=before)
    assert run.denominators()["answered"] == BALLOTS
    assert len(batches.batches) - known == 1
    assert len(batches.answered) - answered == BALLOTS - 1
    assert (the_batches(path), leftovers(path)) == ([], 0)


@pytest.mark.parametrize("batches", ["openai/gpt-5-mini"], indirect=True)
def test_a_process_that_dies_writing_the_first_ballots_of_a_batch_pays_nothing_twice(batches, study, tmp_path):
    path, proper, calls = tmp_path / "a.sqlite", Store.write, []

    def second_dies(store, ballots):
        calls.append(1)
        if len(calls) == 2:
            raise Killed
        return proper(store, ballots)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "write", second_dies)
        with pytest.raises((Killed, BaseExceptionGroup)):
            simulate(study(batches), out=path, batch=True, cache=False)
    run = simulate(study(batches), out=path, batch=True, resume=True, cache=False)
    assert run.denominators()["answered"] == BALLOTS
    assert len(batches.answered) == BALLOTS - 1
    assert (the_batches(path), leftovers(path)) == ([], 0)


def test_a_run_with_open_batches_is_not_resumed_without_them(batches, study, tmp_path, monkeypatch):
    path = tmp_path / "a.sqlite"
    _die(monkeypatch, Ledger, "submitted", before=False)
    with pytest.raises(Killed):
        simulate(study(batches), out=path, batch=True)
    with pytest.raises(RunError, match=rf"{BALLOTS - 1} requests are with the provider in 1 batch; .*--resume --batch"):
        simulate(study(batches), out=path, resume=True)
    (entry,) = the_batches(path)
    (shown,) = show_batches(path)
    assert (shown.id, shown.requests) == (entry.id, BALLOTS - 1)


def test_a_cancelled_batch_is_collected_and_the_rest_asked_again(batches, study, tmp_path, monkeypatch):
    path = tmp_path / "a.sqlite"
    batches.looks = 3
    _die(monkeypatch, Ledger, "submitted", before=False)
    with pytest.raises(Killed):
        simulate(study(batches), out=path, batch=True)
    (cancelled,) = show_batches(path, cancel=True)
    assert cancelled.state in ("cancelling", "canceling")
    run = simulate(study(batches), out=path, batch=True, resume=True)
    assert run.denominators()["answered"] == BALLOTS
    assert len(batches.batches) == 2
    assert once_each(batches)


def test_stopping_leaves_the_batch_and_says_so(batches, study, tmp_path, monkeypatch):
    batches.looks = 10**9
    reports = []
    proper = BatchRun.__init__

    def stopping(self, *words, halt, **named):
        proper(self, *words, halt=halt, **named)
        asyncio.get_running_loop().call_later(0.3, halt.set)

    monkeypatch.setattr(BatchRun, "__init__", stopping)
    run = simulate(study(batches), out=tmp_path / "a.sqlite", batch=True, report=reports.append)
    assert run.end == "interrupted"
    assert "--cancel cancels them" in run.problem
    assert f"1 batch at the provider, 0 of {BALLOTS - 1} requests done" in {each.waiting for each in reports}
    monkeypatch.setattr(BatchRun, "__init__", proper)
    batches.looks = 1
    assert simulate(study(batches), out=run.path, batch=True, resume=True).denominators()["answered"] == BALLOTS
    assert len(batches.batches) == 1


@pytest.mark.parametrize("hours", [-36, 36])
def test_a_lost_batch_is_found_although_the_clock_was_set(batches, study, tmp_path, monkeypatch, hours):
    path = tmp_path / "a.sqlite"
    _die(monkeypatch, Ledger, "submitted", before=True)
    with pytest.raises(Killed):
        simulate(study(batches), out=path, batch=True)
    with closing(sqlite3.connect(path)) as connection, connection:
        (when,) = connection.execute("SELECT intended_at FROM batch").fetchone()
        moved = (datetime.fromisoformat(when) + timedelta(hours=hours)).isoformat()
        connection.execute("UPDATE batch SET intended_at = ?", (moved,))
    assert simulate(study(batches), out=path, batch=True, resume=True).denominators()["answered"] == BALLOTS
    assert len(batches.batches) == 1
