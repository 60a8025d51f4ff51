"""The Borda count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from aggregators.options import one_of
from aggregators.profiles import Comparisons, Rankings
from aggregators.rulebook import rule
from aggregators.tally import Tally
from aggregators.voting.places import UNRANKED_POINTS, place_points
from aggregators.weighing import weigh

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["borda", "borda_points"]


@rule(
    "borda",
    kind="voting",
    reads=Rankings,
    also_reads=(Comparisons,),
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "adds up points that fall from each place to the next": (
            "monotonicity",
            "pareto",
            "participation",
            "positive-responsiveness",
            "reinforcement",
        ),
        "one more ballot with it on top makes it the only one with most points": ("resolvability",),
        "loses all duels, so that its points are below the average": ("condorcet-loser",),
        "implied by condorcet-loser": ("majority-loser",),
        "what a ballot gives over the average it takes when turned over": ("reversal-symmetry",),
        "implied by pareto": ("unanimity", "weak-pareto"),
    },
    violates=(
        "clones",
        "condorcet",
        "iia",
        "immunity-to-spoilers",
        "isda",
        "majority",
        "mutual-majority",
        "smith",
        "strategyproofness",
    ),
)
def borda(profile: Rankings | Comparisons, weights: NDArray[np.float64], unranked: str = "averaged") -> Tally:
    """Add up over the voters how many alternatives each ranks below.

    From m - 1 points for a voter's first of m alternatives down to 0 for the last.

    Parameters
    ----------
    profile : Rankings or Comparisons
        Ranks (n, m). Tied alternatives get the average of the points of their places; unranked ones are
        tied last unless told otherwise. A voter who ranks nothing thus gives everyone the same. Of comparisons, an
        alternative gets a point for each other to which the voter preferred it more often, and half a point for a tie
        and for a pair left out: only where all are compared equally often are the points a fair measure.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own.
    unranked : {"averaged", "zero"}
        What unranked alternatives get: the average of the places left, or no points. Says nothing of comparisons.

    Returns
    -------
    Outcome or BatchOutcome
        Scores are weighted totals of points, higher is better.

    References
    ----------
    Young (1974), An axiomatization of Borda's rule. Averaging tied places: Black (1976), Partial
    justification of the Borda count.

    Examples
    --------
    >>> from aggregators import Rankings
    >>> from aggregators.voting.borda import borda
    >>> print(borda(Rankings.from_orders([("a", "b", "c"), ("b", ("a", "c")), ("c",)])))
    borda: b (3.5) > a (3) > c (2.5)
    """
    one_of("borda", "unranked", unranked, UNRANKED_POINTS)
    return Tally(scores=weigh(profile.derived(_points, unranked), weights))


def borda_points(profile: Rankings, unranked: str = "averaged") -> NDArray[np.float64]:
    """Return (n, m) points from m - 1 down to 0, tied alternatives sharing those of their places."""
    points: NDArray[np.float64] = profile.derived(_points, unranked).T.astype(np.float64)
    return points


def _points(profile: Rankings | Comparisons, unranked: str) -> NDArray[Any]:
    """Return (m, n) points, in as few bytes as they take."""
    size = profile.n_alternatives
    if isinstance(profile, Comparisons):
        net = np.zeros((size, profile.n_voters))  # pairs won less pairs lost
        lead = np.sign(profile.counts - profile.counts[:, ::-1])
        np.add.at(net, (profile.pair, profile.voter[:, None]), lead)
        return 0.5 * (net + (size - 1))
    if profile.strict:
        return size - profile.places
    return place_points(profile, range(size)[::-1], unranked)
