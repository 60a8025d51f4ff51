"""Coombs's rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.elimination import FirstPlaces, eliminate
from aggregators.options import one_of
from aggregators.pairwise import in_parts
from aggregators.profiles import Rankings
from aggregators.rulebook import rule
from aggregators.tally import Tally
from aggregators.ties import exceeds

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["coombs"]


@rule(
    "coombs",
    kind="voting",
    reads=Rankings,
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "the last member of such a set is on top of over half of the ballots": ("majority", "mutual-majority"),
        "what over half put on top beats all that remain": ("condorcet-loser",),
        "implied by condorcet-loser": ("majority-loser",),
        "nobody puts last, while both remain, what all prefer to the other": ("weak-pareto",),
        "one more ballot with those last that leave first makes each the only one to leave": ("resolvability",),
        "implied by majority": ("unanimity",),
    },
    linear={
        "as weak-pareto": ("pareto",),
    },
    violates=(
        "clones",
        "condorcet",
        "iia",
        "immunity-to-spoilers",
        "isda",
        "monotonicity",
        "participation",
        "positive-responsiveness",
        "reinforcement",
        "reversal-symmetry",
        "smith",
        "strategyproofness",
    ),
)
def coombs(profile: Rankings, weights: NDArray[np.float64], ties: str = "parallel", stop: str = "majority") -> Tally:
    """Eliminate what most voters rank lowest among those who remain, until a majority ranks one highest.

    Parameters
    ----------
    profile : Rankings
        Ranks (n, m). Alternatives tied lowest, or highest, share the vote equally; unranked ones are tied lowest.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own.
    ties : {"parallel", "together"}
        What happens when several tie for elimination: every choice is followed, and all who win in some universe
        win, or they leave at once, and all of them win if nobody else remains.
    stop : {"majority", "last"}
        Stop once more than half of the weight of the ballots that rank any of those who remain ranks one highest,
        or only when one remains.

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
    Coombs (1964), A Theory of Data. With and without the stop: Grofman and Feld (2004), If you like the
    alternative vote (a.k.a. the instant runoff), then you ought to know about the Coombs rule.

    Examples
    --------
    >>> from aggregators import Rankings
    >>> from aggregators.voting.coombs import coombs
    >>> ballots = Rankings.from_orders([("a", "b", "c"), ("b", "a", "c"), ("c", "b", "a")], weights=[4, 2, 3])
    >>> coombs(ballots).winners
    ('b',)
    """
    one_of("coombs", "stop", stop, ("majority", "last"))
    size = profile.n_alternatives

    def tally(part: NDArray[np.float64]) -> Tally:
        count = _LastPlaces(profile, part)
        decided = count.majority if stop == "majority" else None
        return Tally(scores=eliminate("coombs", size, count, ties, decided))

    return in_parts(tally, weights, 3 * size)


class _LastPlaces:
    """Less the weight of the ballots that rank an alternative lowest."""

    transfers_votes = False

    def __init__(self, ballots: Rankings, weights: NDArray[np.float64]) -> None:
        self.last = FirstPlaces(ballots, weights, last=True)
        self.first = FirstPlaces(ballots, weights)
        self.weightings = len(weights)

    def votes(self, remaining: tuple[int, ...], rows: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return the counts among those who remain."""
        return -self.last.votes(remaining, rows)

    def noise(self, remaining: tuple[int, ...], rows: NDArray[np.intp]) -> None:
        """Return None, because counts are sums of what has one sign."""

    def majority(self, remaining: tuple[int, ...], rows: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Tell which of those who remain has more than half of the first places."""
        firsts = self.first.votes(remaining, rows)
        return exceeds(firsts, firsts.sum(axis=0) / 2)
