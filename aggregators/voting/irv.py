"""Instant-runoff voting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregators.elimination import FirstPlaces, eliminate
from aggregators.pairwise import in_parts
from aggregators.profiles import Rankings
from aggregators.rulebook import rule
from aggregators.tally import Tally

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["irv"]


@rule(
    "irv",
    kind="voting",
    reads=Rankings,
    aliases=("hare", "instant_runoff", "alternative_vote"),
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "the last member of such a set has over half of the votes": ("majority", "mutual-majority"),
        "over half of the votes between the last two go to what wins their duel": ("condorcet-loser",),
        "implied by condorcet-loser": ("majority-loser",),
        "has no vote while the one that all prefer remains, and leaves before any that has one": ("weak-pareto",),
        "implied by majority": ("unanimity",),
    },
    linear={
        "Tideman (1987), Independence of clones as a criterion for voting rules": ("clones",),
        "as weak-pareto": ("pareto",),
    },
    violates=(
        "condorcet",
        "iia",
        "immunity-to-spoilers",
        "isda",
        "monotonicity",
        "participation",
        "positive-responsiveness",
        "reinforcement",
        "resolvability",
        "reversal-symmetry",
        "smith",
        "strategyproofness",
    ),
)
def irv(profile: Rankings, weights: NDArray[np.float64], ties: str = "parallel") -> Tally:
    """Eliminate what fewest voters rank highest among those who remain, until one remains.

    Parameters
    ----------
    profile : Rankings
        Ranks (n, m). Alternatives tied highest share the vote equally. Unranked ones never get it: a ballot
        without ranked alternatives among those who remain is exhausted.
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
        Alternatives that tie for the fewest votes and together have fewer than any other leave at once, because
        no order among them changes who remains.

    Raises
    ------
    RuleError
        If ties lead to more than 2**14 sets of remaining alternatives; letting them leave together is then at hand.

    References
    ----------
    Hare's rule for one seat: Tideman (2006), Collective Decisions and Voting. Parallel universes: Conitzer,
    Rognlie and Xia (2009), Preference functions that score rankings and maximum likelihood estimation. Tied
    ballots: Delemazure and Peters (2024), Generalizing instant runoff voting to allow indifferences.

    Examples
    --------
    >>> from aggregators import Rankings
    >>> from aggregators.voting.irv import irv
    >>> ballots = Rankings.from_orders([("a", "b", "c"), ("b", "a", "c"), ("c", "b", "a")], weights=[4, 2, 3])
    >>> print(irv(ballots))
    irv: a (2) > c (1) > b (0)
    """

    def tally(part: NDArray[np.float64]) -> Tally:
        return Tally(scores=eliminate("irv", profile.n_alternatives, FirstPlaces(profile, part), ties))

    return in_parts(tally, weights, 3 * profile.n_alternatives)
