"""How a rule decides from sums over jurors, where it does: that is what makes ten thousand cells one product."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from aggregators.rulebook import parse_rule

__all__ = ["Ruling", "Tallied", "ruling", "settle_points", "settle_verdicts"]

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

#: Rules whose scores are sums, or means over those with an opinion, of what each juror alone would give; the tests hold
#: every one of them to what `aggregators.decide` says.
_SUMS = frozenset({"antiplurality", "approval", "borda", "plurality", "scoring"})
_MEANS = frozenset({"range", "relative_utilitarian", "utilitarian"})
_NEAR = 1e-9


@dataclass(frozen=True, slots=True)
class Ruling:
    """A rule, as an engine sees it.

    Attributes
    ----------
    rule : str
        With its parameters.
    form : {"verdict", "sum", "mean", "log", "other"}
        A verdict by shares of first places; scores that are sums, means or means of logarithms over jurors; anything
        else, which is decided weighting by weighting.
    quota : float
        Of a verdict.
    strict : bool
        Whether the quota must be exceeded, not just met.
    """

    rule: str
    form: Literal["verdict", "sum", "mean", "log", "other"]
    quota: float = 0.0
    strict: bool = False


@lru_cache(maxsize=4096)
def ruling(rule: str) -> Ruling:
    """Return how `rule` decides.

    Examples
    --------
    >>> ruling("supermajority:q=0.75").quota, ruling("borda").form, ruling("kemeny").form
    (0.75, 'sum', 'other')
    """
    found, given = parse_rule(rule)
    if found.name == "majority":
        return Ruling(rule, "verdict", 0.5, strict=True)
    if found.name == "supermajority":
        return Ruling(rule, "verdict", float(found.bind(given)["q"]))
    if found.name == "unanimity":
        return Ruling(rule, "verdict", 1.0)
    if found.name in _SUMS:
        return Ruling(rule, "sum")
    if found.name in _MEANS:
        return Ruling(rule, "mean")
    return Ruling(rule, "log" if found.name == "nash" else "other")


@dataclass(frozen=True, eq=False)
class Tallied:
    """Who won, and by how much, over any number of weightings.

    Attributes
    ----------
    winners : (..., m) bool array
        Every tied winner; nobody where a jury is hung.
    standing : (..., m) float array
        How far each alternative is ahead of the best other, or, of a verdict, above its quota, in the unit of the
        rule's scores; higher is better, NaN where the rule gives no scores.
    """

    winners: BoolArray
    standing: FloatArray


def settle_points(scores: FloatArray) -> Tallied:
    """Return winners, and leads over the best other, of scores (..., m); NaN is unscored and never wins."""
    given = np.where(np.isnan(scores), -np.inf, scores)
    best = given.max(axis=-1, keepdims=True)
    some = np.isfinite(best)
    near = _NEAR * np.maximum(1.0, np.abs(np.where(some, best, 0.0)))
    winners = some & (given >= best - near)
    if given.shape[-1] == 1:
        return Tallied(winners, np.full(scores.shape, np.nan))
    top = np.partition(given, -2, axis=-1)[..., -2:]
    other = np.where(given == top[..., 1:], top[..., :1], top[..., 1:])
    with np.errstate(invalid="ignore"):
        standing = given - other
    return Tallied(winners, np.where(np.isfinite(standing), standing, np.nan))


def settle_verdicts(
    shares: FloatArray, quota: FloatArray | float, strict: NDArray[np.bool_] | bool, stands: BoolArray | None = None
) -> Tallied:
    """Return whose share of first places meets a quota.

    Parameters
    ----------
    shares : (..., m) array
        Of those who voted, or of all ballots.
    quota, strict : float and bool, or arrays that broadcast with `shares`
    stands : (..., m) bool array, optional
        What no veto, missing quorum or second majority stops.
    """
    ahead = shares - quota
    met = np.where(strict, ahead > _NEAR, ahead >= -_NEAR) & (shares > 0)
    return Tallied(met if stands is None else met & stands, ahead)
