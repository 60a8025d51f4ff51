"""Schulze's rule, also the beat-path method."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.options import one_of
from aggregators.pairwise import STRENGTHS, duels, duels_in_parts, strongest_paths
from aggregators.profiles import Comparisons, Rankings
from aggregators.rulebook import rule
from aggregators.tally import Tally

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["schulze"]


@rule(
    "schulze",
    kind="voting",
    reads=Rankings,
    also_reads=(Comparisons,),
    aliases=("beatpath",),
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "Schulze (2011), A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent method": (
            "clones",
            "isda",
            "monotonicity",
            "resolvability",
            "reversal-symmetry",
            "smith",
        ),
        "implied by smith": (
            "condorcet",
            "condorcet-loser",
            "majority",
            "majority-loser",
            "mutual-majority",
            "unanimity",
        ),
        "a path of majorities against a majority of all would be of majorities of all": ("weak-pareto",),
    },
    linear={
        "a path of majorities against a majority of all would be of majorities of all": ("pareto",),
    },
    violates=(
        "iia",
        "immunity-to-spoilers",
        "participation",
        "positive-responsiveness",
        "reinforcement",
        "strategyproofness",
    ),
)
def schulze(
    profile: Rankings | Comparisons, weights: NDArray[np.float64], strength: str = "margins", unranked: str = "last"
) -> Tally:
    """Elect what no other alternative beats by a stronger path of won duels than it has in return.

    A path is as strong as its weakest duel.

    Parameters
    ----------
    profile : Rankings or Comparisons
        Ranks (n, m), or who preferred which of two. A voter who ranks two alternatives as equal counts for neither
        side of their duel.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own.
    strength : {"margins", "winning"}
        How strong a won duel is: by its margin, or by the weight of the winning side. Both agree when every voter
        ranks every alternative without ties.
        Schulze himself counts the winning side.
    unranked : {"last", "ignored"}
        Whether alternatives that a voter leaves unranked are tied last, or take no part in that voter's duels.

    Returns
    -------
    Outcome or BatchOutcome
        Scores are the number of other alternatives that do not beat it by their paths, higher is better;
        m - 1 wins.

    References
    ----------
    Schulze (2011), A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent single-winner
    election method.

    Examples
    --------
    >>> from aggregators import Rankings
    >>> from aggregators.voting.schulze import schulze
    >>> cycle = Rankings.from_orders([("a", "b", "c"), ("b", "c", "a"), ("c", "a", "b")], weights=[4, 3, 2])
    >>> print(schulze(cycle))
    schulze: a (2) > b (1) > c (0)
    """
    one_of("schulze", "strength", strength, STRENGTHS)
    size = profile.n_alternatives

    def tally(part: NDArray[np.float64]) -> Tally:
        paths = strongest_paths(duels(profile, part, unranked, rule="schulze").strengths(strength))
        beaten = (paths > paths.swapaxes(0, 1)).sum(axis=0, dtype=np.int16)
        return Tally(scores=(size - 1.0 - beaten).T)

    return duels_in_parts(tally, weights, size)
