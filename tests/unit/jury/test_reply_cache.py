"""The cache of replies: what decides a reply is in its key, and nothing that goes wrong with it costs a run."""

import multiprocessing
import os
import sqlite3
import stat
from dataclasses import fields, replace

import pytest

from jury import RunError, open_run, simulate
from jury.backends import Form, ModelSpec, Question, Reply, Usage
from jury.backends.base import Request, Turn
from jury.errors import ModelError, RequestError
from jury.middleware.cache import ReplyCache, clear, holdings, reply_key

GOOD = '{"A": 1, "B": 3, "C": 5}'
SPEC = ModelSpec("openai", "m")
REQUEST = Request("You are Ann.", Question("A case", "Rate it.", Form({"type": "object"}), lambda _: ""), "sample", 1)
#: What a reply does not depend on: the texts hold it, or only synthetic jurors look at it.
UNSEEN = {"attributes", "case", "shown", "majority", "shared", "question", "heard"}
OTHER_REQUESTS = {
    "persona": "You are Bo.",
    "readout": "logprobs",
    "seed": 2,
    "replicate": 1,
    "layout": "case-first",
    "earlier": (Turn("What do you think?", "Nothing."),),
}
OTHER_QUESTIONS = {"context": "Another case", "ask": "Rank it.", "form": Form({"type": "array"})}
OTHER_SPECS = {
    "provider": "openai-compatible",
    "name": "n",
    "temperature": 0.5,
    "max_tokens": 9,
    "options": {"top_p": 0.5},
}


def test_everything_that_decides_a_reply_is_in_its_key():
    assert {field.name for field in fields(Request)} == OTHER_REQUESTS.keys() | UNSEEN, "a new field: does it decide?"
    assert {field.name for field in fields(ModelSpec)} == OTHER_SPECS.keys() | {"base_url", "timeout"}
    questions = [replace(REQUEST, question=replace(REQUEST.question, **{n: v})) for n, v in OTHER_QUESTIONS.items()]
    forms = [Form({"type": "object"}, options=("A",)), Form({"type": "object"}, lead="I say")]
    questions += [replace(REQUEST, question=replace(REQUEST.question, form=form)) for form in forms]
    keys = [
        reply_key(SPEC, "http://here", REQUEST),
        reply_key(SPEC, "http://there", REQUEST),
        *(reply_key(replace(SPEC, **{name: value}), "http://here", REQUEST) for name, value in OTHER_SPECS.items()),
        *(reply_key(SPEC, "http://here", replace(REQUEST, **{name: value})) for name, value in OTHER_REQUESTS.items()),
        *(reply_key(SPEC, "http://here", request) for request in questions),
    ]
    assert len(set(keys)) == len(keys)
    same = replace(REQUEST, attributes={"age": 1}, case="x", shown=("x",), majority="x", shared=2, heard=({"x": 1.0},))
    assert reply_key(replace(SPEC, timeout=1.0), "http://here", same) == keys[0]


@pytest.mark.parametrize(
    "reply",
    [
        Reply(GOOD, finish_reason="stop", model="m-1", parameters={"seed": 1, "x": [1, {"y": None}]}),
        Reply("", {"A": -0.25, " B": -17.5}, -20.0, usage=Usage(10, 1, 4, 2)),
        Reply("Non, merci. \u2603 \ud83d", refused=True),
    ],
)
def test_what_was_kept_comes_back_as_it_was(reply, reply_cache):
    key = reply_key(SPEC, "", REQUEST)
    cache = ReplyCache(reply_cache)
    cache.put(key, SPEC, reply, 1.5)
    cache.close()
    again = ReplyCache(reply_cache)
    assert again.get(key) == (reply, 1.5)
    assert again.has(key)
    assert again.get(b"other") is None
    again.close()
    assert stat.S_IMODE(reply_cache.stat().st_mode) == 0o600


def scripted(plug, answer=lambda _: Reply(GOOD, usage=Usage(200, 30)), **settings):
    asked = []

    def count(request):
        asked.append(request)
        return answer(request)

    plug("priced", count, **{"pricing": "openai"} | settings)
    return asked


STUDY = {"model": "priced/gpt-4o-mini", "jurors": 10}


def test_a_second_run_asks_nothing_and_costs_nothing(make_study, plug, tmp_path):
    asked = scripted(plug)
    first = simulate(make_study(**STUDY), out=tmp_path / "a.sqlite")
    assert (len(asked), first.effort.cached) == (20, 0)
    assert first.cost() > 0
    second = simulate(make_study(**STUDY), out=tmp_path / "b.sqlite", max_cost=0.0)
    assert (len(asked), second.effort.cached, second.end, second.cost()) == (20, 20, "complete", 0.0)
    columns = ["juror", "case", "status", "scores", "text", "input_tokens"]
    assert second.ballots()[columns].equals(first.ballots()[columns])
    with sqlite3.connect(second.path) as connection:
        assert connection.execute("SELECT DISTINCT source, attempts, cost_usd FROM reply").fetchall() == [
            ("cache", 0, 0.0)
        ]
    connection.close()


def test_another_seed_or_replicate_is_another_draw(make_study, plug, tmp_path):
    asked = scripted(plug)
    simulate(make_study(**STUDY), out=tmp_path / "a.sqlite")
    simulate(make_study(**STUDY, seed=2), out=tmp_path / "b.sqlite")
    assert len(asked) == 40
    twice = {"mode": "score", "replicates": 2}
    simulate(make_study(**STUDY, elicitation=twice), out=tmp_path / "c.sqlite")
    assert len(asked) == 60  # of the two, the first is known


def test_no_cache_neither_reads_nor_keeps(make_study, plug, tmp_path, reply_cache):
    asked = scripted(plug)
    simulate(make_study(**STUDY), out=tmp_path / "a.sqlite", cache=False)
    assert not reply_cache.exists()
    simulate(make_study(**STUDY), out=tmp_path / "b.sqlite")
    simulate(make_study(**STUDY), out=tmp_path / "c.sqlite", cache=False)
    assert len(asked) == 60


def test_what_is_free_is_not_kept(make_study, tmp_path, reply_cache):
    simulate(make_study(), out=tmp_path / "a.sqlite")
    assert not reply_cache.exists()


def test_failures_are_not_kept(make_study, plug, tmp_path):
    down = True

    def answer(_):
        if down:
            raise RequestError("no")
        return Reply(GOOD, usage=Usage(1, 1))

    asked = scripted(plug, answer)
    simulate(make_study(**STUDY, seed=3), out=tmp_path / "a.sqlite", max_connections=1)
    assert sum(holdings().replies.values()) == 0
    down = False
    asked.clear()
    simulate(make_study(**STUDY, seed=3), out=tmp_path / "b.sqlite")
    assert len(asked) == 20


@pytest.mark.parametrize("harm", ["garbage", "folder", "other", "value"])
def test_a_cache_that_fails_costs_no_run(harm, make_study, plug, tmp_path, reply_cache):
    asked = scripted(plug)
    if harm == "garbage":
        reply_cache.write_bytes(b"not a database at all" * 100)
    elif harm == "folder":
        reply_cache.mkdir()
    elif harm == "other":
        with sqlite3.connect(reply_cache) as connection:
            connection.execute("CREATE TABLE reply (something TEXT)")
        connection.close()
    else:
        simulate(make_study(**STUDY), out=tmp_path / "first.sqlite")
        with sqlite3.connect(reply_cache) as connection:
            connection.execute("UPDATE reply SET value = '{}'")
        connection.close()
        asked.clear()
    run = simulate(make_study(**STUDY), out=tmp_path / "a.sqlite")
    assert (run.end, len(asked)) == ("complete", 20)
    [remark] = run.effort.remarks
    assert remark.startswith(f"the cache of replies was not used: {reply_cache}: ")


def test_what_it_holds_is_told_and_cleared(make_study, plug, tmp_path, reply_cache):
    assert (holdings().replies, clear()) == ({}, 0)
    scripted(plug)
    simulate(make_study(**STUDY), out=tmp_path / "a.sqlite")
    found = holdings()
    assert (found.path, found.replies) == (str(reply_cache), {"priced/gpt-4o-mini": 20})
    assert found.bytes > 0
    assert clear(older_than=1) == 0
    assert clear(older_than=0) == 20
    assert holdings().replies == {}
    reply_cache.write_bytes(b"not a database at all" * 100)
    for use in (holdings, clear):
        with pytest.raises(RunError, match="delete the file"):
            use()


def _fill(path, start):
    cache = ReplyCache(path)
    for number in range(start, start + 200):
        cache.put(number.to_bytes(8, "big"), SPEC, Reply(str(number)), 1.0)
        cache.flush()
        assert cache.get(number.to_bytes(8, "big")).reply.text == str(number)
    cache.close()
    assert cache.problem == ""


def test_several_processes_use_it_at_once(reply_cache):
    context = multiprocessing.get_context("fork" if os.name == "posix" else "spawn")
    processes = [context.Process(target=_fill, args=(reply_cache, start)) for start in (0, 100, 200)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert holdings().replies == {"openai/m": 400}


def test_no_key_reaches_it(make_study, plug, tmp_path, reply_cache, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-0123456789")
    scripted(plug, lambda _: Reply(GOOD, parameters={"seed": 1}))
    simulate(make_study(**STUDY), out=tmp_path / "a.sqlite")
    assert b"sk-secret" not in reply_cache.read_bytes()


def test_its_replies_tell_how_long_a_run_takes(make_study, plug, reply_cache):
    from jury.preview import preview

    scripted(plug)
    study = make_study(**STUDY)
    unknown = preview(study)
    assert unknown.seconds == pytest.approx(20 * 2.0 / 4)
    assert "2 s a request (assumed: no earlier reply of the model is kept)" in unknown.assumptions
    cache = ReplyCache(reply_cache)
    for number, seconds in enumerate((1.0, 7.0, 8.0, 9.0, 60.0)):
        spec = ModelSpec("priced", "gpt-4o-mini")
        cache.put(bytes([number]), spec, Reply("x", usage=Usage(100, 10 + number)), seconds)
    cache.close()
    known = preview(study)
    assert known.seconds == pytest.approx(20 * 8.0 / 4)
    assert "8 s a request (median of its earlier replies)" in known.assumptions
    assert known.output_tokens == 20 * 12


def test_a_model_that_stops_being_usable_keeps_what_it_had_replied(make_study, plug, tmp_path):
    count = 0

    def answer(_):
        nonlocal count
        count += 1
        if count == 6:
            raise ModelError("key revoked")
        return Reply(GOOD, usage=Usage(1, 1))

    scripted(plug, answer)
    with pytest.raises(ModelError, match="key revoked"):
        simulate(make_study(**STUDY), out=tmp_path / "a.sqlite", max_connections=1)
    assert open_run(tmp_path / "a.sqlite").denominators()["answered"] == 5
    assert holdings().replies == {"priced/gpt-4o-mini": 5}
