"""The utilitarian welfare function."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.means import mean
from aggregators.profiles import Utilities
from aggregators.rulebook import rule
from aggregators.tally import Tally

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["has_negatives", "mean_tally", "utilitarian"]


@rule(
    "utilitarian",
    kind="welfare",
    reads=Utilities,
    columnwise=True,
    aliases=("mean",),
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "adds up utilities over voters": (
            "continuity",
            "monotonicity",
            "pareto",
            "participation",
            "positive-responsiveness",
            "reinforcement",
            "separability",
            "strong-monotonicity",
            "weak-monotonicity",
        ),
        "a transfer leaves the total as it is": ("weak-pigou-dalton",),
        "a change of origin or of the common unit changes all totals alike": (
            "common-scale",
            "common-translation",
            "individual-translation",
        ),
        "a ballot turned over is one of the opposite utilities, but for a constant": ("reversal-symmetry",),
        "compares two alternatives by what voters give these two": ("clones", "iia", "immunity-to-spoilers"),
        "implied by pareto": ("unanimity", "weak-pareto"),
    },
    violates=(
        "bounded-influence",
        "common-monotone",
        "condorcet",
        "condorcet-loser",
        "hammond-equity",
        "individual-scale",
        "isda",
        "majority",
        "majority-loser",
        "mutual-majority",
        "pigou-dalton",
        "smith",
        "strategyproofness",
    ),
)
def utilitarian(profile: Utilities, weights: NDArray[np.float64]) -> Tally:
    """Maximise the weighted mean utility of those who gave an opinion.

    Compares gains and losses between people on the raw scale. Adding a constant to all utilities of one
    voter changes no ranking when nobody's opinion is missing.

    Parameters
    ----------
    profile : Utilities
        Utilities (n, m), any sign. NaN is left out: each alternative's mean is over those who rated it, with
        their weights renormalised, and the outcome says how many they were.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own.

    Returns
    -------
    Outcome or BatchOutcome
        Scores on the utility scale, higher is better.

    References
    ----------
    Harsanyi (1955), Cardinal welfare, individualistic ethics, and interpersonal comparisons of utility.

    Examples
    --------
    >>> from aggregators import Utilities
    >>> from aggregators.welfare.utilitarian import utilitarian
    >>> utilitarian(Utilities([[1, 0], [5, 2], [3, float("nan")]])).scores
    array([3., 1.])
    """
    return mean_tally(profile, weights)


def mean_tally(profile: Utilities, weights: NDArray[np.float64]) -> Tally:
    """Tally weighted means, remembering the magnitudes behind them where signs cancel."""
    values = profile.values
    scale = mean(np.abs(values), weights) if profile.derived(has_negatives) else None
    return Tally(scores=mean(values, weights), scale=scale)


def has_negatives(profile: Utilities) -> bool:
    """Tell whether any utility is below zero."""
    return bool(np.fmin.reduce(profile.values, axis=None) < 0)
