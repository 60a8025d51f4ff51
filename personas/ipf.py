"""Iterative proportional fitting of weights to margins, on arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from personas.errors import RakingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


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
    codes: NDArray[np.intp]
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
    deviation : float
        Largest absolute difference between a weighted share and its target.
    """

    weights: NDArray[np.float64]
    iterations: int
    deviation: float


def fit(
    weights: NDArray[np.float64],
    margins: Sequence[Margin],
    *,
    max_iterations: int = 1000,
    tolerance: float = 1e-9,
) -> Fit:
    """Scale `weights` until every margin holds, staying as close to them as can be (in relative entropy).

    Rows that agree on every margin are fitted as one cell, so that time depends on the number of cells.

    Raises
    ------
    RakingError
        If a level with a positive target has no weight, or the margins are not met in time.
    """
    for margin in margins:
        _check_cells(weights, margin)
    cells, rows = _cells(margins)
    start = np.bincount(rows, weights).astype(np.float64)
    total = start.sum()
    fitted = start / total
    for iteration in range(1, max_iterations + 1):
        for codes, margin in zip(cells, margins, strict=True):
            fitted = fitted * _ratio(margin.shares, _shares(fitted, codes, margin))[codes]
        gaps = [
            np.abs(_shares(fitted, codes, margin) - margin.shares) for codes, margin in zip(cells, margins, strict=True)
        ]
        deviation = float(max(gap.max() for gap in gaps))
        if deviation <= tolerance:
            return Fit(weights * (_ratio(fitted, start) * total)[rows], iteration, deviation)
    worst = int(np.argmax([gap.max() for gap in gaps]))
    level = margins[worst].labels[int(gaps[worst].argmax())]
    raise RakingError(
        f"targets: not met after {max_iterations} iterations, {level} is still {deviation:.2g} away:"
        " targets contradict each other or people lack a combination they need; drop a target or merge levels"
    )


def _cells(margins: Sequence[Margin]) -> tuple[list[NDArray[np.intp]], NDArray[np.intp]]:
    """Return the code of each distinct cell on each margin, and the cell of each row."""
    rows = np.zeros_like(margins[0].codes)
    for margin in margins:
        _, rows = np.unique(rows * len(margin.labels) + margin.codes, return_inverse=True)
    _, first = np.unique(rows, return_index=True)
    return [margin.codes[first] for margin in margins], rows.astype(np.intp)


def _shares(weights: NDArray[np.float64], codes: NDArray[np.intp], margin: Margin) -> NDArray[np.float64]:
    return np.bincount(codes, weights, minlength=len(margin.labels)).astype(np.float64).astype(np.float64)


def _ratio(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def _check_cells(weights: NDArray[np.float64], margin: Margin) -> None:
    empty = (_shares(weights, margin.codes, margin) <= 0) & (margin.shares > 0)
    if empty.any():
        names = ", ".join(np.asarray(margin.labels)[empty])
        raise RakingError(f"targets: nobody with weight in {names}, so no factor reaches its share: merge levels")
