"""Sequential proportional approval voting."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from aggregators.errors import RuleError
from aggregators.rulebook import committee_rule
from aggregators.tally import Tally
from aggregators.ties import leaders

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from aggregators.profiles import Approvals
    from aggregators.rulebook import Choose

__all__ = ["seqpav"]

_MOST_COMMITTEES = 100_000


@committee_rule("seqpav", aliases=("spav", "thiele-sequential"))
def seqpav(profile: Approvals, weights: NDArray[np.float64], seats: int, choose: Choose) -> list[tuple[int, ...]]:
    """Fill seat after seat, a voter with k members already counting for 1/(k + 1).

    Parameters
    ----------
    profile : Approvals
        Approvals (n, m).
    weights : (n,) array_like, optional
        Instead of the profile's own. Whole weights are counted exactly.
    seats : int
        Size of the committee.

    Returns
    -------
    CommitteeOutcome
        Without a tie-break, every committee that some way of breaking the ties leads to.

    Raises
    ------
    RuleError
        If more than 100,000 committees tie.

    References
    ----------
    Thiele (1895); Lackner and Skowron (2023), Multi-Winner Voting with Approval Preferences, rule 4.

    Examples
    --------
    >>> from aggregators import Approvals
    >>> from aggregators.committee.seqpav import seqpav
    >>> ballots = Approvals([[1, 1, 0, 0], [0, 0, 1, 0]], weights=[5, 3])
    >>> [sorted(committee) for committee in seqpav(ballots, 2).committees]
    [['a', 'c'], ['b', 'c']]
    """
    unit = float(math.lcm(*range(1, seats + 1)))  # so that shares of whole weights are whole
    found: set[tuple[int, ...]] = {()}
    for _ in range(seats):
        grown: set[tuple[int, ...]] = set()
        for members in sorted(found):
            had = profile.matrix[:, list(members)].sum(axis=1)
            gains = (weights * (unit / (had + 1))) @ profile.matrix
            free = np.ones((1, profile.n_alternatives), dtype=np.bool_)
            free[0, list(members)] = False
            tied = np.flatnonzero(leaders(Tally(scores=gains[None, :]), free)[0]).tolist()
            grown.update(tuple(sorted((*members, member))) for member in choose(tied))
            if len(grown) > _MOST_COMMITTEES:
                raise RuleError(
                    f"more than {_MOST_COMMITTEES} committees tie; give tie_break='lexicographic' or 'random'"
                )
        found = grown
    return sorted(found)
