"""Real processes, killed, interrupted and out of room: nothing stored is lost, nothing is asked twice."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jury import Study, open_run, simulate
from jury.backends import Reply

ROOT = Path(__file__).parents[3]
STUDY = {
    "name": "interrupted",
    "jurors": 60,
    "seed": 4,
    "cases": [{"id": name, "prompt": "p", "alternatives": ["x", "y", "z"]} for name in "abcdefghij"],
    "model": "slow/x",
}
TOTAL = 600
SCRIPT = f"""
import asyncio, os, resource, sys
from jury import JuryError, Study, simulate
from jury.backends import backends
from jury.backends.base import ModelSpec
from jury.backends.planted import PlantedBackend, PlantedOptions

out, delay, room, resume = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "resume"

class Slow(PlantedBackend):
    async def ask(self, request):
        print("asked", flush=True)
        await asyncio.sleep(delay)
        return await super().ask(request)

backends.add("slow", lambda spec: Slow(ModelSpec("planted", "hash"), PlantedOptions()))
if room:
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
try:
    run = simulate(Study.model_validate({STUDY!r}), out=out, resume=resume, max_connections=4,
                   report=lambda progress: print("stored", progress.stored, flush=True))
except JuryError as error:
    print("error", type(error).__name__, str(error).count(chr(10)), error, flush=True)
else:
    print("end", run.end, flush=True)
"""


@pytest.fixture
def start(tmp_path):
    started = []

    def launch(out, *, delay=0.004, room=0, resume=False):
        script = tmp_path / "script.py"
        script.write_text(SCRIPT)
        arguments = [str(out), str(delay), str(room), "resume" if resume else "new"]
        command = [sys.executable, "-W", "error", str(script), *arguments]
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        started.append(process)
        return process

    yield launch
    for process in started:
        process.kill()
        process.communicate()


def wait_for(process, word, times=1):
    for line in process.stdout:
        times -= line.startswith(word)
        if not times:
            return line.split()
    pytest.fail(f"the process ended before it said {word!r}: {process.stderr.read()}")


def ballots(path):
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    try:
        return {
            table: {row[:3]: row for row in connection.execute(f"SELECT * FROM {table}")}
            for table in ("ballot", "reply")
        }
    finally:
        connection.close()


def resume_here(plug, path):
    """Finish the run in this process and return how many requests that took."""
    asked = []

    def answer(request):
        asked.append((request.persona, request.case))
        return Reply('{"A": 1, "B": 2, "C": 3}')

    plug("slow", answer)
    run = simulate(Study.model_validate(STUDY), out=path, resume=True)
    assert (run.end, run.denominators()["answered"]) == ("complete", TOTAL)
    return len(asked)


def test_killed_at_any_moment_it_resumes_with_what_is_missing(start, plug, tmp_path):
    path = tmp_path / "r.sqlite"
    chance = random.Random(8)
    kept = {"ballot": {}, "reply": {}}
    for _ in range(5):
        process = start(path, delay=0.01, resume=path.exists())
        wait_for(process, "asked", chance.randint(1, 60))
        time.sleep(chance.uniform(0, 0.01))
        process.kill()
        said = process.communicate()[0].split()
        counted = max((int(said[index + 1]) for index, word in enumerate(said) if word == "stored"), default=0)
        found = ballots(path)
        assert len(found["ballot"]) >= counted
        assert found["ballot"].keys() == found["reply"].keys()
        for table, rows in kept.items():
            assert found[table].items() >= rows.items()
        kept = found
    assert 0 < len(kept["ballot"]) < TOTAL
    assert resume_here(plug, path) == TOTAL - len(kept["ballot"])
    final = ballots(path)
    for table, rows in kept.items():
        assert len(final[table]) == TOTAL
        assert final[table].items() >= rows.items()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["r.sqlite", "script.py"]


def test_killed_while_the_file_is_made_it_starts_again(start, tmp_path):
    path = tmp_path / "r.sqlite"
    (tmp_path / ".r.sqlite.new").write_bytes(b"half a file")
    (tmp_path / ".r.sqlite.new-journal").write_bytes(b"half a journal")
    process = start(path, delay=0)
    assert wait_for(process, "end") == ["end", "complete"]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["r.sqlite", "script.py"]


def test_interrupted_once_it_waits_for_what_is_in_flight(start, plug, tmp_path):
    path = tmp_path / "r.sqlite"
    process = start(path, delay=0.2)
    lines = iter(process.stdout.readline, "")
    said = []
    for line in lines:
        said.append(line)
        if line.startswith("stored"):
            process.send_signal(signal.SIGINT)
            break
    said += lines
    assert (process.wait(timeout=20), process.stderr.read()) == (0, "")
    assert said[-1] == "end interrupted\n"
    found = len(ballots(path)["ballot"])
    assert found == said.count("asked\n") < TOTAL
    assert sorted(file.name for file in tmp_path.iterdir()) == ["r.sqlite", "script.py"]
    assert resume_here(plug, path) == TOTAL - found


def test_interrupted_twice_it_stops(start, plug, tmp_path):
    path = tmp_path / "r.sqlite"
    process = start(path, delay=60)
    wait_for(process, "asked")
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=10)
    assert (process.returncode, err) == (0, "")
    assert out.splitlines()[-1] == "end interrupted"
    assert open_run(path).denominators()["missing"] == TOTAL
    assert resume_here(plug, path) == TOTAL


def test_without_room_it_says_so_and_keeps_what_is_stored(start, plug, tmp_path):
    path = tmp_path / "r.sqlite"
    process = start(path, room=160_000)
    out, err = process.communicate(timeout=20)
    last = out.splitlines()[-1]
    assert (process.returncode, err) == (0, "")
    assert last.startswith(f"error RunError 0 {path}: cannot be written")
    assert last.endswith("nothing stored is lost; make room, then --resume")
    counted = max(int(line.split()[1]) for line in out.splitlines() if line.startswith("stored"))
    found = ballots(path)["ballot"]
    assert counted <= len(found) < TOTAL
    assert resume_here(plug, path) == TOTAL - len(found)


def test_without_room_for_the_plan_nothing_is_left(start, tmp_path):
    process = start(tmp_path / "r.sqlite", room=20_000)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (0, "")
    assert out.startswith(f"error RunError 0 {tmp_path / 'r.sqlite'}: cannot be written")
    assert [file.name for file in tmp_path.iterdir()] == ["script.py"]
