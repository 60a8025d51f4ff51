"""Intervals and p-values that hold for all groups and rules together.

Two things could have been otherwise: which jurors were drawn and which cases were asked. Each is drawn again with the
other as it is, and the two deviations are added. The variance of the sum is the sum of two one-way clustered variances,
which counts the noise of single answers twice: it is right where jurors or cases differ as such, and too large, by a
factor of at most two, where all variation is noise (Cameron, Gelbach and Miller 2011 subtract that part, and may then
come out negative). With one case only the jurors are drawn again.

Regret is a maximum less a mean, and a drawing of few jurors is more extreme than they were: where groups have some five
jurors a case its intervals are up to twice too long (those of the share of cases lost keep their length).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

LEVEL = 0.95
_LEAST_DRAWS = 20
_STILL = 1e-12  # of the size of a figure: what moves less does not move


@dataclass(frozen=True, eq=False)
class Together:
    """Intervals of several figures that cover all of them together.

    Attributes
    ----------
    low, high : arrays
        In the shape of the figures; NaN where there is no interval.
    comparisons : int
        How many figures they cover together.
    """

    low: FloatArray
    high: FloatArray
    comparisons: int


@dataclass(frozen=True, eq=False)
class Deviations:
    """How far figures of drawings lie from their mean.

    Attributes
    ----------
    values : (b, ...) array
        Jurors and cases together; NaN where a drawing says nothing.
    freedom : (...) array
        Degrees of freedom of their spread, by Satterthwaite; NaN where one unit only is behind a figure.
    """

    values: FloatArray
    freedom: FloatArray

    @property
    def spread(self) -> FloatArray:
        """(...) standard error of each figure."""
        known = ~np.isnan(self.values)
        return _spread(np.where(known, self.values, 0.0), known.sum(axis=0))


def deviations(*drawings: tuple[FloatArray | None, FloatArray]) -> Deviations | None:
    """Return the deviations of figures under several ways of drawing again, added up; None if there is none.

    Parameters
    ----------
    *drawings : pairs of a (b, ...) array or None and a (...) array
        Figures of b drawings of jurors, or of cases; and the number of units behind each figure: a drawing with
        replacement of n varies less than the n did, by (n - 1) / n.
    """
    parts, variances, freedoms = [], [], []
    for drawn, behind in drawings:
        if drawn is None:
            continue
        known = ~np.isnan(drawn)
        count = known.sum(axis=0)
        mean = np.where(known, drawn, 0.0).sum(axis=0) / np.maximum(count, 1)
        wider = np.sqrt(np.divide(behind, behind - 1, out=np.full(behind.shape, np.nan), where=behind > 1))
        part = (drawn - mean) * wider
        parts.append(part)
        variances.append(_spread(np.where(np.isnan(part), 0.0, part), count) ** 2)
        freedoms.append(np.where(behind > 1, behind - 1, np.nan))
    if not parts:
        return None
    total = np.sum(variances, axis=0)
    parted = np.sum([variance**2 / free for variance, free in zip(variances, freedoms, strict=True)], axis=0)
    freedom = np.divide(total**2, parted, out=np.full(total.shape, np.nan), where=parted > 0)
    return Deviations(np.asarray(np.sum(parts, axis=0)), freedom)


def _spread(values: FloatArray, count: NDArray[np.int64]) -> FloatArray:
    return np.asarray(np.sqrt((values**2).sum(axis=0) / np.maximum(count - 1, 1)))


def together(values: FloatArray, found: Deviations | None, among: BoolArray, *, level: float = LEVEL) -> Together:
    """Return intervals that cover all figures `among` together, by the largest of their studentised deviations.

    Parameters
    ----------
    values : (...) array
        The figures.
    found : Deviations or None
    among : (...) bool array
        The figures that are to be covered; others get no interval.
    level : float

    Notes
    -----
    Longer than the deviations by as much as a t interval is longer than a normal one.

    References
    ----------
    Westfall and Young (1993), Resampling-Based Multiple Testing; Montiel Olea and Plagborg-Møller (2019), Simultaneous
    Confidence Bands, on the sup-t band, which is this one. Satterthwaite (1946), An Approximate Distribution of
    Estimates of Variance Components.
    """
    from scipy import special  # scipy.stats takes long to import, and this is all that is wanted of it

    nothing = np.full(values.shape, np.nan)
    if found is None:
        return Together(nothing, nothing, 0)
    known = ~np.isnan(found.values)
    spread = found.spread
    covered = among & ~np.isnan(values) & (known.sum(axis=0) >= _LEAST_DRAWS) & ~np.isnan(found.freedom)
    moving = covered & (spread > _STILL * np.maximum(np.abs(values), 1.0))
    if not moving.any():
        return Together(nothing, nothing, 0)
    apart = np.abs(np.where(known, found.values, 0.0)[:, moving]) / spread[moving]
    reach = float(np.quantile(apart.max(axis=1), level))
    point = (1 + level) / 2
    longer = special.stdtrit(np.where(moving, found.freedom, 1.0), point) / special.ndtri(point)
    low, high = values - reach * longer * spread, values + reach * longer * spread
    return Together(np.where(moving, low, np.nan), np.where(moving, high, np.nan), int(moving.sum()))


def exact_share(hits: float, cases: int, level: float) -> tuple[float, float]:
    """Return the interval of Clopper and Pearson (1934) for a share of cases, for one that no drawing changed."""
    from scipy import special

    tail = (1 - level) / 2
    low = 0.0 if hits <= 0 else float(special.betaincinv(hits, cases - hits + 1, tail))
    high = 1.0 if hits >= cases else float(special.betaincinv(hits + 1, cases - hits, 1 - tail))
    return low, high


def p_values(values: FloatArray, by_lot: FloatArray, among: BoolArray) -> FloatArray:
    """Return, for each figure `among`, how often lots put any of them as far above what lots put it at on average.

    Parameters
    ----------
    values : (...) array
    by_lot : (b, ...) array
        The figures when groups are dealt by lot.
    among : (...) bool array
        The figures that are looked at together; others have NaN.

    Returns
    -------
    (...) array
        (1 + deals with a maximum at least as large) / (1 + deals), one-sided: adjusted for looking at all of them.

    References
    ----------
    Westfall and Young (1993), Resampling-Based Multiple Testing, the single-step max-T procedure.
    """
    found = np.full(values.shape, np.nan)
    known = ~np.isnan(by_lot)
    count = known.sum(axis=0)
    mean = np.where(known, by_lot, 0.0).sum(axis=0) / np.maximum(count, 1)
    apart = np.where(known, by_lot - mean, 0.0)
    spread = _spread(apart, count)
    moving = among & ~np.isnan(values) & (count > 1) & (spread > _STILL * np.maximum(np.abs(mean), 1.0))
    if not moving.any():
        return found
    largest = (apart[:, moving] / spread[moving]).max(axis=1)
    studentised = (values[moving] - mean[moving]) / spread[moving]
    above = (largest[:, None] >= studentised - 1e-9 * np.abs(studentised)).sum(axis=0)
    found[moving] = (1 + above) / (1 + len(by_lot))
    return found
