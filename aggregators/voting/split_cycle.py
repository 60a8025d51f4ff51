"""Split Cycle."""

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

__all__ = ["split_cycle"]


@rule(
    "split_cycle",
    kind="voting",
    reads=Rankings,
    also_reads=(Comparisons,),
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "Holliday and Pacuit (2023), Split Cycle: a new Condorcet-consistent voting method": (
            "clones",
            "immunity-to-spoilers",
            "isda",
            "monotonicity",
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
    violates=("iia", "participation", "positive-responsiveness", "reinforcement", "resolvability", "strategyproofness"),
)
def split_cycle(
    profile: Rankings | Comparisons, weights: NDArray[np.float64], strength: str = "margins", unranked: str = "last"
) -> Tally:
    """Elect what is undefeated once the weakest duel of every cycle is thrown out.

    An alternative defeats another if it wins their duel, and the duel is not the weakest of any majority cycle.

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
    unranked : {"last", "ignored"}
        Whether alternatives that a voter leaves unranked are tied last, or take no part in that voter's duels.

    Returns
    -------
    Outcome or BatchOutcome
        Scores are the number of other alternatives that do not defeat it, higher is better; m - 1 wins. Several
        may win without being tied in any count: the rule leaves them undefeated.

    References
    ----------
    Holliday and Pacuit (2023), Split Cycle: a new Condorcet-consistent voting method independent of clones and
    immune to spoilers.

    Examples
    --------
    >>> from aggregators import Rankings
    >>> from aggregators.voting.split_cycle import split_cycle
    >>> cycle = Rankings.from_orders([("a", "b", "c"), ("b", "c", "a"), ("c", "a", "b")], weights=[4, 3, 2])
    >>> print(split_cycle(cycle))
    split_cycle: a (2) > b (1) = c (1)
    """
    one_of("split_cycle", "strength", strength, STRENGTHS)
    size = profile.n_alternatives

    def tally(part: NDArray[np.float64]) -> Tally:
        strengths = duels(profile, part, unranked, rule="split_cycle").strengths(strength)
        # a duel is the weakest of a cycle if a path leads back that is at least as strong
        defeats = (strengths > 0) & (strengths > strongest_paths(strengths).swapaxes(0, 1))
        return Tally(scores=(size - 1.0 - defeats.sum(axis=0, dtype=np.int16)).T)

    return duels_in_parts(tally, weights, size)
