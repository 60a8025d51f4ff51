"""The plurality rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.profiles import Rankings
from aggregators.rulebook import rule
from aggregators.tally import Tally
from aggregators.weighing import weigh

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["first_places", "first_votes", "plurality"]


@rule(
    "plurality",
    kind="voting",
    reads=Rankings,
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "adds up points that never rise down a ballot": ("monotonicity", "participation", "reinforcement"),
        "over half of the votes are more than any other has": ("majority",),
        "one more ballot with it on top makes it the only one with most votes": ("resolvability",),
        "nobody votes for what all prefer another to": ("weak-pareto",),
        "implied by majority": ("unanimity",),
    },
    linear={
        "nobody votes for what all prefer another to": ("pareto",),
    },
    violates=(
        "clones",
        "condorcet",
        "condorcet-loser",
        "iia",
        "immunity-to-spoilers",
        "isda",
        "majority-loser",
        "mutual-majority",
        "positive-responsiveness",
        "reversal-symmetry",
        "smith",
        "strategyproofness",
    ),
)
def plurality(profile: Rankings, weights: NDArray[np.float64]) -> Tally:
    """Elect what most voters put first.

    Parameters
    ----------
    profile : Rankings
        Ranks (n, m). Alternatives tied first share the vote equally. A voter who ranks nothing abstains.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own.

    Returns
    -------
    Outcome or BatchOutcome
        Scores are total weights of first places, higher is better.

    References
    ----------
    Brandt, Conitzer, Endriss, Lang and Procaccia (2016), Handbook of Computational Social Choice, chapter 2.

    Examples
    --------
    >>> from aggregators import Rankings
    >>> from aggregators.voting.plurality import plurality
    >>> print(plurality(Rankings.from_orders([("a", "b"), ("b",), (("a", "c"), "b")])))
    plurality: a (1.5) > b (1) > c (0.5)
    """
    return Tally(scores=first_votes(profile, weights))


def first_places(profile: Rankings) -> NDArray[np.float64]:
    """Return (n, m) shares of each voter's one vote, split over the alternatives tied first."""
    first = profile.ranks == 1
    shares: NDArray[np.float64] = first / np.maximum(first.sum(axis=1, keepdims=True), 1)
    return shares


def first_votes(profile: Rankings, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the (b, m) weights of the voters who put each alternative first."""
    if profile.strict:
        return weigh(profile.places == 1, weights)
    return weights @ profile.derived(first_places)
