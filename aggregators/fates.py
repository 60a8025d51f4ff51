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

__all__ = ["Fates", "Standing", "fates", "standing"]


@dataclass(frozen=True, eq=False)
class Standing:
    """What groups think of the alternatives, whatever is decided.

    Attributes
    ----------
    welfare : (..., m) float array
        Weighted mean utility of each group, higher is better; NaN where no member of positive weight has an opinion.
    favourites : (..., m) bool array
        The best of each group, every tied one; none for a group without opinions.
    """

    welfare: FloatArray
    favourites: BoolArray

    @property
    def heard(self) -> BoolArray:
        """(...) mask of the groups that have an opinion on anything."""
        return np.asarray(self.favourites.any(axis=-1))


@dataclass(frozen=True, eq=False)
class Fates:
    """What decisions mean for groups.

    Attributes
    ----------
    welfare : (...) float array
        Mean welfare of the group over the winners, higher is better; NaN where it has no opinion on one of them.
    regret : (...) float array
        Welfare of its favourites less that; lower is better, 0 is none.
    loses : (...) bool array
        Whether none of its favourites won. False for a group without opinions, and where nobody won.
    """

    welfare: FloatArray
    regret: FloatArray
    loses: BoolArray


def standing(values: FloatArray, mass: FloatArray) -> Standing:
    """Return what groups think of alternatives.

    Parameters
    ----------
    values : (n, m) array
        Utilities, NaN for no opinion.
    mass : (..., n) array
        Weight of every voter in each group; 0 outside.

    Examples
    --------
    >>> import numpy as np
    >>> from aggregators.fates import standing
    >>> found = standing(np.array([[4.0, 0], [2, 0], [0, 3]]), np.array([[1.0, 1, 0], [0, 0, 1]]))
    >>> found.welfare.tolist(), found.favourites.tolist()
    ([[3.0, 0.0], [0.0, 3.0]], [[True, False], [False, True]])
    """
    given = ~np.isnan(values)
    filled = np.where(given, values, 0.0)
    flat = mass.reshape(-1, mass.shape[-1])
    total = (
        np.broadcast_to(flat.sum(axis=1)[:, None], (len(flat), values.shape[1]))
        if given.all()
        else flat @ given.astype(np.float64)
    )
    known = total > 0
    over = np.where(known, total, 1.0)
    welfare = np.where(known, (flat @ filled) / over, np.nan)
    scale = np.where(known, (flat @ np.abs(filled)) / over, np.nan)
    best = leaders(Tally(scores=welfare, scale=scale), known)
    shape = (*mass.shape[:-1], values.shape[1])
    return Standing(welfare.reshape(shape), best.reshape(shape))


def fates(found: Standing, winners: BoolArray) -> Fates:
    """Return how groups of a given standing fare under decisions.

    Parameters
    ----------
    found : Standing
        Of shape (..., m).
    winners : (..., m) bool array
        The tied winners; its leading axes broadcast with those of the standing.

    Examples
    --------
    >>> import numpy as np
    >>> from aggregators.fates import fates, standing
    >>> groups = standing(np.array([[4.0, 0], [2, 0], [0, 3]]), np.array([[1.0, 1, 0], [0, 0, 1]]))
    >>> fates(groups, np.array([True, False])).regret.tolist()
    [0.0, 3.0]
    """
    won = np.broadcast_to(winners, np.broadcast_shapes(winners.shape, found.welfare.shape))
    many = won.sum(axis=-1)
    # NaN on a winner spoils the mean over the winners, NaN elsewhere does not.
    total = np.where(won, found.welfare, 0.0).sum(axis=-1)
    welfare = np.where(many > 0, total / np.maximum(many, 1), np.nan)
    top = np.where(found.favourites, found.welfare, -np.inf).max(axis=-1)
    regret = np.where(np.isfinite(top), top - welfare, np.nan)
    content = (found.favourites & won).any(axis=-1)
    return Fates(welfare, regret, (many > 0) & found.heard & ~content)
