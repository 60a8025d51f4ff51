"""Iterative proportional fitting of weights to margins, on arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from personas.cells import Cells, collapse
from personas.errors import RakingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from personas.groups import Codes

Bounds: TypeAlias = tuple[float, float]

DIAGNOSED = 20_000  # cells up to which a linear program tells why targets are not met
PATIENCE = 100  # sweeps under bounds after which it is asked whether there are any such weights
SHOWN = 4  # levels in a message
REPRESENTABLE = (1e-150, 1e150)


@dataclass(frozen=True)
class Margin:
    """One margin to meet.

    Parameters
    ----------
    labels : tuple of str
        Names of the levels, for messages.
    codes : (n,) array of int
        The level of each row.
    shares : (k,) array of float
        What the weighted shares of the levels should be; they add to 1.
    """

    labels: tuple[str, ...]
    codes: Codes
    shares: NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """Weights that meet the margins, and how they were reached.

    Parameters
    ----------
    weights : (n,) array of float
        Their sum is that of the starting weights.
    iterations : int
        Sweeps over all margins.
    before : tuple of (k,) array of float
        For each margin, weighted shares less the wanted ones at the start.
    after : tuple of (k,) array of float
        The same at the end.
    """

    weights: NDArray[np.float64]
    iterations: int
    before: tuple[NDArray[np.float64], ...]
    after: tuple[NDArray[np.float64], ...]

    @property
    def deviation(self) -> float:
        """Largest absolute difference between a weighted share and its target."""
        return _largest(self.after)


def fit(
    weights: NDArray[np.float64],
    margins: Sequence[Margin],
    *,
    bounds: Bounds | None = None,
    max_iterations: int = 1000,
    tolerance: float = 1e-9,
) -> Fit:
    """Scale `weights` until every margin holds, staying as close to them as can be (in relative entropy).

    Parameters
    ----------
    weights : (n,) array of float
        Starting weights, not negative; a row of weight 0 keeps it.
    margins : sequence of Margin
        What to meet.
    bounds : (float, float), optional
        Least and largest weight of a row, as multiples of the mean of the positive weights.
    max_iterations : int, default 1000
        Sweeps before giving up.
    tolerance : float, default 1e-9
        Largest absolute difference between a weighted share and its target at which to stop.

    Raises
    ------
    RakingError
        If a level with a positive target has no weight, bounds keep a level from its target, or the margins are not
        met in time; the message tells whether any weights could meet them.

    Notes
    -----
    Rows that agree on every margin (and, under bounds, on their starting weight) are fitted as one, so that time
    depends on the number of cells. Under bounds the weights are ``clip(start x one factor per level, low, high)``:
    the least change in relative entropy among weights within them. Scaling a factor by target over clipped share never
    overshoots, because clipping makes a share respond less than in proportion.
    """
    cells = collapse([margin.codes for margin in margins], [len(margin.labels) for margin in margins])
    start = cells.sums(weights)
    for codes, margin in zip(cells.codes, margins, strict=True):
        _check_cells(_shares(start, codes, margin), margin)
    if bounds is None:
        return _fit_cells(weights, start, margins, cells, max_iterations, tolerance)
    return _fit_bounded(weights, margins, cells, bounds, max_iterations, tolerance)


def _fit_cells(
    weights: NDArray[np.float64],
    start: NDArray[np.float64],
    margins: Sequence[Margin],
    cells: Cells,
    max_iterations: int,
    tolerance: float,
) -> Fit:
    total = start.sum()
    fitted = start / total
    before = gaps = _gaps(fitted, cells.codes, margins)
    for iteration in range(1, max_iterations + 1):
        for codes, margin in zip(cells.codes, margins, strict=True):
            fitted = fitted * _ratio(margin.shares, _shares(fitted, codes, margin))[codes]
        gaps = _gaps(fitted, cells.codes, margins)
        if _largest(gaps) <= tolerance:
            return Fit(cells.spread(_ratio(fitted, start) * total, weights), iteration, before, gaps)
    most = np.where(start > 0, np.inf, 0.0)
    raise RakingError(_why(gaps, cells.codes, margins, (np.zeros_like(start), most), max_iterations))


def _fit_bounded(
    weights: NDArray[np.float64],
    margins: Sequence[Margin],
    cells: Cells,
    bounds: Bounds,
    max_iterations: int,
    tolerance: float,
) -> Fit:
    counted = weights > 0
    size = int(counted.sum())
    low, high = bounds[0] / size, bounds[1] / size
    number = cells.sums(counted.astype(np.float64))
    limits = number * low, _times(number, high)
    for codes, margin in zip(cells.codes, margins, strict=True):
        _check_bounds(_shares(number, codes, margin), margin, low, high, bounds)
    total = weights.sum()
    values, ranks = np.unique(weights, return_inverse=True)
    units = collapse([cells.rows, ranks], [len(cells), len(values)])
    unit_cells, unit_ranks = units.codes
    start = values[unit_ranks] / total
    held = units.sums(counted.astype(np.float64))
    of = [codes[unit_cells] for codes in cells.codes]
    free = start.copy()  # the product of factors, before it is clipped
    before = gaps = _gaps(held * start, of, margins)
    for iteration in range(1, max_iterations + 1):
        for codes, margin in zip(of, margins, strict=True):
            free = _scale(free, held, codes, margin, low, high)
        fitted = np.clip(free, low, high)
        gaps = _gaps(held * fitted, of, margins)
        if _largest(gaps) <= tolerance:
            return Fit(units.spread(fitted * total, counted.astype(np.float64)), iteration, before, gaps)
        if iteration == PATIENCE and len(cells) <= DIAGNOSED and _least_miss(cells.codes, margins, limits):
            raise RakingError(_why(gaps, cells.codes, margins, limits, iteration, bounds))
    raise RakingError(_why(gaps, cells.codes, margins, limits, max_iterations, bounds))


def _scale(
    free: NDArray[np.float64],
    held: NDArray[np.float64],
    codes: Codes,
    margin: Margin,
    low: float,
    high: float,
) -> NDArray[np.float64]:
    """Return `free` scaled so that the clipped shares of one margin come (nearly) to their targets.

    Newton's step, which is exact where nothing meets or leaves a bound, goes further than the safe one (target over
    share) in the same direction; the safe one is taken where it goes too far.
    """
    fitted = held * np.clip(free, low, high)
    reached = _shares(fitted, codes, margin)
    safe = _ratio(margin.shares, reached)
    inside = (free > low) & (free < high)
    moving = _shares(fitted * inside, codes, margin)
    newton = np.divide(margin.shares - (reached - moving), moving, out=safe.copy(), where=moving > 0)
    bold = np.clip(newton, safe / 2, safe * 2)
    tried = _shares(held * np.clip(free * bold[codes], low, high), codes, margin)
    overshot = (tried - margin.shares) * (reached - margin.shares) < 0
    scaled = free * np.where(overshot, safe, bold)[codes]
    return np.clip(scaled, *REPRESENTABLE)  # what stays at a bound is scaled for ever


def _shares(weights: NDArray[np.float64], codes: Codes, margin: Margin) -> NDArray[np.float64]:
    return np.bincount(codes, weights, minlength=len(margin.labels)).astype(np.float64, copy=False)


def _gaps(
    weights: NDArray[np.float64], cells: Sequence[Codes], margins: Sequence[Margin]
) -> tuple[NDArray[np.float64], ...]:
    return tuple(_shares(weights, codes, margin) - margin.shares for codes, margin in zip(cells, margins, strict=True))


def _largest(gaps: Sequence[NDArray[np.float64]]) -> float:
    return float(max(np.abs(gap).max() for gap in gaps))


def _ratio(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def _times(number: NDArray[np.float64], high: float) -> NDArray[np.float64]:
    """Return `number` times a bound that may be infinite; nobody times infinity is nothing."""
    return np.multiply(number, high, out=np.zeros_like(number), where=number > 0)


def _check_cells(reached: NDArray[np.float64], margin: Margin) -> None:
    empty = (reached <= 0) & (margin.shares > 0)
    if empty.any():
        names = ", ".join(np.asarray(margin.labels)[empty])
        raise RakingError(f"targets: nobody with weight in {names}, so no factor reaches its share: merge levels")


def _check_bounds(number: NDArray[np.float64], margin: Margin, low: float, high: float, bounds: Bounds) -> None:
    least = number * low
    most = _times(number, high)
    outside = (margin.shares < least - 1e-12) | (margin.shares > most + 1e-12)
    if outside.any():
        level = int(np.flatnonzero(outside)[0])
        raise RakingError(
            f"bounds: {bounds} hold the share of {margin.labels[level]} between {least[level]:.4g} and"
            f" {most[level]:.4g}, its target is {margin.shares[level]:.4g}: widen them or merge levels"
        )


def _why(
    gaps: Sequence[NDArray[np.float64]],
    cells: Sequence[Codes],
    margins: Sequence[Margin],
    limits: tuple[NDArray[np.float64], NDArray[np.float64]],
    iterations: int,
    bounds: Bounds | None = None,
) -> str:
    """Return why the targets are not met: no weights can, or it takes longer."""
    worst = int(np.argmax([np.abs(gap).max() for gap in gaps]))
    level = margins[worst].labels[int(np.abs(gaps[worst]).argmax())]
    state = f"targets: not met after {iterations} iterations, {level} is still {_largest(gaps):.2g} away"
    least = _least_miss(cells, margins, limits) if len(cells[0]) <= DIAGNOSED else None
    within = "" if bounds is None else f" within bounds {bounds}"
    remedy = "drop a target or merge levels" if bounds is None else "widen the bounds, drop a target or merge levels"
    if least is None:
        return f"{state}: targets contradict each other or people lack a combination they need{within}; {remedy}"
    if least:
        by_size = sorted(least.items(), key=lambda item: -abs(item[1]))
        missed = ", ".join(f"{name} by {abs(gap):.2g}" for name, gap in by_size[:SHOWN])
        missed += f" and {len(least) - SHOWN} more" if len(least) > SHOWN else ""
        return (
            f"{state}: no weights{within} meet them all, the nearest miss {missed}: targets contradict each other or"
            f" people lack a combination they need; {remedy}"
        )
    return f"{state}: weights that meet them exist, at their very limit; raise tolerance or max_iterations, or {remedy}"


def _least_miss(
    cells: Sequence[Codes],
    margins: Sequence[Margin],
    limits: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> dict[str, float] | None:
    """Return by how much the nearest weights miss which levels; empty if some meet all, None if that is not known."""
    from scipy.optimize import linprog
    from scipy.sparse import coo_array, eye_array, hstack

    offsets = np.cumsum([0, *(len(margin.labels) for margin in margins)])
    width, height = len(cells[0]), int(offsets[-1])
    at = np.concatenate([codes + offset for codes, offset in zip(cells, offsets[:-1], strict=True)])
    table = coo_array((np.ones(at.size), (at, np.tile(np.arange(width), len(cells)))), shape=(height, width))
    slack = eye_array(height)
    solved = linprog(
        np.concatenate([np.zeros(width), np.ones(2 * height)]),
        A_eq=hstack([table, slack, -slack], format="csr"),
        b_eq=np.concatenate([margin.shares for margin in margins]),
        bounds=np.column_stack(
            [np.append(limits[0], np.zeros(2 * height)), np.append(limits[1], np.full(2 * height, np.inf))]
        ).tolist(),
        method="highs",
        options={"time_limit": 10.0},
    )
    if solved.status != 0 or solved.x is None:
        return None
    missed = solved.x[width : width + height] - solved.x[width + height :]
    names = [name for margin in margins for name in margin.labels]
    return {names[level]: float(missed[level]) for level in np.flatnonzero(np.abs(missed) > 1e-7).tolist()}
