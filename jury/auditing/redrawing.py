"""What else might have come out: other jurors drawn, other cases asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aggregators.resampling import bootstrap_weights
from jury.auditing.bench import Bench
from jury.auditing.figures import Figures, bench_figures
from jury.auditing.membership import Groups

FloatArray = NDArray[np.float64]

_CELLS_AT_ONCE = 2**21


@dataclass(frozen=True, eq=False)
class Tried:
    """Cases as they were decided.

    Attributes
    ----------
    bench : Bench
    figures : Figures
        Under the weights as they are, b = 1.
    """

    bench: Bench
    figures: Figures

    @classmethod
    def of(cls, bench: Bench, groups: Groups) -> Tried:
        """Return the cases of `bench` with their figures."""
        return cls(bench, bench_figures(bench, groups, bench.weights[None, :]))


def by_case(tried: Sequence[Tried]) -> dict[str, FloatArray]:
    """Return every figure with the cases as the first axis, in the order in which they were heard."""
    order = np.argsort(np.concatenate([one.bench.places for one in tried])) if tried else np.zeros(0, dtype=np.intp)
    names = tried[0].figures.values if tried else ()
    return {name: np.concatenate([one.figures.values[name][0] for one in tried])[order] for name in names}


def mean_over_cases(values: FloatArray) -> FloatArray:
    """Return the mean over the first axis of what is not NaN; NaN where nothing is left."""
    known = ~np.isnan(values)
    count = known.sum(axis=0)
    total = np.where(known, values, 0.0).sum(axis=0)
    return np.asarray(np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 0))


def jurors_redrawn(
    tried: Sequence[Tried], groups: Groups, resamples: int, rng: np.random.Generator
) -> dict[str, FloatArray]:
    """Return the means over cases under each of b drawings of the jurors with replacement.

    A juror who is drawn twice counts twice in every case; each drawing is decided anew.
    """
    heard = np.flatnonzero(groups.heard)
    if not len(heard) or not tried:
        return {}
    largest = max(len(one.bench.jurors) for one in tried)
    rows = max(1, _CELLS_AT_ONCE // max(len(groups.weights), largest))
    parts = []
    for drawn in bootstrap_weights(len(heard), resamples, rng, rows=rows):
        times = np.zeros((len(drawn), len(groups.weights)))
        times[:, heard] = drawn
        parts.append(means_of(_refigured(tried, groups, times)))
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _refigured(tried: Sequence[Tried], groups: Groups, times: FloatArray) -> Iterator[Mapping[str, FloatArray]]:
    for one in tried:
        weights = times[:, one.bench.jurors] * one.bench.weights
        yield bench_figures(one.bench, groups, weights).values


def cases_redrawn(figures: dict[str, FloatArray], resamples: int, rng: np.random.Generator) -> dict[str, FloatArray]:
    """Return the means over cases under each of b drawings of the cases with replacement, the jurors as they are."""
    many = len(next(iter(figures.values()), ()))
    if many < 2:  # one case cannot be drawn in another way
        return {}
    times = rng.multinomial(many, np.full(many, 1 / many), size=resamples).astype(np.float64)
    found = {}
    for name, values in figures.items():
        flat = values.reshape(many, -1)
        known = ~np.isnan(flat)
        count = times @ known.astype(np.float64)
        total = times @ np.where(known, flat, 0.0)
        mean = np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 0)
        found[name] = mean.reshape(resamples, *values.shape[1:])
    return found


def means_of(of_cases: Iterable[Mapping[str, FloatArray]]) -> dict[str, FloatArray]:
    """Return means of (b, c, ...) figures over all cases of what is not NaN, without keeping the cases."""
    total: dict[str, FloatArray] = {}
    count: dict[str, FloatArray] = {}
    for figures in of_cases:
        for name, values in figures.items():
            known = ~np.isnan(values)
            filled, found = np.where(known, values, 0.0).sum(axis=1), known.sum(axis=1, dtype=np.float64)
            total[name] = total[name] + filled if name in total else filled
            count[name] = count[name] + found if name in count else found
    return {
        name: np.divide(total[name], count[name], out=np.full(total[name].shape, np.nan), where=count[name] > 0)
        for name in total
    }
