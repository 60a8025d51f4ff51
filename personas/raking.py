"""Raking: weights whose margins meet known ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from personas.errors import RakingError
from personas.groups import By, attribute_names
from personas.ipf import Bounds, Fit, Margin, fit
from personas.population import Population
from personas.targets import NotStated, Targets, check_not_stated, margin

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, eq=False, kw_only=True)
class Raked(Population):
    """A population whose weights were raked, and how that went.

    Parameters
    ----------
    iterations : int
        Sweeps over all targets.
    deviation : float
        Largest absolute difference between a weighted share and its target; at most the tolerance.
    convergence : DataFrame
        One row a target: its number of `levels`; the largest absolute difference from a wanted share `before` and
        `after` raking; and the level, `furthest`, which was that far away before.
    bounds : (float, float), optional
        Least and largest weight that was allowed, as multiples of the mean.
    """

    iterations: int
    deviation: float
    convergence: pd.DataFrame
    bounds: Bounds | None = None

    @property
    def weight_range(self) -> tuple[float, float]:
        """Least and largest positive weight, as multiples of the mean of the positive ones."""
        positive = self.weights[self.weights > 0]
        mean = positive.mean()
        return float(positive.min() / mean), float(positive.max() / mean)


def rake(
    people: Population | pd.DataFrame,
    targets: Targets,
    *,
    weights: ArrayLike | None = None,
    bounds: Bounds | None = None,
    not_stated: NotStated = "refuse",
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
        ("age", "race"): {("18-24", "Black"): 0.02, ...}}``. Those of another population: `targets_from`.
    weights : (n,) array_like, optional
        Starting weights; by default the population's, or 1 for a frame.
    bounds : (float, float), optional
        Least and largest weight, as multiples of the mean weight, such as ``(0.2, 5)``. The targets still hold; what a
        trimmed weight gives up goes to others like it. A weight of 0 stays 0.
    not_stated : {"refuse", "keep"}
        What to do with people who did not state an attribute whose target has no share for them: refuse, or keep
        their share as it is, so that the target holds among those who stated it.
    max_iterations : int, default 1000
        Sweeps over all targets before giving up.
    tolerance : float, default 1e-9
        Largest absolute difference between a weighted share and its target at which to stop.

    Returns
    -------
    Raked
        A population of the same people. Weights keep their sum; relative to the starting ones they are a
        product of one factor per level, clipped to the bounds: the least change in relative entropy that meets the
        targets.

    Raises
    ------
    RakingError
        If a target names an unknown attribute or level, leaves out a level that people have, is not a
        distribution, asks for a level that nobody has, or contradicts another one or the bounds; the message names
        the levels that cannot be met.

    References
    ----------
    Deming, W. E. and Stephan, F. F. (1940). On a least squares adjustment of a sampled frequency table when
    the expected marginal totals are known. Annals of Mathematical Statistics 11(4).
    Ireland, C. T. and Kullback, S. (1968). Contingency tables with given marginals. Biometrika 55(1).
    Deville, J.-C. and Särndal, C.-E. (1992). Calibration estimators in survey sampling. Journal of the American
    Statistical Association 87(418).

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"sex": ["Female", "Male", "Male", "Male"]})
    >>> raked = rake(frame, {"sex": {"Female": 0.5, "Male": 0.5}})
    >>> raked.weights.round(3).tolist(), round(raked.effective_size, 3), round(raked.design_effect, 3)
    ([2.0, 0.667, 0.667, 0.667], 3.0, 1.333)
    >>> raked.convergence.round(3).to_dict("index")
    {'sex': {'levels': 2, 'before': 0.25, 'after': 0.0, 'furthest': 'sex=Female'}}
    """
    population = people if isinstance(people, Population) else Population(people, _read_only(np.ones(len(people))))
    if not isinstance(targets, Mapping) or not targets:
        raise RakingError("targets: none given: name at least one attribute with the shares of its levels")
    check_not_stated(not_stated)
    _check_bounds(bounds)
    start = population.weights if weights is None else Population(population.frame, np.asarray(weights, float)).weights
    margins = [margin(population.frame, start, key, shares, not_stated) for key, shares in targets.items()]
    fitted = fit(start, margins, bounds=bounds, max_iterations=max_iterations, tolerance=tolerance)
    names = list(map(_name, targets))
    trimmed = "" if bounds is None else f" within {bounds[0]:g} to {bounds[1]:g} times their mean"
    return _raked(
        population,
        fitted,
        _convergence(names, margins, fitted),
        f"Weights raked to {', '.join(names)} in {fitted.iterations} iterations{trimmed}; beyond these margins they"
        " keep the associations of the starting weights.",
        bounds,
    )


def poststratify(people: Population | pd.DataFrame, by: By, shares: object) -> Raked:
    """Scale weights so that each cell of `by` has a known share (post-stratification).

    Parameters
    ----------
    people : Population or DataFrame
        Whom to weight; a frame has one row a person and one column an attribute.
    by : str or sequence of str
        One attribute, or several to cross.
    shares : mapping, Series or Population
        The share or count of each level, or tuple of levels; or a population that they are taken from.

    Returns
    -------
    Raked
        A population of the same people. Within a cell, weights keep their proportions.

    Raises
    ------
    RakingError
        If a cell that people are in has no share, or a cell that has a share has nobody; all such cells are named:
        merge levels, or `rake` to the margins instead.

    References
    ----------
    Holt, D. and Smith, T. M. F. (1979). Post stratification. Journal of the Royal Statistical Society A 142(1).

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"race": ["A", "A", "B"], "sex": ["F", "M", "F"]})
    >>> poststratify(frame, "race & sex", {("A", "F"): 1, ("A", "M"): 1, ("B", "F"): 2}).weights.tolist()
    [0.75, 0.75, 1.5]
    """
    from personas.targets import targets_from

    if isinstance(shares, Population):
        ((key, wanted),) = targets_from(shares, [by]).items()
    else:
        frame = people.frame if isinstance(people, Population) else people
        key = attribute_names(by, map(str, frame.columns))
        try:
            wanted = dict(shares)  # type: ignore[call-overload]
        except (TypeError, ValueError):
            raise RakingError(f"shares: {shares!r} is no mapping: give the share of each cell of {key}") from None
    return rake(people, {key: wanted})


def _raked(population: Population, fitted: Fit, convergence: pd.DataFrame, note: str, bounds: Bounds | None) -> Raked:
    kept = {spec.name: getattr(population, spec.name) for spec in fields(Population)}
    kept["source"] = population.source.with_note(note)
    kept["weights"] = _read_only(fitted.weights)
    return Raked(
        **kept,
        iterations=fitted.iterations,
        deviation=fitted.deviation,
        convergence=convergence,
        bounds=bounds,
    )


def _convergence(names: Sequence[str], margins: Sequence[Margin], fitted: Fit) -> pd.DataFrame:
    import pandas as pd

    rows = [
        {
            "levels": len(margin.labels),
            "before": float(np.abs(before).max()),
            "after": float(np.abs(after).max()),
            "furthest": margin.labels[int(np.abs(before).argmax())],
        }
        for margin, before, after in zip(margins, fitted.before, fitted.after, strict=True)
    ]
    return pd.DataFrame(rows, index=pd.Index(names, name="target"))


def _read_only(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    weights.flags.writeable = False
    return weights


def _name(key: str | tuple[str, ...]) -> str:
    return key if isinstance(key, str) else " & ".join(key)


def _check_bounds(bounds: Bounds | None) -> None:
    if bounds is None:
        return
    low, high = bounds if len(bounds) == 2 else (np.nan, np.nan)
    if not (0 <= low <= 1 <= high and low < high):
        raise RakingError(
            f"bounds: {bounds} must be a least multiple of the mean weight from 0 to 1 and a largest of at least 1,"
            " such as (0.2, 5)"
        )
