"""Random dictatorship."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.profiles import Rankings
from aggregators.rulebook import rule
from aggregators.tally import Tally
from aggregators.voting.plurality import first_votes

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["lottery", "random_dictator"]


@rule(
    "random_dictator",
    kind="voting",
    reads=Rankings,
    aliases=("random_ballot",),
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "a voter's favourites are among the winners": ("participation", "strategyproofness"),
        "wins just if somebody puts it on top": (
            "clones",
            "immunity-to-spoilers",
            "monotonicity",
            "unanimity",
            "weak-pareto",
        ),
    },
    linear={
        "wins just if somebody puts it on top": ("pareto", "reversal-symmetry"),
    },
    violates=(
        "condorcet",
        "condorcet-loser",
        "iia",
        "isda",
        "majority",
        "majority-loser",
        "mutual-majority",
        "positive-responsiveness",
        "reinforcement",
        "resolvability",
        "smith",
    ),
)
def random_dictator(profile: Rankings, weights: NDArray[np.float64]) -> Tally:
    """Draw a voter by lot, and elect what that voter puts first.

    Parameters
    ----------
    profile : Rankings
        Ranks (n, m). Alternatives that the voter drawn ties first are drawn from evenly. A voter who ranks nothing
        abstains.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own.

    Returns
    -------
    Outcome or BatchOutcome
        A lottery: scores are the probabilities, which add up to 1, and the winners are all alternatives that may
        be drawn. ``tie_break="random"`` draws one by these probabilities.

    Notes
    -----
    Axioms about winners speak of all alternatives that may be drawn. So reinforcement is violated, although the
    lottery of the whole electorate is the average of those of its parts.

    References
    ----------
    Gibbard (1977), Manipulation of schemes that mix voting with chance.

    Examples
    --------
    >>> from aggregators import Rankings
    >>> from aggregators.voting.random_dictator import random_dictator
    >>> outcome = random_dictator(Rankings.from_orders([("a", "b", "c"), (("b", "c"), "a"), ("b", "a", "c")]))
    >>> outcome.winners, outcome.scores.round(3).tolist()
    (('a', 'b', 'c'), [0.333, 0.5, 0.167])
    """
    votes = first_votes(profile, weights)
    voted = votes.sum(axis=1, keepdims=True)
    return lottery(votes / np.where(voted > 0, voted, 1.0))


def lottery(odds: NDArray[np.float64]) -> Tally:
    """Return the tally of a lottery: who may be drawn comes first, with the probabilities (b, m) as scores."""
    return Tally(
        scores=odds,
        keys=[(odds > 0).astype(np.float64)],
        scored=np.ones(odds.shape, dtype=np.bool_),
        lottery=odds,
    )
