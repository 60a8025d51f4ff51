"""How groups fare under decisions: many groups, many weightings, many decisions at once.

`aggregators.minority` answers for one decision of one jury; this is the same in arrays, for bootstraps and lots.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from aggregators.tally import Tally
from aggregators.ties import leaders

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    BoolArray = NDArray[np.bool_]

__all__ = ["Fates", "Standing", "fates", "standing", "standing_by_labels"]


@dataclass(frozen=True, eq=False)
class Standing:
    """What groups think of the alternatives, whatever is decided.

    Attributes
    ----------
    welfare : (b, g, m) float array
        Weighted mean utility of each group, higher is better; NaN where no member of positive weight has an opinion.
    favourites : (b, g, m) bool array
        The best of each group, every tied one; none for a group without opinions.
    """

    welfare: FloatArray
    favourites: BoolArray

    @property
    def heard(self) -> BoolArray:
        """(b, g) mask of the groups that have an opinion on anything."""
        return np.asarray(self.favourites.any(axis=-1))


@dataclass(frozen=True, eq=False)
class Fates:
    """What decisions of r rules mean for groups.

    Attributes
    ----------
    welfare : (b, g, r) float array
        Mean welfare of the group over the winners, higher is better; NaN where it has no opinion on one of them.
    regret : (b, g, r) float array
        Welfare of its favourites less that; lower is better, 0 is none.
    loses : (b, g, r) bool array
        Whether none of its favourites won. False for a group without opinions, and where nobody won.
    """

    welfare: FloatArray
    regret: FloatArray
    loses: BoolArray


def standing(values: FloatArray, weights: FloatArray, member: BoolArray) -> Standing:
    """Return what groups think of alternatives, under many weightings.

    Parameters
    ----------
    values : (n, m) array
        Utilities, NaN for no opinion.
    weights : (b, n) array
        Of the voters, not negative.
    member : (g, n) bool array
        Who belongs to each group; a voter may be in several.

    Returns
    -------
    Standing
        Of shape (b, g, m).

    Examples
    --------
    >>> import numpy as np
    >>> from aggregators.fates import standing
    >>> member = np.array([[True, True, False], [False, False, True]])
    >>> found = standing(np.array([[4.0, 0], [2, 0], [0, 3]]), np.ones((1, 3)), member)
    >>> found.welfare[0].tolist(), found.favourites[0].tolist()
    ([[3.0, 0.0], [0.0, 3.0]], [[True, False], [False, True]])
    """
    parts = _parts(values)
    sums = np.empty((len(weights), len(member), parts.shape[1]))
    for group, inside in enumerate(member):
        rows = np.flatnonzero(inside)
        sums[:, group] = weights[:, rows] @ parts[rows]
    return _standing(sums, values.shape[1])


def standing_by_labels(values: FloatArray, weights: FloatArray, labels: NDArray[np.integer], groups: int) -> Standing:
    """Return what groups think of alternatives, where many ways of dealing voters into groups are looked at.

    Parameters
    ----------
    values : (n, m) array
        Utilities, NaN for no opinion.
    weights : (n,) array
        Of the voters, not negative.
    labels : (b, n) int array
        The group of each voter, from 0, in each way.
    groups : int
        How many there are.

    Returns
    -------
    Standing
        Of shape (b, groups, m).
    """
    parts = _parts(values) * weights[:, None]
    place = (labels + groups * np.arange(len(labels))[:, None]).reshape(-1)
    sums = np.empty((len(labels) * groups, parts.shape[1]))
    for column in range(parts.shape[1]):
        amounts = np.broadcast_to(parts[:, column], labels.shape).reshape(-1)
        sums[:, column] = np.bincount(place, amounts, minlength=len(sums))
    return _standing(sums.reshape(len(labels), groups, -1), values.shape[1])


def _parts(values: FloatArray) -> FloatArray:
    """Return what adds up over voters: who gave an opinion, utilities, and magnitudes where some are negative."""
    given = ~np.isnan(values)
    filled = np.where(given, values, 0.0)
    columns = [given.astype(np.float64), filled]
    if filled.size and filled.min() < 0:
        columns.append(np.abs(filled))
    return np.concatenate(columns, axis=1)


def _standing(sums: FloatArray, alternatives: int) -> Standing:
    mass, total, size = sums[..., :alternatives], sums[..., alternatives : 2 * alternatives], sums[..., -alternatives:]
    known = mass > 0
    over = np.where(known, mass, 1.0)
    welfare = np.where(known, total / over, np.nan)
    flat = (-1, alternatives)
    tally = Tally(scores=welfare.reshape(flat), scale=np.where(known, size / over, np.nan).reshape(flat))
    best = leaders(tally, known.reshape(flat)) if welfare.size else known.reshape(flat)
    return Standing(welfare, best.reshape(welfare.shape))


def fates(found: Standing, winners: BoolArray) -> Fates:
    """Return how groups of a given standing fare under the decisions of several rules.

    Parameters
    ----------
    found : Standing
        Of shape (b, g, m).
    winners : (b, r, m) bool array
        The tied winners of each decision; b may be 1 where all rows have the same.

    Returns
    -------
    Fates
        Of shape (b, g, r).

    Examples
    --------
    >>> import numpy as np
    >>> from aggregators.fates import fates, standing
    >>> member = np.array([[True, True, False], [False, False, True]])
    >>> groups = standing(np.array([[4.0, 0], [2, 0], [0, 3]]), np.ones((1, 3)), member)
    >>> fates(groups, np.array([[[True, False], [True, True]]])).regret.tolist()
    [[[0.0, 1.5], [3.0, 1.5]]]
    """
    won = np.swapaxes(winners, 1, 2).astype(np.float64)
    many = winners.sum(axis=2)[:, None]
    unknown = np.isnan(found.welfare)
    total = np.where(unknown, 0.0, found.welfare) @ won
    if unknown.any():
        total[unknown.astype(np.float64) @ won > 0] = np.nan
    welfare = np.where(many > 0, total / np.maximum(many, 1), np.nan)
    top = np.where(found.favourites, found.welfare, -np.inf).max(axis=2)
    regret = np.where(found.heard, top, np.nan)[..., None] - welfare
    content = found.favourites.astype(np.float64) @ won > 0
    return Fates(welfare, regret, (many > 0) & found.heard[..., None] & ~content)
