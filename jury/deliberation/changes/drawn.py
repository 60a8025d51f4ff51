"""Jurors drawn again, and intervals of what they give: shares, differences of shares, means."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aggregators.resampling import bootstrap_weights
from jury.auditing.intervals import exact_share
from jury.estimates import LEVEL, Estimate, drawn_estimate

__all__ = ["Ratio", "beyond", "difference", "redrawn"]

FloatArray = NDArray[np.float64]


def redrawn(jurors: int, resamples: int, rng: np.random.Generator) -> FloatArray:
    """Return (1 + b, n) how often each juror counts: once, then as often as drawn."""
    drawn = list(bootstrap_weights(jurors, resamples, rng))
    return np.concatenate([np.ones((1, jurors)), *drawn])


@dataclass(frozen=True, eq=False)
class Ratio:
    """A weighted mean over jurors, for the jury as it is and for each drawing of it.

    Attributes
    ----------
    values : (1 + b,) float array
        The first is of the jury as it is; NaN where nobody is behind it.
    count : int
        Jurors behind it.
    """

    values: FloatArray
    count: int

    @classmethod
    def of(cls, times: FloatArray, part: FloatArray, whole: FloatArray) -> Ratio:
        """Return the ratio of two sums over jurors under the drawings `times` (1 + b, n)."""
        total = times @ whole
        with np.errstate(invalid="ignore"):
            values = np.divide(times @ part, total, out=np.full(len(times), np.nan), where=total > 0)
        return cls(values, int(np.count_nonzero(whole)))

    @property
    def value(self) -> float:
        """Of the jury as it is."""
        return float(self.values[0])

    @property
    def still(self) -> bool:
        """Whether no drawing changes it."""
        known = self.values[~np.isnan(self.values)]
        return bool(len(known) > 0 and np.ptp(known) < 1e-12)

    def estimate(self, *, level: float = LEVEL) -> Estimate:
        """Return the ratio with the percentile interval of its drawings; without one where no drawing changes it.

        An interval of no length would say that nothing else is possible, which jurors who are all alike cannot tell.
        """
        if self.still:
            return Estimate(self.value, np.nan, np.nan, self.count, "jurors", level)
        return drawn_estimate(self.value, self.values[1:], self.count, "jurors", level=level)

    def share(self, *, level: float = LEVEL) -> Estimate:
        """Return the ratio as a share: where no drawing changes it, with the exact interval of Clopper and Pearson."""
        if self.count >= 1 and self.still:
            low, high = exact_share(self.value * self.count, self.count, level)
            return Estimate(self.value, low, high, self.count, "jurors", level)
        found = self.estimate(level=level)
        return Estimate(found.value, max(0.0, found.low), min(1.0, found.high), found.count, found.unit, level)


def difference(one: Ratio, other: Ratio, *, level: float = LEVEL) -> Estimate:
    """Return the difference of two shares of the same drawings, with its interval.

    Notes
    -----
    Where no drawing changes one of the shares, the interval is put together from those of the two shares, as if they
    were independent (Newcombe's square-and-add).

    References
    ----------
    Newcombe (1998), Interval estimation for the difference between independent proportions, Statistics in Medicine 17.
    """
    count = min(one.count, other.count)
    if count >= 1 and (one.still or other.still):
        return _added_up(one.share(level=level), other.share(level=level), count)
    return Ratio(one.values - other.values, count).estimate(level=level)


def beyond(found: tuple[Ratio, Ratio], control: tuple[Ratio, Ratio], *, level: float = LEVEL) -> Estimate:
    """Return how much larger the `difference` of two shares is than that of the control's, with its interval.

    Where no drawing changes one of the four, or the result, it is put together from the two differences as `difference`
    does.
    """
    count = min(share.count for share in (*found, *control))
    more = Ratio(found[0].values - found[1].values - (control[0].values - control[1].values), count)
    if count >= 1 and any(share.still for share in (*found, *control, more)):
        first, second = (difference(*shares, level=level) for shares in (found, control))
        return _added_up(first, second, count)
    return more.estimate(level=level)


def _added_up(first: Estimate, second: Estimate, count: int) -> Estimate:
    """Return the difference of two estimates by square-and-add."""
    value = first.value - second.value
    below = np.hypot(first.value - first.low, second.high - second.value)
    above = np.hypot(first.high - first.value, second.value - second.low)
    return Estimate(value, float(value - below), float(value + above), count, "jurors", first.level)
