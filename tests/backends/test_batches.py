"""Runs through the batch interfaces of both providers: what is handed in, lost, found again, collected and paid."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from jury import Study, simulate
from jury.batches import running
from jury.batches.ledger import Item, Ledger, Slot
from jury.batches.loop import BatchRun
from jury.batches.overview import show_batches
from jury.batches.waiting import Waits
from jury.errors import ModelError, RunError
from jury.preview import preview
from jury.run import Run
from jury.simulation import Options
from jury.store import Store

CASES = [
    {"id": "wage", "prompt": "What about the minimum wage?", "alternatives": ["raise", "keep"]},
    {"id": "tax", "prompt": "What about taxes?", "alternatives": ["more", "less"]},
]
QUICK = Waits(first=0.01, longest=0.05, settle=0.05, retry=0.01)
JURORS = 6
BALLOTS = JURORS * len(CASES)


@pytest.fixture(params=["openai/gpt-5-mini", "anthropic/claude-haiku-4-5"])
def batches(request):
    """The batch interface of a provider, played."""
    provider = request.param.partition("/")[0]
    played = request.getfixturevalue(f"{provider}_batches")
    played.model = request.param
    return played


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Batches are looked at again at once."""
    monkeypatch.setattr("jury.batches.running.Waits", lambda: QUICK)


@pytest.fixture
def study():
    """Return a function that makes a small study of a model behind a server."""

    def make(batches, mode="score", *, jurors=JURORS, options=None, **elicitation):
        model = {"name": batches.model, "base_url": batches.server.base_url, "options": options or {}}
        document = {"name": "small", "jurors": {"n": jurors}, "cases": CASES, "model": model, "seed": 5}
        return Study.model_validate(document | {"elicitation": {"mode": mode, "readout": "sample", **elicitation}})

    return make


def the_batches(path):
    with closing(Store.open(path)) as store:
        ledger = Ledger(store)
        return ledger.open_batches() if ledger.is_there else []


def leftovers(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT COUNT(*) FROM batch_request").fetchone()[0]


def once_each(batches):
    """Every request that was answered was so once: nothing was paid for twice."""
    items = Counter(custom_id.partition("-")[2] for custom_id in batches.answered)
    return set(items.values()) <= {1}


def test_the_first_ballot_is_asked_at_once_and_the_others_in_a_batch(batches, study, tmp_path):
    run = simulate(study(batches), out=tmp_path / "a.sqlite", batch=True, cache=False)
    assert run.end == "complete"
    assert run.denominators()["answered"] == BALLOTS
    assert len(batches.server.seen) == 1
    assert len(batches.answered) == BALLOTS - 1
    assert batches.done.count("create") == 1
    assert "1 batch handed in" in run.effort.words()
    assert (the_batches(run.path), leftovers(run.path)) == ([], 0)


def test_a_batch_answers_as_single_requests_do_for_half_the_price(batches, study, tmp_path):
    one_by_one = simulate(study(batches), out=tmp_path / "a.sqlite", cache=False).ballots()
    batched = simulate(study(batches), out=tmp_path / "b.sqlite", batch=True, cache=False)
    same = ["juror", "case", "replicate", "status", "raise", "keep", "more", "less", "shown", "input_tokens"]
    columns = [name for name in same if name in one_by_one]
    assert len(columns) >= 5
    assert batched.ballots()[columns].equals(one_by_one[columns])
    full = one_by_one["cost_usd"].sum()
    single = full / BALLOTS
    assert batched.ballots()["cost_usd"].sum() == pytest.approx(single + (full - single) / 2)
    with closing(sqlite3.connect(batched.path)) as connection:
        found = connection.execute("SELECT source, seconds, attempts FROM reply GROUP BY source, seconds").fetchall()
    assert {source for source, *_ in found} == {"model", "batch"}
    assert ("batch", 30.0, 1) in found  # as long as the batch took


def test_batches_are_of_bounded_size(batches, study, tmp_path, monkeypatch):
    service = running.open_service

    def small(backend, spec):
        found = service(backend, spec)
        found.most_requests = 4
        return found

    monkeypatch.setattr(running, "open_service", small)
    run = simulate(study(batches), out=tmp_path / "a.sqlite", batch=True)
    assert run.denominators()["answered"] == BALLOTS
    assert [len(known["lines"]) for known in batches.batches.values()] == [4, 4, 3]

    def narrow(backend, spec):
        found = service(backend, spec)
        found.most_bytes = 3000
        return found

    monkeypatch.setattr(running, "open_service", narrow)
    batches.batches.clear()
    simulate(study(batches), out=tmp_path / "b.sqlite", batch=True)
    sizes = [sum(len(json.dumps(line)) + 1 for line in known["lines"]) for known in batches.batches.values()]
    assert len(sizes) > 1
    assert max(sizes) <= 3000


def test_an_opinion_comes_before_the_answer_in_rounds(batches, study, tmp_path):
    run = simulate(study(batches, opinion=2), out=tmp_path / "a.sqlite", batch=True)
    assert run.denominators()["answered"] == BALLOTS
    assert batches.done.count("create") == 2
    first, second = (known["lines"] for known in batches.batches.values())
    assert len(first) == len(second) == BALLOTS - 1
    body = second[0].get("body") or second[0]["params"]
    turns = body.get("messages") or body["input"]
    assert [turn["role"] for turn in turns][-3:] == ["user", "assistant", "user"]
    assert "I like both" in json.dumps(turns)
    assert leftovers(run.path) == 0


@pytest.mark.parametrize("statement", [None, {"candidates": 2}])
def test_each_round_of_a_deliberation_is_batches_of_its_own(statement, batches, study, tmp_path):
    deliberation = {"rounds": 2, "hear": 2, "statement": statement}
    asked = study(batches, opinion=1).changed(deliberation=deliberation)
    batched = simulate(asked, out=tmp_path / "a.sqlite", batch=True, cache=False)
    assert (batched.end, batched.denominators()["answered"]) == ("complete", 3 * BALLOTS)
    # Two a round, of opinions and of answers; besides, rankings (twice) and critiques.
    assert batches.done.count("create") == 2 * 3 + (2 * 3 if statement else 0)
    # The first ballot, and a moderator's statements, which are few, are asked at once.
    assert len(batches.server.seen) == 2 + (2 * 2 * 2 * 2 if statement else 0)
    with closing(sqlite3.connect(batched.path)) as connection:
        (stored,) = connection.execute("SELECT COUNT(*) FROM reply WHERE source = 'batch'").fetchone()
    assert len(batches.answered) == len(set(batches.answered)) == stored
    assert leftovers(batched.path) == 0
    one_by_one = simulate(asked, out=tmp_path / "b.sqlite", cache=False)
    columns = ["juror", "case", "round", "heard", "status", "scores", "opinion", "shown"]
    assert batched.ballots()[columns].equals(one_by_one.ballots()[columns])


def test_one_question_for_each_alternative_is_asked_side_by_side(openai_batches, study, tmp_path, fakes):
    openai_batches.model = "openai/gpt-5-mini"
    tops = [("4", -0.5), ("3", -1.0)]
    answer = fakes.completion("4", finish_reason="length", top_logprobs=tops)
    route = openai_batches.server.routes["/v1/chat/completions"]
    openai_batches.server.routes["/v1/chat/completions"] = replace(route, proper=lambda _: answer)
    run = simulate(study(openai_batches, readout="logprobs"), out=tmp_path / "a.sqlite", batch=True)
    assert run.denominators()["answered"] == BALLOTS
    (known,) = openai_batches.batches.values()
    assert known["body"]["endpoint"] == "/v1/chat/completions"
    assert len(known["lines"]) == 2 * (BALLOTS - 1)


def test_what_expired_or_failed_for_a_while_is_asked_again(batches, study, tmp_path):
    batches.fate = lambda _, number: {3: "expired", 4: 500, 5: 429, 6: "missing"}.get(number, "answered")
    run = simulate(study(batches), out=tmp_path / "a.sqlite", batch=True)
    assert run.denominators()["answered"] == BALLOTS
    assert [len(known["lines"]) for known in batches.batches.values()] == [BALLOTS - 1, 4]
    assert once_each(batches)


def test_what_fails_again_and_again_is_a_failed_ballot_and_can_be_filled(batches, study, tmp_path):
    worst = Item(Slot(2, 1, 0), 0).custom_id("")
    batches.fate = lambda custom_id, _: "expired" if custom_id.endswith(worst) else "answered"
    run = simulate(study(batches), out=tmp_path / "a.sqlite", batch=True)
    counts = run.denominators()
    assert (counts["answered"], counts["failed"], run.end) == (BALLOTS - 1, 1, "complete")
    assert batches.done.count("create") == 3
    (failed,) = [row for row in run.ballots().to_dict("records") if row["status"] == "failed"]
    assert "(3 batches)" in failed["problem"]
    batches.fate = lambda *_: "answered"
    again = simulate(study(batches), out=run.path, batch=True, resume=True)
    assert again.denominators()["answered"] == BALLOTS
    assert once_each(batches)


def test_a_request_that_is_refused_is_not_asked_again(batches, study, tmp_path):
    batches.fate = lambda _, number: 400 if number == 2 else "answered"
    run = simulate(study(batches), out=tmp_path / "a.sqlite", batch=True)
    assert (run.denominators()["answered"], run.denominators()["failed"]) == (BALLOTS - 1, 1)
    assert batches.done.count("create") == 1
    assert "words of the server" in " ".join(run.ballots()["problem"].dropna())


def test_faults_on_the_way_are_waited_out(batches, study, tmp_path, fakes):
    results = "content" if "openai" in batches.model else "results"
    busy = fakes.send({}, 529, Retry_After_Ms="5")
    batches.looks = 3
    for operation in ("create", "retrieve", results):
        batches.faults[operation].extend([busy, fakes.reset, fakes.send({}, 500)])
    run = simulate(study(batches), out=tmp_path / "a.sqlite", batch=True)
    assert run.denominators()["answered"] == BALLOTS
    assert once_each(batches)
    assert len(batches.batches) == 1


def test_results_that_are_cut_short_or_garbled_are_read_again(batches, study, tmp_path, monkeypatch, fakes):
    monkeypatch.setattr("jury.batches.loop._CHUNK", 2)
    results = "content" if "openai" in batches.model else "results"
    proper = getattr(batches, results)
    broken = ["cut", "garbled", "no JSON"]

    def sometimes(handler, content, *names):
        whole = proper(handler, content, *names)
        kept = []
        whole_content = _content_of(batches, names)
        if not broken:
            return whole
        kind = broken.pop(0)
        half = whole_content[: len(whole_content) * 2 // 3]
        if kind == "cut":
            return fakes.send_raw(half, promised=len(whole_content))
        kept = half + b'"}\n' if kind == "garbled" else b"<html>Bad gateway</html>"
        return fakes.send_raw(kept)

    monkeypatch.setattr(batches, results, sometimes)
    run = simulate(study(batches), out=tmp_path / "a.sqlite", batch=True)
    assert run.denominators()["answered"] == BALLOTS
    assert not broken
    assert len(batches.batches) == 1
    cost = run.ballots()["cost_usd"]
    assert cost.notna().all()


def _content_of(batches, names):
    if "openai" in batches.model:
        return batches.files[names[0]]
    return b"".join(json.dumps(entry).encode() + b"\n" for entry in batches.batches[names[0]]["results"])


@pytest.mark.parametrize("fault", ["reset", "gateway"])
def test_a_batch_whose_creation_was_not_answered_is_found_and_not_handed_in_twice(
    batches, study, tmp_path, fault, fakes
):
    lost = fakes.reset if fault == "reset" else fakes.send({}, 504)
    batches.faults["create"].append(("after", lost))
    run = simulate(study(batches), out=tmp_path / "a.sqlite", batch=True)
    assert run.denominators()["answered"] == BALLOTS
    assert len(batches.batches) == 1
    assert once_each(batches)


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


def test_the_budget_counts_what_is_with_the_provider(batches, study, tmp_path):
    most = preview(study(batches)).cost / BALLOTS  # of one ballot, at the usual price
    limit = 2.3 * most
    run = simulate(study(batches), out=tmp_path / "a.sqlite", batch=True, max_cost=limit, cache=False)
    assert (run.end, run.denominators()["answered"]) == ("complete", BALLOTS)
    sizes = [len(known["lines"]) for known in batches.batches.values()]
    assert sizes[0] == 4  # two dollars' worth of ballots at half a dollar each, as it were
    assert len(sizes) > 2  # what turned out cheaper made room for more
    assert run.ballots()["cost_usd"].sum() <= limit


def test_a_dry_run_tells_the_price_of_batches(batches, study):
    usual, batched = preview(study(batches)), preview(study(batches), Options(batch=True))
    assert batched.cost == pytest.approx(usual.cost / 2)
    assert batched.seconds is None
    assert "a batch is answered within a day" in "; ".join(batched.assumptions)


def test_a_budget_that_is_used_up_hands_nothing_in(batches, study, tmp_path):
    most = preview(study(batches)).cost / BALLOTS
    nothing = simulate(study(batches), out=tmp_path / "a.sqlite", batch=True, max_cost=most / 2, cache=False)
    assert (nothing.end, nothing.denominators()["answered"]) == ("budget", 0)
    assert batches.server.seen == []
    batches.fate = lambda _, number: "answered" if number == 1 else 400
    part = simulate(study(batches), out=tmp_path / "b.sqlite", batch=True, cache=False)
    spent, handed_in = part.ballots()["cost_usd"].sum(), len(batches.batches)
    again = simulate(study(batches), out=part.path, batch=True, resume=True, max_cost=spent + most / 4, cache=False)
    assert (again.end, again.denominators()["answered"]) == ("budget", 2)
    assert len(batches.batches) == handed_in


def test_a_batch_that_is_too_large_for_the_account_is_cut(openai_batches, study, tmp_path):
    openai_batches.model = "openai/gpt-5-mini"
    openai_batches.refuse = lambda lines: (
        ("token_limit_exceeded", "Enqueued token limit reached") if len(lines) > 3 else None
    )
    run = simulate(study(openai_batches), out=tmp_path / "a.sqlite", batch=True)
    assert run.denominators()["answered"] == BALLOTS
    sizes = [len(known["lines"]) for known in openai_batches.batches.values() if known["body"]["status"] == "completed"]
    assert sum(sizes) == BALLOTS - 1
    assert max(sizes) <= 3


def test_a_batch_that_is_refused_for_good_ends_the_run(openai_batches, study, tmp_path):
    openai_batches.model = "openai/gpt-5-mini"
    openai_batches.refuse = lambda _: ("model_not_found", "The model has no batch interface")
    with pytest.raises(ModelError, match=r"did not take the batch .*no batch interface"):
        simulate(study(openai_batches), out=tmp_path / "a.sqlite", batch=True)
    assert the_batches(tmp_path / "a.sqlite") == []


def test_a_model_that_ignores_the_schema_is_found_out_before_anything_is_handed_in(batches, study, tmp_path, fakes):
    body = fakes.response if "openai" in batches.model else fakes.message
    batches.server.then(fakes.send(body("I would say four.")))
    with pytest.raises(ModelError, match=r"model\.options\.structured"):
        simulate(study(batches), out=tmp_path / "a.sqlite", batch=True)
    assert batches.done == []


def test_a_first_ballot_that_fails_ends_the_run(batches, study, tmp_path, fakes):
    batches.server.then(fakes.send(fakes.openai_error("no"), 400))
    run = simulate(study(batches), out=tmp_path / "a.sqlite", batch=True)
    assert (run.end, batches.done) == ("failing", [])


def test_a_provider_that_stays_down_leaves_the_batch_to_the_next_run(batches, study, tmp_path, fakes):
    batches.faults["retrieve"].extend([fakes.send({}, 503)] * 500)
    run = simulate(study(batches), out=tmp_path / "a.sqlite", batch=True, patience=0.1)
    assert run.end == "failing"
    assert f"{BALLOTS - 1} requests go on in 1 batch" in run.problem
    batches.faults.clear()
    again = simulate(study(batches), out=run.path, batch=True, resume=True)
    assert (again.end, again.denominators()["answered"]) == ("complete", BALLOTS)
    assert len(batches.batches) == 1


@pytest.mark.parametrize("operation", ["create", "retrieve"])
def test_a_provider_that_asks_to_wait_longer_than_the_patience_is_not_waited_for(
    batches, study, tmp_path, fakes, operation
):
    batches.faults[operation].append(fakes.send({}, 429, Retry_After="7200"))
    run = simulate(study(batches), out=tmp_path / "a.sqlite", batch=True, patience=60)
    assert run.end == "failing"
    assert run.denominators()["answered"] == 1
    again = simulate(study(batches), out=run.path, batch=True, resume=True)
    assert (again.end, again.denominators()["answered"]) == ("complete", BALLOTS)
    assert once_each(batches)


def test_models_without_a_batch_interface_are_named_before_anything_is_asked(tmp_path):
    study = Study.model_validate({"name": "small", "cases": CASES, "model": "planted/hash"})
    with pytest.raises(ModelError, match=r"planted/hash: no batch interface \(there is one of anthropic/NAME, openai"):
        simulate(study, out=tmp_path / "a.sqlite", batch=True)
    assert not (tmp_path / "a.sqlite").exists()


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


def test_a_run_reads_back_as_any_other(batches, study, tmp_path):
    run = simulate(study(batches), out=tmp_path / "a.sqlite", batch=True)
    assert Run.open(run.path).profile("wage").values.shape == (JURORS, 2)
