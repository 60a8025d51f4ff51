"""How the answers to a case spread over the scale that was asked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jury.elicitation.score import Score
from jury.panel import Panel

__all__ = ["Spread", "spread_of"]

_MOST = 10  # bins


@dataclass(frozen=True)
class Spread:
    """The weight of the answers over a scale.

    Attributes
    ----------
    low, high : int
        Ends of the scale; the highest is best.
    shares : ndarray of shape (alternatives, bins)
        Share of the weight of those with an opinion on the alternative, from the lowest answers to the highest: a bin a
        score, or ten bins of equal width for longer scales. Rows add to 1, or hold zeros where nobody had an opinion.
    """

    low: int
    high: int
    shares: NDArray[np.float64]


def spread_of(panel: Panel, case_id: str) -> Spread | None:
    """Return how the scores of a case spread; None where something else than scores was asked.

    A juror who was asked several times counts once, with the mean of its answers.

    Examples
    --------
    >>> from jury.panels.base import Builder
    >>> from jury.elicitation import modes
    >>> builder = Builder("a survey", modes["score"]())
    >>> builder.case("q", "How good?", ["it", "other"])
    >>> for number, score in enumerate([1, 1, 3, 5]):
    ...     builder.rating(builder.rater(f"r{number}", {}), "q", {"scores": {"it": score, "other": 2}})
    >>> spread_of(builder.panel(), "q").shares.tolist()
    [[0.5, 0.0, 0.25, 0.0, 0.25], [0.0, 1.0, 0.0, 0.0, 0.0]]
    """
    if not isinstance(panel.mode, Score):
        return None
    low, high = panel.mode.scale
    profile = panel.utilities(case_id, by=())
    values, weights = np.asarray(profile.values, dtype=float), np.asarray(profile.weights, dtype=float)
    points = high - low + 1
    edges = np.linspace(low - 0.5, high + 0.5, points + 1) if points <= _MOST else np.linspace(low, high, _MOST + 1)
    shares = np.zeros((values.shape[1], len(edges) - 1))
    for place, column in enumerate(values.T):
        given = ~np.isnan(column)
        if weights[given].sum() > 0:
            counted, _ = np.histogram(column[given], bins=edges, weights=weights[given])
            shares[place] = counted / weights[given].sum()
    return Spread(low, high, shares)
