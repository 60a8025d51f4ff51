"""A figure from a sample: its value, its interval, and what it rests on.

Every sample-based figure of the project is an `Estimate`, so that none can be shown without its interval and its
denominator, and all of them print alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]

LEVEL = 0.95
_ALIKE = 1e-12  # of the largest value: what rounding leaves between units that are equal


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its interval.

    Attributes
    ----------
    value : float
        NaN where nothing can be said.
    low, high : float
        Ends of the interval; NaN where the sample is too small for one.
    count : int
        Number of units that it rests on.
    unit : str
        What they are, in the plural: jurors, questions, cases ...
    level : float
        Of confidence.
    comparisons : int
        How many estimates the interval covers together at `level`; 1 for an interval of its own.
    """

    value: float
    low: float
    high: float
    count: int
    unit: str
    level: float = LEVEL
    comparisons: int = 1

    @property
    def settled(self) -> bool:
        """Whether the interval leaves out 0: what a difference is asked for."""
        return bool(self.low > 0 or self.high < 0)

    def words(self, decimals: int = 3) -> str:
        """Return the estimate for people.

        Examples
        --------
        >>> Estimate(0.412, 0.35, 0.471, 18, "questions").words(2)
        '0.41 [0.35, 0.47]'
        """
        if np.isnan(self.low) or np.isnan(self.high):
            return f"{self.value:.{decimals}f}"
        return f"{self.value:.{decimals}f} [{self.low:.{decimals}f}, {self.high:.{decimals}f}]"

    def to_dict(self) -> dict[str, Any]:
        """Return the estimate as plain JSON types; NaN becomes None."""
        document: dict[str, Any] = {name: getattr(self, name) for name in self.__dataclass_fields__}
        for name in ("value", "low", "high"):
            document[name] = None if np.isnan(document[name]) else document[name]
        return document


def mean_estimate(values: ArrayLike, unit: str, *, weights: ArrayLike | None = None, level: float = LEVEL) -> Estimate:
    """Return the weighted mean of independent units, with a t interval.

    Parameters
    ----------
    values : array_like of shape (n,)
        One a unit; NaN is left out and not counted.
    unit : str
        What they are, in the plural.
    weights : array_like of shape (n,), optional
        Of the units, not negative; equal by default.
    level : float

    Returns
    -------
    Estimate
        Its standard error is the linearised one of a ratio of weighted sums, with as many degrees of freedom as
        Kish's effective number of units less one. Without an interval where fewer than two units count, or all are
        equal: how far others differ cannot be told from units that do not, and an interval of no length would say so.

    Notes
    -----
    The units are taken for a sample from as many as one likes: no finite-population correction.

    References
    ----------
    Kish (1965), Survey Sampling. Lumley (2010), Complex Surveys, section 2.

    Examples
    --------
    >>> mean_estimate([1, 2, 3, 4], "jurors").words(2)
    '2.50 [0.45, 4.55]'
    >>> mean_estimate([3, 3, 3, 3], "jurors").words(2)
    '3.00'
    """
    from scipy import special  # scipy.stats takes ten times as long for one number

    given = np.asarray(values, dtype=float)
    mass = np.ones_like(given) if weights is None else np.asarray(weights, dtype=float)
    used = ~np.isnan(given) & (mass > 0)
    given, mass = given[used], mass[used]
    if not given.size:
        return Estimate(np.nan, np.nan, np.nan, 0, unit, level)
    share = mass / mass.sum()
    value = float(share @ given)
    effective = 1 / float(share @ share)
    if given.size < 2 or effective <= 1 or np.ptp(given) <= _ALIKE * np.abs(given).max():
        return Estimate(value, np.nan, np.nan, given.size, unit, level)
    spread = float(((share * (given - value)) ** 2).sum()) * given.size / (given.size - 1)
    reach = float(special.stdtrit(effective - 1, (1 + level) / 2)) * np.sqrt(spread)
    return Estimate(value, value - reach, value + reach, given.size, unit, level)


def drawn_estimate(value: float, draws: ArrayLike, count: int, unit: str, *, level: float = LEVEL) -> Estimate:
    """Return `value` with the percentile interval of resampled values; NaN draws are left out.

    Parameters
    ----------
    value : float
        Of the sample itself.
    draws : array_like of shape (b,)
        Of its resamples.
    count : int
        Number of units that were resampled.
    unit : str
    level : float

    References
    ----------
    Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 13. Hesterberg (2015), What teachers should
    know about the bootstrap, The American Statistician 69: the percentile interval of few units is too short, so its
    ends are taken at the level at which a t interval of as many units would be as long as a normal one.
    """
    from scipy import special  # scipy.stats takes ten times as long for one number

    found = np.asarray(draws, dtype=float)
    found = found[~np.isnan(found)]
    if count < 2 or found.size < 2 or np.isnan(value):
        return Estimate(value, np.nan, np.nan, count, unit, level)
    reach = np.sqrt(count / (count - 1)) * float(special.stdtrit(count - 1, (1 + level) / 2))
    outer = float(special.ndtr(-reach))
    low, high = np.quantile(found, [outer, 1 - outer])
    return Estimate(value, float(low), float(high), count, unit, level)


def bootstrap_estimate(
    statistic: Callable[[FloatArray], FloatArray],
    count: int,
    unit: str,
    rng: np.random.Generator,
    *,
    resamples: int = 2000,
    level: float = LEVEL,
) -> Estimate:
    """Return a statistic of `count` units with the percentile interval of its bootstrap.

    Parameters
    ----------
    statistic : callable
        Takes how often each unit counts, shape (b, count), and returns the statistic of each row, shape (b,).
    count : int
    unit : str
    rng : Generator
    resamples : int
    level : float

    Examples
    --------
    >>> scores = np.array([1.0, 2.0, 3.0, 4.0])
    >>> ratio = lambda times: times @ scores / times.sum(axis=1)
    >>> bootstrap_estimate(ratio, 4, "jurors", np.random.default_rng(0)).value
    2.5
    """
    value = float(statistic(np.ones((1, count)))[0])
    if count < 2:
        return Estimate(value, np.nan, np.nan, count, unit, level)
    times = rng.multinomial(count, np.full(count, 1 / count), size=resamples).astype(float)
    return drawn_estimate(value, statistic(times), count, unit, level=level)
