"""What is handed in to batch interfaces, and what comes back, beside what single requests bring."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from jury_test_fakes.books import BALLOTS, CASES, JURORS, leftovers, the_batches

from jury import Study, simulate
from jury.batches import running
from jury.errors import ModelError
from jury.preview import preview
from jury.run import Run
from jury.simulation import Options


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


def test_a_dry_run_tells_the_price_of_batches(batches, study):
    usual, batched = preview(study(batches)), preview(study(batches), Options(batch=True))
    assert batched.cost == pytest.approx(usual.cost / 2)
    assert batched.seconds is None
    assert "a batch is answered within a day" in "; ".join(batched.assumptions)


def test_models_without_a_batch_interface_are_named_before_anything_is_asked(tmp_path):
    study = Study.model_validate({"name": "small", "cases": CASES, "model": "planted/hash"})
    with pytest.raises(ModelError, match=r"planted/hash: no batch interface \(there is one of anthropic/NAME, openai"):
        simulate(study, out=tmp_path / "a.sqlite", batch=True)
    assert not (tmp_path / "a.sqlite").exists()


def test_a_run_reads_back_as_any_other(batches, study, tmp_path):
    run = simulate(study(batches), out=tmp_path / "a.sqlite", batch=True)
    assert Run.open(run.path).profile("wage").values.shape == (JURORS, 2)
