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

__all__ = [
    "Fates",
    "Standing",
    "fates",
    "standing",
    "standing_abreast",
    "standing_by_labels",
    "standing_by_labels_abreast",
]


@dataclass(frozen=True, eq=False)
class Standing:
    """What groups think of the alternatives, whatever is decided.

    Attributes
    ----------
    welfare : (..., g, m) float array
        Weighted mean utility of each group, higher is better; NaN where no member of positive weight has an opinion.
        Leading axes are weightings, (b, g, m), or weightings and cases, (b, c, g, m).
    favourites : (..., g, m) bool array
        The best of each group, every tied one; none for a group without opinions.
    """

    welfare: FloatArray
    favourites: BoolArray

    @property
    def heard(self) -> BoolArray:
        """(..., g) mask of the groups that have an opinion on anything."""
        return np.asarray(self.favourites.any(axis=-1))


@dataclass(frozen=True, eq=False)
class Fates:
    """What decisions of r rules mean for groups.

    Attributes
    ----------
    welfare : (..., g, r) float array
        Mean welfare of the group over the winners, higher is better; NaN where it has no opinion on one of them.
    regret : (..., g, r) float array
        Welfare of its favourites less that; lower is better, 0 is none.
    loses : (..., g, r) bool array
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
    found = standing_abreast(values[None], weights, member)
    return Standing(found.welfare[:, 0], found.favourites[:, 0])


def standing_abreast(values: FloatArray, weights: FloatArray, member: BoolArray) -> Standing:
    """Return what groups think of the alternatives of several cases, under many weightings of the same voters.

    Parameters
    ----------
    values : (c, n, m) array
        Utilities in each case, NaN for no opinion.
    weights, member
        As for `standing`.

    Returns
    -------
    Standing
        Of shape (b, c, g, m), equal to `standing` of each case.

    Examples
    --------
    >>> import numpy as np
    >>> from aggregators.fates import standing_abreast
    >>> values = np.array([[[4.0, 0], [2, 0], [0, 3]], [[1, 1], [1, 3], [0, 9]]])
    >>> member = np.array([[True, True, False], [False, False, True]])
    >>> standing_abreast(values, np.ones((1, 3)), member).welfare[0].tolist()
    [[[3.0, 0.0], [0.0, 3.0]], [[1.0, 2.0], [0.0, 9.0]]]
    """
    parts = _parts_abreast(values)
    sums = np.empty((len(weights), len(member), parts.shape[1]))
    for group, inside in enumerate(member):
        rows = np.flatnonzero(inside)
        sums[:, group] = weights[:, rows] @ parts[rows]
    return _standing(_apart(sums, len(values)), values.shape[2])


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
    found = standing_by_labels_abreast(values[None], weights, labels, groups)
    return Standing(found.welfare[:, 0], found.favourites[:, 0])


def standing_by_labels_abreast(
    values: FloatArray, weights: FloatArray, labels: NDArray[np.integer], groups: int
) -> Standing:
    """Return `standing_by_labels` of several cases at once, which the same voters judged.

    Parameters
    ----------
    values : (c, n, m) array
        Utilities in each case, NaN for no opinion.
    weights, labels, groups
        As for `standing_by_labels`.

    Returns
    -------
    Standing
        Of shape (b, c, groups, m).

    Examples
    --------
    >>> import numpy as np
    >>> from aggregators.fates import standing_by_labels_abreast
    >>> values, dealt = np.array([[[4.0, 0], [2, 0]], [[1, 1], [1, 3]]]), np.array([[0, 0], [0, 1]])
    >>> standing_by_labels_abreast(values, np.ones(2), dealt, 2).welfare[0, :, 0].tolist()
    [[3.0, 0.0], [1.0, 2.0]]
    """
    from scipy.sparse import csr_array

    parts = _parts_abreast(values) * weights[:, None]
    ways, voters = labels.shape
    place = (labels + groups * np.arange(ways)[:, None]).reshape(-1)
    inside = (place, np.tile(np.arange(voters), ways))
    dealt = csr_array((np.ones(len(place)), inside), shape=(ways * groups, voters))
    sums = np.asarray(dealt @ parts).reshape(ways, groups, -1)
    return _standing(_apart(sums, len(values)), values.shape[2])


def _parts_abreast(values: FloatArray) -> FloatArray:
    """Return (n, c * k) parts of each case, one case after the other."""
    cases, voters, alternatives = values.shape
    parts = _parts(values.reshape(-1, alternatives)).reshape(cases, voters, -1)
    return np.ascontiguousarray(np.moveaxis(parts, 0, 1)).reshape(voters, -1)


def _apart(sums: FloatArray, cases: int) -> FloatArray:
    """Return (b, g, c * k) sums as (b, c, g, k)."""
    return np.moveaxis(sums.reshape(*sums.shape[:2], cases, sums.shape[2] // cases), 2, 1)  # of no group, too


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
        Of shape (..., g, m).
    winners : (..., r, m) bool array
        The tied winners of each decision; leading axes broadcast.

    Returns
    -------
    Fates
        Of shape (..., g, r).

    Examples
    --------
    >>> import numpy as np
    >>> from aggregators.fates import fates, standing
    >>> member = np.array([[True, True, False], [False, False, True]])
    >>> groups = standing(np.array([[4.0, 0], [2, 0], [0, 3]]), np.ones((1, 3)), member)
    >>> fates(groups, np.array([[[True, False], [True, True]]])).regret.tolist()
    [[[0.0, 1.5], [3.0, 1.5]]]
    """
    won = np.swapaxes(winners, -2, -1).astype(np.float64)
    many = winners.sum(axis=-1)[..., None, :]
    unknown = np.isnan(found.welfare)
    total = np.where(unknown, 0.0, found.welfare) @ won
    if unknown.any():
        total[unknown.astype(np.float64) @ won > 0] = np.nan
    welfare = np.where(many > 0, total / np.maximum(many, 1), np.nan)
    top = np.where(found.favourites, found.welfare, -np.inf).max(axis=-1)
    regret = np.where(found.heard, top, np.nan)[..., None] - welfare
    content = found.favourites.astype(np.float64) @ won > 0
    return Fates(welfare, regret, (many > 0) & found.heard[..., None] & ~content)
