# ruff: noqa: ANN401, D103 - people and options of any kind come and go
"""How fast people are raked and juries drawn, beside other libraries on the same people in the same run.

    python -m benchmarks personas [--peers PYTHON] [--people N] [--juries N] [--repeats N] [--limit SECONDS]

A quick look, in seconds: --people 20000 --juries 2000 --repeats 1

Every line is a process of its own on one core: the median of its processor time, and its peak memory. Raking goes from
a frame of people with five attributes (6 x 2 x 6 x 5 x 4 levels) to weights that meet five margins; how far the worst
share is from its target stands beside. Peers are those of ipfn, balance and samplics that the Python given with --peers
can import; it may be given several times.
"""

from __future__ import annotations

import argparse
import itertools
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.aggregators import _Parser, in_a_process
from benchmarks.peers_personas import LIBRARIES, measured, peak

if TYPE_CHECKING:
    from personas import Sample

LEVELS = {"age": 6, "sex": 2, "race": 6, "education": 5, "region": 4}
JURORS = 12
TOLD = 10_000  # jurors that are put into words; the time for all of them is this part's, times how many there are


def people(size: int) -> dict[str, Any]:
    """Return codes of five attributes that go together, and other margins in whole ten-thousandths."""
    rng = np.random.default_rng(20)
    lean = rng.normal(size=size)
    found: dict[str, Any] = {"names": np.array(list(LEVELS))}
    for name, levels in LEVELS.items():
        score = 0.5 * lean + rng.normal(size=size)
        edges = np.quantile(score, np.cumsum(rng.dirichlet(np.full(levels, 8)))[:-1])
        found[name] = np.searchsorted(edges, score).astype(np.int8)
        shares = np.bincount(found[name], minlength=levels) / size
        wanted = np.round(10_000 * (0.6 * shares + 0.4 * rng.dirichlet(np.full(levels, 8))))
        wanted[0] += 10_000 - wanted.sum()
        found[f"target_{name}"] = wanted / 10_000
    return found


def raking(**options: Any) -> Callable[[Any, Any], Any]:
    from personas import rake

    return lambda frame, targets: rake(frame, targets, **options).weights


def drawing(path: str, juries: int, what: str) -> Callable[[], Any]:
    """Return what draws juries: from the people one by one, or from the table of US adults."""
    from benchmarks.peers_personas import read
    from personas import Population, load_population

    rng = np.random.default_rng(0)
    if what.startswith("a jury of a million"):
        population = Population(read(path)[0], np.ones(len(np.load(path)["age"])))
        if what == "a jury of a million":
            return lambda: population.sample(len(population), rng, replace=True)
        return telling(population.sample(len(population), rng, replace=True))
    if what == "from the table of US adults":
        population = load_population("us-adults")
    else:
        population = Population(
            read(path)[0].iloc[:10_000], np.random.default_rng(1).lognormal(0, 0.5, 10_000)[: len(np.load(path)["age"])]
        )
    by = "race"
    allocation: Any = "equal" if what.endswith("equal") else "proportional"
    if what.endswith("at least one of each race"):
        return lambda: population.samples(juries, JURORS, rng, design="constrained", at_least={by: 1})
    if what.endswith("one by one"):
        return lambda: [population.sample(JURORS, rng, design="stratified", by=by) for _ in range(juries // 100)]
    return lambda: population.samples(juries, JURORS, rng, design="stratified", by=by, allocation=allocation)


def telling(jury: Sample) -> Callable[[], Any]:
    """Return what puts the first `TOLD` of a jury into words, each forgotten when the next one comes."""
    from personas import Renderer

    renderer = Renderer.of(jury, style="first-person", order="seeded", wording="seeded")
    return lambda: sum(len(told.text) for _, told in itertools.islice(renderer.stream(jury, 0), TOLD))


OURS: dict[str, dict[str, Any]] = {"ours": {}, "ours, bounds (0.2, 5)": {"bounds": (0.2, 5)}}
DRAWN = (
    "from the table of US adults",
    "from 10,000 people",
    "from 10,000 people, equal",
    "from 10,000 people, at least one of each race",
    "from 10,000 people, one by one",
)


def work(what: str, path: str, juries: int, repeats: int) -> None:
    """Measure one of ours, in this process, and print it as JSON."""
    if what in OURS:
        print(json.dumps(measured(raking(**OURS[what]), path, repeats)))
        return
    run = drawing(path, juries, what)
    before = peak()
    seconds = []
    for _ in range(repeats):
        started = time.process_time()
        run()
        seconds.append(time.process_time() - started)
    if what.endswith("one by one"):
        seconds = [each * 100 for each in seconds]
    if what.endswith("in words"):
        seconds = [each * len(np.load(path)["age"]) / TOLD for each in seconds]
    memory = peak()
    print(json.dumps({"seconds": seconds, "memory": memory, "before": before}))


def options_of(arguments: list[str]) -> argparse.Namespace:
    """Return the options, or leave with status 2 and one line."""
    parser = _Parser(
        prog="python -m benchmarks personas", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--peers",
        metavar="PYTHON",
        action="append",
        default=[],
        help="Python that has other libraries; may be repeated",
    )
    parser.add_argument("--people", metavar="N", type=int, default=1_000_000, help="people to rake; default: 1000000")
    parser.add_argument("--juries", metavar="N", type=int, default=100_000, help="juries to draw; default: 100000")
    parser.add_argument("--repeats", metavar="N", type=int, default=5, help="runs that are timed; default: 5")
    parser.add_argument(
        "--limit", metavar="SECONDS", type=float, default=120, help="what one process may take; default: 120"
    )
    parser.add_argument("--work", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    for name, least in (("people", 10_000), ("juries", 100), ("repeats", 1)):
        if getattr(options, name) < least:
            parser.error(f"--{name} is {getattr(options, name)}; give {least} or more")
    if options.limit <= 0:
        parser.error(f"--limit is {options.limit:g}; give a positive number of seconds")
    for python in options.peers:
        if shutil.which(python) is None:
            parser.error(f"--peers {python!r} cannot be run; give the path of a Python")
    options.peers = options.peers or [sys.executable]
    return options


def main(arguments: list[str]) -> int:
    """Print the tables."""
    options = options_of(arguments)
    if options.work:
        what, path = options.work
        work(what, path, options.juries, options.repeats)
        return 0
    numbers = ["--juries", str(options.juries), "--repeats", str(options.repeats)]
    again = [sys.executable, "-m", "benchmarks", "personas", *numbers, "--work"]
    script = str(Path(__file__).with_name("peers_personas.py"))
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "people.npz")
        np.savez(path, **people(options.people))
        print(f"Raking {options.people:,} people over {len(LEVELS)} margins\n")
        print("| library | ms | times ours | MiB | MiB before | furthest from a target |")
        print("|---|---:|---:|---:|---:|---:|")
        ours = None
        for name in OURS:
            found, why = in_a_process([*again, name, path], options.limit)
            ours = ours or found
            _line(name, found, why, ours)
        for name in LIBRARIES:
            found, why = None, "not installed"
            for python in options.peers:
                found, why = in_a_process([python, script, name, path, str(min(3, options.repeats))], options.limit)
                if why != "not installed":
                    break
            _line(name, found, why, ours)
        print(f"\nDrawing {options.juries:,} juries of {JURORS} stratified by race\n")
        print("| juries | ms | times the first | MiB | MiB before |")
        print("|---|---:|---:|---:|---:|")
        first = None
        whole = {"a jury of a million": "at random", "a jury of a million in words": "in words, one at a time"}
        for name in (*DRAWN, *whole):
            found, why = in_a_process([*again, name, path], options.limit)
            first = first or found
            _line(name if name in DRAWN else f"one jury of {options.people:,}, {whole[name]}", found, why, first)
    return 0


def _line(name: str, found: dict[str, Any] | None, why: str, first: dict[str, Any] | None) -> None:
    if found is None or first is None:
        print(f"| {name} | {why} | | | |", flush=True)
        return
    taken, base = (statistics.median(each["seconds"]) * 1e3 for each in (found, first))
    cells = [name, f"{taken:,.0f}", f"{taken / base:.1f}", f"{found['memory']:.0f}", f"{found['before']:.0f}"]
    if "off" in found:
        cells.append(f"{found['off']:.1g}")
    print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
