"""Faults of a provider on the way: expired, refused, cut short, down; nothing is lost or paid for twice."""

from __future__ import annotations

import json

import pytest
from jury_test_fakes.books import BALLOTS, once_each

from jury import simulate
from jury.batches.ledger import Item, Slot
from jury.errors import ModelError


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
