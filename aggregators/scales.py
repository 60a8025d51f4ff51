"""Which scale utilities are compared on: raw, each voter's range, each voter's ranks.

A welfare function that compares utilities between voters assumes that they mean the same for everybody. Where the
decision changes with the scale, it rests on that assumption.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from aggregators.options import one_of
from aggregators.profiles import Utilities

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

__all__ = ["SCALES", "Scale", "rescaled"]

Scale = Literal["raw", "range", "rank"]
"""Raw utilities, utilities over each voter's range, or each voter's order of the alternatives."""

SCALES: tuple[Scale, ...] = get_args(Scale)


def rescaled(profile: Utilities, scale: Scale) -> Utilities:
    """Return utilities on another scale.

    Parameters
    ----------
    profile : Utilities
        Utilities (n, m); NaN stays NaN.
    scale : {"raw", "range", "rank"}
        ``"raw"``: as they are. ``"range"``: each voter's worst alternative 0 and best 1. ``"rank"``: evenly spaced by
        each voter's order, from 0 for the worst to 1 for the best; near-ties share the mean of their places.

    Returns
    -------
    Utilities
        A voter to whom all alternatives that were judged are equal, or who judged one only, has 1/2 for them.

    Raises
    ------
    RuleError
        If there is no such scale.

    References
    ----------
    Dhillon and Mertens (1999), Relative Utilitarianism, for the range; Borda (1784) for ranks as points.

    Examples
    --------
    >>> from aggregators import Utilities
    >>> from aggregators.scales import rescaled
    >>> jury = Utilities([[1, 2, 5], [3, 3, 3]])
    >>> rescaled(jury, "range").values[0], rescaled(jury, "rank").values[0]
    (array([0.  , 0.25, 1.  ]), array([0. , 0.5, 1. ]))
    """
    one_of("rescaled", "scale", scale, SCALES)
    if scale == "raw":
        return profile
    change = _over_range if scale == "range" else _by_rank
    return Utilities(profile.derived(change), profile.weights, profile.alternatives, dict(profile.groups))


def _over_range(profile: Utilities) -> FloatArray:
    given = profile.opinions
    low = np.where(given, profile.values, np.inf).min(axis=1, keepdims=True)
    high = np.where(given, profile.values, -np.inf).max(axis=1, keepdims=True)
    spoke = given.any(axis=1, keepdims=True)
    low, high = np.where(spoke, low, 0.0), np.where(spoke, high, 0.0)
    flat = profile.to_rankings().ranks.max(axis=1, keepdims=True) <= 1  # near-ties are no range
    return np.where(given, np.where(flat, 0.5, (profile.values - low) / np.where(flat, 1.0, high - low)), np.nan)


def _by_rank(profile: Utilities) -> FloatArray:
    ranks, given = profile.to_rankings().ranks, profile.opinions
    behind = ((ranks[:, :, None] < ranks[:, None, :]) & given[:, None, :]).sum(axis=2)
    beside = ((ranks[:, :, None] == ranks[:, None, :]) & given[:, None, :]).sum(axis=2) - 1
    others = given.sum(axis=1, keepdims=True) - 1
    return np.where(given, np.where(others > 0, (behind + beside / 2) / np.maximum(others, 1), 0.5), np.nan)
