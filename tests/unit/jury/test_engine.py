"""The engine inside one process: how much is in flight, what stops it, what is left to resume."""

import asyncio
import sqlite3
from dataclasses import replace

import pytest

from jury import ModelError, RequestError, RunError, asimulate, open_run, simulate
from jury.backends import Reply, Usage
from jury.cases import Case
from jury.elicitation import Answer
from jury.records import Ballot, Header, Juror, TimedReply
from jury.store import Store

GOOD = '{"A": 1, "B": 3, "C": 5}'


def stored(path):
    connection = sqlite3.connect(path)
    try:
        return [
            connection.execute(f"SELECT * FROM {table} ORDER BY juror_id, case_id, replicate").fetchall()
            for table in ("ballot", "reply")
        ]
    finally:
        connection.close()


@pytest.mark.parametrize("connections", [1, 5])
def test_so_many_ballots_are_in_flight_and_no_more(connections, make_study, plug, tmp_path):
    flying, peak, asked = 0, 0, 0

    async def answer(_):
        nonlocal flying, peak, asked
        flying, asked = flying + 1, asked + 1
        peak = max(peak, flying)
        await asyncio.sleep(0.002)
        flying -= 1
        return GOOD

    backend = plug("slow", answer)
    run = simulate(make_study(model="slow/x", jurors=20), out=tmp_path / "r.sqlite", max_connections=connections)
    assert (run.end, peak, asked) == ("complete", connections, 40)
    assert backend.closed


def test_no_ballot_waits_behind_later_ones_of_a_model_that_never_waits(make_study, tmp_path):
    """What was answered first would be lost with a killed process, however long ago that was."""
    study = make_study(model="planted/hash", jurors=500)
    run = simulate(study, out=tmp_path / "r.sqlite", max_connections=8, cache=False)
    connection = sqlite3.connect(run.path)
    order = [juror for (juror,) in connection.execute("SELECT juror_id FROM ballot ORDER BY rowid")]
    connection.close()
    assert len(order) == 1000
    assert max(place - 2 * juror for place, juror in enumerate(order)) <= 64, "a transaction and what is in flight"


def test_nothing_is_pulled_far_ahead_of_what_is_stored(make_study, plug, tmp_path):
    asked, distance = 0, 0

    async def answer(_):
        nonlocal asked
        asked += 1
        await asyncio.sleep(0)
        return GOOD

    def watch(progress):
        nonlocal distance
        distance = max(distance, asked - progress.stored)

    plug("fast", answer)
    simulate(make_study(model="fast/x", jurors=200), out=tmp_path / "r.sqlite", max_connections=2, report=watch)
    assert distance <= 2 * 2 + 2 + 64  # the queue, the workers, the transaction


def test_progress_counts_what_is_on_disk(make_study, tmp_path):
    seen = []

    def watch(progress):
        assert open_run(tmp_path / "r.sqlite").denominators()["answered"] >= progress.stored
        seen.append(progress)

    simulate(make_study(), out=tmp_path / "r.sqlite", report=watch)
    assert [progress.stored for progress in seen] == sorted({progress.stored for progress in seen})
    last = seen[-1]
    assert (last.total, last.stored, last.fresh, last.cost) == (16, 16, 16, 0.0)
    assert last.counts["answered"] == 16
    assert last.seconds_left == 0


def test_a_dead_backend_is_given_up(make_study, plug, tmp_path):
    def answer(_):
        raise RequestError("nobody there")

    plug("dead", answer)
    study = make_study(model="dead/x", jurors=50)
    run = simulate(study, out=tmp_path / "r.sqlite", max_connections=4)
    counts = run.denominators()
    assert (run.end, run.problem) == ("failing", "nobody there")
    assert 20 <= counts["failed"] <= 20 + 4
    assert counts["failed"] + counts["missing"] == 100
    assert set(run.ballots()["problem"]) == {"nobody there"}


def test_some_failures_are_no_reason_to_stop_and_are_asked_again(make_study, plug, tmp_path):
    down = True

    def answer(request):
        if down and request.seed % 3:
            raise RequestError("try later")
        return GOOD

    plug("flaky", answer)
    study = make_study(model="flaky/x", jurors=20)
    path = tmp_path / "r.sqlite"
    first = simulate(study, out=path)
    failed = first.denominators()["failed"]
    assert first.end == "complete"
    assert 0 < failed < 40
    before = {row[:3]: row for row in stored(path)[0] if row[3] == "answered"}
    down = False
    fresh = []
    second = simulate(study, out=path, resume=True, report=fresh.append)
    assert second.denominators()["answered"] == 40
    assert fresh[-1].fresh == failed
    after = {row[:3]: row for row in stored(path)[0]}
    assert len(after) == 40
    assert all(after[key] == row for key, row in before.items())


@pytest.mark.parametrize("error", [ModelError("key revoked"), ZeroDivisionError("a bug"), KeyError("another")])
@pytest.mark.parametrize("connections", [1, 4])
def test_an_error_in_the_middle_keeps_what_was_stored(error, connections, make_study, plug, tmp_path):
    asked = 0

    def answer(_):
        nonlocal asked
        asked += 1
        if asked > 6:
            raise error
        return GOOD

    backend = plug("breaking", answer)
    path = tmp_path / "r.sqlite"
    study = make_study(model="breaking/x")
    with pytest.raises(type(error)) as caught:
        simulate(study, out=path, max_connections=connections)
    assert caught.value is error
    assert backend.closed
    assert [file.name for file in tmp_path.iterdir()] == ["r.sqlite"]
    assert open_run(path).denominators()["answered"] == 6
    assert open_run(path).header.finished is None
    asked = -100
    assert simulate(study, out=path, resume=True).denominators()["answered"] == 16


def test_an_error_of_the_reporter_is_raised_as_it_is(make_study, tmp_path):
    def report(_):
        raise BrokenPipeError("nobody reads")

    with pytest.raises(BrokenPipeError, match="nobody reads"):
        simulate(make_study(jurors=60), out=tmp_path / "r.sqlite", report=report)
    assert simulate(make_study(jurors=60), out=tmp_path / "r.sqlite", resume=True).end == "complete"


def test_cancelled_from_outside_it_stops_and_can_be_resumed(make_study, plug, tmp_path):
    slow = True

    async def answer(request):
        if slow and request.case == "tax":
            await asyncio.sleep(60)
        return GOOD

    backend = plug("slow", answer)
    study, path = make_study(model="slow/x"), tmp_path / "r.sqlite"

    async def impatient():
        await asyncio.wait_for(asimulate(study, out=path), 0.5)

    with pytest.raises(TimeoutError):
        asyncio.run(impatient())
    assert backend.closed
    assert [file.name for file in tmp_path.iterdir()] == ["r.sqlite"]
    slow = False
    assert simulate(study, out=path, resume=True).denominators()["answered"] == 16


def test_resume_refuses_another_study(make_study, tmp_path):
    path = tmp_path / "r.sqlite"
    study = make_study()
    simulate(study, out=path)
    before = stored(path)
    for change in ({"seed": 2}, {"jurors": 9}, {"elicitation": "choose"}, {"model": "null/uniform"}):
        with pytest.raises(RunError, match="made from another version of the study"):
            simulate(study.changed(**change), out=path, resume=True)
    assert stored(path) == before
    with pytest.raises(RunError, match="no such run file"):
        simulate(study, out=tmp_path / "other.sqlite", resume=True)
    again = simulate(study.changed(rules=["nash"], groups=["race"]), out=path, resume=True)
    assert (again.end, again.denominators()["missing"]) == ("complete", 0)


def test_resume_without_a_name_takes_the_newest_run_of_the_study(make_study, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    study = make_study()
    with pytest.raises(RunError, match="no run of this study, unchanged, in runs/"):
        simulate(study, resume=True)
    first = simulate(study)
    simulate(study.changed(seed=5))
    second = simulate(study)
    assert simulate(study, resume=True).path == second.path != first.path


def test_two_at_once_do_not_overwrite_each_other(make_study, plug, tmp_path):
    count = 0

    async def answer(_):
        nonlocal count
        count += 1
        score = 1 + count % 5
        await asyncio.sleep(0.005)
        return f'{{"A": {score}, "B": 1, "C": 1}}'

    plug("slow", answer)
    study, path = make_study(model="slow/x"), tmp_path / "r.sqlite"
    simulate(study.changed(), out=path, max_cost=None)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("DELETE FROM ballot WHERE case_id = 'tax'")
    connection.commit()
    connection.close()
    first_seen = {}

    def remember(_):
        for row in stored(path)[1]:
            assert first_seen.setdefault(row[:4], row) == row

    async def both():
        one, two = (asimulate(study, out=path, resume=True, report=remember) for _ in range(2))
        return await asyncio.gather(one, two, return_exceptions=True)

    ends = asyncio.run(both())
    assert any(isinstance(end, RunError) for end in ends)
    assert all(isinstance(end, RunError) or end.end == "complete" for end in ends)
    remember(None)
    assert simulate(study, out=path, resume=True).denominators()["answered"] == 16
    remember(None)


def priced(tokens):
    async def answer(_):
        await asyncio.sleep(0.001)
        return Reply(GOOD, usage=Usage(input=200, output=tokens))

    return answer


@pytest.mark.parametrize("connections", [1, 16])
def test_the_budget_is_never_overshot_and_holds_over_resumes(connections, make_study, plug, tmp_path):
    plug("priced", priced(300), pricing="openai")
    study = make_study(model={"name": "priced/gpt-4o-mini", "max_tokens": 300}, jurors=20)
    path = tmp_path / "r.sqlite"
    each = (200 * 0.15 + 300 * 0.6) / 1e6
    for limit, end in ((10, "budget"), (10.01, "budget"), (25, "budget"), (60, "complete")):
        run = simulate(study, out=path, max_cost=limit * each, max_connections=connections, resume=path.exists())
        assert run.end == end
        assert run.cost() <= limit * each
    assert run.cost() == pytest.approx(40 * each)
    assert run.denominators()["answered"] == 40


@pytest.mark.parametrize(("limit", "connections"), [(10, 1), (10, 16), (25.5, 16), (1, 3), (0.5, 3)])
def test_what_a_budget_buys(limit, connections, make_study, plug, tmp_path):
    plug("priced", priced(300), pricing="openai")
    study = make_study(model={"name": "priced/gpt-4o-mini", "max_tokens": 300}, jurors=20)
    each = (200 * 0.15 + 300 * 0.6) / 1e6
    run = simulate(study, out=tmp_path / "r.sqlite", max_cost=limit * each, max_connections=connections)
    assert run.end == "budget"
    assert run.cost() <= limit * each
    assert run.denominators()["answered"] >= limit - 3


def test_what_was_set_aside_comes_back(make_study, plug, tmp_path):
    plug("priced", priced(3), pricing="openai")  # a hundredth of the longest answer allowed
    study = make_study(model={"name": "priced/gpt-4o-mini", "max_tokens": 300}, jurors=20)
    each = (200 * 0.15 + 300 * 0.6) / 1e6
    run = simulate(study, out=tmp_path / "r.sqlite", max_cost=8 * each, max_connections=1)
    assert run.end == "complete"
    assert run.cost() == pytest.approx(40 * (200 * 0.15 + 3 * 0.6) / 1e6)


def test_a_budget_needs_a_price(make_study, plug, tmp_path):
    plug("unknown", lambda _: GOOD, pricing=None)
    plug("unlisted", lambda _: GOOD, pricing="openai")
    for model in ("unknown/x", "unlisted/no-such-model-at-all"):
        out = tmp_path / f"{model.partition('/')[0]}.sqlite"
        with pytest.raises(ModelError, match=r"price of .* is not known"):
            simulate(make_study(model=model), out=out, max_cost=1.0)
        assert not out.exists()  # nothing was asked, so the name is free
        free = simulate(make_study(model=model), out=out)
        assert (free.end, free.cost()) == ("complete", None)


def test_what_failed_ballots_cost_is_not_forgotten_when_they_are_asked_again(tmp_path):
    reply = Reply("{", model="m", usage=Usage(10, 5))
    failed = Ballot(
        0,
        "k",
        0,
        Answer("failed", problem="lost"),
        ("x",),
        ("A",),
        "c",
        1,
        (TimedReply("a", reply, 0.1, 1, 0.25),),
        "now",
    )
    answered = replace(
        failed, answer=Answer("answered", {"choice": "x"}), replies=(TimedReply("a", reply, 0.1, 1, 0.5),)
    )
    case = Case.model_validate({"id": "k", "prompt": "p", "alternatives": ["x"]})
    header = Header("n", "now", "0", "m", "sample", None, 0, "f", 1, {}, {})
    store = Store.create(tmp_path / "run.sqlite", header, [Juror(0, "j", "p", 1.0, "m", {}, "t")], [case])
    store.write([failed])
    store.write([replace(failed)])
    store.write([answered])
    assert store.cost() == pytest.approx(1.0)
    store.close()
