"""The generalised Gini welfare functions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from aggregators.errors import RuleError
from aggregators.means import lowest, ranked_mean
from aggregators.profiles import Utilities
from aggregators.rulebook import rule
from aggregators.tally import Tally
from aggregators.welfare.utilitarian import has_negatives, mean_tally

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

__all__ = ["gini"]


@rule(
    "gini",
    kind="welfare",
    reads=Utilities,
    columnwise=True,
    aliases=("generalised_gini", "s-gini"),
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "Weymark (1981), Generalized Gini inequality indices": (
            "common-scale",
            "common-translation",
            "pigou-dalton",
            "weak-pigou-dalton",
        ),
        "a mean with a positive, fixed part for every rank": (
            "continuity",
            "monotonicity",
            "pareto",
            "positive-responsiveness",
            "strong-monotonicity",
            "weak-monotonicity",
        ),
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
        "individual-translation",
        "isda",
        "majority",
        "majority-loser",
        "mutual-majority",
        "participation",
        "reinforcement",
        "reversal-symmetry",
        "separability",
        "smith",
        "strategyproofness",
    ),
)
def gini(profile: Utilities, weights: FloatArray, delta: float = 2.0) -> Tally:
    """Maximise a mean in which the worse-off count for more, by their rank and not by how little they have.

    Among n voters of equal weight, the k-th worst-off counts ((n - k + 1)**delta - (n - k)**delta) / n**delta: an
    ordered weighted average. delta = 1 is `utilitarian`, 2 the mean times one less the Gini index of inequality,
    infinity `maximin`. It is the expected utility of the worst-off of delta voters drawn at random.

    Parameters
    ----------
    profile : Utilities
        Utilities (n, m), any sign. NaN is left out: each alternative's mean is over those who rated it.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own. A voter counts S**delta - T**delta, where T is the share of weight of those
        better off and S that of the same and the voter: the form above for the distribution of utilities.
    delta : float
        Aversion to inequality, from 1 to infinity.

    Returns
    -------
    Outcome or BatchOutcome
        Scores on the utility scale, higher is better.

    Raises
    ------
    RuleError
        If `delta` is below 1.

    References
    ----------
    Donaldson and Weymark (1980), A single-parameter generalization of the Gini indices of inequality; Weymark
    (1981), Generalized Gini inequality indices; Yager (1988), On ordered weighted averaging aggregation operators.

    Examples
    --------
    >>> from aggregators import Utilities
    >>> from aggregators.welfare.gini import gini
    >>> print(gini(Utilities([[1, 2], [9, 5]])))
    gini: a (3) > b (2.75)
    >>> print(gini(Utilities([[1, 2], [9, 5]]), delta=3))
    gini: b (2.375) > a (2)
    """
    if not delta >= 1:
        raise RuleError(f"delta={delta!r} of 'gini' would favour the better-off; give 1 or more, inf included")
    if delta == 1:
        return mean_tally(profile, weights)
    if math.isinf(delta):
        return Tally(scores=lowest(profile.values, weights))

    def counts(better: FloatArray) -> FloatArray:
        return better * better if delta == 2 else better**delta

    scores, scale = ranked_mean(profile.values, weights, counts)
    return Tally(scores=scores, scale=scale if profile.derived(has_negatives) else None)
