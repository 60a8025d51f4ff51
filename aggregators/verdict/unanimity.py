"""The verdict of all."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from aggregators.profiles import Rankings
from aggregators.rulebook import rule
from aggregators.tally import Tally
from aggregators.verdict.majority import verdict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["unanimity"]


@rule(
    "unanimity",
    kind="verdict",
    reads=Rankings,
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "what over half put first wins every duel": (
            "condorcet-loser",
            "majority-loser",
            "pareto",
            "reversal-symmetry",
            "smith",
            "weak-pareto",
        ),
        "of the winner the share does not fall without another alternative": ("immunity-to-spoilers", "isda"),
        "of the winner, put higher, the share does not fall": ("monotonicity", "positive-responsiveness"),
        "two parts of the electorate have the quota together": ("reinforcement",),
        "the winner has over half of the votes, and none of the voter who prefers another": (
            "participation",
            "strategyproofness",
        ),
        "there is never more than one winner": ("resolvability",),
        "by definition": ("unanimity",),
    },
    violates=("clones", "condorcet", "iia", "majority", "mutual-majority"),
)
def unanimity(profile: Rankings, weights: NDArray[np.float64]) -> Tally:
    """Find for what every juror puts first; without that the jury is hung.

    Parameters
    ----------
    profile : Rankings
        Ranks (n, m), usually of two alternatives such as yes and no. Alternatives tied first share the vote
        equally. A juror who ranks nothing abstains, and the share is of those who do not.
        A juror who ties two first is thus not of one mind with anybody.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own.

    Returns
    -------
    Outcome or BatchOutcome
        Scores are shares from 0 to 1, higher is better. No winner is a hung jury, ``outcome.hung``.
        ``details["quota"]`` has the quota, and ``details["margin"]`` each share less the quota.

    References
    ----------
    Feddersen and Pesendorfer (1998), Convicting the innocent: the inferiority of unanimous jury verdicts under
    strategic voting.

    Examples
    --------
    >>> from aggregators import Utilities, decide
    >>> jury = Utilities([[1, 0], [1, 0], [0, 1]], alternatives=["yes", "no"])
    >>> decide(jury, "unanimity").hung
    True
    >>> decide(jury, "unanimity", weights=[1, 1, 0]).winners
    ('yes',)
    """
    return verdict(profile, weights, Fraction(1), reached=True)
