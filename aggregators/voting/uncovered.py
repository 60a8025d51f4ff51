"""The uncovered set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.options import one_of
from aggregators.pairwise import duels, in_parts
from aggregators.profiles import Comparisons, Rankings
from aggregators.rulebook import rule
from aggregators.tally import Tally

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["uncovered"]

COVERINGS = ("gillies", "bordes", "mckelvey", "fishburn")


@rule(
    "uncovered",
    kind="voting",
    reads=Rankings,
    also_reads=(Comparisons,),
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "a member of the Smith set covers every outsider": ("smith",),
        "implied by smith": (
            "condorcet",
            "condorcet-loser",
            "majority",
            "majority-loser",
            "mutual-majority",
            "unanimity",
        ),
        "no outsider beats a member of the Smith set, nor matters to who covers whom there": ("isda",),
        "what it beats covers nothing that is not covered without it": ("immunity-to-spoilers",),
        "all see clones alike, and some clone is covered by no other": ("clones",),
        "put higher it is beaten by no more, and others by no fewer": ("monotonicity",),
        "what dominates it beats it, and is beaten only by what beats it": ("pareto",),
        "the only winner beats all, and loses to all when turned over": ("reversal-symmetry",),
        "implied by pareto": ("weak-pareto",),
    },
    violates=("iia", "positive-responsiveness", "reinforcement", "resolvability"),
    unsettled=("participation", "strategyproofness"),
)
def uncovered(
    profile: Rankings | Comparisons, weights: NDArray[np.float64], covering: str = "gillies", unranked: str = "last"
) -> Tally:
    """Elect what no other alternative covers.

    The four coverings agree where no duel is tied. In all but Fishburn's, x covers y only if x beats y.

    Parameters
    ----------
    profile : Rankings or Comparisons
        Ranks (n, m), or who preferred which of two. A voter who ranks two alternatives as equal counts for neither
        side of their duel.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own.
    covering : {"gillies", "bordes", "mckelvey", "fishburn"}
        When x, which beats y, covers it: ``"gillies"``: whatever beats x beats y; ``"bordes"``: x beats whatever y
        beats; ``"mckelvey"``: both. ``"fishburn"``: whatever beats x beats y, and something beats y but not x.
    unranked : {"last", "ignored"}
        Whether alternatives that a voter leaves unranked are tied last, or take no part in that voter's duels.

    Returns
    -------
    Outcome or BatchOutcome
        Scores are the number of other alternatives that do not cover it, higher is better; m - 1 wins.

    References
    ----------
    Miller (1980), A new solution set for tournaments and majority voting. The coverings: Duggan (2013), Uncovered
    sets.

    Examples
    --------
    >>> from aggregators import Rankings
    >>> from aggregators.voting.uncovered import uncovered
    >>> ballots = Rankings.from_orders([("a", "b", "c", "d"), ("b", "c", "d", "a"), ("c", "d", "a", "b")])
    >>> uncovered(ballots).winners
    ('a', 'b', 'c')
    """
    one_of("uncovered", "covering", covering, COVERINGS)
    size = profile.n_alternatives

    def tally(part: NDArray[np.float64]) -> Tally:
        covers = _covers(duels(profile, part, unranked, rule="uncovered").beats, covering)
        return Tally(scores=(size - 1.0 - covers.sum(axis=0)).T)

    return in_parts(tally, weights, size * size)


def _covers(beats: NDArray[np.bool_], covering: str) -> NDArray[np.bool_]:
    """Return (m, m, b): whether the row covers the column."""
    more_beaten = np.zeros_like(beats)  # something beats the row but not the column
    misses = np.zeros_like(beats)  # the column beats something that the row does not
    for other in range(len(beats)):
        more_beaten |= beats[other][:, None] & ~beats[other][None, :]
        misses |= beats[:, other][None, :] & ~beats[:, other][:, None]
    if covering == "fishburn":
        return ~more_beaten & more_beaten.swapaxes(0, 1)
    if covering == "gillies":
        return beats & ~more_beaten
    if covering == "bordes":
        return beats & ~misses
    return beats & ~more_beaten & ~misses
