"""Copeland's rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from aggregators.errors import RuleError
from aggregators.pairwise import duels, duels_in_parts
from aggregators.profiles import Comparisons, Rankings
from aggregators.rulebook import rule
from aggregators.tally import Tally

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["copeland"]


@rule(
    "copeland",
    kind="voting",
    reads=Rankings,
    also_reads=(Comparisons,),
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "members of the Smith set win more duels than there are alternatives outside, all others fewer": ("smith",),
        "implied by smith": (
            "condorcet",
            "condorcet-loser",
            "majority",
            "majority-loser",
            "mutual-majority",
            "unanimity",
        ),
        "each member of the Smith set wins one duel less without an outsider": ("isda",),
        "to beat the spoiler is worth as much as anybody can get from it": ("immunity-to-spoilers",),
        "put higher it wins no fewer duels, and others no more": ("monotonicity",),
        "what dominates it wins their duel, and every other that it wins": ("pareto",),
        "duels won become duels lost": ("reversal-symmetry",),
        "implied by pareto": ("weak-pareto",),
    },
    violates=(
        "clones",
        "iia",
        "participation",
        "positive-responsiveness",
        "reinforcement",
        "resolvability",
        "strategyproofness",
    ),
)
def copeland(
    profile: Rankings | Comparisons, weights: NDArray[np.float64], alpha: float = 0.5, unranked: str = "last"
) -> Tally:
    """Elect what wins the most duels.

    Parameters
    ----------
    profile : Rankings or Comparisons
        Ranks (n, m), or who preferred which of two. A voter who ranks two alternatives as equal counts for neither
        side of their duel.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own.
    alpha : float
        What a tied duel is worth, from 0 to 1, where a duel won is worth 1.
    unranked : {"last", "ignored"}
        Whether alternatives that a voter leaves unranked are tied last, or take no part in that voter's duels.

    Returns
    -------
    Outcome or BatchOutcome
        Scores are duels won plus `alpha` times duels tied, higher is better, at most m - 1.

    Raises
    ------
    RuleError
        If `alpha` is not from 0 to 1.

    References
    ----------
    Copeland (1951), A reasonable social welfare function. Values of `alpha`: Faliszewski, Hemaspaandra,
    Hemaspaandra and Rothe (2009), Llull and Copeland voting computationally resist bribery and constructive
    control.

    Examples
    --------
    >>> from aggregators import Rankings
    >>> from aggregators.voting.copeland import copeland
    >>> ballots = Rankings.from_orders([("a", "b", "c", "d"), ("b", "c", "a", "d"), ("d", "c", "a", "b")])
    >>> print(copeland(ballots))
    copeland: a (2) = b (2) = c (2) > d (0)
    """
    if not 0 <= alpha <= 1:
        raise RuleError(f"alpha={alpha} of 'copeland' is no share of a win; give a number from 0 to 1")
    size = profile.n_alternatives

    def tally(part: NDArray[np.float64]) -> Tally:
        lead = np.sign(duels(profile, part, unranked, rule="copeland").differences)
        net = _per_alternative(size, lead, -lead)  # duels won less duels lost
        if alpha == 0.5:
            return Tally(scores=(0.5 * (net + (size - 1))).T)
        level = lead == 0
        tied = _per_alternative(size, level, level)
        return Tally(scores=(0.5 * (net + (size - 1) - tied) + alpha * tied).T)

    return duels_in_parts(tally, weights, size)


def _per_alternative(size: int, upper: NDArray[Any], lower: NDArray[Any]) -> NDArray[np.float64]:
    """Return (m, b) sums over the (pairs, b) duels of each alternative: `upper` where it is the first of a pair.

    Duel by duel rather than as a product with a matrix of who is in which, which has m times as many cells.
    """
    sums = np.zeros((size, upper.shape[1]))
    at = 0
    for first in range(size - 1):
        pairs = slice(at, at + size - 1 - first)
        at = pairs.stop
        sums[first] += upper[pairs].sum(axis=0)
        sums[first + 1 :] += lower[pairs]
    return sums
