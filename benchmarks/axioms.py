"""Whether the search finds what is known to be wrong, how soon, and how small its witnesses are.

    python -m benchmarks axioms [--only TEXT] [--seed N]

The first table is of rules with a planted bug, one at least for every axiom; the second of classical paradoxes, on
linear orders, beside the smallest sizes that we know from the literature.
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import TYPE_CHECKING

from aggregators.axioms import search
from aggregators.axioms.faults import faults
from aggregators.axioms.faults.paradoxes import PARADOXES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aggregators.axioms import Finding

PHASES = ("smallest", "random", "targeted")
UNKNOWN = "no source known to us"


def table(heads: Iterable[str], rows: Iterable[Iterable[object]], right: str) -> str:
    """Return a table in Markdown; `right` has "r" for a column of numbers."""
    lines = ["---:" if side == "r" else "---" for side in right]
    return "\n".join(f"| {' | '.join(map(str, cells))} |" for cells in (heads, lines, *rows))


def cells(finding: Finding, seconds: float) -> tuple[str, ...]:
    """Return where and how soon a violation was found, and its size."""
    told = (finding.phase or finding.status, f"{seconds:.2f}", f"{finding.profiles:,}")
    if finding.violation is None:
        return (*told, "", "", "")
    alternatives, weight, ballots = finding.violation.size
    return (*told, str(alternatives), f"{weight:g}", str(ballots))


HEADS = ("phase", "seconds", "profiles", "alternatives", "weight", "distinct ballots")


def main(arguments: list[str]) -> int:
    """Print both tables; the exit status is 1 if anything was not found."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks axioms", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default="", metavar="TEXT", help="only the lines that contain it")
    parser.add_argument("--seed", type=int, default=0, help="of the random phases; default 0")
    given = parser.parse_args(arguments)
    missed = 0
    rows, times = [], []
    search("borda", "clones")  # what is imported on first use is imported
    for axiom, name in sorted((fault.axiom, name) for name, fault in faults.items()):
        if given.only not in f"{axiom} {name}":
            continue
        start = time.perf_counter()
        finding = search(faults[name].rule, axiom, seed=given.seed)
        times.append(time.perf_counter() - start)
        missed += finding.violation is None
        rows.append((axiom, name, faults[name].bug, *cells(finding, times[-1]), finding.phase))
    if rows:
        print(table(("axiom", "planted fault", "bug", *HEADS), (row[:-1] for row in rows), "llll" + "rrrrr") + "\n")
        by_phase = [f"{sum(row[-1] == phase for row in rows)} {phase}" for phase in PHASES]
        print(f"Found: {len(rows) - missed} of {len(rows)} ({', '.join(by_phase)}). ", end="")
        print(f"Seconds: median {statistics.median(times):.2f}, longest {max(times):.2f}, sum {sum(times):.1f}.\n")
    rows = []
    for paradox in PARADOXES:
        if given.only not in f"{paradox.axiom} {paradox.rule} {paradox.name}":
            continue
        start = time.perf_counter()
        finding = search(paradox.rule, paradox.axiom, domain="linear", seed=given.seed)
        seconds = time.perf_counter() - start
        missed += finding.violation is None
        known = f"{paradox.known[0]} and {paradox.known[1]}: {paradox.source}" if paradox.known else UNKNOWN
        rows.append((paradox.name, paradox.rule, paradox.axiom, *cells(finding, seconds), known))
    if rows:
        heads = ("paradox", "rule", "axiom", *HEADS, "smallest known: alternatives and voters")
        print(table(heads, rows, "llll" + "rrrrr" + "l"))
    return int(missed > 0)
