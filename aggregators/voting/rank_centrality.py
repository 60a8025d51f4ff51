"""Rank centrality."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from aggregators.errors import RuleError
from aggregators.paired import compared, refuse_separated, separated, wins
from aggregators.pairwise import in_parts
from aggregators.profiles import Comparisons, Rankings
from aggregators.rulebook import rule
from aggregators.tally import Tally

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

__all__ = ["rank_centrality"]

PRIOR = 0.001


@rule(
    "rank_centrality",
    kind="voting",
    reads=Rankings,
    also_reads=(Comparisons,),
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "where the walk is most often it is entered, from where it is less often, as often as left: of what it was "
        "compared with it won more than it lost, and turned over it would have lost more": (
            "condorcet-loser",
            "reversal-symmetry",
        ),
        "put higher, its time grows in a larger proportion than that of any other, because no way is longer than one "
        "by way of a third (Cho and Meyer 2000, Markov chain sensitivity measured by mean first passage times)": (
            "monotonicity",
            "positive-responsiveness",
        ),
        "what dominates it is entered from each other at least as often and left for it at most as often": ("pareto",),
        "implied by condorcet-loser": ("majority-loser",),
        "implied by pareto": ("unanimity", "weak-pareto"),
    },
    violates=(
        "clones",
        "condorcet",
        "iia",
        "immunity-to-spoilers",
        "isda",
        "majority",
        "mutual-majority",
        "reinforcement",
        "smith",
        "strategyproofness",
    ),
    unsettled=("participation", "resolvability"),
)
def rank_centrality(
    profile: Rankings | Comparisons, weights: FloatArray, prior: float = PRIOR, unranked: str = "last"
) -> Tally:
    """Elect where a walk from losers to winners is most often.

    From an alternative the walk goes on to each other that it was compared with, in proportion to the share of their
    comparisons that the other won. If comparisons are as in the model of Bradley and Terry, the time that the walk
    spends at each is in proportion to the exponential of its strength.

    Parameters
    ----------
    profile : Rankings or Comparisons
        Who preferred which of two, or ranks (n, m), which compare every pair once. A tie is half a win on both sides.
        What counts of a pair is the share on each side, not how often it was compared.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own.
    prior : float
        A tie of this weight, from 0, that is added to every pair of the alternatives compared, where each pair that
        was compared has the weight 1. It keeps a way from everywhere to everywhere. At 0 comparisons without are
        refused.
    unranked : {"last", "ignored"}
        Whether alternatives that a voter leaves unranked are tied last, or compared with nothing. Says nothing of
        comparisons.

    Returns
    -------
    Outcome or BatchOutcome
        Scores are the shares of its time that the walk spends at each alternative, which add up to 1, higher is
        better; NaN for what nobody compared. Their logs compare with the strengths of ``bradley_terry``.
        ``details["separated"]`` is true where, without the prior, some would get nothing or there were several such
        walks, because some alternatives never lost to the others or never met them.

    Raises
    ------
    RuleError
        If `prior` is negative or not finite, or is 0 and some alternatives never lost to the others.

    Notes
    -----
    Negahban, Oh and Shah add the same to both sides of each pair that was compared; here a pair that was not is given
    as much, so that it is never as good as a tie between equals. Found by the elimination of Grassmann, Taksar and
    Heyman, which never subtracts, so that small shares are as exact as large ones. Validation: against choix and
    closed forms.

    References
    ----------
    Negahban, Oh and Shah (2017), Rank centrality: ranking from pairwise comparisons. Elimination: Grassmann, Taksar
    and Heyman (1985), Regenerative analysis and steady state distributions for Markov chains.

    Examples
    --------
    >>> from aggregators import Comparisons
    >>> from aggregators.voting.rank_centrality import rank_centrality
    >>> jury = Comparisons.from_triples([(1, "a", "b"), (2, "a", "b"), (3, "a", "b"), (4, "b", "a")])
    >>> rank_centrality(jury, prior=0).scores.tolist()
    [0.75, 0.25]
    """
    if not 0 <= prior < math.inf:
        raise RuleError(f"prior={prior} of 'rank_centrality' is no weight of a tie; give a number from 0 on")
    size = profile.n_alternatives

    def tally(part: FloatArray) -> Tally:
        table = wins(profile, part, unranked, rule="rank_centrality")
        if prior == 0:
            refuse_separated("rank_centrality", table, profile.alternatives)
        taking_part = compared(table)
        met = table + table.swapaxes(1, 2)
        share = np.divide(table, met, out=np.zeros(table.shape), where=met > 0)
        share += (taking_part[:, :, None] & taking_part[:, None, :]) * (prior / 2)
        time = _stationary(share.swapaxes(1, 2), taking_part)
        return Tally(scores=np.where(taking_part, time, np.nan), details={"separated": separated(table)})

    return in_parts(tally, weights, 4 * size * size)


def _stationary(rates: FloatArray, taking_part: NDArray[np.bool_]) -> FloatArray:
    """Return (b, m) shares of time under (b, m, m) rates from row to column; the diagonal is ignored.

    States are taken out from the last on, their traffic led past them, and then put back. What takes no part has no
    traffic and gets no time.
    """
    rates = rates.copy()
    size = rates.shape[1]
    for last in range(size - 1, 0, -1):
        leaving = rates[:, last, :last].sum(axis=1)
        rates[:, :last, last] /= np.where(leaving > 0, leaving, 1.0)[:, None]
        rates[:, :last, :last] += rates[:, :last, last, None] * rates[:, last, None, :last]
    time = np.zeros(rates.shape[:2])
    time[np.arange(len(time)), taking_part.argmax(axis=1)] = 1.0
    for state in range(1, size):
        time[:, state] += (time[:, :state] * rates[:, :state, state]).sum(axis=1)
    shares: FloatArray = time / time.sum(axis=1, keepdims=True)
    return shares
