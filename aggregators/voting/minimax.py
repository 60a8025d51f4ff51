"""The minimax rule, also Simpson-Kramer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.options import one_of
from aggregators.pairwise import duels, duels_in_parts
from aggregators.profiles import Comparisons, Rankings
from aggregators.rulebook import rule
from aggregators.tally import Tally

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["minimax"]


@rule(
    "minimax",
    kind="voting",
    reads=Rankings,
    also_reads=(Comparisons,),
    aliases=("simpson", "maximin-condorcet"),
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "beats everything, so that it alone has no defeat": ("condorcet",),
        "implied by condorcet": ("majority", "unanimity"),
        "put higher its defeats are no worse, and those of others no better": ("monotonicity",),
        "what beats the spoiler has the same worst defeat with it, others one no better": ("immunity-to-spoilers",),
        "a defeat by all is the worst there is, and something has none": ("weak-pareto",),
    },
    linear={
        "a defeat by all is the worst there is, and something has none": ("pareto",),
    },
    violates=(
        "clones",
        "condorcet-loser",
        "iia",
        "isda",
        "majority-loser",
        "mutual-majority",
        "participation",
        "positive-responsiveness",
        "reinforcement",
        "resolvability",
        "reversal-symmetry",
        "smith",
        "strategyproofness",
    ),
)
def minimax(
    profile: Rankings | Comparisons, weights: NDArray[np.float64], strength: str = "margins", unranked: str = "last"
) -> Tally:
    """Elect what loses its worst duel by least.

    Parameters
    ----------
    profile : Rankings or Comparisons
        Ranks (n, m), or who preferred which of two. A voter who ranks two alternatives as equal counts for neither
        side of their duel.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own.
    strength : {"margins", "winning", "opposition"}
        The size of a defeat: the margin, the weight of the winning side, or the weight of the other side whether
        it wins or not. All three agree when every voter ranks every alternative without ties.
    unranked : {"last", "ignored"}
        Whether alternatives that a voter leaves unranked are tied last, or take no part in that voter's duels.

    Returns
    -------
    Outcome or BatchOutcome
        Scores are the least margin (negative where there is a defeat), or less the largest weight against,
        higher is better. For ``"winning"`` an alternative without a defeat has 0.

    References
    ----------
    Simpson (1969), On defining areas of voter choice; Kramer (1977), A dynamical model of political equilibrium.
    The variants: Darlington (2016), Minimax is the best electoral system after all.

    Examples
    --------
    >>> from aggregators import Rankings
    >>> from aggregators.voting.minimax import minimax
    >>> cycle = Rankings.from_orders([("a", "b", "c"), ("b", "c", "a"), ("c", "a", "b")], weights=[4, 3, 2])
    >>> print(minimax(cycle))
    minimax: a (-1) > b (-3) > c (-5)
    """
    one_of("minimax", "strength", strength, ("margins", "winning", "opposition"))
    size = profile.n_alternatives
    itself = np.arange(size)

    def tally(part: NDArray[np.float64]) -> Tally:
        counted = duels(profile, part, unranked, rule="minimax")
        if strength == "opposition":
            return Tally(scores=-counted.settled_support.max(axis=0).T + 0.0)
        if strength == "winning":
            return Tally(scores=-counted.strengths("winning").max(axis=0).T + 0.0)
        # down the columns, where whole rows are compared: the worst defeat is the largest margin against
        margins = counted.margins.copy()
        margins[itself, itself] = -np.inf if size > 1 else 0.0
        return Tally(scores=-margins.max(axis=0).T + 0.0)

    return duels_in_parts(tally, weights, size)
