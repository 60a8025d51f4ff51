"""The Smith set, also the top cycle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.pairwise import duels, in_parts
from aggregators.profiles import Comparisons, Rankings
from aggregators.rulebook import rule
from aggregators.tally import Tally

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["reaches", "smith"]


@rule(
    "smith",
    kind="voting",
    reads=Rankings,
    also_reads=(Comparisons,),
    aliases=("top_cycle",),
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "by definition": ("smith",),
        "implied by smith": (
            "condorcet",
            "condorcet-loser",
            "majority",
            "majority-loser",
            "mutual-majority",
            "unanimity",
        ),
        "is the Smith set, which has no use for anything outside": ("immunity-to-spoilers", "isda"),
        "chains of duels won or tied lead past clones as past one": ("clones",),
        "put higher it wins or ties no fewer duels, and others no more": ("monotonicity",),
        "the only winner beats all, and loses to all when turned over": ("reversal-symmetry",),
        "old winners beat all that the voter prefers, and no less so without the voter's true ballot": (
            "participation",
            "strategyproofness",
        ),
    },
    violates=("iia", "pareto", "positive-responsiveness", "reinforcement", "resolvability", "weak-pareto"),
)
def smith(profile: Rankings | Comparisons, weights: NDArray[np.float64], unranked: str = "last") -> Tally:
    """Elect the smallest set whose every member beats every alternative outside it.

    Parameters
    ----------
    profile : Rankings or Comparisons
        Ranks (n, m), or who preferred which of two. A voter who ranks two alternatives as equal counts for neither
        side of their duel.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own.
    unranked : {"last", "ignored"}
        Whether alternatives that a voter leaves unranked are tied last, or take no part in that voter's duels.

    Returns
    -------
    Outcome or BatchOutcome
        Scores are the number of other alternatives that an alternative reaches by duels won or tied, higher is
        better; m - 1 wins. The next tier is the Smith set of the rest, and so on.

    References
    ----------
    Smith (1973), Aggregation of preferences with variable electorate; Good (1971), A note on Condorcet sets.

    Examples
    --------
    >>> from aggregators import Rankings
    >>> from aggregators.voting.smith import smith
    >>> ballots = Rankings.from_orders([("a", "b", "c", "d"), ("b", "c", "a", "d"), ("c", "a", "b", "d")])
    >>> smith(ballots).ranking
    (('a', 'b', 'c'), ('d',))
    """
    size = profile.n_alternatives

    def tally(part: NDArray[np.float64]) -> Tally:
        reached = reaches(duels(profile, part, unranked, rule="smith").beats)
        return Tally(scores=(reached.sum(axis=1) - 1.0).T)

    return in_parts(tally, weights, size * size)


def reaches(beats: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return (m, m, b): whether a chain of duels won or tied leads from row to column; each reaches itself."""
    reached = ~beats.swapaxes(0, 1)
    for middle in range(len(reached)):
        reached |= reached[:, middle, None] & reached[middle]
    return reached
