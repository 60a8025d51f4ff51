"""From many decisions of one scenario to its figures: chances, leads, differences to the baseline, their intervals."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from jury.estimates import LEVEL
from jury.whatif.rulings import BoolArray, FloatArray, Tallied

_NO_SPREAD = 1e-12  # what rounding leaves of a difference that is always 0

__all__ = ["FIGURES", "Measured", "Together", "measure_seated", "measure_whole", "shares_of_wins", "wilson"]

#: Columns of figures, in the order of the table.
FIGURES = (
    *("chance", "chance_low", "chance_high", "lead", "lead_low", "lead_high"),
    *("change", "change_low", "change_high", "flips", "flips_low", "flips_high"),
)


@dataclass(frozen=True, eq=False)
class Measured:
    """Figures of c scenarios of one case.

    Attributes
    ----------
    winners : (c, m) bool array
        The verdict: of the panel as it is, or, of juries drawn from it, the most frequent one.
    figures : Mapping of str to (c,) arrays
        As `FIGURES` lists them.
    spread : (c,) float array
        Standard error of ``change``.
    """

    winners: BoolArray
    figures: dict[str, FloatArray]
    spread: FloatArray


@dataclass
class Together:
    """The largest studentised deviation over all scenarios, draw by draw: what simultaneous intervals are made from.

    References
    ----------
    Romano and Wolf (2005), Exact and approximate stepdown methods for multiple hypothesis testing, JASA 100.
    """

    draws: int
    largest: FloatArray = field(init=False)
    comparisons: int = 0

    def __post_init__(self) -> None:
        self.largest = np.zeros(self.draws)

    def add(self, deviations: FloatArray, spread: FloatArray) -> None:
        """Take in the deviations (c, b) of c scenarios with standard errors (c,); those without spread say nothing."""
        some = np.isfinite(spread) & (spread > _NO_SPREAD)
        if some.any():
            scaled = np.abs(deviations[some]) / spread[some, None]
            np.maximum(self.largest, np.nan_to_num(scaled).max(axis=0), out=self.largest)
            self.comparisons += int(some.sum())

    def reach(self, level: float = LEVEL) -> float:
        """Return how many standard errors an interval extends that covers all scenarios at once."""
        return float(np.quantile(self.largest, level)) if self.comparisons else np.nan


def shares_of_wins(winners: BoolArray) -> FloatArray:
    """Return wins (..., m + 1), tied winners splitting one, the last column for juries without a verdict."""
    held = winners.sum(axis=-1, keepdims=True)
    return np.concatenate([winners / np.maximum(held, 1), held == 0], axis=-1)


def measure_whole(
    tallied: Tallied,
    base: Tallied | None,
    focal: int,
    together: Together,
    comparable: NDArray[np.bool_],
    jurors: int,
) -> Measured:
    """Return the figures of scenarios that take the whole panel.

    Parameters
    ----------
    tallied : Tallied
        Arrays (c, 1 + b, m): the panel as it is, then b bootstraps of its jurors.
    base : Tallied or None
        Of the baseline, arrays (1 + b, m), the same bootstraps.
    focal : int
        The alternative, or m for no verdict, of which chance and lead are told.
    together : Together
    comparable : (c,) bool array
        Whether leads are in the unit of the baseline's.
    jurors : int
        Different jurors who were resampled.
    """
    wins = shares_of_wins(tallied.winners)[..., focal]
    draws = wins.shape[1] - 1
    found: dict[str, FloatArray] = {}
    _put(found, "chance", *wilson(wins[:, 1:].mean(axis=1), draws))
    many = len(wins)
    nothing = np.full((many, 3), np.nan)
    spread = np.full(many, np.nan)
    hung = focal == tallied.winners.shape[-1]
    lead = np.full(wins.shape, np.nan) if hung else tallied.standing[..., focal]
    _put(found, "lead", lead[:, 0], *_percentiles(lead[:, 1:], jurors))
    change, flips = nothing.T, nothing.T
    if base is not None:
        differs = (tallied.winners != base.winners).any(axis=-1)
        flips = np.array(wilson(differs[:, 1:].mean(axis=1), draws))
        if not hung:
            moved = np.where(comparable[:, None], lead - base.standing[:, focal], np.nan)
            change = np.array([moved[:, 0], *_percentiles(moved[:, 1:], jurors)])
            spread = moved[:, 1:].std(axis=1, ddof=1) * np.sqrt(jurors / (jurors - 1)) if jurors > 1 else spread
            together.add(moved[:, 1:] - moved[:, :1], spread)
    _put(found, "change", *change)
    _put(found, "flips", *flips)
    return Measured(tallied.winners[:, 0], found, spread)


def measure_seated(
    first: BoolArray,
    drawn: BoolArray,
    base: tuple[BoolArray, BoolArray] | None,
    focal: int,
    together: Together,
) -> Measured:
    """Return the figures of one scenario of juries drawn from the panel.

    Parameters
    ----------
    first : (s0, m) bool array
        Winners of juries seated from the panel as it is.
    drawn : (r, s, m) bool array
        Winners of juries seated from each of r bootstraps of the panel.
    base : pair of such arrays, optional
        Of the baseline: the same lots.
    focal : int
        As for `measure_whole`.
    together : Together

    Notes
    -----
    The variance of a share over bootstraps is that of the panel's jurors plus that of the lots of the s juries of each;
    the latter, which the s0 juries do not have, is taken out, and that of the s0 juries put in.
    """
    wins, again = shares_of_wins(first), shares_of_wins(drawn)
    found: dict[str, FloatArray] = {}
    chance = _nested(wins[:, focal], again[..., focal])
    # That all juries drawn agree tells nothing of how often others would not.
    _put(found, "chance", *(chance[:3] if chance[3] > _NO_SPREAD else [chance[0], *np.full((2, 1), np.nan)]))
    _put(found, "lead", *np.full((3, 1), np.nan))
    change = flips = np.full((4, 1), np.nan)
    if base is not None:
        differs = (first != base[0]).any(axis=-1), (drawn != base[1]).any(axis=-1)
        flips = _nested(differs[0].astype(float), differs[1].astype(float))
        moved = wins[:, focal] - shares_of_wins(base[0])[:, focal]
        again_moved = again[..., focal] - shares_of_wins(base[1])[..., focal]
        change = _nested(moved, again_moved, least=-1.0)
        means = again_moved.mean(axis=1)
        together.add((means - means.mean())[None], np.array([means.std(ddof=1)]))
    _put(found, "change", *change[:3])
    _put(found, "flips", *flips[:3])
    verdict = np.zeros((1, first.shape[1]), dtype=np.bool_)
    totals = wins.mean(axis=0)
    best = totals >= totals.max() - 1e-12
    if not best[-1]:
        verdict[0] = best[:-1]
    return Measured(verdict, found, np.asarray(change[3]))


def _put(found: dict[str, FloatArray], name: str, value: FloatArray, low: FloatArray, high: FloatArray) -> None:
    found |= {name: value, f"{name}_low": low, f"{name}_high": high}


def wilson(share: FloatArray, draws: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return shares of draws with Wilson's interval."""
    z = 1.959963984540054
    centre = (share + z * z / (2 * draws)) / (1 + z * z / draws)
    reach = z * np.sqrt(share * (1 - share) / draws + z * z / (4 * draws**2)) / (1 + z * z / draws)
    # Rounding must not put an end on the wrong side of a share of 0 or 1.
    return share, np.clip(centre - reach, 0, share), np.clip(centre + reach, share, 1)


def _percentiles(draws: FloatArray, count: int) -> tuple[FloatArray, FloatArray]:
    """Return ends of percentile intervals of (c, b) draws, wider for few units, as `jury.estimates` has them."""
    from scipy import special

    if count < 2:
        return np.full(len(draws), np.nan), np.full(len(draws), np.nan)
    reach = np.sqrt(count / (count - 1)) * float(special.stdtrit(count - 1, (1 + LEVEL) / 2))
    outer = float(special.ndtr(-reach))
    low, high = np.quantile(draws, [outer, 1 - outer], axis=1)
    return low, high


def _nested(first: FloatArray, drawn: FloatArray, *, least: float = 0.0) -> FloatArray:
    """Return (4, 1): mean of the first juries, ends of its interval, standard error."""
    from scipy import special

    value = first.mean()
    lots = drawn.var(axis=1, ddof=1).mean() / drawn.shape[1]
    people = max(0.0, float(drawn.mean(axis=1).var(ddof=1)) - lots)
    error = np.sqrt(people + first.var(ddof=1) / len(first))
    reach = float(special.stdtrit(len(drawn) - 1, (1 + LEVEL) / 2)) * error
    return np.array([[value], [max(least, value - reach)], [min(1.0, value + reach)], [error]])
