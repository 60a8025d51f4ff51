"""Gains over a disagreement point, and what becomes of zero and negative ones."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from aggregators.errors import RuleError
from aggregators.ties import RELATIVE_TOLERANCE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from aggregators.profiles import Utilities

__all__ = ["Zeros", "positive_gains"]

Zeros = Literal["lexicographic", "refuse"]


def positive_gains(
    profile: Utilities, weights: NDArray[np.float64], disagreement: float, zeros: str
) -> NDArray[np.float64]:
    """Return each voter's gain over `disagreement`, refusing what the rule cannot take.

    A gain within a near-tie of zero is zero. Voters without weight in any weighting are not looked at; their
    negative gains come back as NaN.

    Parameters
    ----------
    profile : Utilities
        Utilities (n, m).
    weights : (b, n) array
        Non-negative.
    disagreement : float
        The utility of failing to agree, subtracted from every utility.
    zeros : {"lexicographic", "refuse"}
        Whether a gain of zero is let through.

    Raises
    ------
    RuleError
        At a negative gain; at a gain of zero under ``"refuse"``; at a parameter that makes no sense.
    """
    if not math.isfinite(disagreement):
        raise RuleError(f"disagreement={disagreement!r} is not finite; give a utility, for instance 0")
    if zeros not in get_args(Zeros):
        raise RuleError(f"zeros={zeros!r} is no policy; choose one of: {', '.join(get_args(Zeros))}")
    values = profile.values
    gains = values - disagreement
    if disagreement:
        noise = RELATIVE_TOLERANCE * np.maximum(np.abs(values), abs(disagreement))
        gains = np.where(np.abs(gains) <= noise, 0.0, gains)
    wrong = (gains <= 0) if zeros == "refuse" else (gains < 0)
    if not wrong.any():
        return gains
    refused = wrong & (weights > 0).max(axis=0)[:, None]
    if refused.any():
        voter, column = np.argwhere(refused)[0]
        value, label = float(values[voter, column]), profile.alternatives[column]
        is_zero = gains[voter, column] == 0
        raise RuleError(
            f"utility {value!r} of juror {voter} for {label!r} {'equals' if is_zero else 'is below'} the"
            f" disagreement point {disagreement!r}; give disagreement=... under every utility"
            f"{', or zeros=lexicographic' if is_zero else ''}"
        )
    return np.where(gains < 0, np.nan, gains)
