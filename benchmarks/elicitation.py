# ruff: noqa: D103 - what a part of the table does is in its name
"""How fast a jury is asked, beside the bare SDK and other tools, against a server of fixed latency on loopback.

    python -m benchmarks elicitation [--peers PYTHON] [--ballots N] [--connections N] [--latency SECONDS]
                                     [--served N ...] [--planted N ...] [--limit SECONDS]

A quick look, in half a minute: --ballots 640 --served 1000 --planted 1000

Every line is a process of its own; the server is another. A ballot is one request: a persona and four alternatives to
be scored, with a JSON Schema; each juror casts eight. Ours is the whole of `simulate`: drawing the jury, asking,
reading, storing each ballot durably, keeping the reply for other runs. The bare SDK sends the very bodies that ours
sent, by its default way to the network, and keeps nothing. inspect_ai and EDSL ask the same with what they do besides.
The first 64 ballots of each are a warm-up. The ideal is as many ballots in every latency as there are connections.
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
from pathlib import Path
from typing import Any

import yaml

from benchmarks._latency_server import serving
from benchmarks.aggregators import _Parser, in_a_process
from benchmarks.peers_elicitation import ANSWER, WARM_UP

STUDY = Path(__file__).parents[1] / "jury" / "studies" / "minimum-wage.yaml"
#: Our model -> what follows the server's address in its base URL, and the SDK below it.
OURS = {"openai-compatible/gpt-4o-mini": ("/v1", "openai"), "anthropic/claude-haiku-4-5": ("", "anthropic")}
OTHERS = ("inspect_ai", "edsl")
#: Ballots of a juror: the cases of a small study.
EACH = 8
#: Jurors at most: they are held in memory, and ballots must not be.
JURORS = 1000
SHARE, OF_SDK, OF_INSPECT, HELP = 0.95, 1.0, 0.5, 0.3


def study_file(folder: Path, model: str, base_url: str | None, jurors: int, replicates: int = 1) -> Path:
    """Write a study like the built-in one, with another model and jury."""
    document = yaml.safe_load(STUDY.read_text(encoding="utf-8"))
    document["model"] = {"name": model, "price": [0.15, 0.6]} | ({"base_url": base_url} if base_url else {})
    document["jurors"] = {"n": jurors, "replace": True}
    document["elicitation"] |= {"readout": "sample", "replicates": replicates}
    path = folder / f"{jurors}x{replicates}.yaml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return path


def work(model: str, base_url: str, ballots: int, connections: int) -> None:
    """Measure a run of ours, in this process, and print it as JSON."""
    from jury import Study, simulate

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ |= {"JURY_REPLY_CACHE": str(folder / "replies.sqlite")}
        os.environ |= dict.fromkeys(("OPENAI_COMPATIBLE_API_KEY", "ANTHROPIC_API_KEY"), "none")
        found: dict[str, Any] = {}
        for asked, seed in ((WARM_UP, 1), (ballots, 2)):
            path = study_file(folder, model, base_url or None, *_jury(asked))
            study = Study.load(path).model_copy(update={"seed": seed})
            cpu, wall = time.process_time(), time.perf_counter()
            run = simulate(study, out=folder / f"{seed}.sqlite", max_connections=connections)
            found = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
        found["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        found["good"] = _good(run.path, served=bool(base_url))
    print(json.dumps(found))


def _jury(ballots: int) -> tuple[int, int]:
    """Return how many jurors cast so many ballots, and how many each: as many as a study has cases."""
    jurors = min(ballots // EACH, JURORS)
    return jurors, ballots // jurors


def _good(path: Path, *, served: bool) -> int:
    """Count the ballots in a run file that say what the server said."""
    import sqlite3
    from contextlib import closing

    query = "SELECT COUNT(*) FROM ballot JOIN reply USING (juror_id, case_id, replicate) WHERE status = 'answered'"
    with closing(sqlite3.connect(path)) as connection:
        if served:
            return int(connection.execute(f"{query} AND text = ?", (json.dumps(ANSWER),)).fetchone()[0])
        return int(connection.execute(query).fetchone()[0])


def in_its_process(command: list[str], ballots: int, limit: float) -> tuple[dict[str, float] | None, str]:
    """Return what a client's process measured, or None and why it does not count."""
    found, why = in_a_process(command, limit)
    if found is not None and found["good"] != ballots:
        return None, f"{found['good']} of {ballots} answered"
    return found, why


def ours(model: str, base_url: str, ballots: int, options: argparse.Namespace) -> tuple[dict[str, float] | None, str]:
    again = [sys.executable, "-m", "benchmarks", "elicitation", "--connections", str(options.connections)]
    return in_its_process([*again, "--work", model, base_url, str(ballots)], ballots, options.limit)


def record(folder: Path, model: str, options: argparse.Namespace) -> Path:
    """Return a file with the bodies that ours sends, one a line."""
    path = folder / f"{model.partition('/')[0]}.jsonl"
    with serving(0.0, path) as address:
        ours(model, address + OURS[model][0], options.ballots, options)
    lines = path.read_text().splitlines()  # the warm-up's among them
    if len(lines) != WARM_UP + options.ballots:
        raise SystemExit(f"{model}: {len(lines)} requests recorded, not {WARM_UP + options.ballots}")
    return path


def throughput(options: argparse.Namespace) -> dict[str, float]:
    """Print the first table and return what the targets are held against."""
    print(f"{options.ballots:,} ballots, {options.connections} in flight, {options.latency:g} s latency\n")
    print("| client | ballots/s | of the ideal | ms a ballot | times the bare SDK's | MiB |")
    print("|---|---:|---:|---:|---:|---:|")
    ideal = options.connections / options.latency
    cost: dict[str, float] = {}
    reached: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name, serving(options.latency) as address:
        for model, (path, sdk) in OURS.items():
            requests = str(record(Path(name), model, options))
            script = str(Path(__file__).with_name("peers_elicitation.py"))
            theirs = [script, sdk, address, requests, str(options.connections)]
            rows = {f"bare {sdk} SDK": in_its_process([sys.executable, *theirs], options.ballots, options.limit)}
            rows[f"ours, {model}"] = ours(model, address + path, options.ballots, options)
            if sdk == "openai":
                rows |= {peer: beside(peer, script, address, requests, options) for peer in OTHERS}
            for client, (found, why) in rows.items():
                if found is None:
                    print(f"| {client} | {why} | | | | |", flush=True)
                    continue
                rate = options.ballots / found["wall"]
                cost[client], reached[client] = found["cpu"] / options.ballots, rate / ideal
                base = cost.get(f"bare {sdk} SDK")
                times = "" if base is None else f"{cost[client] / base:.2f}"
                cells = [client, f"{rate:.1f}", f"{rate / ideal:.1%}", f"{cost[client] * 1e3:.2f}", times]
                print(f"| {' | '.join(cells)} | {found['memory']:.0f} |", flush=True)
    return judged(cost, reached)


def beside(
    peer: str, script: str, address: str, requests: str, options: argparse.Namespace
) -> tuple[dict[str, float] | None, str]:
    """Return what the first Python that has `peer` measured."""
    for python in options.peers:
        command = [python, script, peer, address, requests, str(options.connections)]
        found, why = in_its_process(command, options.ballots, options.limit)
        if why != "not installed":
            return found, why
    return None, "not installed"


def judged(cost: dict[str, float], reached: dict[str, float]) -> dict[str, float]:
    """Return each target's figure, by what is asked."""
    figures: dict[str, float] = {}
    for model, (_, sdk) in OURS.items():
        if f"ours, {model}" not in cost:
            continue
        figures[f"{model}: share of the ideal, at least {SHARE}"] = reached[f"ours, {model}"]
        if f"bare {sdk} SDK" in cost:
            ratio = cost[f"ours, {model}"] / cost[f"bare {sdk} SDK"]
            figures[f"{model}: processor time in bare SDK calls, at most {OF_SDK:g}"] = ratio
        for peer in OTHERS:
            if sdk == "openai" and peer in cost:
                figures[f"{model}: processor time in {peer}'s, at most {OF_INSPECT}"] = (
                    cost[f"ours, {model}"] / cost[peer]
                )
    return figures


def memory(options: argparse.Namespace) -> None:
    """Print how memory grows with the ballots."""
    print("\nPeak memory as ballots grow, server without latency, or planted jurors in the process\n")
    print("| model | jurors | ballots | MiB | ms a ballot |\n|---|---:|---:|---:|---:|")
    served = next(iter(OURS))
    with serving(0.0) as address:
        for model, base_url, sizes in (
            (served, address + "/v1", options.served),
            ("planted/hash", "", options.planted),
        ):
            for ballots in sizes:
                found, why = ours(model, base_url, ballots, options)
                jurors, _ = _jury(ballots)
                tail = why if found is None else f"{found['memory']:.0f} | {found['cpu'] / ballots * 1e3:.2f}"
                print(f"| {model} | {jurors:,} | {ballots:,} | {tail} |", flush=True)


def start(repeats: int = 9) -> float:
    """Return the median of the seconds that `jury --help` takes."""
    taken = []
    for _ in range(repeats):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "cli.main", "--help"], check=True, stdout=subprocess.DEVNULL)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def options_of(arguments: list[str]) -> argparse.Namespace:
    """Return the options, or leave with status 2 and one line."""
    parser = _Parser(
        prog="python -m benchmarks elicitation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--peers", metavar="PYTHON", action="append", default=[], help="Python that has other tools; may be repeated"
    )
    numbers = {"ballots": (2560, "asked of the slow server"), "connections": (64, "in flight at once")}
    for name, (default, what) in numbers.items():
        parser.add_argument(f"--{name}", metavar="N", type=int, default=default, help=f"{what}; default: {default}")
    parser.add_argument("--latency", metavar="SECONDS", type=float, default=0.5, help="of the server; default: 0.5")
    for name, sizes in (("served", [1000, 100_000]), ("planted", [1000, 100_000])):
        parser.add_argument(
            f"--{name}", metavar="N", type=int, nargs="*", default=sizes, help=f"sizes for memory; default: {sizes}"
        )
    parser.add_argument(
        "--limit", metavar="SECONDS", type=float, default=900, help="what one process may take; default: 900"
    )
    parser.add_argument("--work", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    for name, least in (("ballots", options.connections), ("connections", 1)):
        if getattr(options, name) < least:
            parser.error(f"--{name} is {getattr(options, name)}; give {least} or more")
    for name in ("latency", "limit"):
        if getattr(options, name) <= 0:
            parser.error(f"--{name} is {getattr(options, name):g}; give a positive number of seconds")
    for size in (*options.served, *options.planted):
        if size < JURORS or size % JURORS:
            parser.error(f"--served or --planted is {size}; give a multiple of {JURORS}")
    if options.ballots % EACH:
        parser.error(f"--ballots is {options.ballots}; give a multiple of {EACH}")
    for python in options.peers:
        if shutil.which(python) is None:
            parser.error(f"--peers {python!r} cannot be run; give the path of a Python")
    options.peers = options.peers or [sys.executable]
    return options


def main(arguments: list[str]) -> int:
    """Print the tables."""
    options = options_of(arguments)
    if options.work:
        model, base_url, ballots = options.work
        work(model, base_url, int(ballots), options.connections)
        return 0
    figures = throughput(options)
    memory(options)
    figures[f"jury --help in seconds, at most {HELP}"] = start()
    print("\n| target | measured |\n|---|---:|")
    for what, figure in figures.items():
        print(f"| {what} | {figure:.2f} |")
    return 0
