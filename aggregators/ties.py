"""When two scores are equal: the one place that turns tallies into winners and rankings.

Two numbers tie when they differ by at most ``RELATIVE_TOLERANCE`` times the larger of their magnitudes (or
of the magnitudes that were added up to give them), so that ``0.1 + 0.2`` ties with ``0.3``. Two whole numbers
below 2**53 are compared exactly: counts of ballots are never blurred. Ties are taken with the best of those
still compared, never along a chain, so that a tier is never wider than the tolerance.
"""

from __future__ import annotations

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
_EXACT_BELOW = 2.0**53

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
    if scale is None:
        scale = np.maximum(np.abs(leader), np.abs(values))
    near = leader - values <= RELATIVE_TOLERANCE * scale
    exact: BoolArray = _is_whole(leader) & _is_whole(values)
    return np.where(exact, values >= leader, near)


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
    left = among.copy()
    for key in tally.deciding():
        at_stake = np.where(left, key, -np.inf)
        if np.isnan(at_stake).any():
            raise ValueError("a key is NaN for an alternative that is scored; mark it as not scored")
        best = at_stake.argmax(axis=1)[:, None]
        top = np.where(left.any(axis=1, keepdims=True), np.take_along_axis(at_stake, best, axis=1), 0.0)
        scale = None
        if tally.scale is not None:
            scale = np.maximum(tally.scale, np.take_along_axis(tally.scale, best, axis=1))
        left &= ties_with(top, key, scale)
        if left.sum(axis=1).max(initial=0) <= 1:
            break
    return left


def tiers(tally: Tally) -> list[list[int]]:
    """Return the alternatives of a tally with b = 1 as tiers of indices, best first."""
    left = tally.taking_part().copy()
    found = []
    while left.any():
        tier = leaders(tally, left)
        found.append(np.flatnonzero(tier[0]).tolist())
        left &= ~tier
    return found


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
