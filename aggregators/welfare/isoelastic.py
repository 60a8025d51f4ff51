"""The isoelastic (Atkinson) family of welfare functions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from aggregators.errors import RuleError
from aggregators.means import lowest, mean, power_mean
from aggregators.profiles import Utilities
from aggregators.rulebook import rule
from aggregators.tally import Tally
from aggregators.welfare.gains import Zeros, positive_gains
from aggregators.welfare.utilitarian import mean_tally

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

__all__ = ["isoelastic", "isoelastic_tally"]


@rule(
    "isoelastic",
    kind="welfare",
    reads=Utilities,
    columnwise=True,
    aliases=("atkinson",),
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
        "Atkinson (1970), On the measurement of inequality": ("common-scale",),
        "implied by pareto": ("unanimity", "weak-pareto"),
    },
    violates=(
        "bounded-influence",
        "common-monotone",
        "common-translation",
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
def isoelastic(
    profile: Utilities,
    weights: FloatArray,
    alpha: float = 2.0,
    disagreement: float = 0.0,
    zeros: Zeros = "lexicographic",
) -> Tally:
    """Maximise the power mean of utilities with inequality aversion alpha.

    The score is the equally distributed equivalent: the utility that, given to every voter, would be as good
    as the utilities they have, a weighted power mean with exponent 1 - alpha. alpha = 0 is `utilitarian`, 1
    is `nash`, infinity is `maximin`. Being on the utility scale, scores can be compared along alpha; they
    never rise with it.

    Parameters
    ----------
    profile : Utilities
        Utilities (n, m). NaN is left out: each alternative's mean is over those who rated it, with their
        weights renormalised. Negative gains are refused for 0 < alpha < infinity.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own.
    alpha : float
        Aversion to inequality, from 0 to infinity.
    disagreement : float
        The utility of failing to agree. What is averaged is each voter's gain over it; it is added to the
        score again. Makes no difference at alpha 0 and infinity.
    zeros : {"lexicographic", "refuse"}
        What a gain of zero does for alpha >= 1, where it makes welfare zero whatever the others have.
        "lexicographic" scores zero, and among alternatives with zeros prefers first the smallest share of
        weight at zero, then the welfare of the others. For 0 < alpha < 1 zeros need no such care.

    Returns
    -------
    Outcome or BatchOutcome
        Scores on the utility scale, higher is better.

    Raises
    ------
    RuleError
        At a negative gain, naming juror, alternative and utility; at a gain of zero under "refuse"; at
        alpha below 0.

    Notes
    -----
    Computed in log space: neither 5,000 voters nor alpha = 500 underflow or overflow.

    References
    ----------
    Atkinson (1970), On the measurement of inequality. Zeros: Caragiannis et al. (2019), The unreasonable
    fairness of maximum Nash welfare; Moulin (2003), Fair Division and Collective Welfare, chapter 3.

    Examples
    --------
    >>> from aggregators import Utilities
    >>> from aggregators.welfare.isoelastic import isoelastic
    >>> jury = Utilities([[1.0, 2.0], [9.0, 5.0]])
    >>> [isoelastic(jury, alpha=alpha).winners for alpha in (0, 1, 2)]
    [('a',), ('b',), ('b',)]
    >>> isoelastic(jury, alpha=0.5).scores.round(2)
    array([4.  , 3.33])
    """
    return isoelastic_tally(profile, weights, alpha, disagreement, zeros)


def isoelastic_tally(profile: Utilities, weights: FloatArray, alpha: float, disagreement: float, zeros: Zeros) -> Tally:
    """Count for `isoelastic`; see there."""
    if not alpha >= 0:
        raise RuleError(f"alpha={alpha!r} is not an aversion to inequality; give 0 or more, inf included")
    if alpha == 0:
        return mean_tally(profile, weights)
    if math.isinf(alpha):
        return Tally(scores=lowest(profile.values, weights))
    gains = positive_gains(profile, weights, disagreement, zeros)
    with np.errstate(divide="ignore"):
        logs = np.log(gains)
    if alpha < 1 or not (gains == 0).any():
        welfare = power_mean(logs, weights, 1 - alpha)
        return Tally(scores=disagreement + welfare, keys=(welfare,))
    at_zero = mean(np.where(np.isnan(gains), np.nan, gains == 0), weights)
    others = power_mean(np.where(gains == 0, np.nan, logs), weights, 1 - alpha)
    rest = np.where(np.isnan(others), 0.0, others)  # nobody has more than zero
    welfare = np.where(at_zero > 0, 0.0, rest)
    scored = ~np.isnan(at_zero)
    scores = np.where(scored, disagreement + welfare, np.nan)
    return Tally(scores=scores, keys=(-at_zero, rest), scored=scored)
