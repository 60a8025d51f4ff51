"""Positional scoring rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.errors import RuleError
from aggregators.options import one_of
from aggregators.profiles import Rankings
from aggregators.rulebook import rule
from aggregators.tally import Tally
from aggregators.voting.places import UNRANKED_POINTS, place_points
from aggregators.weighing import weigh

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["scoring"]


@rule(
    "scoring",
    kind="voting",
    reads=Rankings,
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
def scoring(
    profile: Rankings, weights: NDArray[np.float64], vector: tuple[float, ...] = (), unranked: str = "averaged"
) -> Tally:
    """Give points for each place on a ballot, and elect what has most points.

    Parameters
    ----------
    profile : Rankings
        Ranks (n, m). Tied alternatives get the average of the points of their places; unranked ones are tied
        last unless told otherwise.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own.
    vector : tuple of floats
        Points for the first place, the second and so on, never increasing; as text ``"scoring:vector=3|2|1"``.
        Further places get 0. Default: m - 1, ..., 1, 0, which is the Borda count.
    unranked : {"averaged", "zero"}
        What unranked alternatives get: the average of the places left, or no points.

    Returns
    -------
    Outcome or BatchOutcome
        Scores are weighted totals of points, higher is better.

    Raises
    ------
    RuleError
        If points increase from one place to the next.

    References
    ----------
    Young (1975), Social choice scoring functions.

    Examples
    --------
    >>> from aggregators import Rankings, decide
    >>> ballots = Rankings.from_orders([("a", "b", "c"), ("b", ("a", "c")), ("c",)])
    >>> print(decide(ballots, "scoring:vector=1|1/2|1/3"))
    scoring: b (1.917) > a (1.833) > c (1.75)
    """
    one_of("scoring", "unranked", unranked, UNRANKED_POINTS)
    size = profile.n_alternatives
    points = np.zeros(size)
    given = vector[:size] if vector else tuple(range(size - 1, -1, -1))
    points[: len(given)] = given
    if (np.diff(points) > 0).any():
        raise RuleError(f"vector={vector} of 'scoring' gives a place more than the one before; further places get 0")
    return Tally(scores=weigh(place_points(profile, points, unranked), weights))
