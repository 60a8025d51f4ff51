"""Agreement among raters beyond chance: Krippendorff's alpha, with missing ratings, weights and an interval."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jury.estimates import LEVEL, Estimate, drawn_estimate

__all__ = ["Level", "krippendorff_alpha", "krippendorff_estimate"]

FloatArray = NDArray[np.float64]

#: What distances between ratings mean: none (names), their order, or their difference.
Level = Literal["nominal", "ordinal", "interval"]

_NUMBERS_AT_ONCE = 2**20


def krippendorff_alpha(ratings: ArrayLike, level: Level = "nominal", *, weights: ArrayLike | None = None) -> float:
    """Return Krippendorff's alpha: 1 is agreement, 0 what chance would give, below 0 systematic disagreement.

    Parameters
    ----------
    ratings : array_like of shape (raters, units)
        Numbers; NaN is no rating. Names are coded as any numbers for ``nominal``.
    level : {"nominal", "ordinal", "interval"}
        Of measurement. Ordinal distances count the ratings between two values, so they depend on the data.
    weights : array_like of shape (raters,), optional
        Of the raters, not negative; equal by default. A pair of ratings counts by the product of its weights, and a
        unit by the total of them. Only the proportions matter; equal weights give the published coefficient.

    Returns
    -------
    float
        NaN if no unit has two ratings, or all ratings are equal: then there is no disagreement to expect.

    Raises
    ------
    ValueError
        For an unknown level, weights that do not match or are negative, or ratings that are not a matrix.

    Notes
    -----
    Units with a single rating say nothing about agreement and are left out. Validation: equal to the package
    ``krippendorff`` on random matrices with holes, at all three levels, and to CREHate's published .416.

    References
    ----------
    Krippendorff (2019), Content Analysis, 4th edition, chapter 12.

    Examples
    --------
    >>> round(krippendorff_alpha([[1, 2, 3, 3], [1, 2, 3, 1], [1, 2, 3, float("nan")]]), 3)
    0.75
    """
    tables = _tables(ratings, level, weights)
    return float(tables.alpha(np.ones((1, tables.units)))[0])


def krippendorff_estimate(
    ratings: ArrayLike,
    rng: np.random.Generator,
    level: Level = "nominal",
    *,
    weights: ArrayLike | None = None,
    resamples: int = 1000,
    confidence: float = LEVEL,
) -> Estimate:
    """Return Krippendorff's alpha with the interval of a bootstrap of the units.

    Parameters
    ----------
    ratings, level, weights
        As for `krippendorff_alpha`.
    rng : Generator
    resamples : int
    confidence : float
        Of the interval.

    Returns
    -------
    Estimate
        Over the units with at least two ratings. The interval is for other units rated by the same raters (or by
        raters drawn anew for each unit); it does not say what other raters would have done with all of them.

    Raises
    ------
    ValueError
        As `krippendorff_alpha`.

    References
    ----------
    Hayes and Krippendorff (2007), Answering the call for a standard reliability measure for coding data,
    Communication Methods and Measures 1. They draw pairs of values as if these were independent of each other; drawing
    whole units keeps together the pairs that share a rating, so intervals here are longer.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> signal = rng.integers(0, 2, 200)
    >>> noisy = np.where(rng.random((4, 200)) < 0.1, 1 - signal, signal)
    >>> krippendorff_estimate(noisy, rng).words(2)
    '0.68 [0.61, 0.74]'
    """
    tables = _tables(ratings, level, weights)
    value = float(tables.alpha(np.ones((1, tables.units)))[0])
    draws: list[FloatArray] = []
    if tables.units > 1:
        even = np.full(tables.units, 1 / tables.units)
        rows = max(1, _NUMBERS_AT_ONCE // tables.units)
        for start in range(0, resamples, rows):
            counts = rng.multinomial(tables.units, even, size=min(rows, resamples - start)).astype(float)
            draws.append(tables.alpha(counts))
    return drawn_estimate(value, np.concatenate(draws) if draws else [], tables.units, "units", level=confidence)


@dataclass(frozen=True, eq=False)
class _Tables:
    """What alpha is a function of, by unit: the mass of each value, and the disagreement of its pairs.

    Attributes
    ----------
    values : (v,) float array
        The values that occur.
    mass : (units, v) float array
        Weight of each value.
    squares : (units,) float array
        Sum of squared weights of the ratings: what pairs of a rating with itself would weigh.
    level : Level
    """

    values: FloatArray
    mass: FloatArray
    squares: FloatArray
    level: Level

    @property
    def units(self) -> int:
        return len(self.mass)

    def alpha(self, times: FloatArray) -> FloatArray:
        """Return alpha with each unit counted so often, shape (b, units) to (b,)."""
        marginals = times @ self.mass
        total = marginals.sum(axis=1)
        pairs = total**2 - times @ self.squares
        if self.level == "ordinal":
            parts = [self._ordinal(times[row], marginals[row]) for row in range(len(times))]
            observed, expected = (np.array(part) for part in zip(*parts, strict=True))
        else:
            within = self._disagreement(self.mass)
            observed = times @ (within * self._scale())
            expected = self._disagreement(marginals)
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = (observed / total) / (expected / pairs)
            found: FloatArray = np.where((expected > 1e-12 * pairs) & (total > 0), 1 - ratio, np.nan)
        return found

    def _scale(self) -> FloatArray:
        """Return what makes the pairs of each unit weigh as much as its ratings."""
        total = self.mass.sum(axis=1)
        scale: FloatArray = total / (total**2 - self.squares)
        return scale

    def _disagreement(self, mass: FloatArray) -> FloatArray:
        """Return the sum over ordered pairs of ratings of their weights times their squared distance."""
        total = mass.sum(axis=1)
        if self.level == "nominal":
            different: FloatArray = total**2 - (mass**2).sum(axis=1)
            return different
        # About the middle of the values and by their range, so that large ones lose no digits and overflow nothing;
        # alpha is a ratio, in which the range cancels.
        halves = self.values / 2
        low, high = halves.min(initial=np.inf), halves.max(initial=-np.inf)
        centred = (halves - (low + high) / 2) / (high - low) if low < high else np.zeros_like(halves)
        apart: FloatArray = 2 * (total * (mass @ centred**2) - (mass @ centred) ** 2)
        return apart

    def _ordinal(self, times: FloatArray, marginals: FloatArray) -> tuple[float, float]:
        below = np.cumsum(marginals) - marginals / 2
        distance = (below[:, None] - below[None, :]) ** 2
        within = np.einsum("uv,uv->u", self.mass @ distance, self.mass)
        return float(times @ (within * self._scale())), float(marginals @ distance @ marginals)


def _tables(ratings: ArrayLike, level: Level, weights: ArrayLike | None) -> _Tables:
    matrix = np.asarray(ratings, dtype=float)
    if level not in get_args(Level):
        raise ValueError(f"level={level!r} is not known; use {', '.join(get_args(Level))}")
    if matrix.ndim != 2:
        raise ValueError(f"ratings must be (raters, units), not of shape {matrix.shape}")
    given = np.ones(len(matrix)) if weights is None else np.asarray(weights, dtype=float)
    if given.shape != (len(matrix),) or not np.isfinite(given).all() or (given < 0).any():
        raise ValueError(f"weights must be {len(matrix)} finite numbers that are not negative, one a rater")
    used = given > 0
    # Only proportions matter; squares of very large or small weights would overflow or vanish.
    _, exponent = np.frexp(given.max(initial=0.0))
    matrix, given = matrix[used], np.ldexp(given[used], -exponent)
    matrix = matrix[:, (~np.isnan(matrix)).sum(axis=0) >= 2]
    seen = ~np.isnan(matrix)
    values, codes = np.unique(matrix[seen], return_inverse=True)
    raters, units = np.nonzero(seen)
    mass = np.zeros((matrix.shape[1], len(values)))
    np.add.at(mass, (units, codes), given[raters])
    return _Tables(values, mass, seen.T @ given**2, level)


def unit_columns(columns: Iterator[tuple[NDArray[np.intp], FloatArray]], raters: int) -> FloatArray:
    """Return a matrix (raters, units) of columns given as (rater, rating), some raters having said nothing.

    A rater who rated one unit more than once gets further rows, so that no rating is lost; two ratings of one rater are
    a pair like any other.
    """
    cells = list(columns)
    depth = max((int(np.bincount(who).max()) for who, _ in cells if len(who)), default=1)
    matrix = np.full((depth * raters, len(cells)), np.nan)
    for unit, (who, said) in enumerate(cells):
        order = np.argsort(who, kind="stable")
        sorted_ = who[order]
        again = np.arange(len(who)) - np.searchsorted(sorted_, sorted_)
        matrix[again * raters + sorted_, unit] = said[order]
    return matrix
