"""Proportional approval voting."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from aggregators.committee.optimum import best_by_marginals
from aggregators.rulebook import committee_rule

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from aggregators.elected import Elected
    from aggregators.profiles import Approvals
    from aggregators.rulebook import Choose

__all__ = ["pav"]


@committee_rule(
    "pav",
    aliases=("thiele",),
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "Aziz, Brill, Conitzer, Elkind, Freeman and Walsh (2017), Justified representation": ("ejr",),
        "implied by ejr": ("jr", "pjr"),
        "one more approval raises only scores of committees with that member": ("support-monotonicity",),
    },
    violates=("committee-monotonicity",),
    unsettled=("losing-clones",),
)
def pav(
    profile: Approvals,
    weights: NDArray[np.float64],
    seats: int,
    choose: Choose,
    search: str = "auto",
    time_limit: float = math.inf,
) -> Elected:
    """Elect the committee with the most points, a voter's k-th approved member giving 1/k of a point.

    Parameters
    ----------
    profile : Approvals
        Approvals (n, m).
    weights : (n,) array_like, optional
        Instead of the profile's own; they multiply a voter's points. Points are compared exactly if the weights
        have a common unit.
    seats : int
        Size of the committee.
    search : {"auto", "enumerate", "milp"}
        ``"enumerate"`` finds every best committee by branch and bound. ``"milp"`` has HiGHS find one, which may
        be one of several, and reports the gap that it could not close. ``"auto"`` enumerates up to 20,000,000
        committees.
    time_limit : float
        Seconds after which HiGHS gives the best committee so far, with its gap.

    Returns
    -------
    CommitteeOutcome
        With the points as `score`. Without a tie-break, every best committee, unless HiGHS was asked
        (``complete`` is then False).

    Raises
    ------
    RuleError
        If more than 100,000 committees tie, or HiGHS finds none in time.

    References
    ----------
    Thiele (1895); Lackner and Skowron (2023), Multi-Winner Voting with Approval Preferences, rule 2.

    Examples
    --------
    >>> from aggregators import Approvals
    >>> from aggregators.committee.pav import pav
    >>> outcome = pav(Approvals([[1, 1, 1, 0], [0, 0, 0, 1]], weights=[3, 1]), 3)
    >>> [sorted(committee) for committee in outcome.committees], outcome.score
    ([['a', 'b', 'c'], ['a', 'b', 'd'], ['a', 'c', 'd'], ['b', 'c', 'd']], 5.5)
    """
    marginals = [Fraction(1, place) for place in range(1, seats + 1)]
    return best_by_marginals("pav", profile, weights, marginals, choose, search, time_limit)
