"""The verdict of a simple majority."""

from __future__ import annotations

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


@rule(
    "majority",
    kind="verdict",
    reads=Rankings,
    satisfies=("pareto", "majority", "monotonicity", "reinforcement"),
    violates=("condorcet",),
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
    return verdict(profile, weights, 0.5, reached=False)


def verdict(profile: Rankings, weights: NDArray[np.float64], quota: float, *, reached: bool) -> Tally:
    """Return shares of first places, and who may win: whose share exceeds the quota, or equals it if `reached`."""
    votes = first_votes(profile, weights)
    voted = votes.sum(axis=1, keepdims=True)
    shares = votes / np.where(voted > 0, voted, 1.0)
    needed = np.full(shares.shape, quota)
    met = exceeds(shares, needed)
    if reached:
        met |= ties_with(np.maximum(shares, needed), np.minimum(shares, needed))
    return Tally(
        scores=shares,
        eligible=met,
        details={"quota": needed[:, 0], "margin": shares - quota},
    )
