"""The rule of Chamberlin and Courant."""

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

__all__ = ["cc"]


@committee_rule(
    "cc",
    aliases=("chamberlin-courant",),
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "Aziz, Brill, Conitzer, Elkind, Freeman and Walsh (2017), Justified representation": ("jr",),
        "one more approval raises only scores of committees with that member": ("support-monotonicity",),
        "were the clone on a best committee, the loser would be on one without it that is as good": ("losing-clones",),
    },
    violates=("committee-monotonicity", "ejr", "pjr"),
)
def cc(
    profile: Approvals,
    weights: NDArray[np.float64],
    seats: int,
    choose: Choose,
    search: str = "auto",
    time_limit: float = math.inf,
) -> Elected:
    """Elect the committee in which the most voters approve of some member.

    Parameters
    ----------
    profile : Approvals
        Approvals (n, m).
    weights : (n,) array_like, optional
        Instead of the profile's own. Weights represented are compared exactly if they have a common unit.
    seats : int
        Size of the committee.
    search, time_limit
        As for `pav`.

    Returns
    -------
    CommitteeOutcome
        With the weight of voters represented as `score`. Without a tie-break, every best committee, unless HiGHS
        was asked (``complete`` is then False).

    Raises
    ------
    RuleError
        If more than 100,000 committees tie, or HiGHS finds none in time.

    References
    ----------
    Thiele (1895); Chamberlin and Courant (1983), Representative Deliberations and Representative Decisions;
    Lackner and Skowron (2023), Multi-Winner Voting with Approval Preferences, rule 3.

    Examples
    --------
    >>> from aggregators import Approvals
    >>> from aggregators.committee.cc import cc
    >>> outcome = cc(Approvals([[1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 1, 1]], weights=[3, 1, 1]), 2)
    >>> [sorted(committee) for committee in outcome.committees], outcome.score
    ([['a', 'c'], ['a', 'd']], 5.0)
    """
    marginals = [Fraction(place == 0) for place in range(seats)]
    return best_by_marginals("cc", profile, weights, marginals, choose, search, time_limit)
