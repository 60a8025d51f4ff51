"""Rounds that are killed, interrupted, out of money or half failed: gone on with, nothing is asked twice or lost."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from jury import RequestError, RunError, Study, open_run, simulate
from jury.backends import Reply, Usage

ROOT = Path(__file__).parents[4]
STUDY = {
    "name": "interrupted",
    "jurors": 20,
    "seed": 4,
    "cases": [{"id": name, "prompt": "p", "alternatives": ["x", "y", "z"]} for name in "ab"],
    "elicitation": {"mode": "score", "opinion": 1, "readout": "sample"},
    "deliberation": {"rounds": 2, "ballots": "open", "statement": {"candidates": 2}, "hear": 3},
    "model": "slow/x",
}
#: Ballots and statements: round 0, and two rounds of two times (drafts, rankings), critiques and answers.
TOTAL = 40 + 2 * (2 * (4 + 40) + 40 + 40)
SCRIPT = f"""
import asyncio, sys
from jury import Study, simulate
from jury.backends import backends
from jury.backends.base import ModelSpec
from jury.backends.planted import PlantedBackend, PlantedOptions

class Slow(PlantedBackend):
    async def ask(self, request):
        words = [message.text for message in request.messages()]
        print("asked", hash((request.seed, *words)), flush=True)
        await asyncio.sleep(0.004)
        return await super().ask(request)

options = PlantedOptions(conformity=0.5, noise=0.1)
backends.add("slow", lambda spec: Slow(ModelSpec("planted", "hash"), options))
run = simulate(Study.model_validate({STUDY!r}), out=sys.argv[1], resume=sys.argv[2] == "resume", max_connections=4,
               report=lambda progress: print("stored", progress.stored, flush=True))
print("end", run.end, flush=True)
"""
COLUMNS = "juror_id, case_id, round, stage, status, answer, shown, labels, context, prior, heard, seed"
WRITTEN = "case_id, round, stage, number, status, text, place, prompt, seed"


def told(path):
    connection = sqlite3.connect(path)
    try:
        ballots = connection.execute(f"SELECT {COLUMNS} FROM ballot ORDER BY 1, 2, 3, 4").fetchall()
        return ballots, connection.execute(f"SELECT {WRITTEN} FROM statement ORDER BY 1, 2, 3, 4").fetchall()
    finally:
        connection.close()


@pytest.fixture
def start(tmp_path):
    started = []

    def launch(out, how):
        script = tmp_path / "script.py"
        script.write_text(SCRIPT)
        environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0"}
        command = [sys.executable, "-W", "error", str(script), str(out), how]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        started.append(process)
        return process

    yield launch
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """What the run holds that nothing interrupts."""
    from jury.backends import backends
    from jury.backends.base import ModelSpec
    from jury.backends.planted import PlantedBackend, PlantedOptions

    len(backends)  # discover first
    options = PlantedOptions(conformity=0.5, noise=0.1)
    backends.add("slow", lambda _: PlantedBackend(ModelSpec("planted", "hash"), options))
    try:
        path = tmp_path_factory.mktemp("whole") / "r.sqlite"
        assert simulate(Study.model_validate(STUDY), out=path).end == "complete"
    finally:
        del backends._entries["slow"]
    ballots, statements = told(path)
    assert len(ballots) + len(statements) == TOTAL
    return ballots, statements


@pytest.mark.parametrize(("how", "stops"), [(signal.SIGKILL, (60, 130, 190)), (signal.SIGINT, (90, 260))])
def test_a_run_that_was_stopped_within_a_round_is_gone_on_with(how, stops, start, whole, tmp_path):
    path, asked, ends = tmp_path / "r.sqlite", Counter(), []
    in_flight = 0
    for stop_at in (*stops, None):
        process = start(path, "resume" if path.exists() else "new")
        stopped = False
        for line in process.stdout:
            word, value = line.split()
            asked[value] += word == "asked"
            if word == "stored" and stop_at is not None and not stopped and int(value) >= stop_at:
                process.send_signal(how)
                stopped = True
            ends += [value] if word == "end" else []
        process.wait()
        assert process.stderr.read() == ""
        in_flight += 4 + 8 + 64 if stopped and how == signal.SIGKILL else 0
    assert ends == ([*["interrupted"] * len(stops), "complete"] if how == signal.SIGINT else ["complete"])
    assert told(path) == whole
    again = sum(times - 1 for times in asked.values() if times > 1)
    assert again <= in_flight  # an interrupt lets what is in flight come home
    if how == signal.SIGINT:
        assert again == 0
    assert open_run(path).fillable() == 0


PRICE = {"name": "paid/x", "price": [1.0, 1.0], "max_tokens": 16}


def paid(make_study, plug, asked, **changes):
    def answer(request):
        asked.append((request.seed, request.question.ask))
        text = '{"A": 1, "B": 2, "C": 3}' if request.question.form.schema else f"words of {request.seed}"
        return Reply(text, usage=Usage(1000, 10))

    plug("paid", answer, pricing=None)
    return make_study(
        model=PRICE,
        elicitation={"mode": "score", "opinion": 1, "readout": "sample"},
        deliberation={"rounds": 2, "hear": 2},
        **changes,
    )


def test_a_budget_that_is_reached_in_a_round_stops_there(make_study, plug, tmp_path):
    asked = []
    study = paid(make_study, plug, asked)
    whole = simulate(study, out=tmp_path / "whole.sqlite", cache=False)
    cost, requests = whole.cost(), len(asked)
    assert (requests, cost) == (16 * 2 * 3, pytest.approx(requests * 1010e-6))
    asked.clear()
    path = tmp_path / "r.sqlite"
    run = simulate(study, out=path, cache=False, max_cost=0.5 * cost, max_connections=1)
    counts = run.denominators()
    assert (run.end, run.latest_round, counts["asked"]) == ("budget", 1, 48)
    assert 16 < counts["answered"] < 32
    assert run.cost() <= 0.5 * cost
    assert (run.fillable(), run.header.finished) == (48 - counts["answered"], None)
    again = simulate(study, out=path, resume=True, cache=False)
    assert (again.end, again.fillable(), again.cost()) == ("complete", 0, pytest.approx(cost))
    assert len(asked) == len(set(asked)) == requests
    assert told(path) == told(whole.path)


def test_what_failed_is_asked_once_more_and_is_silent_then(make_study, plug, tmp_path):
    asked, failing = Counter(), {"on": True}

    def answer(request):
        key = request.seed, request.question.ask
        asked[key] += 1
        if request.question.form.schema:
            return '{"A": 1, "B": 2, "C": 3}'
        if "now, whether" not in request.question.ask and request.seed % 4 == 0 and failing["on"]:
            raise RequestError("cannot be asked")
        if request.seed % 4 == 1 and asked[key] == 1:
            raise RequestError("not now")
        return f"words of {request.seed}"

    plug("test", answer)
    study = make_study(
        model="test/x",
        elicitation={"mode": "score", "opinion": 1, "readout": "sample"},
        deliberation={"rounds": 1, "hear": 9},
    )
    path = tmp_path / "r.sqlite"
    run = simulate(study, out=path)
    zero, one = (run.panel(number).denominators() for number in (0, 1))
    assert zero["failed"] > 0
    assert one["failed"] > 0  # nothing follows the last round, so they are left for --resume
    assert (zero["missing"], one["missing"]) == (0, 0)
    silent = {row["case"] + row["juror"] for row in run.ballots().to_dict("records") if row["status"] == "failed"}
    assert silent
    assert run.fillable() == one["failed"]
    failing["on"] = False
    before = told(path)[0]
    again = simulate(study, out=path, resume=True)
    assert again.fillable() == 0
    assert (again.panel(0).denominators(), again.panel(1).denominators()["failed"]) == (zero, 0)
    assert [row for row in told(path)[0] if row[4] == "answered" or row[2] == 0][: len(before)]
    kept = [row for row in before if row[4] != "failed" or row[2] == 0]
    assert set(kept) <= set(told(path)[0])


def test_however_many_fail_for_good_the_others_go_on(make_study, plug, tmp_path):
    def answer(request):
        if (
            "raise" in request.shown
            and "now, whether" not in request.question.ask
            and request.attributes["sex"] == "Female"
        ):
            raise RequestError("filtered")
        return '{"A": 1, "B": 2, "C": 3}' if request.question.form.schema else "words"

    plug("test", answer)
    study = make_study(
        model="test/x",
        jurors=80,
        elicitation={"mode": "score", "opinion": 1, "readout": "sample"},
        deliberation={"rounds": 1, "hear": 2},
    )
    run = simulate(study, out=tmp_path / "r.sqlite", max_connections=1)
    failed = run.panel(0).denominators()["failed"]
    assert failed > 20  # in a row, when they alone are asked again
    assert (run.end, run.latest_round, run.panel(1).denominators()["missing"]) == ("complete", 1, 0)


def test_a_round_that_would_be_asked_otherwise_is_not_gone_on_with(make_study, plug, tmp_path):
    asked = []
    study = paid(make_study, plug, asked)
    path = tmp_path / "r.sqlite"
    simulate(study, out=path, cache=False)
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM reply WHERE round = 2 AND juror_id = 3")
        connection.execute("DELETE FROM ballot WHERE round = 2 AND juror_id = 3")
        connection.execute("UPDATE ballot SET prior = '[]' WHERE round = 1 AND juror_id = 0")
    connection.close()
    with pytest.raises(RunError, match="asked this study with other words than this version would"):
        simulate(study, out=path, resume=True, cache=False)
