"""When two scores are equal: the one place that turns tallies into winners and rankings.

Two numbers tie when they differ by at most ``RELATIVE_TOLERANCE`` times the larger of their magnitudes (or
of the magnitudes that were added up to give them), so that ``0.1 + 0.2`` ties with ``0.3``. Two whole numbers
below 2**43, nine million million, are compared exactly: counts of ballots are never blurred. Larger ones tie like
other numbers, because there rounded sums of thirds may look whole: up to 2**43 a float keeps ten binary digits
behind the point, which they do not all lose by chance. An infinity ties with itself alone. Ties are taken with the
best of those still compared, never along a chain, so that a tier is never wider than the tolerance.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from aggregators.errors import RuleError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from aggregators.tally import Tally

    FloatArray = NDArray[np.float64]
    BoolArray = NDArray[np.bool_]

__all__ = [
    "RELATIVE_TOLERANCE",
    "TieBreak",
    "break_tie",
    "exceeds",
    "leaders",
    "levels",
    "tier_ranks",
    "tiers",
]

RELATIVE_TOLERANCE = 1e-9
_EXACT_BELOW = 2.0**43

TieBreak = Literal["none", "lexicographic", "random"]


def ties_with(leader: FloatArray, values: FloatArray, scale: FloatArray | None = None) -> BoolArray:
    """Tell which `values`, none of them above `leader`, count as equal to it.

    Parameters
    ----------
    leader, values : arrays that broadcast together
        NaN ties with nothing.
    scale : array, optional
        Magnitude behind each comparison. Default: the larger of the two magnitudes.
    """
    behind = np.maximum(np.abs(leader), np.abs(values)) if scale is None else scale
    same: BoolArray = np.asarray(values == leader)
    with np.errstate(over="ignore", invalid="ignore"):
        gap = leader - values  # NaN between equal infinities
        doubtful: BoolArray = np.asarray(gap <= RELATIVE_TOLERANCE * behind) & ~same
        if doubtful.any():  # seldom, so that whole numbers and infinities are looked for only here
            if scale is not None and np.isinf(scale).any():  # it says nothing of finite numbers
                behind = np.where(np.isinf(scale), np.maximum(np.abs(leader), np.abs(values)), scale)
                doubtful &= gap <= RELATIVE_TOLERANCE * behind
            doubtful &= ~np.isinf(gap) & ~(_is_whole(leader) & _is_whole(values))
    return same | doubtful


def exceeds(values: FloatArray, quota: FloatArray) -> BoolArray:
    """Tell which `values` lie above `quota` by more than a near-tie."""
    return (values > quota) & ~ties_with(values, np.broadcast_to(quota, values.shape))


def leaders(tally: Tally, among: BoolArray) -> BoolArray:
    """Return the (b, m) mask of every alternative tied for the lead.

    Parameters
    ----------
    tally : Tally
        Of b weightings and m alternatives.
    among : (b, m) bool array
        The alternatives compared; a row without any has no leader.
    """
    result = among.copy()
    rows: NDArray[np.intp] | slice = slice(None)  # those still open
    for key in tally.deciding():
        left = result[rows]
        everyone = bool(left.all())
        at_stake = key[rows] if everyone else np.where(left, key[rows], -np.inf)
        top = _highest(at_stake)
        if np.isnan(top).any():
            raise ValueError("a key is NaN for an alternative that is scored; mark it as not scored")
        scale = None
        if tally.scale is not None:
            behind = tally.scale[rows]
            best = at_stake.argmax(axis=1)[:, None]
            scale = np.maximum(behind, np.take_along_axis(behind, best, axis=1))
        left = left & ties_with(top, key[rows], scale)
        result[rows] = left
        still = _held(left) > 1
        if not still.any():
            break
        if 2 * np.count_nonzero(still) <= len(still):
            rows = np.flatnonzero(still) if isinstance(rows, slice) else rows[still]
    return result


def tiers(tally: Tally) -> list[list[int]]:
    """Return the alternatives of a tally with b = 1 as tiers of indices, best first."""
    scored = np.flatnonzero(tally.taking_part()[0]).tolist()
    found = [scored] if scored else []
    scale = None if tally.scale is None else tally.scale[0].tolist()
    for key in tally.deciding():
        numbers = key[0].tolist()
        found = [part for tier in found for part in (_parted(tier, numbers, scale) if len(tier) > 1 else [tier])]
        if len(found) == len(scored):
            break
    return found


def _parted(tier: list[int], key: list[float], scale: list[float] | None) -> list[list[int]]:
    """Part a tier by one key, each part tied with its best; the parts in order, best first."""
    left = sorted(tier, key=lambda column: -key[column])
    if math.isnan(sum(key[column] for column in tier)) and any(math.isnan(key[column]) for column in tier):
        raise ValueError("a key is NaN for an alternative that is scored; mark it as not scored")
    parts = []
    while left:
        lead = left[0]
        part: list[int] = []
        rest: list[int] = []
        for column in left:
            behind = None if scale is None else max(scale[lead], scale[column])
            (part if _tie(key[lead], key[column], behind) else rest).append(column)
        parts.append(sorted(part))
        left = rest
    return parts


def _tie(leader: float, value: float, scale: float | None) -> bool:
    """Do what `ties_with` does, for one pair of numbers."""
    if leader == value:
        return True
    gap = leader - value
    if scale is None or math.isinf(scale):
        scale = max(abs(leader), abs(value))
    if not gap <= RELATIVE_TOLERANCE * scale or math.isinf(gap):
        return False
    whole = leader.is_integer() and value.is_integer()
    return not (whole and abs(leader) < _EXACT_BELOW and abs(value) < _EXACT_BELOW)


def _highest(values: FloatArray) -> FloatArray:
    """Return the (b, 1) maximum of each row; going over few columns beats going over many rows."""
    if len(values) < values.shape[1]:
        return np.asarray(values.max(axis=1, keepdims=True))
    top = values[:, 0].copy()
    for column in range(1, values.shape[1]):
        np.maximum(top, values[:, column], out=top)
    return top[:, None]


def _held(mask: BoolArray) -> NDArray[np.int64]:
    """Return how many are true in each row."""
    if len(mask) < mask.shape[1]:
        return np.asarray(mask.sum(axis=1))
    held = np.zeros(len(mask), dtype=np.int64)
    for column in range(mask.shape[1]):
        held += mask[:, column]
    return held


def break_tie(
    mask: BoolArray, tie_break: TieBreak, rng: np.random.Generator | None, odds: FloatArray | None = None
) -> BoolArray:
    """Keep one of the tied winners of each row, or all of them.

    Parameters
    ----------
    mask : (b, m) bool array
        Winners; rows without one stay empty.
    tie_break : {"none", "lexicographic", "random"}
        ``"lexicographic"`` keeps the first in the order of the alternatives.
    rng : numpy.random.Generator, optional
        Draws for ``"random"``, uniformly over the tied winners.
    odds : (b, m) array, optional
        Draw in proportion to these instead; positive for every winner.
    """
    if tie_break == "none":
        return mask
    draw = -np.arange(mask.shape[1], dtype=float)
    if tie_break == "random":
        draw = checked_rng(rng).random(mask.shape)
        if odds is not None:  # the first to arrive of independent arrivals at these rates
            draw = np.log1p(-draw) / np.where(mask, odds, 1.0)
    kept = np.where(mask, draw, -np.inf).argmax(axis=1)[:, None] == np.arange(mask.shape[1])
    broken: BoolArray = kept & mask
    return broken


def checked_tie_break(tie_break: str, rng: np.random.Generator | None) -> None:
    """Refuse a tie-break that does not exist or lacks its Generator."""
    if tie_break not in get_args(TieBreak):
        known = ", ".join(get_args(TieBreak))
        raise RuleError(f"tie_break={tie_break!r} is not a way to break ties; choose one of: {known}")
    if tie_break == "random":
        checked_rng(rng)


def checked_rng(rng: np.random.Generator | None) -> np.random.Generator:
    """Return `rng`, or refuse to break a tie at random without one."""
    if not isinstance(rng, np.random.Generator):
        raise RuleError(f"rng={rng!r}: tie_break='random' needs rng=np.random.default_rng(seed)")
    return rng


def tier_ranks(values: FloatArray) -> NDArray[np.int64]:
    """Rank each row, highest first, near-ties sharing a rank.

    Parameters
    ----------
    values : (n, m) array
        Higher is better, NaN is left out.

    Returns
    -------
    (n, m) int array
        1 for the best tier, 2 for the next without gaps, 0 where `values` is NaN.
    """
    order = np.argsort(-values, axis=1, kind="stable")  # NaN sorts last
    ranked = np.take_along_axis(values, order, axis=1)
    ranks = np.zeros(values.shape, dtype=np.int64)
    leader = ranked[:, :1]
    tier = np.ones(len(values), dtype=np.int64)
    for place in range(values.shape[1]):
        value = ranked[:, place : place + 1]
        new = ~ties_with(leader, value)
        tier = tier + new[:, 0]
        leader = np.where(new, value, leader)
        ranks[:, place] = tier
    ranks[np.isnan(ranked)] = 0
    result = np.empty_like(ranks)
    np.put_along_axis(result, order, ranks, axis=1)
    return result


def levels(values: FloatArray) -> FloatArray:
    """Return the distinct levels among `values`, lowest first, each by the highest value that belongs to it.

    Near-ties share a level. NaN is left out.
    """
    distinct = np.unique(values[~np.isnan(values)])
    apart = ~ties_with(distinct[1:], distinct[:-1])
    return distinct[np.append(apart, True)] if distinct.size else distinct


def _is_whole(values: FloatArray) -> BoolArray:
    whole: BoolArray = (values == np.rint(values)) & (np.abs(values) < _EXACT_BELOW)
    return whole
