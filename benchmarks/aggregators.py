# ruff: noqa: ANN401, D102, D103 - ballots of any kind come and go as JSON
"""How fast the rules are, beside plain numpy and beside other libraries, on the same ballots in the same run.

    python -m benchmarks aggregators [--peers PYTHON] [--only TEXT] [--repeats N] [--limit SECONDS]

A quick look, in a second or two: --only "resamples of 200 x 8 borda" --repeats 1

Every line is a process of its own on one core: the median of its processor time from a numpy array to the winners,
construction included, and its peak memory. A peer's time counts only where its first 200 winners are among ours.
Peers are those of elsim, svvamp, pref_voting, votekit and abcvoting that the Python given with --peers can import.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

ONE_CORE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
COMMITTEES = ("seqpav", "phragmen", "mes", "pav")
SEATS = 5


@dataclass(frozen=True)
class Case:
    """One line of the table: a rule on one kind of ballots."""

    group: str
    rule: str
    shape: tuple[int, int]
    resamples: int = 0
    peers: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.group} {self.rule}"

    def ballots(self) -> dict[str, Any]:
        rng = np.random.default_rng(20)
        voters = self.shape[0]
        if self.rule in COMMITTEES:
            return {"approvals": rng.random(self.shape) < 0.3}
        values = rng.random(self.shape)
        ballots: dict[str, Any] = {"values": values, "ranks": values.argsort(axis=1).argsort(axis=1) + 1}
        if self.resamples:
            ballots["counts"] = rng.multinomial(voters, np.full(voters, 1 / voters), size=self.resamples)
        return ballots


def cases() -> list[Case]:
    """Return the cases."""
    peers = {
        "borda": ("elsim", "svvamp", "pref_voting", "votekit"),
        "irv": ("elsim", "svvamp", "pref_voting", "votekit"),
        "copeland": ("svvamp", "pref_voting"),
        "schulze": ("svvamp", "pref_voting", "votekit"),
    }
    found = [Case(f"{n:,} x 10", rule, (n, 10), 0, peers[rule]) for n in (1000, 100_000) for rule in peers]
    again = "10,000 resamples of 200 x 8"
    resampled = ("borda", "utilitarian", "nash", "copeland", "schulze", "irv", "leximin", "drawing the counts")
    found += [Case(again, rule, (200, 8), 10_000, peers.get(rule, ())) for rule in resampled]
    found += [Case("500 x 30, 5 seats", rule, (500, 30), 0, ("abcvoting",)) for rule in COMMITTEES]
    found += [Case(f"kemeny, {m} alternatives", "kemeny", (100, m)) for m in (12, 20)]
    return found


def ours(case: Case, data: Any) -> Callable[[], Any]:
    """Return what is timed of ours: from arrays to lists of winners."""
    from aggregators import Approvals, Rankings, Utilities, decide, elect, rules

    if case.rule == "drawing the counts":
        from aggregators.resampling import bootstrap_weights

        rng = np.random.default_rng(0)
        return lambda: [0 for _ in bootstrap_weights(case.shape[0], case.resamples, rng)]
    if case.rule in COMMITTEES:
        if case.rule not in rules():
            raise KeyError(case.rule)
        matrix = data["approvals"]
        return lambda: [
            sorted(map(_column, members))
            for members in elect(
                Approvals(matrix, alternatives=range(matrix.shape[1])),
                case.rule,
                seats=SEATS,
                tie_break="lexicographic",
            ).committees
        ]
    kind: Any = rules()[case.rule].reads
    values = data["values"] if kind is Utilities else data["ranks"]
    if case.resamples:
        counts = data["counts"]
        return lambda: decide(kind(values), case.rule, weights=counts).winner_mask
    labels = range(case.shape[1])
    assert kind in {Utilities, Rankings}
    return lambda: [[_column(label) for label in decide(kind(values, alternatives=labels), case.rule).winners]]


def _column(label: str) -> int:
    return int(label)


def floor(case: Case, data: Any) -> Callable[[], Any] | None:
    """Return the plain numpy that the time is compared with, where there is one."""
    if case.group.startswith("kemeny"):
        return (lambda: kemeny_by_sets(data["ranks"])) if case.shape[1] <= 12 else None
    if not case.resamples:
        return None
    ranks, values, counts = data["ranks"], data["values"], data["counts"]
    if case.rule in {"utilitarian", "nash", "leximin"}:
        return lambda: (counts.astype(float) @ values).argmax(axis=1)
    if case.rule == "borda":
        return lambda: (counts.astype(float) @ (8.0 - ranks)).argmax(axis=1)
    if case.rule == "drawing the counts":
        rng = np.random.default_rng(0)
        return lambda: rng.multinomial(200, np.full(200, 1 / 200), size=case.resamples)
    rows, columns = np.triu_indices(ranks.shape[1], 1)
    return lambda: counts.astype(float) @ (ranks[:, rows] < ranks[:, columns]).astype(float)


def kemeny_by_sets(ranks: Any) -> int:
    """Return a Kemeny winner by a dynamic programme over sets, as plainly as numpy allows."""
    size = ranks.shape[1]
    against = (ranks[:, :, None] > ranks[:, None, :]).sum(axis=0)  # voters who put the column above the row
    sets = np.arange(2**size)
    cost = np.zeros((size, 2**size))  # of putting an alternative above a set
    for other in range(size):
        cost += np.outer(against[:, other], (sets >> other) & 1)
    best = np.zeros(2**size)
    held = np.bitwise_count(sets)
    top = np.zeros(2**size, dtype=int)
    for many in range(1, size + 1):
        of = sets[held == many]
        options = np.full((size, len(of)), np.inf)
        for first in range(size):
            has = (of >> first) & 1 == 1
            rest = of[has] ^ (1 << first)
            options[first, has] = best[rest] + cost[first, rest]
        top[of] = options.argmin(axis=0)
        best[of] = options.min(axis=0)
    return int(top[-1])


def measure(run: Callable[[], Any], repeats: int) -> tuple[list[float], Any]:
    """Return processor seconds of each repeat, after one that is not counted, and what came out."""
    result = run()
    seconds = []
    for _ in range(repeats):
        started = time.process_time()
        result = run()
        seconds.append(time.process_time() - started)
    return seconds, result


def work(name: str, what: str, path: str, repeats: int) -> None:
    """Measure one of ours or a floor, in this process, and print it as JSON."""
    case = next(case for case in cases() if case.name == name)
    data = dict(np.load(path))
    run = ours(case, data) if what == "ours" else floor(case, data)
    if run is None:
        print("null")
        return
    seconds, result = measure(run, repeats)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    winners: list[Any] = []
    if what == "ours" and case.rule != "drawing the counts":
        winners = [np.flatnonzero(row).tolist() for row in result[:200]] if case.resamples else result
    print(json.dumps({"seconds": seconds, "winners": winners, "memory": memory}))


def in_a_process(command: list[str], limit: float) -> tuple[dict[str, Any] | None, str]:
    """Return what a process printed, or None and why."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit, env=os.environ | ONE_CORE)
    except subprocess.TimeoutExpired:
        return None, f"over {limit:.0f} s"
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["failed"])[-1]
        return None, "not installed" if last.startswith("ModuleNotFoundError") else last[:60]
    found: dict[str, Any] | None = json.loads(done.stdout.splitlines()[-1])
    return found, ""


def agrees(case: Case, theirs: dict[str, Any], winners: list[Any]) -> bool:
    """Tell whether a peer's winners, where it names any, are among ours."""
    pairs = list(zip(theirs["winners"], winners, strict=False))
    if case.rule in COMMITTEES:
        return all(their == our for their, our in pairs)
    return bool(pairs) and all(set(their) <= set(our) if their else len(our) > 1 for their, our in pairs)


def milliseconds(found: dict[str, Any], scale: float = 1.0) -> float:
    return statistics.median(found["seconds"]) * 1e3 * scale


class _Parser(argparse.ArgumentParser):
    """Says in one line what is wrong."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: error: {message}\n")


def options_of(arguments: list[str]) -> argparse.Namespace:
    """Return the options, or leave with status 2 and one line."""
    parser = _Parser(
        prog="python -m benchmarks aggregators",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--peers", metavar="PYTHON", default=sys.executable, help="Python that has the other libraries; default: this"
    )
    parser.add_argument(
        "--only",
        metavar="TEXT",
        default="",
        help='only cases whose ballots and rule hold this, such as borda or "1,000 x 10 irv"',
    )
    parser.add_argument("--repeats", metavar="N", type=int, default=7, help="runs that are timed; default: 7")
    parser.add_argument(
        "--limit", metavar="SECONDS", type=float, default=120, help="what one process may take; default: 120"
    )
    parser.add_argument("--work", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if not any(options.only in case.name for case in cases()):
        known = ", ".join(dict.fromkeys(case.rule for case in cases()))
        parser.error(f"--only {options.only!r} is in the name of no case; the rules are: {known}")
    if options.repeats < 1:
        parser.error(f"--repeats is {options.repeats}; give 1 or more")
    if options.limit <= 0:
        parser.error(f"--limit is {options.limit:g}; give a positive number of seconds")
    if shutil.which(options.peers) is None:
        parser.error(f"--peers {options.peers!r} cannot be run; give the path of a Python")
    return options


def main(arguments: list[str]) -> int:
    """Print the table."""
    options = options_of(arguments)
    if options.work:
        work(*options.work, options.repeats)
        return 0
    print("| ballots | rule | ms | MiB | plain numpy | ratio | others: ms (times ours) |")
    print("|---|---|---:|---:|---:|---:|---|")
    script = str(Path(__file__).with_name("peers.py"))
    with tempfile.TemporaryDirectory() as folder:
        for case in cases():
            if options.only not in case.name:
                continue
            path = str(Path(folder) / "ballots.npz")
            np.savez(path, **case.ballots())
            again = [
                sys.executable,
                "-m",
                "benchmarks",
                "aggregators",
                "--repeats",
                str(options.repeats),
                "--work",
                case.name,
            ]
            mine, why = in_a_process([*again, "ours", path], options.limit)
            if mine is None:
                print(f"| {case.group} | {case.rule} | {why} | | | | |", flush=True)
                continue
            base, _ = in_a_process([*again, "floor", path], options.limit)
            shown = []
            for peer in case.peers:
                quick = (
                    "1" if peer in {"pref_voting", "votekit"} or case.rule == "pav" else str(min(3, options.repeats))
                )
                theirs, why = in_a_process([options.peers, script, peer, case.rule, path, quick], options.limit)
                if theirs is None:
                    shown.append(f"{peer} {why}")
                elif not agrees(case, theirs, mine["winners"]):
                    shown.append(f"{peer} elects others")
                else:
                    whole = max(1, case.resamples) / theirs["done"]
                    taken = milliseconds(theirs, whole)
                    mark = f", from {theirs['done']}" if whole > 1 else ""
                    shown.append(f"{peer} {taken:,.2f} ({taken / milliseconds(mine):,.1f}x{mark})")
            beside = (
                ("", "")
                if base is None
                else (f"{milliseconds(base):.2f}", f"{milliseconds(mine) / milliseconds(base):.2f}")
            )
            cells = [
                case.group,
                case.rule,
                f"{milliseconds(mine):.2f}",
                f"{mine['memory']:.0f}",
                *beside,
                ", ".join(shown),
            ]
            print(f"| {' | '.join(cells)} |", flush=True)
    return 0
