"""Intervals of figures that rest on jurors and on cases alike, where both could have been others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jury.estimates import LEVEL, Estimate
from jury.uncertainty.components import InseparableError, variance_components

__all__ = ["CrossedMean", "crossed_bootstrap", "crossed_mean", "product_weights"]

FloatArray = NDArray[np.float64]

_STILL = 1e-12  # of the size of a mean: a standard error below it is rounding


@dataclass(frozen=True, slots=True)
class CrossedMean:
    """A mean over jurors and cases, with the interval of each thing that could have come out otherwise.

    Attributes
    ----------
    jurors : Estimate
        Had other jurors been drawn and asked about these cases. What the model's sampling adds is part of it: other
        jurors would have been asked anew.
    cases : Estimate
        Had these jurors been asked about other cases, likewise.
    both : Estimate
        Had both been others; the noise of single answers, which is in both of the above, is counted once.
    """

    jurors: Estimate
    cases: Estimate
    both: Estimate


def crossed_mean(values: ArrayLike, *, weights: ArrayLike | None = None, level: float = LEVEL) -> CrossedMean:
    """Return the weighted mean of a juror by case table, with analytic intervals.

    Parameters
    ----------
    values : array_like of shape (n, c)
        Each juror's mean answer on each case, or a difference between two alternatives; NaN where there is none.
    weights : array_like of shape (n,), optional
        Of the jurors, not negative; equal by default. Every answer counts by its juror's weight.
    level : float

    Returns
    -------
    CrossedMean
        Without an interval where fewer than two jurors, or cases, count, or where their answers are all equal: what
        varies cannot be told from answers that do not.

    Notes
    -----
    The variance is that between the jurors' weighted sums, plus that between the cases', less that of single answers,
    which both contain; the last from the residual variance component, so that missing answers are no obstacle. For a
    complete table with equal weights it is (MS_jurors + MS_cases - MS_residual) / nc, the analysis of variance of a
    crossed design; degrees of freedom are Satterthwaite's, with Kish's effective number of jurors and of cases. Jurors
    and cases are taken for samples from as many as one likes. Validation: ``python -m benchmarks coverage``.

    References
    ----------
    Satterthwaite (1946), An approximate distribution of estimates of variance components, Biometrics Bulletin 2.
    Brennan (2001), Generalizability Theory, chapter 6. Cameron, Gelbach and Miller (2011), Robust inference with
    multiway clustering, Journal of Business & Economic Statistics 29.

    Examples
    --------
    >>> print(crossed_mean([[1, 2, 3], [2, 3, 4], [2, 2, 5], [1, 2, 2]]).both.words(2))
    2.42 [0.29, 4.55]
    """
    table = np.asarray(values, dtype=float)
    given = np.ones(len(table)) if weights is None else np.asarray(weights, dtype=float)
    seen = ~np.isnan(table) & (given > 0)[:, None]
    share = np.where(seen, given[:, None], 0.0)
    jurors, cases = int(seen.any(axis=1).sum()), int(seen.any(axis=0).sum())
    if not jurors:
        empty = Estimate(np.nan, np.nan, np.nan, 0, "jurors", level)
        return CrossedMean(empty, Estimate(np.nan, np.nan, np.nan, 0, "cases", level), empty)
    share /= share.sum()
    filled = np.where(seen, table, 0.0)
    value = float((share * filled).sum())
    parts = share * np.where(seen, table - value, 0.0)
    by_juror, juror_df = _between(parts, share, axis=1)
    by_case, case_df = _between(parts, share, axis=0)
    single = _single(table, share, seen)
    both = max(by_juror + by_case - single, by_juror, by_case) if not np.isnan(single) else by_juror + by_case
    freedom = _satterthwaite((by_juror, by_case, single), (juror_df, case_df, juror_df * case_df), both)
    return CrossedMean(
        _interval(value, by_juror, juror_df, jurors, "jurors", level),
        _interval(value, by_case, case_df, cases, "cases", level),
        _interval(value, both, freedom, jurors, f"jurors, {cases} cases", level),
    )


def _between(parts: FloatArray, share: FloatArray, axis: int) -> tuple[float, float]:
    """Return the variance of the mean between the rows (axis 1) or the columns (axis 0), and its degrees of freedom."""
    sums, sizes = parts.sum(axis=axis), share.sum(axis=axis)
    counted = int((sizes > 0).sum())
    effective = 1 / float(sizes @ sizes)
    if counted < 2 or effective <= 1:
        return float("nan"), float("nan")
    return float(sums @ sums) * counted / (counted - 1), effective - 1


def _single(table: FloatArray, share: FloatArray, seen: NDArray[np.bool_]) -> float:
    """Return what the noise of single answers adds to the variance of the mean; NaN where it cannot be told."""
    rows, columns = np.nonzero(seen)
    try:
        found = variance_components(
            table[seen], {"juror": [rows], "case": [columns]}, weights=share[seen] / share[seen].mean()
        )
    except InseparableError:
        return float("nan")
    return max(found.variances["residual"], 0.0) * float((share**2).sum())


def _satterthwaite(parts: tuple[float, float, float], freedoms: tuple[float, float, float], total: float) -> float:
    below = sum(part**2 / freedom for part, freedom in zip(parts, freedoms, strict=True) if freedom > 0)
    return max(total**2 / below, 1.0) if below > 0 else float("nan")


def _interval(value: float, variance: float, freedom: float, count: int, unit: str, level: float) -> Estimate:
    from scipy import special

    if np.isnan(variance) or np.isnan(freedom) or variance <= (_STILL * value) ** 2:
        return Estimate(value, np.nan, np.nan, count, unit, level)
    reach = float(special.stdtrit(freedom, (1 + level) / 2)) * float(np.sqrt(variance))
    return Estimate(value, value - reach, value + reach, count, unit, level)


def product_weights(
    jurors: int, cases: int, resamples: int, rng: np.random.Generator, *, redraw: str = "both"
) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Yield how often each juror and each case counts, some resamples at a time.

    Parameters
    ----------
    jurors, cases : int
    resamples : int
        How many in all.
    rng : Generator
    redraw : {"both", "jurors", "cases"}
        What could have been others; the rest counts once.

    Yields
    ------
    times_juror : (b, jurors) float array
    times_case : (b, cases) float array
        An answer counts by the product of the two.

    References
    ----------
    Owen (2007), The pigeonhole bootstrap, Annals of Applied Statistics 1. Owen and Eckles (2012), Bootstrapping data
    arrays of arbitrary order, Annals of Applied Statistics 6.
    """
    if redraw not in ("both", "jurors", "cases"):
        raise ValueError(f"redraw={redraw!r} is not known; use both, jurors or cases")
    rows = max(1, 2**20 // max(jurors, cases))
    for start in range(0, resamples, rows):
        size = min(rows, resamples - start)
        yield (
            _times(jurors, size, rng) if redraw != "cases" else np.ones((size, jurors)),
            _times(cases, size, rng) if redraw != "jurors" else np.ones((size, cases)),
        )


def _times(units: int, size: int, rng: np.random.Generator) -> FloatArray:
    return rng.multinomial(units, np.full(units, 1 / units), size=size).astype(float)


def crossed_bootstrap(
    statistic: Callable[[FloatArray, FloatArray], FloatArray],
    jurors: int,
    cases: int,
    rng: np.random.Generator,
    *,
    redraw: str = "both",
    resamples: int = 1000,
    level: float = LEVEL,
) -> Estimate:
    """Return a statistic of jurors and cases with the percentile interval of a bootstrap that redraws either, or both.

    Parameters
    ----------
    statistic : callable
        Takes how often each juror counts, shape (b, jurors), and each case, (b, cases); returns shape (b,). Survey
        weights are the statistic's own business: it multiplies them in.
    jurors, cases : int
    rng : Generator
    redraw, resamples, level
        As for `product_weights`.

    Returns
    -------
    Estimate
        NaN draws are left out.

    Notes
    -----
    No bootstrap of a crossed table is unbiased (McCullagh 2000). Redrawing both counts the variance of single answers
    about three times, so that intervals are **too long rather than too short**, the more so the more of the variance is
    noise; where a mean is wanted, `crossed_mean` has none of that. Redrawing one of the two is not affected.

    References
    ----------
    McCullagh (2000), Resampling and exchangeable arrays, Bernoulli 6. Owen (2007). Owen and Eckles (2012).

    Examples
    --------
    >>> table = np.random.default_rng(0).normal(size=(40, 12)) + np.arange(12) / 4
    >>> def spread(u, v):
    ...     means = u @ table / u.sum(axis=1, keepdims=True)
    ...     middle = (v * means).sum(axis=1) / v.sum(axis=1)
    ...     return np.sqrt((v * (means - middle[:, None]) ** 2).sum(axis=1) / v.sum(axis=1))
    >>> crossed_bootstrap(spread, 40, 12, np.random.default_rng(1)).words(2)
    '0.83 [0.49, 1.07]'
    """
    value = float(statistic(np.ones((1, jurors)), np.ones((1, cases)))[0])
    draws = [statistic(u, v) for u, v in product_weights(jurors, cases, resamples, rng, redraw=redraw)]
    count, unit = (cases, "cases") if redraw == "cases" else (jurors, "jurors")
    fewest = min(jurors, cases) if redraw == "both" else count
    return percentile_estimate(value, np.concatenate(draws), fewest, count, unit, level)


def percentile_estimate(
    value: float, draws: FloatArray, fewest: int, count: int, unit: str, level: float = LEVEL
) -> Estimate:
    """Return `value` with the percentile interval of `draws`, widened for the `fewest` units that were redrawn."""
    from dataclasses import replace

    from jury.estimates import drawn_estimate

    return replace(drawn_estimate(value, draws, fewest, unit, level=level), count=count)
