"""How far jurors' answers are from people's, case by case and group by group, and how far knowing nothing would be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from jury.estimates import Estimate, mean_estimate
from jury.metrics.distances import jensen_shannon_distance, total_variation, wasserstein
from jury.uncertainty.simultaneous import simultaneous
from jury.validation.sides import Pair, Unit
from jury.validation.spread import Grouping

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MEASURES", "distance_rows", "summary", "together"]

FloatArray = NDArray[np.float64]

#: The distances; each comes with ``_uniform``, ``_majority``, ``_floor`` and, with a second run, ``_baseline``.
MEASURES = ("tv", "js", "wasserstein")

_FLOOR_DRAWS = 200


@dataclass(frozen=True, eq=False)
class _Spread:
    shares: FloatArray
    count: int
    effective: float


def distance_rows(
    pair: Pair, groups: Sequence[Grouping], rng: np.random.Generator, baseline: Pair | None = None
) -> Iterator[dict[str, Any]]:
    """Yield one row a unit and group that both sides answered, everybody first.

    Yields
    ------
    dict
        ``case`` (the unit's name); ``attribute, group`` (empty for everybody); ``people, jurors`` (numbers behind
        the shares); ``human, model`` (shares by answer); ``tv, js`` (total variation and Jensen-Shannon distance in
        base 2, lower is closer; NaN where answers are too fine to be counted), ``wasserstein`` (how far the mass moves,
        as a share of the length of the scale, where answers have an order, else NaN); each again for an even spread
        (``_uniform``), for everybody giving the people's most frequent answer (``_majority``), for a perfect model
        (``_floor``: drawn from the people's own shares, as many as there are jurors, or those shares themselves where
        jurors predict distributions; against people drawn again unless they are the very same) and for the baseline run
        (``_baseline``).
    """
    based = {unit.name: unit for unit in baseline.units} if baseline is not None else {}
    scenes = [("", "", None, None)]
    scenes += [
        (one.by, label, one.jurors[place] > 0, one.people[place] > 0)
        for one in groups
        for place, label in enumerate(one.labels)
    ]
    for attribute, group, of_jurors, of_people in scenes:
        for unit in pair.units:
            jurors = _spread(unit.jurors, pair.jurors.weights, of_jurors)
            people = _spread(unit.people, pair.people.weights, of_people)
            if not jurors.count or not people.count:
                continue
            other = based.get(unit.name)
            null = None
            if other is not None and baseline is not None and other.categories == unit.categories:
                null = _spread(other.jurors, baseline.jurors.weights, None)
            yield {
                "case": unit.name,
                "attribute": attribute,
                "group": group,
                "people": people.count,
                "jurors": jurors.count,
                "human": dict(zip(unit.categories, people.shares.tolist(), strict=True)),
                "model": dict(zip(unit.categories, jurors.shares.tolist(), strict=True)),
                **_measured(unit, jurors, people, null, rng, same_people=pair.same_people),
            }


def _spread(answers: FloatArray, weights: FloatArray, inside: NDArray[np.bool_] | None) -> _Spread:
    used = ~np.isnan(answers).any(axis=1) & (weights > 0)
    if inside is not None:
        used &= inside
    mass = weights[used]
    if not len(mass):
        return _Spread(np.zeros(answers.shape[1]), 0, 0.0)
    shares = mass @ answers[used] / mass.sum()
    return _Spread(shares / shares.sum(), int(used.sum()), float(mass.sum() ** 2 / (mass @ mass)))


def _measured(
    unit: Unit,
    jurors: _Spread,
    people: _Spread,
    null: _Spread | None,
    rng: np.random.Generator,
    *,
    same_people: bool,
) -> dict[str, float]:
    truth = people.shares
    even = unit.even
    mode = np.eye(len(truth))[int(np.argmax(truth))]
    perfect = _again(truth, jurors.effective if unit.drawn else None, rng)
    again = _again(truth, None if same_people else people.effective, rng)
    compared = {"": jurors.shares, "_uniform": even, "_majority": mode}
    if null is not None and null.count:
        compared["_baseline"] = null.shares
    found: dict[str, float] = {}
    for measure in MEASURES:
        for name, shares in compared.items():
            found[measure + name] = float(np.mean(_distance(measure, unit, truth, shares)))
        found[f"{measure}_floor"] = float(np.mean(_distance(measure, unit, again, perfect)))
    return found


def _again(truth: FloatArray, size: float | None, rng: np.random.Generator) -> FloatArray:
    """Return shares of as many answers drawn from `truth`, several times; None draws none."""
    if size is None:
        return truth
    return rng.multinomial(max(round(size), 1), truth, size=_FLOOR_DRAWS).astype(float)


def _distance(measure: str, unit: Unit, one: FloatArray, other: FloatArray) -> FloatArray | float:
    if measure == "wasserstein":
        if unit.positions is None or len(unit.positions) < 2:
            return float("nan")
        length = unit.positions[-1] - unit.positions[0]
        moved: FloatArray = np.asarray(wasserstein(one, other, unit.positions)) / length
        return moved
    if not unit.countable:
        return float("nan")
    return jensen_shannon_distance(one, other) if measure == "js" else total_variation(one, other)


def summary(table: pd.DataFrame, case_of: dict[str, int]) -> dict[str, Estimate]:
    """Return means over cases of the distances of one group, and of how much nearer than the nulls they are.

    Parameters
    ----------
    table : DataFrame
        Rows of one group.
    case_of : dict
        Unit -> case; units of one case are averaged first, for they are no new evidence.

    Returns
    -------
    dict
        Every distance; and ``tv_over_uniform`` and so on: the jurors' distance less the null's, below 0 where jurors
        are closer. Intervals are over cases.
    """
    cases = table["case"].map(case_of).to_numpy(dtype=np.intp)
    found = {}
    columns = [name for name in table.columns if name.partition("_")[0] in MEASURES]
    for name in columns:
        found[name] = _over_cases(table[name].to_numpy(dtype=float), cases)
    for measure in MEASURES:
        for null in ("uniform", "majority", "floor", "baseline"):
            if f"{measure}_{null}" in columns:
                apart = table[measure].to_numpy(dtype=float) - table[f"{measure}_{null}"].to_numpy(dtype=float)
                found[f"{measure}_over_{null}"] = _over_cases(apart, cases)
    return found


def together(
    table: pd.DataFrame, case_of: dict[str, int], rng: np.random.Generator, *, resamples: int = 1000
) -> dict[tuple[str, str], dict[str, Estimate]]:
    """Return `summary` of everybody, and of each group with intervals that hold for all groups at once.

    Parameters
    ----------
    table : DataFrame
        Rows of `distance_rows`.
    case_of : dict
        Unit -> case.
    rng : Generator
        Redraws the cases, the same ones for all groups.
    resamples : int
    """
    parts = {(str(one), str(two)): part for (one, two), part in table.groupby(["attribute", "group"], sort=False)}
    found = {key: summary(part, case_of) for key, part in parts.items()}
    groups = [key for key in parts if key != ("", "")]
    many = max(case_of.values(), default=-1) + 1
    if len(groups) < 2 or many < 2:
        return found
    times = rng.multinomial(many, np.full(many, 1 / many), size=resamples).astype(float)
    for name in found[groups[0]]:
        cases = [parts[key]["case"].map(case_of).to_numpy(dtype=np.intp) for key in groups]
        per_case = [_by_case(_column(parts[key], name), of, many) for key, of in zip(groups, cases, strict=True)]
        means, draws, counts = zip(*(_redrawn(values, times) for values in per_case), strict=True)
        for key, one in zip(groups, simultaneous(means, np.stack(draws, axis=1), counts, "cases"), strict=True):
            found[key][name] = one
    return found


def _column(part: pd.DataFrame, name: str) -> FloatArray:
    measure, over, null = name.partition("_over_")
    values = part[measure].to_numpy(dtype=float)
    return values - part[f"{measure}_{null}"].to_numpy(dtype=float) if over else values


def _by_case(values: FloatArray, cases: NDArray[np.integer[Any]], many: int) -> FloatArray:
    known = ~np.isnan(values)
    count = np.bincount(cases[known], minlength=many)
    total = np.bincount(cases[known], values[known], minlength=many)
    means: FloatArray = np.divide(total, count, out=np.full(many, np.nan), where=count > 0)
    return means


def _redrawn(values: FloatArray, times: FloatArray) -> tuple[float, FloatArray, int]:
    """Return the mean over cases, its redrawings, and the number of cases."""
    known = ~np.isnan(values)
    if not known.any():
        return np.nan, np.full(len(times), np.nan), 0
    count = times @ known
    draws = np.divide(times @ np.where(known, values, 0.0), count, out=np.full(len(times), np.nan), where=count > 0)
    return float(values[known].mean()), draws, int(known.sum())


def _over_cases(values: FloatArray, cases: NDArray[np.integer[Any]]) -> Estimate:
    return mean_estimate(_by_case(values, cases, int(cases.max(initial=0)) + 1), "cases")
