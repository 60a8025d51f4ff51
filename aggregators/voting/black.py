"""Black's rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.pairwise import duels, in_parts
from aggregators.profiles import Rankings
from aggregators.rulebook import rule
from aggregators.tally import Tally
from aggregators.voting.borda import borda_points

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["black"]


@rule(
    "black",
    kind="voting",
    reads=Rankings,
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "by definition": ("condorcet",),
        "neither wins every duel nor has the highest Borda count": ("condorcet-loser",),
        "implied by condorcet": ("majority", "unanimity"),
        "implied by condorcet-loser": ("majority-loser",),
        "loses a duel, and has a lower Borda count than what dominates it": ("pareto",),
        "implied by pareto": ("weak-pareto",),
        "a winner put higher wins as many duels, others no more, and its Borda count alone rises": (
            "monotonicity",
            "positive-responsiveness",
        ),
        "neither a Condorcet winner nor the highest Borda count is that of the ballots turned over": (
            "reversal-symmetry",
        ),
    },
    violates=(
        "clones",
        "iia",
        "immunity-to-spoilers",
        "isda",
        "mutual-majority",
        "participation",
        "reinforcement",
        "resolvability",
        "smith",
        "strategyproofness",
    ),
)
def black(profile: Rankings, weights: NDArray[np.float64]) -> Tally:
    """Elect the Condorcet winner, or by the Borda count where there is none.

    Parameters
    ----------
    profile : Rankings
        Ranks (n, m). A voter who ranks two alternatives as equal counts for neither side of their duel, and gives
        both the average of the points of their places; unranked ones are tied last.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own.

    Returns
    -------
    Outcome or BatchOutcome
        Without scores, because the Condorcet winner need not have the highest count; ``details["borda"]`` has the
        Borda counts, higher is better.

    References
    ----------
    Black (1958), The Theory of Committees and Elections.

    Examples
    --------
    >>> from aggregators import Rankings
    >>> from aggregators.voting.black import black
    >>> outcome = black(Rankings.from_orders([("a", "b", "c"), ("b", "c", "a")], weights=[3, 2]))
    >>> outcome.ranking, outcome.details["borda"].tolist()
    ((('a',), ('b',), ('c',)), [6.0, 7.0, 2.0])
    """
    points = borda_points(profile)
    size = profile.n_alternatives

    def tally(part: NDArray[np.float64]) -> Tally:
        counts = part @ points
        beats_all = (duels(profile, part).beats.sum(axis=1) == size - 1).T
        return Tally(
            scores=None,
            keys=[beats_all.astype(np.float64), counts],
            scored=np.ones(counts.shape, dtype=np.bool_),
            details={"borda": counts},
        )

    return in_parts(tally, weights, size * size)
