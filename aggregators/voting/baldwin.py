"""Baldwin's rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.elimination import eliminate
from aggregators.pairwise import Duels, duels, in_parts
from aggregators.profiles import Comparisons, Rankings
from aggregators.rulebook import rule
from aggregators.tally import Tally

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["baldwin"]


@rule(
    "baldwin",
    kind="voting",
    reads=Rankings,
    also_reads=(Comparisons,),
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "the last member of the Smith set beats all that remain, and so has more than the average Borda count": (
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
        "has a lower Borda count than what dominates it in every round": ("pareto",),
        "one more ballot with those last that leave first makes each the only one to leave": ("resolvability",),
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
)
def baldwin(profile: Rankings | Comparisons, weights: NDArray[np.float64], ties: str = "parallel") -> Tally:
    """Eliminate what has the lowest Borda count, and count again among the rest, until one remains.

    Parameters
    ----------
    profile : Rankings or Comparisons
        Ranks (n, m), or who preferred which of two. Tied alternatives share the points of their places;
        unranked ones are tied last; a pair that a voter did not compare is tied.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own.
    ties : {"parallel", "together"}
        What happens when several tie for elimination: every choice is followed, and all who win in some universe
        win, or they leave at once, and all of them win if nobody else remains.

    Returns
    -------
    Outcome or BatchOutcome
        Scores are the number of alternatives that leave before it, in the universe where it stays longest; higher
        is better; m - 1 wins.

    Raises
    ------
    RuleError
        If ties lead to more than 2**14 sets of remaining alternatives; letting them leave together is then at hand.

    References
    ----------
    Baldwin (1926), The technique of the Nanson preferential majority system of election.

    Examples
    --------
    >>> from aggregators import Rankings
    >>> from aggregators.voting.baldwin import baldwin
    >>> ballots = Rankings.from_orders([("a", "b", "c"), ("b", "c", "a"), ("c", "a", "b")], weights=[4, 3, 2])
    >>> print(baldwin(ballots))
    baldwin: a (2) > b (1) > c (0)
    """

    def tally(part: NDArray[np.float64]) -> Tally:
        counted = duels(profile, part)
        return Tally(scores=eliminate("baldwin", profile.n_alternatives, _BordaCounts(counted), ties))

    return in_parts(tally, weights, 3 * profile.n_alternatives**2)


class _BordaCounts:
    """Margins added up over those who remain, which order alternatives as their Borda counts do."""

    transfers_votes = False

    def __init__(self, counted: Duels) -> None:
        self.margins = counted.margins
        self.counted = counted
        self.weightings = counted.margins.shape[-1]

    def votes(self, remaining: tuple[int, ...], rows: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return the sums over those who remain."""
        among = np.array(remaining)
        total: NDArray[np.float64] = self.margins[np.ix_(among, among, rows)].sum(axis=1)
        return total

    def noise(self, remaining: tuple[int, ...], rows: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return the weight behind the margins."""
        among = np.array(remaining)
        weight: NDArray[np.float64] = self.counted.support[np.ix_(among, among, rows)].sum(axis=(0, 1))
        return weight
