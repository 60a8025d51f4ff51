"""Bucklin's rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.profiles import Rankings
from aggregators.rulebook import rule
from aggregators.tally import Tally
from aggregators.ties import exceeds
from aggregators.voting.places import tied_places
from aggregators.weighing import weigh

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["bucklin"]


@rule(
    "bucklin",
    kind="voting",
    reads=Rankings,
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "over half count the whole set, and nothing else, at the place of its size": ("mutual-majority",),
        "over half count everything else one place earlier": ("majority-loser",),
        "put higher it is counted no later, and anything else no earlier": ("monotonicity",),
        "all count one place earlier what they prefer to it": ("weak-pareto",),
        "implied by mutual-majority": ("majority", "unanimity"),
    },
    linear={
        "as weak-pareto": ("pareto",),
    },
    violates=(
        "clones",
        "condorcet",
        "condorcet-loser",
        "iia",
        "immunity-to-spoilers",
        "isda",
        "participation",
        "positive-responsiveness",
        "reinforcement",
        "resolvability",
        "reversal-symmetry",
        "smith",
        "strategyproofness",
    ),
)
def bucklin(profile: Rankings, weights: NDArray[np.float64]) -> Tally:
    """Count first places, then first and second, and so on, until something has more than half of the voters.

    Among those who reach a majority at the same place the larger count wins. If nothing ever does, because
    ballots are truncated, the largest count of all places wins.

    Parameters
    ----------
    profile : Rankings
        Ranks (n, m). Tied alternatives all count from the first of the places that they share. Unranked ones never
        count. A voter who ranks nothing abstains.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own.

    Returns
    -------
    Outcome or BatchOutcome
        Without scores: the place at which a majority is reached decides before the count there.
        ``details["place"]`` has that place, m + 1 where a majority is never reached, lower is better, and
        ``details["count"]`` the weight of the voters counted there, higher is better.

    References
    ----------
    Tideman (2006), Collective Decisions and Voting, chapter 13.

    Examples
    --------
    >>> from aggregators import Rankings
    >>> from aggregators.voting.bucklin import bucklin
    >>> outcome = bucklin(Rankings.from_orders([("a", "b", "c"), ("b", "c", "a"), ("c", "b", "a")], weights=[4, 3, 2]))
    >>> print(outcome)
    bucklin: b > c > a
    >>> outcome.details["place"].tolist(), outcome.details["count"].tolist()
    ([3.0, 2.0, 2.0], [9.0, 9.0, 5.0])
    """
    size = profile.n_alternatives
    above, _ = tied_places(profile)
    ranked = profile.places <= size
    voted = (weights @ ranked.any(axis=0))[:, None]
    reached = np.full((len(weights), size), size + 1.0)
    count = np.zeros(reached.shape)
    for place in range(1, size + 1):
        counted = weigh(ranked & (above < place), weights)
        open_ = reached > size
        count = np.where(open_, counted, count)
        reached = np.where(open_ & exceeds(2 * counted, voted), float(place), reached)
    return Tally(
        scores=None,
        keys=[-reached, count],
        scored=np.ones(reached.shape, dtype=np.bool_),
        details={"place": reached, "count": count},
    )
