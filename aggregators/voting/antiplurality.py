"""The antiplurality rule, also the veto."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.profiles import Rankings
from aggregators.rulebook import rule
from aggregators.tally import Tally
from aggregators.weighing import weigh

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["antiplurality"]


@rule(
    "antiplurality",
    kind="voting",
    reads=Rankings,
    aliases=("veto",),
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "adds up points that never rise down a ballot": ("monotonicity", "participation", "reinforcement"),
        "over half veto it, so that anything else has fewer vetoes": ("majority-loser",),
    },
    violates=(
        "clones",
        "condorcet",
        "condorcet-loser",
        "iia",
        "immunity-to-spoilers",
        "isda",
        "majority",
        "mutual-majority",
        "pareto",
        "positive-responsiveness",
        "resolvability",
        "reversal-symmetry",
        "smith",
        "strategyproofness",
        "unanimity",
        "weak-pareto",
    ),
)
def antiplurality(profile: Rankings, weights: NDArray[np.float64]) -> Tally:
    """Elect what fewest voters put last.

    Parameters
    ----------
    profile : Rankings
        Ranks (n, m). Alternatives tied last share the veto equally; unranked ones are tied last. A voter who ranks
        nothing thus gives everyone the same.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own.

    Returns
    -------
    Outcome or BatchOutcome
        Scores are total weights of voters less last places, higher is better.

    References
    ----------
    Brandt, Conitzer, Endriss, Lang and Procaccia (2016), Handbook of Computational Social Choice, chapter 2.

    Examples
    --------
    >>> from aggregators import Rankings
    >>> from aggregators.voting.antiplurality import antiplurality
    >>> print(antiplurality(Rankings.from_orders([("a", "b", "c"), ("a",), ("c", "b", "a")], weights=[2, 1, 2])))
    antiplurality: b (4.5) > a (3) > c (2.5)
    """
    places = profile.places
    last = places == places.max(axis=0)
    return Tally(scores=weigh(~last if profile.strict else 1.0 - last / last.sum(axis=0), weights))
