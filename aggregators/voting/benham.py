"""Benham's rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.elimination import FirstPlaces, eliminate
from aggregators.pairwise import duels, in_parts
from aggregators.profiles import Rankings
from aggregators.rulebook import rule
from aggregators.tally import Tally

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["benham"]


@rule(
    "benham",
    kind="voting",
    reads=Rankings,
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "the last member of the Smith set beats all that remain": ("smith",),
        "implied by smith": (
            "condorcet",
            "condorcet-loser",
            "majority",
            "majority-loser",
            "mutual-majority",
            "unanimity",
        ),
        "has no vote while the one that all prefer remains, and leaves before any that has one": ("weak-pareto",),
    },
    linear={
        "of two clones one leaves before their votes do, which go to the other; and both win the same duels": (
            "clones",
        ),
        "as weak-pareto": ("pareto",),
    },
    violates=(
        "iia",
        "immunity-to-spoilers",
        "isda",
        "monotonicity",
        "participation",
        "positive-responsiveness",
        "reinforcement",
        "resolvability",
        "reversal-symmetry",
        "strategyproofness",
    ),
)
def benham(profile: Rankings, weights: NDArray[np.float64], ties: str = "parallel", unranked: str = "last") -> Tally:
    """Eliminate as in instant-runoff voting until one of those who remain beats all the others.

    Parameters
    ----------
    profile : Rankings
        Ranks (n, m). Alternatives tied highest share the vote equally, and count for neither side of their duel.
        A ballot without ranked alternatives among those who remain is exhausted.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own.
    ties : {"parallel", "together"}
        What happens when several tie for elimination: every choice is followed, and all who win in some universe
        win, or they leave at once, and all of them win if nobody else remains.
    unranked : {"last", "ignored"}
        Whether alternatives that a voter leaves unranked are tied last, or take no part in that voter's duels.

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
    Green-Armytage (2011), Four Condorcet-Hare hybrid methods for single-winner elections.

    Examples
    --------
    >>> from aggregators import Rankings
    >>> from aggregators.voting.benham import benham
    >>> ballots = Rankings.from_orders([("a", "b", "c"), ("b", "a", "c"), ("c", "b", "a")], weights=[4, 2, 3])
    >>> benham(ballots).winners
    ('b',)
    """

    def tally(part: NDArray[np.float64]) -> Tally:
        beats = duels(profile, part, unranked, rule="benham").beats

        def condorcet(remaining: tuple[int, ...], rows: NDArray[np.intp]) -> NDArray[np.bool_]:
            among = np.array(remaining)
            wins: NDArray[np.bool_] = beats[np.ix_(among, among, rows)].sum(axis=1) == len(remaining) - 1
            return wins

        count = FirstPlaces(profile, part)
        count.transfers_votes = False  # who leaves last of a tied group may meet a majority on the way
        return Tally(scores=eliminate("benham", profile.n_alternatives, count, ties, condorcet))

    return in_parts(tally, weights, 3 * profile.n_alternatives**2)
