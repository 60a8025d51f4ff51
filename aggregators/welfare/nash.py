"""The Nash welfare function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregators.profiles import Utilities
from aggregators.rulebook import rule
from aggregators.welfare.isoelastic import isoelastic_tally

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from aggregators.tally import Tally
    from aggregators.welfare.gains import Zeros

__all__ = ["nash"]


@rule(
    "nash",
    kind="welfare",
    reads=Utilities,
    columnwise=True,
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
        "a factor of one voter's utilities multiplies all products alike": ("common-scale", "individual-scale"),
        "implied by pareto": ("unanimity", "weak-pareto"),
    },
    violates=(
        "bounded-influence",
        "common-monotone",
        "common-translation",
        "condorcet",
        "condorcet-loser",
        "hammond-equity",
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
def nash(
    profile: Utilities,
    weights: NDArray[np.float64],
    disagreement: float = 0.0,
    zeros: Zeros = "lexicographic",
) -> Tally:
    """Maximise the weighted geometric mean of the gains over a disagreement point.

    Multiplying all gains of one voter by a positive number changes no ranking when nobody's opinion is
    missing, so no two voters' scales need be comparable beyond their zero.

    Parameters
    ----------
    profile : Utilities
        Utilities (n, m). NaN is left out: each alternative's mean is over those who rated it, with their
        weights renormalised. Negative gains are refused.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own.
    disagreement : float
        The utility of failing to agree. What is multiplied is each voter's gain over it; it is added to the
        score again.
    zeros : {"lexicographic", "refuse"}
        What a gain of zero does. "lexicographic" scores zero, and among alternatives with zeros prefers
        first the smallest share of weight at zero, then the geometric mean of the others.

    Returns
    -------
    Outcome or BatchOutcome
        Scores on the utility scale, higher is better: `isoelastic` at alpha = 1.

    Raises
    ------
    RuleError
        At a negative gain, naming juror, alternative and utility; at a gain of zero under "refuse".

    Notes
    -----
    Computed in log space: a plain product of 5,000 numbers below one underflows to 0.

    References
    ----------
    Nash (1950), The bargaining problem; Kaneko and Nakamura (1979), The Nash social welfare function.
    Zeros: Caragiannis et al. (2019), The unreasonable fairness of maximum Nash welfare; Moulin (2003), Fair
    Division and Collective Welfare, chapter 3.

    Examples
    --------
    >>> from aggregators import Utilities
    >>> from aggregators.welfare.nash import nash
    >>> print(nash(Utilities([[1, 2, 0], [9, 8, 50]])))
    nash: b (4) > a (3) > c (0)
    """
    return isoelastic_tally(profile, weights, 1.0, disagreement, zeros)
