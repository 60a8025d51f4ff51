"""The prioritarian (Kolm-Pollak) welfare function."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from aggregators.errors import RuleError
from aggregators.means import log_power_mean, lowest
from aggregators.profiles import Utilities
from aggregators.rulebook import rule
from aggregators.tally import Tally

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

__all__ = ["prioritarian"]


@rule(
    "prioritarian",
    kind="welfare",
    reads=Utilities,
    columnwise=True,
    aliases=("kolm-pollak",),
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "adds up an increasing, continuous function of utility over voters": (
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
        "the function is strictly concave": ("pigou-dalton", "weak-pigou-dalton"),
        "compares two alternatives by what voters give these two": ("clones", "iia", "immunity-to-spoilers"),
        "Pollak (1971), Additive utility functions and linear Engel curves": ("common-translation",),
        "implied by pareto": ("unanimity", "weak-pareto"),
    },
    violates=(
        "bounded-influence",
        "common-monotone",
        "common-scale",
        "condorcet",
        "condorcet-loser",
        "hammond-equity",
        "individual-scale",
        "individual-translation",
        "isda",
        "majority",
        "majority-loser",
        "mutual-majority",
        "reversal-symmetry",
        "smith",
        "strategyproofness",
    ),
)
def prioritarian(profile: Utilities, weights: FloatArray, aversion: float = 1.0) -> Tally:
    """Maximise the mean of a strictly concave function of utility, so that a gain is worth more to the worse-off.

    The function is 1 - exp(-aversion * utility), which takes utilities of any sign and keeps rankings when all
    utilities are shifted alike. The score is the equally distributed equivalent: the utility that, given to every
    voter, would be as good as the utilities they have. For a function that keeps rankings when all utilities are
    stretched alike, see `isoelastic`.

    Parameters
    ----------
    profile : Utilities
        Utilities (n, m), any sign. NaN is left out: each alternative's mean is over those who rated it, with their
        weights renormalised.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own.
    aversion : float
        How strongly the worse-off are favoured, per unit of utility: at a utility lower by 1 / aversion, a small gain
        is worth e = 2.718 times as much. Positive and finite; towards 0 it becomes `utilitarian`, towards infinity
        `maximin`. The default suits a scale of a few points.

    Returns
    -------
    Outcome or BatchOutcome
        Scores on the utility scale, higher is better; never above the mean.

    Raises
    ------
    RuleError
        If `aversion` is not positive and finite.

    Notes
    -----
    Computed in log space, from the lowest utility that counts: nothing overflows. Utilities more than about
    21 / aversion above the lowest one are so near to the bound of the function that a difference of them is less than a
    near-tie (1e-9). There pareto, strong monotonicity and the strict principle of transfers hold no more; by default
    they do for utilities from 1 to 10.

    References
    ----------
    Parfit (1991), Equality or Priority?; Kolm (1976), Unequal inequalities; Pollak (1971), Additive utility functions
    and linear Engel curves; Adler (2012), Well-Being and Fair Distribution.

    Examples
    --------
    >>> from aggregators import Utilities
    >>> from aggregators.welfare.prioritarian import prioritarian
    >>> print(prioritarian(Utilities([[1, 2], [5, 3]])))
    prioritarian: b (2.38) > a (1.675)
    >>> print(prioritarian(Utilities([[1, 2], [5, 3]]), aversion=0.1))
    prioritarian: a (2.801) > b (2.488)
    """
    if not 0 < aversion < math.inf:
        raise RuleError(f"aversion={aversion!r} of 'prioritarian' is no curvature; give a positive, finite number")
    worst = lowest(profile.values, weights)
    scores = log_power_mean(profile.values, weights, -aversion, worst)
    return Tally(scores=scores, scale=np.fmax(np.abs(scores), np.abs(worst)))
