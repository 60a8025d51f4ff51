# ruff: noqa: D103 - the timed things are named after what they do
"""How fast an audit is, with all that `jury audit` says of trust, beside the obvious loop over drawings in pandas.

    python -m benchmarks audits [--shapes 1000x10 100x100 ...] [--loop N]

Shapes are jurors x cases; everybody scores four alternatives of each case. The loop draws the jurors anew --loop times
and each time does what an audit does of one drawing: weighted means of every case, the winners by three rules, and what
each group lost by them; its time is scaled up to as many drawings as an audit makes. An audit deals by lot, redraws the
cases, tries fanatics and more besides. Both get the same ballots and drawings, and that they find the same losses is
checked. Each shape is a process of its own, whose peak memory is given, Python and pandas included.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pandas as pd

from aggregators.resampling import bootstrap_weights
from jury.auditing import audit
from jury.auditing.conduct import RESAMPLES
from jury.elicitation import modes
from jury.panel import Panel
from jury.panels.base import Builder
from jury.trust import trust

RULES = ("utilitarian", "nash", "maximin")
ALTERNATIVES = ("a", "b", "c", "d")
BY = ("race", "sex")
_NEAR = 1e-9


def main(words: Sequence[str]) -> int:
    """Print a row for each shape."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks audits", description=__doc__)
    parser.add_argument("--shapes", nargs="+", default=["1000x10", "100x100", "12x1000", "10000x1"])
    parser.add_argument("--loop", type=int, default=3, help="drawings that the loop does")
    given = parser.parse_args(words)
    print("| jurors x cases | audit s | trust s | loop s | loop / audit | MiB |")
    print("|---:|---:|---:|---:|---:|---:|")
    for shape in given.shapes:
        jurors, cases = map(int, shape.split("x"))
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1, mp_context=context) as alone:
            print(alone.submit(row, jurors, cases, given.loop).result(), flush=True)
    return 0


def row(jurors: int, cases: int, loop: int) -> str:
    panel = stored(jurors, cases)
    start = time.perf_counter()
    audit(panel, rules=RULES, by=BY)
    audited = time.perf_counter() - start
    start = time.perf_counter()
    trust(panel, BY, RULES)
    trusted = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start = time.perf_counter()
    looped = by_loop(panel, loop)
    seconds = (time.perf_counter() - start) * RESAMPLES / loop
    check(panel, looped, loop)
    cells = [f"{jurors:,} x {cases:,}", f"{audited:.1f}", f"{trusted:.1f}", f"{seconds:.0f}"]
    return f"| {' | '.join([*cells, f'{seconds / audited:.0f}', f'{peak:.0f}'])} |"


def stored(jurors: int, cases: int) -> Panel:
    rng = np.random.default_rng(3)
    builder = Builder("a stored run", modes["score"].model_validate({"order": "fixed"}))
    people = [
        builder.rater(f"r{number}", {"race": "abcde"[min(number % 12, 4)], "sex": "mf"[number % 2]})
        for number in range(jurors)
    ]
    for case in range(cases):
        builder.case(f"c{case}", "Which?", ALTERNATIVES)
        scores = np.clip(np.rint(rng.normal(3, 1, (jurors, 4)) + rng.normal(0, 0.3, 4)), 1, 5)
        for person, given in zip(people, scores.tolist(), strict=True):
            builder.rating(person, f"c{case}", {"scores": dict(zip(ALTERNATIVES, given, strict=True))})
    return builder.panel()


def by_loop(panel: Panel, drawings: int) -> pd.Series:
    """Return the mean over drawings of the share of cases that each group loses, by attribute, group and rule."""
    table = pd.DataFrame(
        [
            (vote.juror, case.id, name, vote.values["scores"][name])
            for case in panel.cases
            for vote in panel.votes[case.id]
            for name in ALTERNATIVES
        ],
        columns=["juror", "case", "alternative", "score"],
    )
    table = table.join(panel.jurors[list(BY)].reset_index(drop=True), on="juror")
    table["log"] = np.log(table["score"])
    draws = bootstrap_weights(len(panel.weights), drawings, np.random.default_rng(0), rows=_rows(panel))
    found = [one_drawing(table, weights) for drawn in draws for weights in drawn]
    return pd.concat(found).groupby(level=[0, 1, 2]).mean()


def one_drawing(table: pd.DataFrame, weights: np.ndarray) -> pd.Series:
    counted = table[weights[table["juror"]] > 0].assign(weight=lambda rows: weights[rows["juror"]])
    cell = counted.assign(utilitarian=counted["score"] * counted["weight"], nash=counted["log"] * counted["weight"])
    sums = cell.groupby(["case", "alternative"])[["utilitarian", "nash", "weight"]].sum()
    scores = {rule: sums[rule] / sums["weight"] for rule in ("utilitarian", "nash")}
    scores["maximin"] = counted.groupby(["case", "alternative"])["score"].min()
    found = {}
    for attribute in BY:
        part = cell.groupby(["case", attribute, "alternative"])[["utilitarian", "weight"]].sum()
        liked = _best((part["utilitarian"] / part["weight"]).unstack("alternative"))  # noqa: PD010 - of an index
        for rule, score in scores.items():
            decided = _best(score.unstack("alternative"))  # noqa: PD010 - likewise
            won = decided.reindex(liked.index.get_level_values("case")).to_numpy()
            lost = ~(liked & won).any(axis=1)
            for group, share in lost.groupby(level=attribute).mean().items():
                found[attribute, group, rule] = share
    return pd.Series(found)


def _best(scores: pd.DataFrame) -> pd.DataFrame:
    top = scores.max(axis=1)
    return scores.ge(top - _NEAR * top.abs(), axis=0)


def _rows(panel: Panel) -> int:
    """Return how many drawings an audit makes at once, on which the numbers drawn depend."""
    return max(1, 2**21 // len(panel.weights))


def check(panel: Panel, looped: pd.Series, drawings: int) -> None:
    """Stop if an audit with as few drawings finds other losses than the loop."""
    found = audit(panel, rules=RULES, by=BY, resamples=drawings).groups
    of_audit = found.set_index(["attribute", "group", "rule"])["lost_redrawn"]
    apart = (of_audit - looped.reindex(of_audit.index)).abs().max()
    if not apart < _NEAR:
        raise SystemExit(f"the loop and the audit find losses that are {apart} apart")
