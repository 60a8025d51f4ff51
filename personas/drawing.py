"""Drawing juries from a population: what is asked is checked, drawn by a design, and seated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from aggregators.registry import UnknownName
from personas.allocation import per_level
from personas.coverage import design_warnings, thin_groups
from personas.designs import Allocation, Design, Draw, Least, Request, designs, repeated
from personas.errors import PopulationError, SamplingError
from personas.groups import By, attribute_names, cross, factor
from personas.repetition import one_by_one
from personas.samples import Sample, Samples, seat

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from personas.population import Population

AtLeast: TypeAlias = Mapping[By, int | Mapping[object, int]]
"""For each attribute, or crossing, how many jurors each group has at least: one number for all or one by level."""


@dataclass(frozen=True)
class Terms:
    """How a jury is to be drawn, as the parameters of `Population.sample`, not yet checked."""

    n: int
    design: str = "srs"
    by: By = ()
    allocation: Allocation = "proportional"
    size: str | ArrayLike | None = None
    at_least: AtLeast | None = None
    replace: bool | None = None


def draw(population: Population, terms: Terms, rng: np.random.Generator) -> Sample:
    """Draw one jury; see `Population.sample`."""
    request, names = _request(population, terms, rng)
    drawn = _design(terms.design)(request, rng)
    order = rng.permutation(request.n)
    drawn = Draw(drawn.rows[order], drawn.weights[order], drawn.unbiased, drawn.warnings)
    warnings = list(design_warnings(terms.design, drawn))
    controlled = [cross(request.factors)] if names else []
    for cells in (*controlled, *(each for each, _ in request.least)):
        warnings += thin_groups(cells, population.weights, drawn.rows)
    return seat(population, drawn, _described(terms.design, request, names), tuple(warnings))


def draw_many(population: Population, count: int, terms: Terms, rng: np.random.Generator) -> Samples:
    """Draw `count` juries at once; see `Population.samples`."""
    count = _count(count, "count", "juries")
    request, names = _request(population, terms, rng)
    one = _design(terms.design)
    at_once = terms.design in repeated
    drawn = repeated[terms.design](request, count, rng) if at_once else one_by_one(one, request, count, rng)
    total = population.weights.sum() if drawn.unbiased else drawn.weights.sum(axis=1, keepdims=True)
    scale = request.n / total
    return Samples(
        population,
        drawn.rows,
        drawn.weights * scale,
        _described(terms.design, request, names),
        drawn.unbiased,
        design_warnings(terms.design, drawn),
    )


def _request(population: Population, terms: Terms, rng: np.random.Generator) -> tuple[Request, tuple[str, ...]]:
    """Return what a design is asked, checked, and the names of `by`."""
    n = _count(terms.n, "n", "jurors")
    if not isinstance(rng, np.random.Generator):
        raise SamplingError(f"rng: {rng!r} is not a Generator: pass numpy.random.default_rng(seed)")
    if not isinstance(terms.allocation, Mapping) and terms.allocation not in ("proportional", "equal"):
        raise SamplingError(
            f"allocation: {terms.allocation!r} is not known: use proportional, equal, or numbers for each group"
        )
    if terms.at_least is not None and not isinstance(terms.at_least, Mapping):
        raise SamplingError(f"at_least: {terms.at_least!r} is no mapping: give numbers, such as {{'race': 2}}")
    names = attribute_names(terms.by, population.attributes) if terms.by else ()
    request = Request(
        n,
        population.weights,
        tuple(factor(population.frame, [name]) for name in names),
        terms.allocation,
        population.unit == "cell" if terms.replace is None else terms.replace,
        None if terms.size is None else _sizes(population, terms.size),
        tuple(_least(population, key, minima) for key, minima in (terms.at_least or {}).items()),
    )
    return request, names


def _sizes(population: Population, size: str | ArrayLike) -> NDArray[np.float64]:
    try:
        if isinstance(size, str):
            (name,) = attribute_names((size,), population.attributes, field="size")
            sizes = population.frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
        else:
            sizes = np.asarray(size, dtype=np.float64)
    except (TypeError, ValueError) as error:
        if isinstance(error, PopulationError):
            raise
        raise SamplingError(f"size: {size!r} is not of numbers: name an attribute that is") from None
    what = size if isinstance(size, str) else "the array"
    if sizes.shape != (len(population),):
        raise SamplingError(
            f"size: {what} has shape {sizes.shape}: give one number for each of {len(population)} personas"
        )
    if bad := int((~(np.isfinite(sizes) & (sizes >= 0))).sum()):
        raise SamplingError(
            f"size: {what} is not a finite number of at least 0 for {bad} of {len(population)} personas:"
            " fill it in, or drop them"
        )
    return sizes


def _least(population: Population, by: By, minima: int | Mapping[object, int]) -> Least:
    coded = factor(population.frame, attribute_names(by, population.attributes, field="at_least"))
    if isinstance(minima, Mapping):
        numbers = per_level(minima, coded, "at_least")
    elif not isinstance(minima, (int, np.integer)) or isinstance(minima, bool) or minima < 0:
        raise SamplingError(f"at_least: {minima!r} for {by!r}: give whole numbers of jurors")
    else:
        weighty = np.bincount(coded.codes, population.weights, minlength=len(coded.levels)) > 0
        numbers = np.where(weighty, minima, 0).astype(np.float64)
    if (numbers % 1).any():
        raise SamplingError(f"at_least: {minima!r} for {by!r}: give whole numbers of jurors")
    return coded, numbers.astype(np.intp)


def _count(n: int, field: str, noun: str) -> int:
    if not isinstance(n, (int, np.integer)) or isinstance(n, bool) or n < 1:
        raise SamplingError(f"{field}: {n!r} {noun} cannot be drawn: give a whole number of at least 1")
    return int(n)


def _design(name: str) -> Design:
    try:
        return designs[name]
    except UnknownName as error:
        raise SamplingError(f"design: {error}") from None


def _described(design: str, request: Request, names: tuple[str, ...]) -> str:
    """Return how a jury is drawn, in words."""
    shared = request.allocation if isinstance(request.allocation, str) else f"allocated {dict(request.allocation)}"
    parts = [
        f"{request.n} jurors",
        design,
        *([f"by {' & '.join(names)}", shared] if names else []),
        *(["by size"] if request.size is not None else []),
        *(f"at least {_minima(each)}" for each in request.least),
        f"{'with' if request.replace else 'without'} replacement",
    ]
    return ", ".join(parts)


def _minima(least: Least) -> str:
    coded, minima = least
    if minima.all() and (minima == minima[0]).all():
        return f"{minima[0]} of each {' & '.join(coded.names)}"
    return " and ".join(f"{count} {name}" for name, count in zip(coded.labels, minima.tolist(), strict=True) if count)
