"""Statements of a moderator: the order of the protocol, whose rankings decide, and what is kept of it."""

import json
import sqlite3
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from aggregators import Rankings, decide
from jury import ModelError, RequestError, open_run, simulate
from jury.backends import Reply, Usage
from jury.deliberation.agenda import plan_of
from jury.deliberation.transcript import transcript
from jury.store import reading

ELICITATION = {"mode": "score", "opinion": 1, "readout": "sample"}


def rows(path, query, *given):
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    try:
        return [dict(row) for row in connection.execute(query, given)]
    finally:
        connection.close()


def moderated(make_study, statement=True, **changes):
    block = {"rounds": 1, "statement": statement} | changes.pop("deliberation", {})
    return make_study(elicitation=ELICITATION, deliberation=block, **changes)


@pytest.fixture
def run(make_study, tmp_path):
    return simulate(moderated(make_study), out=tmp_path / "r.sqlite")


def test_the_steps_of_the_protocol_follow_each_other(run):
    assert (run.end, run.fillable(), run.rounds, run.latest_round) == ("complete", 0, 1, 1)
    stages = (
        "SELECT round, stage, COUNT(*) AS n, MIN(answered_at) AS first, MAX(answered_at) AS last FROM {} GROUP BY 1, 2"
    )
    found = {(row["round"], row["stage"]): row for table in ("ballot", "statement")
             for row in rows(run.path, stages.format(table))}  # fmt: skip
    order = [(0, "answer"), *((1, stage) for stage in ("draft", "ranking", "critique", "revision", "final-ranking"))]
    order.append((1, "answer"))
    assert set(found) == set(order)
    assert [found[step]["n"] for step in order] == [16, 8, 16, 16, 8, 16, 16]
    for before, after in pairwise(order):
        assert found[before]["last"] <= found[after]["first"]
    assert run.ballots()["round"].value_counts().to_dict() == {0: 16, 1: 16}  # rankings and critiques are no answers


@pytest.mark.parametrize("rule", ["schulze", "borda", "plurality"])
@pytest.mark.parametrize("stage", ["draft", "revision"])
def test_the_jury_s_own_rankings_decide_by_the_rule(stage, rule, make_study, tmp_path):
    study = moderated(
        make_study, {"rule": rule, "candidates": 3}, model={"name": "planted/hash", "options": {"noise": 0.3}}
    )
    run = simulate(study, out=tmp_path / "r.sqlite")
    ranked = {"draft": "ranking", "revision": "final-ranking"}[stage]
    weights = [juror.weight for juror in run.jurors]
    for case in ("wage", "tax"):
        statements = rows(
            run.path, "SELECT * FROM statement WHERE stage = ? AND case_id = ? ORDER BY number", stage, case
        )
        ids = [f"statement-{row['number']}" for row in statements]
        given = rows(run.path, "SELECT * FROM ballot WHERE stage = ? AND case_id = ? ORDER BY juror_id", ranked, case)
        orders = [[name for (name,) in json.loads(row["answer"])["ranking"]] for row in given]
        ranks = np.array([[order.index(name) + 1 for name in ids] for order in orders])
        outcome = decide(Rankings(ranks, weights=weights, alternatives=ids), rule)
        places = {f"statement-{row['number']}": row["place"] for row in statements}
        assert sorted(places.values()) == [1, 2, 3]
        assert min(places, key=places.get) in outcome.winners
        told = [min(places[name] for name in tier) for tier in outcome.ranking]
        assert told == sorted(told)


def test_what_is_read_is_what_won(run):
    for case in ("wage", "tax"):
        won = {row["stage"]: row["text"]
               for row in rows(run.path, "SELECT * FROM statement WHERE place = 1 AND case_id = ?", case)}  # fmt: skip
        asked = "SELECT stage, ask FROM reply WHERE round = 1 AND question = 0 AND case_id = ?"
        for row in rows(run.path, asked, case):
            if row["stage"] in ("answer", "critique"):
                read = won["revision" if row["stage"] == "answer" else "draft"]
                assert f'<argument label="Statement">\n{read}\n</argument>' in row["ask"]
        turns = rows(
            run.path, "SELECT juror_id, stage, prior FROM ballot WHERE stage LIKE '%ranking' AND case_id = ?", case
        )
        critiques = rows(run.path, "SELECT * FROM ballot WHERE stage = 'critique' AND case_id = ?", case)
        said = {row["juror_id"]: json.loads(row["answer"])["critique"] for row in critiques}
        for row in turns:  # the revisions are ranked by jurors who know what they said of the statement before
            *_, (ask, reply) = json.loads(row["prior"])
            final = row["stage"] == "final-ranking"
            assert (won["draft"] in ask, reply == said[row["juror_id"]]) == (final, final)
        prompts = rows(run.path, "SELECT prompt FROM statement WHERE stage = 'revision' AND case_id = ?", case)
        critiques = rows(run.path, "SELECT answer FROM ballot WHERE stage = 'critique' AND case_id = ?", case)
        for row in prompts:
            assert won["draft"] in row["prompt"]
            assert all(json.loads(critique["answer"])["critique"] in row["prompt"] for critique in critiques)
    heard = run.ballots()[lambda table: table["round"] == 1]["heard"]
    assert all(found["statement"] and found["jurors"] == [] for found in heard)


def test_the_statement_that_speaks_for_most_wins(make_study, tmp_path):
    table = {
        "raise": {"default": 0.9, "side=few": 0.1},
        "keep": {"default": 0.2, "side=few": 0.9},
        "abolish": {"default": 0.1},
    }
    people = tmp_path / "people.csv"
    people.write_text("side\n" + "many\n" * 6 + "few\n" * 2)
    study = moderated(
        make_study,
        population=str(people),
        jurors={"n": 8, "replace": False},
        cases=[{"id": "wage", "prompt": "What about the minimum wage?", "alternatives": list(table)}],
        model={"name": "planted/table", "options": {"utilities": table}},
    )
    run = simulate(study, out=tmp_path / "r.sqlite")
    won = rows(run.path, "SELECT text FROM statement WHERE place = 1")
    assert {row["text"] for row in won} == {"Most of us like raise best."}


def test_one_candidate_without_critique_is_not_ranked(make_study, tmp_path):
    run = simulate(moderated(make_study, {"candidates": 1, "critique": False}), out=tmp_path / "r.sqlite")
    assert rows(run.path, "SELECT DISTINCT stage FROM ballot") == [{"stage": "answer"}]
    assert [row["place"] for row in rows(run.path, "SELECT place FROM statement")] == [1, 1]
    assert run.end == "complete"


def test_statements_cost_and_are_in_the_budget(make_study, plug, tmp_path):
    written = []

    def answer(request):
        schema = str(request.question.form.schema)
        if "moderate" in request.question.ask:
            written.append(request)
            assert request.persona == ""
            text = f"Statement of {request.seed}"
        else:
            text = (
                '{"ranking": "1, 2"}' if "ranking" in schema else '{"A": 1, "B": 2, "C": 3}' if schema != "{}" else "so"
            )
        return Reply(text, usage=Usage(100, 10))

    plug("paid", answer, pricing=None)
    plug("cheap", answer, pricing=None)
    model = {"name": "paid/x", "price": [1.0, 1.0]}
    study = moderated(make_study, {"candidates": 2, "model": {"name": "cheap/x", "price": [0.1, 0.1]}}, model=model)
    run = simulate(study, out=tmp_path / "r.sqlite", cache=False)
    requests = 16 * 2 * 2 + 16 * 3
    assert len(written) == 8
    assert run.cost() == pytest.approx(requests * 110e-6 + 8 * 11e-6)
    assert rows(run.path, "SELECT SUM(cost_usd) AS cost FROM statement")[0]["cost"] == pytest.approx(8 * 11e-6)
    assert {row["model"] for row in rows(run.path, "SELECT DISTINCT parameters, model FROM statement")} == {""}
    unpriced = moderated(make_study, {"candidates": 2, "model": "cheap/x"}, model=model)
    with pytest.raises(ModelError, match="price"):
        simulate(unpriced, out=tmp_path / "o.sqlite", max_cost=1.0)


def test_a_statement_that_comes_to_nothing_is_left_out(make_study, plug, tmp_path):
    asked = Counter()

    def answer(request):
        schema = str(request.question.form.schema)
        if "moderate" in request.question.ask:
            asked[request.seed] += 1
            kind = request.seed % 3
            if kind == 0:
                raise RequestError("no")
            return Reply("never", refused=True) if kind == 1 else f"Statement of {request.seed}"
        if "ranking" in schema:
            marks = [part.partition('"')[0] for part in request.question.ask.split('label="Statement ')[1:]]
            return json.dumps({"ranking": ", ".join(marks)})
        return '{"A": 1, "B": 2, "C": 3}' if schema != "{}" else "so"

    plug("test", answer)
    run = simulate(moderated(make_study, {"candidates": 8}, model="test/x"), out=tmp_path / "r.sqlite")
    assert run.end == "complete"
    counts = Counter(row["status"] for row in rows(run.path, "SELECT status FROM statement"))
    assert set(counts) == {"answered", "refused", "failed"}
    assert all(times == (2 if seed % 3 == 0 else 1) for seed, times in asked.items())  # failed ones are asked once more
    ranked = rows(run.path, "SELECT heard, case_id, stage FROM ballot WHERE stage = 'ranking'")
    good = rows(run.path, "SELECT case_id, number FROM statement WHERE stage = 'draft' AND status = 'answered'")
    for row in ranked:
        held = [one["number"] for one in good if one["case_id"] == row["case_id"]]
        assert json.loads(row["heard"])["statements"] == sorted(held)
    assert {row["status"]: row["place"] for row in rows(run.path, "SELECT status, place FROM statement")}[
        "failed"
    ] is None


def test_without_any_statement_jurors_are_asked_again_all_the_same(make_study, plug, tmp_path):
    def answer(request):
        if "moderate" in request.question.ask:
            return Reply("never", refused=True)
        return '{"A": 1, "B": 2, "C": 3}' if request.question.form.schema else "so"

    plug("test", answer)
    run = simulate(moderated(make_study, model="test/x"), out=tmp_path / "r.sqlite")
    assert (run.end, run.panel(1).denominators()["answered"]) == ("complete", 16)
    assert not any(found["statement"] for found in run.ballots()["heard"] if found)


def test_statements_and_peers_can_both_be_heard(make_study, tmp_path):
    run = simulate(moderated(make_study, deliberation={"hear": 2}), out=tmp_path / "r.sqlite")
    found = run.ballots()[lambda table: table["round"] == 1]["heard"]
    assert all(heard["statement"] and len(heard["jurors"]) == 2 for heard in found)


def test_the_transcript_tells_it_in_order(run):
    said = list(transcript(run, case="wage"))
    assert [one.stage for one in said] == [
        *["answer"] * 8, *["draft"] * 4, *["ranking"] * 8, *["critique"] * 8, *["revision"] * 4,
        *["final-ranking"] * 8, *["answer"] * 8,
    ]  # fmt: skip
    assert {one.case for one in said} == {"wage"}
    won = {one.stage: one.words for one in said if one.place == 1}
    assert {one.read for one in said if one.stage == "answer" and one.round == 1} == {won["revision"]}
    assert {one.read for one in said if one.stage == "critique"} == {won["draft"]}
    name = run.jurors[2].name
    mine = list(transcript(open_run(run.path), juror=name))
    assert {one.speaker for one in mine} == {name, "moderator"}
    first = mine[0]
    assert first.answer.startswith("raise: ")
    assert json.dumps(first.to_dict())


def test_what_was_asked_can_be_planned_again_from_a_file_that_is_only_read(run):
    with reading(run.path) as store:
        for step in run.study.steps():
            plan = plan_of(run.study, store, step)
            assert list(plan.missing(store)) == []
            assert plan.total == (8 if step.drafts else 16)
