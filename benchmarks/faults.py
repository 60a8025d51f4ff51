# ruff: noqa: ANN401 - the fakes are loaded by path, so that nothing is known of their types
"""A fault campaign: whole runs of ``jury simulate`` against a server that misbehaves, killed and resumed at random.

    python -m benchmarks faults [--runs N] [--jobs N] [--seed S] [--rate SHARE]

Each run is a study of its own, asked of a server on loopback that knows what it was asked and what it has billed. A
share of the requests meets a fault; the process is killed (kill -9), interrupted (Ctrl-C), stopped by a budget or left
alone, and resumed until nothing is missing. Printed are the runs, the faults, and what must be none: ballots lost,
ballots asked again although they were stored, US dollars beyond a budget, and US dollars billed that no run file
admits. The exit code is 1 if any of these is not none.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from benchmarks.aggregators import _Parser

FAKES = Path(__file__).parents[1] / "tests" / "backends" / "fakes" / "__init__.py"


def _load(path: Path) -> ModuleType:
    """Import the fakes that the tests use too; they belong to no package."""
    spec = importlib.util.spec_from_file_location("jury_fakes", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path}: the fault campaign needs the tests beside it")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its modules look it up
    spec.loader.exec_module(module)
    return module


fakes = _load(FAKES)

PRICE = (1.0, 10.0)  # US dollars for a million tokens, read and written
LONGEST = 8  # parts of a run until the server behaves
TIMEOUT = 0.6  # seconds that one request may take


@dataclass
class Faults:
    """What the server does with each request, and the bill that it keeps."""

    chance: random.Random
    rate: float
    proper: Any
    injected: Counter[str] = field(default_factory=Counter)
    billed: float = 0.0
    asked: list[int] = field(default_factory=list)
    lock: Any = field(default_factory=threading.Lock)

    def __call__(self, _: Any, method: str, content: bytes) -> Any:
        """Return how to answer a request."""
        body = json.loads(content)
        with self.lock:
            self.asked.append(body["seed"])
            answer = self.proper(body)
            if self.chance.random() >= self.rate:
                self._bill(answer)
                return fakes.send(answer)
            name = self.chance.choice(sorted(FAULTS))
            self.injected[name] += 1
            behaviour, billed = FAULTS[name](answer, self.chance)
            if billed:
                self._bill(answer)
            return behaviour

    def _bill(self, answer: dict[str, Any]) -> None:
        usage = answer["usage"]
        self.billed += (usage["prompt_tokens"] * PRICE[0] + usage["completion_tokens"] * PRICE[1]) / 1e6


def _with_text(answer: dict[str, Any], text: str | None) -> dict[str, Any]:
    message = answer["choices"][0]["message"] | {"content": text}
    return answer | {"choices": [answer["choices"][0] | {"message": message}]}


def _late(behaviour: Any, seconds: float) -> Any:
    def behave(handler: Any) -> None:
        time.sleep(seconds)
        behaviour(handler)

    return behave


_BUSY = fakes.openai_error("busy")
#: Name -> (proper answer, chance) -> what is sent, and whether the work was done and is on the bill.
FAULTS: dict[str, Any] = {
    "429": lambda _, __: (fakes.send(_BUSY, 429), False),
    "429 with Retry-After": lambda _, chance: (
        fakes.send(_BUSY, 429, Retry_After_Ms=str(chance.randint(10, 300))),
        False,
    ),
    "500": lambda _, __: (fakes.send(_BUSY, 500), False),
    "529": lambda _, __: (fakes.send(_BUSY, 529), False),
    "504": lambda _, chance: (fakes.send(_BUSY, 504), chance.random() < 0.5),
    "rejected": lambda _, __: (fakes.send(fakes.openai_error("no"), 400), False),
    "reset": lambda _, chance: (fakes.reset, chance.random() < 0.5),
    "reset mid-body": lambda answer, _: (fakes.cut_short(answer), True),
    "slow body": lambda answer, _: (fakes.drip(answer, 0.05), True),
    "late": lambda answer, _: (_late(fakes.send(answer), 2 * TIMEOUT), True),
    "malformed JSON": lambda answer, _: (fakes.send_raw(json.dumps(answer).encode()[:-9]), True),
    "wrong content type": lambda answer, _: (fakes.send_raw(b"<html>", kind="text/html"), True),
    "empty choices": lambda answer, _: (fakes.send(answer | {"choices": []}), True),
    "no text": lambda answer, _: (fakes.send(_with_text(answer, None)), True),
    "schema violated": lambda answer, _: (fakes.send(_with_text(answer, '{"Z": "so so"}')), True),
    "no object": lambda answer, _: (fakes.send(_with_text(answer, "I would say four. \ud83d \x00")), True),
    "huge output": lambda answer, _: (fakes.send(_with_text(answer, "very " * 100_000)), True),
}


@dataclass
class Found:
    """What a run came to."""

    parts: int = 0
    kills: int = 0
    interrupts: int = 0
    budgets: int = 0
    requests: int = 0
    ballots: int = 0
    lost: int = 0
    again: int = 0
    overshoot: float = 0.0
    unadmitted: float = 0.0
    billed: float = 0.0
    admitted: float = 0.0
    injected: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


class Campaign:
    """One run: a study, a server, and as many processes as it takes."""

    def __init__(self, seed: int, rate: float, folder: Path) -> None:
        self.chance = random.Random(seed)
        self.folder = folder
        self.server = fakes.openai_server()
        self.server._http.handle_error = lambda *_: None  # that clients are killed is the point
        proper = self.server.routes["/v1/chat/completions"].proper
        self.faults = Faults(random.Random(seed + 1), rate, proper)
        self.server.other = self.faults
        self.run = folder / "run.sqlite"
        self.found = Found()
        self.total = 0
        self.words = self._command()

    def _command(self) -> list[str]:
        jurors, replicates = self.chance.randint(3, 12), self.chance.randint(1, 2)
        cases = [{"id": name, "prompt": f"Case {name}?", "alternatives": ["x", "y", "z"]} for name in "ab"]
        self.total = jurors * len(cases) * replicates
        document = {
            "name": "campaign",
            "jurors": jurors,
            "cases": cases,
            "seed": self.chance.randint(0, 999),
            "elicitation": {"mode": "score", "readout": "sample", "replicates": replicates},
            "model": {
                "name": "openai-compatible/fake",
                "base_url": self.server.base_url,
                "timeout": TIMEOUT,
                "max_tokens": 100,
                "price": list(PRICE),
            },
        }
        study = self.folder / "study.yaml"
        study.write_text(yaml.safe_dump(document), encoding="utf-8")
        words = [sys.executable, "-m", "cli.main", "simulate", str(study), "--out", str(self.run)]
        words += ["--max-connections", str(self.chance.choice([1, 2, 4, 16])), "-o", "json"]
        words += ["--no-cache"] if self.chance.random() < 0.5 else []
        return words + (["--hedge", "0.2"] if self.chance.random() < 0.3 else [])

    def complete(self) -> Found:
        """Go on until nothing is missing."""
        try:
            for part in range(2 * LONGEST):
                if part == LONGEST:
                    self.faults.rate = 0.0
                if self._part(calm=part >= LONGEST):
                    break
            settled = self._settled()
            self.found.lost += self.total - len(settled)
            self.found.ballots = self.total
        finally:
            self.server.close()
        self.found.billed, self.found.injected = self.faults.billed, self.faults.injected
        self.found.requests = len(self.faults.asked)
        return self.found

    def _part(self, *, calm: bool) -> bool:
        """Run one process to its end, whatever that is; returns whether the run is complete."""
        found, chance = self.found, self.chance
        before, asked, billed = self._settled(), len(self.faults.asked), self.faults.billed
        admitted = self._admitted()
        end = "nothing" if calm else chance.choice(["kill", "kill", "kill", "interrupt", "budget", "nothing"])
        limit = admitted + chance.uniform(0.0, 0.03) if end == "budget" else None
        words = self.words + (["--resume"] if self.run.exists() else [])
        words += [] if limit is None else ["--max-cost", repr(limit)]
        found.parts += 1
        code, said = self._process(words, end, asked)
        with self.faults.lock:
            again = set(self.faults.asked[asked:]) & set(before.values())
            billed_now = self.faults.billed
        after = self._settled()
        found.lost += len(before.items() - after.items())
        found.again += len(again)
        admits = self._admitted()
        found.unadmitted = max(found.unadmitted, billed_now - admits)
        found.admitted = admits
        if limit is not None:
            found.overshoot = max(found.overshoot, min(billed_now - limit, billed_now - billed))
        if "Traceback" in said or code not in (0, 1, 3, 4, -signal.SIGKILL):
            found.problems.append(f"exit code {code}: {said.strip().splitlines()[-1] if said.strip() else 'no words'}")
        return code == 0

    def _process(self, words: list[str], end: str, asked: int) -> tuple[int, str]:
        environment = os.environ | {
            "OPENAI_COMPATIBLE_API_KEY": fakes.KEY,
            "JURY_REPLY_CACHE": str(self.folder / "replies.sqlite"),
        }
        with subprocess.Popen(
            words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment
        ) as process:
            if end in ("kill", "interrupt"):
                until = asked + self.chance.randint(1, self.total)
                while process.poll() is None and len(self.faults.asked) < until:
                    time.sleep(0.002)
                time.sleep(self.chance.uniform(0.0, 0.02))
                if process.poll() is None:
                    process.send_signal(signal.SIGKILL if end == "kill" else signal.SIGINT)
                    self.found.kills += end == "kill"
                    self.found.interrupts += end == "interrupt"
            self.found.budgets += end == "budget"
            said = process.communicate(timeout=300)[1]
        return process.returncode, said

    def _query(self, query: str) -> list[tuple[Any, ...]]:
        if not self.run.exists():
            return []
        connection = sqlite3.connect(self.run)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def _settled(self) -> dict[tuple[Any, ...], int]:
        """Return the seeds of the ballots that need not be asked again."""
        query = "SELECT juror_id, case_id, replicate, answered_at, seed FROM ballot WHERE status <> 'failed'"
        return {row[:4]: row[4] for row in self._query(query)}

    def _admitted(self) -> float:
        """Return what the run file says was, or may have been, billed."""
        if not self.run.exists():
            return 0.0
        from jury import open_run

        run = open_run(self.run)
        return (run.cost() or 0.0) + run.possible_cost()


def options_of(arguments: list[str]) -> argparse.Namespace:
    """Return the options, or leave with status 2 and one line."""
    parser = _Parser(
        prog="python -m benchmarks faults", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=100, metavar="N", help="runs (100)")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="runs at once (1)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="of the faults and kills (0)")
    parser.add_argument(
        "--rate", type=float, default=0.25, metavar="SHARE", help="of requests that meet a fault (0.25)"
    )
    options = parser.parse_args(arguments)
    if options.runs < 1 or options.jobs < 1 or not 0 <= options.rate < 1:
        parser.error("--runs and --jobs take numbers from 1, --rate a share below 1")
    return options


def main(arguments: list[str]) -> int:
    """Run the campaign and print what it found."""
    options = options_of(arguments)

    def one(number: int) -> Found:
        with tempfile.TemporaryDirectory() as folder:
            found = Campaign(1000 * options.seed + number, options.rate, Path(folder)).complete()
        for problem in found.problems:
            print(f"run {number}: {problem}", file=sys.stderr)
        return found

    with ThreadPoolExecutor(options.jobs) as pool:
        all_found = list(pool.map(one, range(options.runs)))
    injected = sum((found.injected for found in all_found), Counter())
    print(f"runs                       {len(all_found):>8}")
    for name, what in (
        ("processes", "parts"),
        ("  killed (kill -9)", "kills"),
        ("  interrupted", "interrupts"),
        ("  with a budget", "budgets"),
        ("ballots", "ballots"),
        ("requests", "requests"),
    ):
        print(f"{name:<27}{sum(getattr(found, what) for found in all_found):>8}")
    print(f"faults injected            {injected.total():>8}")
    for name, number in sorted(injected.items()):
        print(f"  {name:<25}{number:>8}")
    lost, again = (sum(getattr(found, what) for found in all_found) for what in ("lost", "again"))
    overshoot = max(found.overshoot for found in all_found)
    unadmitted = max(found.unadmitted for found in all_found)
    print(f"ballots lost               {lost:>8}")
    print(f"ballots asked again        {again:>8}")
    print(f"budget overshoot           {max(overshoot, 0.0):>8.4f} US dollars")
    print(f"billed, not admitted       {max(unadmitted, 0.0):>8.4f} US dollars")
    print(f"billed                     {sum(found.billed for found in all_found):>8.4f} US dollars")
    print(f"admitted, at most          {sum(found.admitted for found in all_found):>8.4f} US dollars")
    problems = sum(len(found.problems) for found in all_found)
    print(f"processes that crashed     {problems:>8}")
    return int(bool(lost or again or problems or overshoot > 1e-9 or unadmitted > 1e-9))
