"""The Borda count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.profiles import Rankings
from aggregators.rulebook import rule
from aggregators.tally import Tally

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["borda"]


@rule(
    "borda",
    kind="voting",
    reads=Rankings,
    satisfies=("pareto", "monotonicity", "reinforcement"),
    violates=("majority", "condorcet"),
)
def borda(profile: Rankings, weights: NDArray[np.float64]) -> Tally:
    """Add up over the voters how many alternatives each ranks below.

    From m - 1 points for a voter's first of m alternatives down to 0 for the last.

    Parameters
    ----------
    profile : Rankings
        Ranks (n, m). Tied alternatives get the average of the points of their places; unranked ones are
        tied last. A voter who ranks nothing thus gives everyone the same.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own.

    Returns
    -------
    Outcome or BatchOutcome
        Scores are weighted totals of points, higher is better.

    References
    ----------
    Young (1974), An axiomatization of Borda's rule. Averaging tied places: Black (1976), Partial
    justification of the Borda count.

    Examples
    --------
    >>> from aggregators import Rankings
    >>> from aggregators.voting.borda import borda
    >>> print(borda(Rankings.from_orders([("a", "b", "c"), ("b", ("a", "c")), ("c",)])))
    borda: b (3.5) > a (3) > c (2.5)
    """
    return Tally(scores=weights @ _points(profile.ranks))


def _points(ranks: NDArray[np.int64]) -> NDArray[np.float64]:
    places = np.where(ranks > 0, ranks, ranks.shape[1] + 1)
    points = np.full(ranks.shape, -0.5)  # every alternative ties with itself
    for other in places.T[:, :, None]:
        points += (places < other) + 0.5 * (places == other)
    return points
