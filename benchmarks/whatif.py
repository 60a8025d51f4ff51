# ruff: noqa: D103 - the timed things are named after what they do
"""How fast what-ifs are answered from stored ballots, beside the obvious loop over scenarios in pandas.

    python -m benchmarks whatif [--cells N] [--resamples N] [--jurors N] [--loop N] [--repeats N]

A panel of so many jurors scores four alternatives; scenarios are shares of a group x thresholds of a verdict x power.
The loop does some of them (--loop), its time scaled up. Both give, for each scenario, the verdict of the panel and the
share of bootstraps in which it is the baseline's; that they agree is checked. Memory is the peak while they are
decided and, apart, that of the whole sweep, whose table has a row a scenario.
"""

from __future__ import annotations

import argparse
import statistics
import time
import tracemalloc
from collections import deque
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from jury.elicitation import modes
from jury.panel import Panel
from jury.panels.base import Builder
from jury.whatif import Draws, Sweep, sweep
from jury.whatif.ballots import heard_cases
from jury.whatif.engine import Bench
from jury.whatif.grid import baseline_of, scenarios, varied
from jury.whatif.support import Weighting
from jury.whatif.whole import decide_whole

ALTERNATIVES = ("a", "b", "c", "d")
MEASURED = 20_000  # cells whose memory is set beside that of a tenth of them


def stored(jurors: int) -> Panel:
    rng = np.random.default_rng(3)
    builder = Builder("a stored run", modes["score"].model_validate({"scale": [1, 7]}))
    builder.case("q", "Which?", ALTERNATIVES)
    for number in range(jurors):
        side = "minority" if number % 6 == 0 else "majority"
        given = rng.integers(1, 8, len(ALTERNATIVES)) + np.array([0, 1, 0, 3 * (side == "minority")])
        scores = dict(zip(ALTERNATIVES, np.minimum(given, 7).astype(float).tolist(), strict=True))
        builder.rating(builder.rater(f"r{number}", {"side": side}), "q", {"scores": scores})
    return builder.panel()


def grid(cells: int) -> dict[str, list[float]]:
    """Return shares, thresholds and power that make about so many scenarios."""
    shares = max(2, round(cells / 100))
    return {
        "share:side=minority": np.linspace(0, 1, shares).tolist(),
        "threshold": np.linspace(0.5, 0.9, 10).round(3).tolist(),
        "power:side=minority": np.linspace(1, 3, 10).round(3).tolist(),
    }


def by_sweep(panel: Panel, vary: dict[str, list[float]], resamples: int) -> Sweep:
    return sweep(panel, vary, rule="majority", draws=Draws(resamples=resamples))


def by_loop(
    frame: pd.DataFrame, drawn: Sequence[pd.Series[float]], cells: Sequence[tuple[float, float, float]], base: str
) -> list[tuple[str, float]]:
    """Return verdict and chance of the baseline's, one scenario and bootstrap after another."""

    def verdict(weights: pd.Series[float], share: float, threshold: float, power: float) -> str:
        minority = frame["side"] == "minority"
        inside = weights[minority] / weights[minority].sum() * share * power
        outside = weights[~minority] / weights[~minority].sum() * (1 - share)
        votes = frame["favourites"].mul(pd.concat([inside, outside]).reindex(frame.index), axis=0).sum()
        shares = votes / votes.sum()
        met = shares > 0.5 + 1e-9 if threshold == 0.5 else shares >= threshold - 1e-9
        return str(met.idxmax()) if met.any() else "hung"

    found = []
    for cell in cells:
        told = [verdict(weights, *cell) for weights in drawn]
        found.append((told[0], float(np.mean([each == base for each in told[1:]]))))
    return found


def timed(function: Callable[[], object], repeats: int) -> float:
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        function()
        seconds.append(time.process_time() - start)
    return statistics.median(seconds)


def peak(function: Callable[[], object]) -> float:
    tracemalloc.start()
    function()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / 2**20


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks whatif", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--cells", type=int, default=100_000)
    parser.add_argument("--resamples", type=int, default=200)
    parser.add_argument("--jurors", type=int, default=1000)
    parser.add_argument("--loop", type=int, default=5, help="scenarios that the loop does")
    parser.add_argument("--repeats", type=int, default=3)
    given = parser.parse_args(arguments)
    panel, vary = stored(given.jurors), grid(given.cells)
    cells = int(np.prod([len(values) for values in vary.values()]))
    found = by_sweep(panel, vary, given.resamples)
    ours = timed(lambda: by_sweep(panel, vary, given.resamples), given.repeats)
    print(f"{cells} scenarios x {given.resamples} bootstraps of {given.jurors} jurors, one case")
    print(f"  jury.whatif.sweep: {ours:.2f} s of processor time ({1e6 * ours / cells:.0f} us a scenario)")
    some = np.linspace(0, cells - 1, given.loop).astype(int)
    frame, drawn = _as_pandas(panel, given.resamples)
    rows = found.frame.iloc[some]
    wanted = [tuple(float(value) for value in row) for row in rows[list(vary)].to_numpy()]
    base = str(found.frame["followed"].iloc[0])
    told = by_loop(frame, drawn, wanted, base)  # type: ignore[arg-type]
    alike = all(
        verdict == row.verdict and abs(chance - row.chance) < 1e-9
        for (verdict, chance), row in zip(told, rows.itertuples(), strict=True)
    )
    loop = timed(lambda: by_loop(frame, drawn, wanted, base), 1) * cells / given.loop  # type: ignore[arg-type]
    print(f"  a loop in pandas: {loop:.0f} s, from {given.loop} of them; the same answers: {'yes' if alike else 'NO'}")
    print(f"  ratio: {loop / ours:.0f}")
    sizes = (MEASURED // 10, MEASURED)
    small, large = (decided_peak(panel, grid(number), given.resamples) for number in sizes)
    print(f"  peak memory while {sizes[0]} and {sizes[1]} scenarios are decided: {small:.1f} and {large:.1f} MiB")
    small, large = (peak(lambda n=n: by_sweep(panel, grid(n), given.resamples)) for n in sizes)
    print(f"  peak memory of the whole sweep, table and all: {small:.1f} and {large:.1f} MiB")
    return 0 if alike else 1


def decided_peak(panel: Panel, vary: dict[str, list[float]], resamples: int) -> float:
    """Return the peak of deciding alone: nothing that is decided is kept."""
    (heard,) = heard_cases(panel)
    cells = list(scenarios(varied(vary), "majority"))
    weights = heard.weights * np.random.default_rng(0).integers(0, 3, (resamples + 1, len(heard.rows)))
    return peak(lambda: deque(decide_whole(heard, cells, weights), maxlen=0))


def _as_pandas(panel: Panel, resamples: int) -> tuple[pd.DataFrame, list[pd.Series[float]]]:
    """Return the ballots as a frame, and the very bootstraps that a sweep draws."""
    (heard,) = heard_cases(panel)
    (seed,) = np.random.default_rng(0).bit_generator.seed_seq.spawn(1)  # type: ignore[attr-defined]
    against = baseline_of({}, {}, "majority")
    bench = Bench(heard, Weighting(panel, ()), against, seed, Draws(resamples=resamples), (), 0)
    values = pd.DataFrame(heard.hearing.utilities.values, columns=list(heard.alternatives))
    best = values.eq(values.max(axis=1), axis=0)
    favourites = best.div(best.sum(axis=1), axis=0)
    frame = pd.concat({"favourites": favourites}, axis=1)
    frame["side"] = panel.group_labels("side")[heard.rows]
    return frame, [pd.Series(row) for row in bench.bootstrapped()]
