"""Raking: weights whose margins meet known ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from personas.errors import PopulationError, RakingError
from personas.groups import NOT_STATED, attribute_names, factor, label
from personas.ipf import Margin, fit
from personas.population import Population

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

Targets: TypeAlias = Mapping[str | tuple[str, ...], Mapping[object, float]]


@dataclass(frozen=True, eq=False, kw_only=True)
class Raked(Population):
    """A population whose weights were raked, and how that went.

    Parameters
    ----------
    iterations : int
        Sweeps over all targets.
    deviation : float
        Largest absolute difference between a weighted share and its target; at most the tolerance.
    """

    iterations: int
    deviation: float


def rake(
    people: Population | pd.DataFrame,
    targets: Targets,
    *,
    weights: ArrayLike | None = None,
    max_iterations: int = 1000,
    tolerance: float = 1e-9,
) -> Raked:
    """Scale weights until weighted margins meet `targets` (iterative proportional fitting).

    Parameters
    ----------
    people : Population or DataFrame
        Whom to weight; a frame has one row a person and one column an attribute.
    targets : mapping
        For an attribute, or a tuple of attributes, the share or count of each level, or tuple of levels; each
        target is normalised to add to 1. Example: ``{"sex": {"Female": 51, "Male": 49},
        ("age", "race"): {("18-24", "Black"): 0.02, ...}}``.
    weights : (n,) array_like, optional
        Starting weights; by default the population's, or 1 for a frame.
    max_iterations : int, default 1000
        Sweeps over all targets before giving up.
    tolerance : float, default 1e-9
        Largest absolute difference between a weighted share and its target at which to stop.

    Returns
    -------
    Raked
        A population of the same people. Weights keep their sum; relative to the starting ones they are a
        product of one factor per level, the least change in relative entropy that meets the targets.

    Raises
    ------
    RakingError
        If a target names an unknown attribute or level, leaves out a level that people have, is not a
        distribution, asks for a level that nobody has, or contradicts another one.

    References
    ----------
    Deming, W. E. and Stephan, F. F. (1940). On a least squares adjustment of a sampled frequency table when
    the expected marginal totals are known. Annals of Mathematical Statistics 11(4).
    Ireland, C. T. and Kullback, S. (1968). Contingency tables with given marginals. Biometrika 55(1).

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"sex": ["Female", "Male", "Male", "Male"]})
    >>> raked = rake(frame, {"sex": {"Female": 0.5, "Male": 0.5}})
    >>> raked.weights.round(3).tolist(), round(raked.effective_size, 3)
    ([2.0, 0.667, 0.667, 0.667], 3.0)
    """
    population = people if isinstance(people, Population) else Population(people, np.ones(len(people)))
    if not targets:
        raise RakingError("targets: none given: name at least one attribute with the shares of its levels")
    margins = [_margin(population.frame, key, shares) for key, shares in targets.items()]
    start = population.weights if weights is None else Population(population.frame, np.asarray(weights, float)).weights
    fitted = fit(start, margins, max_iterations=max_iterations, tolerance=tolerance)
    names = ", ".join(key if isinstance(key, str) else " & ".join(key) for key in targets)
    kept = {spec.name: getattr(population, spec.name) for spec in fields(Population)}
    kept["source"] = population.source.with_note(
        f"Weights raked to {names} in {fitted.iterations} iterations; beyond these margins they keep the"
        " associations of the starting weights."
    )
    return Raked(**{**kept, "weights": fitted.weights}, iterations=fitted.iterations, deviation=fitted.deviation)


def _margin(frame: pd.DataFrame, key: str | tuple[str, ...], shares: Mapping[object, float]) -> Margin:
    """Return one target against the people's levels."""
    names = (key,) if isinstance(key, str) else tuple(key)
    try:
        names = attribute_names(names, map(str, frame.columns), field="targets")
    except PopulationError as error:
        raise RakingError(str(error)) from None
    wanted = {_level(names, level): float(share) for level, share in shares.items()}
    total = sum(wanted.values())
    if not all(np.isfinite(share) and share >= 0 for share in wanted.values()) or total <= 0:
        raise RakingError(
            f"targets: {' & '.join(names)}: {list(wanted.values())} must be finite, not negative, not all 0"
        )
    people = factor(frame, names)
    if left_out := [name for name in people.labels if name not in wanted]:
        stated = "drop or fill in people who did not state it" if NOT_STATED in left_out[0] else "give its share"
        raise RakingError(
            f"targets: no share for {left_out[0]}, which people have; known: {', '.join(wanted)}; {stated}"
        )
    labels = (*people.labels, *(name for name in wanted if name not in people.labels))
    return Margin(labels, people.codes, np.array([wanted[name] / total for name in labels]))


def _level(names: tuple[str, ...], level: object) -> str:
    values = level if isinstance(level, tuple) else (level,)
    if len(values) != len(names):
        raise RakingError(
            f"targets: level {level!r} has {len(values)} values for {' & '.join(names)}: give {len(names)}"
        )
    return label(names, values)
