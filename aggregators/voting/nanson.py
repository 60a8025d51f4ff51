"""Nanson's rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.options import one_of
from aggregators.pairwise import duels, in_parts
from aggregators.profiles import Comparisons, Rankings
from aggregators.rulebook import rule
from aggregators.tally import Tally
from aggregators.ties import RELATIVE_TOLERANCE

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["nanson"]


@rule(
    "nanson",
    kind="voting",
    reads=Rankings,
    also_reads=(Comparisons,),
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "the Borda counts of the Smith set are above the average of what remains, taken together": ("smith",),
        "implied by smith": (
            "condorcet",
            "condorcet-loser",
            "majority",
            "majority-loser",
            "mutual-majority",
            "unanimity",
        ),
        "has a lower Borda count than what dominates it in every round": ("pareto",),
        "implied by pareto": ("weak-pareto",),
    },
    violates=(
        "clones",
        "iia",
        "immunity-to-spoilers",
        "isda",
        "monotonicity",
        "participation",
        "positive-responsiveness",
        "reinforcement",
        "reversal-symmetry",
        "strategyproofness",
    ),
    unsettled=("resolvability",),
)
def nanson(profile: Rankings | Comparisons, weights: NDArray[np.float64], average: str = "stays") -> Tally:
    """Eliminate everything with a Borda count below the average, and count again among the rest.

    Parameters
    ----------
    profile : Rankings or Comparisons
        Ranks (n, m), or who preferred which of two. Tied alternatives share the points of their places;
        unranked ones are tied last; a pair that a voter did not compare is tied.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own.
    average : {"stays", "leaves"}
        What happens to an alternative with exactly the average. Where all that remain have it, all of them win.

    Returns
    -------
    Outcome or BatchOutcome
        Scores are the number of alternatives that left in earlier rounds, higher is better.

    References
    ----------
    Nanson (1883), Methods of election. The two readings: Niou (1987), A note on Nanson's rule.

    Examples
    --------
    >>> from aggregators import Rankings
    >>> from aggregators.voting.nanson import nanson
    >>> ballots = Rankings.from_orders([("a", "b", "c"), ("b", "c", "a"), ("c", "a", "b")], weights=[4, 3, 2])
    >>> print(nanson(ballots))
    nanson: a (2) > b (1) > c (0)
    """
    one_of("nanson", "average", average, ("stays", "leaves"))
    size = profile.n_alternatives

    def tally(part: NDArray[np.float64]) -> Tally:
        counted = duels(profile, part)
        magnitudes = counted.support + counted.support.swapaxes(0, 1)
        left = np.ones((size, len(part)), dtype=np.bool_)
        before = np.zeros(left.shape)
        while True:
            # margins among those left add up to twice the distance of a Borda count from the average
            net = (counted.margins * left).sum(axis=1)
            noise = 0.0 if counted.exact else RELATIVE_TOLERANCE * (magnitudes * left).sum(axis=1)
            leaves = left & (net < -noise)
            if average == "leaves":
                at_most = left & (net <= noise)
                leaves = np.where((left & ~at_most).any(axis=0), at_most, leaves)
            if not leaves.any():
                return Tally(scores=before.T)
            left &= ~leaves
            before = np.where(left, before + leaves.sum(axis=0), before)

    return in_parts(tally, weights, 3 * size * size)
