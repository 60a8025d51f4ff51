"""How often 95 % intervals hold the truth, where the truth is planted: jurors x cases x replicates, weights, groups."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from jury.estimates import Estimate, mean_estimate
from jury.uncertainty import crossed_bootstrap, crossed_mean, simultaneous

Trial = Callable[[np.random.Generator], Sequence[Estimate]]


@dataclass(frozen=True)
class Design:
    """A jury that is drawn anew in each trial: standard deviations of what makes its answers differ.

    Attributes
    ----------
    jurors, cases, replicates : int
    juror, case, both, single : float
        Standard deviations: leniency, cases, a juror's own view of a case, and one reply.
    weighted : float
        Standard deviation of the logarithm of the jurors' weights; 0 for equal ones.
    missing : float
        Share of the juror-case pairs without an answer.
    """

    jurors: int
    cases: int
    replicates: int = 1
    juror: float = 0.5
    case: float = 0.5
    both: float = 0.5
    single: float = 1.0
    weighted: float = 0.0
    missing: float = 0.0

    def words(self) -> str:
        """Return the design for people."""
        parts = [f"{self.jurors} jurors x {self.cases} cases x {self.replicates}"]
        parts += [f"weights, sd of log {self.weighted}"] if self.weighted else []
        parts += [f"{self.missing:.0%} missing"] if self.missing else []
        return ", ".join(parts)

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Return mean answers (jurors, cases), whose expectation is 0, and weights."""
        table = self.both * rng.normal(size=(self.jurors, self.cases))
        table += self.juror * rng.normal(size=(self.jurors, 1)) + self.case * rng.normal(size=self.cases)
        table += self.single * rng.normal(size=(self.replicates, *table.shape)).mean(axis=0)
        table[rng.random(table.shape) < self.missing] = np.nan
        return table, np.exp(self.weighted * rng.normal(size=self.jurors))


def crossed(design: Design) -> Trial:
    """Return trials of the analytic interval for other jurors and other cases."""

    def trial(rng: np.random.Generator) -> list[Estimate]:
        table, weights = design.draw(rng)
        return [crossed_mean(table, weights=weights).both]

    return trial


def pigeonhole(design: Design) -> Trial:
    """Return trials of the bootstrap that redraws jurors and cases, which is conservative."""

    def trial(rng: np.random.Generator) -> list[Estimate]:
        table, weights = design.draw(rng)
        seen = (~np.isnan(table)).astype(float)
        filled = np.nan_to_num(table)

        def mean(u: np.ndarray, v: np.ndarray) -> np.ndarray:
            mass = u * weights
            return ((mass @ filled) * v).sum(axis=1) / ((mass @ seen) * v).sum(axis=1)

        return [crossed_bootstrap(mean, design.jurors, design.cases, rng, resamples=400)]

    return trial


def jurors_only(design: Design) -> Trial:
    """Return trials of the interval for other jurors on these cases: of the jurors' mean answers."""

    def trial(rng: np.random.Generator) -> list[Estimate]:
        fixed = Design(design.jurors, design.cases, design.replicates, case=0.0, weighted=design.weighted)
        table, weights = fixed.draw(rng)
        return [mean_estimate(table.mean(axis=1), "jurors", weights=weights)]

    return trial


def together(sizes: Sequence[int]) -> Trial:
    """Return trials of simultaneous intervals of group means; a trial holds if all do."""
    group = np.repeat(np.arange(len(sizes)), sizes)
    member = np.eye(len(sizes))[group]

    def trial(rng: np.random.Generator) -> list[Estimate]:
        answers = rng.normal(size=len(group))
        # Within its group each juror is as likely to be drawn, so that no group is ever empty.
        draws = np.concatenate(
            [rng.multinomial(size, np.full(size, 1 / size), size=500) for size in sizes], axis=1
        ).astype(float)
        means = draws @ (member * answers[:, None]) / np.array(sizes)
        return simultaneous(answers @ member / np.array(sizes), means, list(sizes), "jurors")

    return trial


def coverage(trial: Trial, trials: int, rng: np.random.Generator) -> float:
    """Return the share of trials in which every interval holds 0."""
    held = [all(found.low <= 0 <= found.high for found in trial(rng)) for _ in range(trials)]
    return float(np.mean(held))


SCENES: dict[str, Trial] = {
    f"{name}: {design.words()}": make(design)
    for name, make, design in [
        ("other jurors and cases", crossed, Design(30, 20, 2)),
        ("other jurors and cases", crossed, Design(30, 20, 2, weighted=0.5)),
        ("other jurors and cases", crossed, Design(30, 20, 1, missing=0.3)),
        ("other jurors and cases", crossed, Design(30, 20, 2, weighted=0.5, missing=0.3)),
        ("other jurors and cases", crossed, Design(8, 6, 2)),
        ("other jurors and cases", crossed, Design(200, 18, 1)),
        ("other jurors and cases, no case effect", crossed, Design(30, 20, 2, case=0.0)),
        ("other jurors", jurors_only, Design(12, 10, 2)),
        ("other jurors", jurors_only, Design(60, 10, 2, weighted=0.5)),
        ("pigeonhole bootstrap", pigeonhole, Design(30, 20, 2)),
        ("pigeonhole bootstrap, mostly noise", pigeonhole, Design(30, 20, 1, juror=0.1, case=0.1, both=0.1)),
    ]
} | {
    "6 groups at once: 8 to 60 jurors each": together([8, 12, 20, 30, 40, 60]),
    "12 groups at once: 10 jurors each": together([10] * 12),
}


def main(arguments: Sequence[str]) -> int:
    """Print the coverage of every scene."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks coverage", description=__doc__)
    parser.add_argument("--trials", type=int, default=2000)
    parser.add_argument("--only", default="", help="scenes whose name holds this")
    options = parser.parse_args(arguments)
    error = 1.96 * np.sqrt(0.95 * 0.05 / options.trials)
    print(f"95 % intervals, {options.trials} trials each; simulation error of a coverage: +-{error:.3f}\n")
    print("| condition | coverage | seconds |\n|---|---:|---:|")
    for name, trial in SCENES.items():
        if options.only in name:
            start = time.perf_counter()
            found = coverage(trial, options.trials, np.random.default_rng(11))
            print(f"| {name} | {found:.3f} | {time.perf_counter() - start:.1f} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
