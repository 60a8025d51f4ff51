"""Approval voting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregators.profiles import Approvals
from aggregators.rulebook import rule
from aggregators.tally import Tally

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["approval"]


@rule("approval", kind="voting", reads=Approvals, satisfies=("monotonicity", "reinforcement"))
def approval(profile: Approvals, weights: NDArray[np.float64]) -> Tally:
    """Elect what most voters approve of.

    Parameters
    ----------
    profile : Approvals
        Approvals (n, m). Utilities are read with ``threshold=...``; no opinion is then no approval.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own.

    Returns
    -------
    Outcome or BatchOutcome
        Scores are total weights of approvals, higher is better.

    References
    ----------
    Brams and Fishburn (1978), Approval voting.

    Examples
    --------
    >>> from aggregators import Approvals, decide
    >>> print(decide(Approvals([[1, 1, 0], [0, 1, 0]]), "approval"))
    approval: b (2) > a (1) > c (0)
    """
    return Tally(scores=weights @ profile.matrix)
