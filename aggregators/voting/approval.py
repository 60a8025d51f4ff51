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


@rule(
    "approval",
    kind="voting",
    reads=Approvals,
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "adds up approvals": ("monotonicity", "pareto", "participation", "positive-responsiveness", "reinforcement"),
        "one more ballot with it alone makes it the only winner": ("resolvability",),
        "the margin of a duel is the difference of two scores": (
            "clones",
            "condorcet",
            "iia",
            "immunity-to-spoilers",
            "isda",
            "reversal-symmetry",
            "smith",
        ),
        "Brams and Fishburn (1978), Approval voting": ("strategyproofness",),
        "implied by smith": ("condorcet-loser", "majority", "majority-loser", "mutual-majority", "unanimity"),
        "implied by pareto": ("weak-pareto",),
    },
)
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
