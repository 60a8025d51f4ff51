"""The verdict of a simple majority."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from aggregators.profiles import Rankings
from aggregators.rulebook import rule
from aggregators.tally import Tally
from aggregators.ties import exceeds, ties_with
from aggregators.voting.plurality import first_votes

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["majority", "verdict"]

_LARGE = 2.0**512


@rule(
    "majority",
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
        "by definition": ("majority",),
        "implied by majority": ("unanimity",),
    },
    violates=("clones", "condorcet", "iia", "mutual-majority"),
)
def majority(profile: Rankings, weights: NDArray[np.float64]) -> Tally:
    """Find for what more than half of the jurors put first; without that the jury is hung.

    Parameters
    ----------
    profile : Rankings
        Ranks (n, m), usually of two alternatives such as yes and no. Alternatives tied first share the vote
        equally. A juror who ranks nothing abstains, and the share is of those who do not.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own.

    Returns
    -------
    Outcome or BatchOutcome
        Scores are shares from 0 to 1, higher is better. No winner is a hung jury, ``outcome.hung``.
        ``details["quota"]`` has the quota, and ``details["margin"]`` each share less the quota.

    References
    ----------
    May (1952), A set of independent necessary and sufficient conditions for simple majority decision.

    Examples
    --------
    >>> from aggregators import Utilities, decide
    >>> decide(Utilities([[1, 0], [0, 1]], alternatives=["yes", "no"]), "majority").winners
    ()
    >>> decide(Utilities([[1, 0], [1, 0], [0, 1]], alternatives=["yes", "no"]), "majority").winners
    ('yes',)
    """
    return verdict(profile, weights, Fraction(1, 2), reached=False)


def verdict(profile: Rankings, weights: NDArray[np.float64], quota: Fraction, *, reached: bool) -> Tally:
    """Return shares of first places, and who may win: whose share exceeds the quota, or equals it if `reached`.

    What decides are the weights themselves, against the quota of their total, so that whole weights are compared
    exactly. A quota of 1 leaves no weight, however small, to anything else.
    """
    votes = first_votes(profile, weights)
    voted = votes.sum(axis=1, keepdims=True)
    if quota == 1:
        met = (votes > 0) & (np.count_nonzero(votes, axis=1)[:, None] == 1)
    else:
        unit = 1.0 if voted.max() < _LARGE else 1 / _LARGE  # a power of two: no digit is lost
        held, needed = quota.denominator * (unit * votes), quota.numerator * (unit * voted)
        met = exceeds(held, needed)
        if reached:
            met |= ties_with(np.maximum(held, needed), np.minimum(held, needed))
        met &= voted > 0
    shares = votes / np.where(voted > 0, voted, 1.0)
    return Tally(
        scores=shares,
        keys=[votes],
        eligible=met,
        details={"quota": np.full(len(votes), float(quota)), "margin": shares - float(quota)},
    )
