"""STAR voting: score, then automatic runoff."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.profiles import Utilities
from aggregators.rulebook import rule
from aggregators.tally import Tally
from aggregators.ties import leaders, tier_ranks, ties_with
from aggregators.voting.range import NAN, average_scores

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["star"]


@rule(
    "star",
    kind="voting",
    reads=Utilities,
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "loses any runoff": ("condorcet-loser",),
        "implied by condorcet-loser": ("majority-loser",),
        "a change of origin or of the common unit changes all averages alike": (
            "common-scale",
            "common-translation",
            "individual-translation",
        ),
        "has a lower average than what dominates it, and loses to it in the runoff": ("pareto",),
        "raised it stays in the runoff, if it was, and fares no worse in it; others get no further": (
            "monotonicity",
            "weak-monotonicity",
        ),
        "implied by pareto": ("unanimity", "weak-pareto"),
    },
    violates=(
        "bounded-influence",
        "clones",
        "common-monotone",
        "condorcet",
        "continuity",
        "hammond-equity",
        "iia",
        "immunity-to-spoilers",
        "individual-scale",
        "isda",
        "majority",
        "mutual-majority",
        "participation",
        "pigou-dalton",
        "positive-responsiveness",
        "reinforcement",
        "reversal-symmetry",
        "separability",
        "smith",
        "strategyproofness",
        "strong-monotonicity",
        "weak-pigou-dalton",
    ),
)
def star(profile: Utilities, weights: NDArray[np.float64], blank: float = NAN) -> Tally:
    """Of the two with the highest average scores, elect the one that more voters score higher.

    Where more than two come into question for the runoff, all pairs of them are run, and all who win one win. A
    tied runoff goes to the higher average, and to both where the averages tie as well.

    Parameters
    ----------
    profile : Utilities
        Scores (n, m), any sign, higher is better.
        Near-equal scores are no preference in the runoff.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own.
    blank : float
        What a missing score counts as. Default: NaN, that is nothing: the average is over those who gave a score.
        In the runoff, those who scored both are then counted.

    Returns
    -------
    Outcome or BatchOutcome
        Without scores, because the winner need not have the highest average; ``details["average"]`` has the
        averages, higher is better, by which the others are ranked below the winners.

    Raises
    ------
    RuleError
        If `blank` is infinite.

    References
    ----------
    Wolk, Quinn and Ogren (2023), STAR Voting, equality of voice, and voter satisfaction.

    Examples
    --------
    >>> from aggregators import Utilities
    >>> from aggregators.voting.star import star
    >>> outcome = star(Utilities([[5, 4, 0], [0, 3, 5], [5, 4, 0], [0, 5, 3], [5, 4, 1]]))
    >>> outcome.ranking, outcome.details["average"].tolist()
    ((('a',), ('b',), ('c',)), [3.0, 4.0, 1.8])
    """
    averages, magnitudes = average_scores(profile, weights, blank, rule="star")
    averaged = Tally(scores=averages, scale=magnitudes)
    among = ~np.isnan(averages)
    first = leaders(averaged, among)
    second = leaders(averaged, among & ~first)
    alone = first.sum(axis=1, keepdims=True) == 1
    finalists = np.where(alone, first | second, first)
    wins = np.where(finalists.sum(axis=1, keepdims=True) == 1, finalists, False)
    values = np.where(np.isnan(profile.values), blank, profile.values)
    ranks = tier_ranks(values)
    for x in np.arange(profile.n_alternatives):
        for y in np.arange(x):
            meet = finalists[:, x] & finalists[:, y] & (~alone[:, 0] | first[:, x] | first[:, y])
            if not meet.any():
                continue
            both = (ranks[:, x] > 0) & (ranks[:, y] > 0)
            for_x = weights @ (both & (ranks[:, x] < ranks[:, y]))
            for_y = weights @ (both & (ranks[:, y] < ranks[:, x]))
            tied = ties_with(np.maximum(for_x, for_y), np.minimum(for_x, for_y))
            level = tied & (first[:, x] == first[:, y])
            wins[:, x] |= meet & (level | np.where(tied, first[:, x], for_x > for_y))
            wins[:, y] |= meet & (level | np.where(tied, first[:, y], for_y > for_x))
    return Tally(
        scores=None,
        keys=[wins.astype(np.float64), np.where(wins | ~among, 0.0, averages)],
        scored=among,
        details={"average": averages},
    )
