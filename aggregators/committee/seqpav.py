"""Sequential proportional approval voting."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from aggregators.committee.counting import every_path, most, whole_weights
from aggregators.rulebook import committee_rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from aggregators.profiles import Approvals
    from aggregators.rulebook import Choose

__all__ = ["seqpav"]


@dataclass(frozen=True)
class _Path:
    chosen: tuple[int, ...]
    had: NDArray[np.intp]

    def key(self) -> object:
        return frozenset(self.chosen)


@committee_rule(
    "seqpav",
    aliases=("spav", "thiele-sequential"),
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "seats are filled one by one, whatever their number": ("committee-monotonicity",),
        "at every step a clone is worth as much as the loser, so that wherever it could be chosen the loser could": (
            "losing-clones",
        ),
        "until it is chosen it is only worth more at every step and others as much, so it is chosen no later": (
            "support-monotonicity",
        ),
    },
    violates=("ejr", "jr", "pjr"),
)
def seqpav(profile: Approvals, weights: NDArray[np.float64], seats: int, choose: Choose) -> list[tuple[int, ...]]:
    """Fill seat after seat, a voter with k members already counting for 1/(k + 1).

    Parameters
    ----------
    profile : Approvals
        Approvals (n, m).
    weights : (n,) array_like, optional
        Instead of the profile's own. Near-ties are decided in whole numbers if the weights have a common unit.
    seats : int
        Size of the committee.

    Returns
    -------
    CommitteeOutcome
        Without a tie-break, every committee that some way of breaking the ties leads to.

    Raises
    ------
    RuleError
        If there are more than 100,000 ways to break ties.

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
    approved = profile.matrix.astype(np.float64)
    whole = whole_weights(weights)
    shares = 1.0 / np.arange(1, seats + 1)
    unit = math.lcm(*range(1, seats + 1))

    def step(path: _Path) -> Iterable[_Path] | None:
        if len(path.chosen) == seats:
            return None
        gains = (weights * shares[path.had]) @ approved
        gains[list(path.chosen)] = -1.0

        exact = None if whole is None else partial(_gains, profile.matrix, path.had, whole, unit)
        tied = most(gains, exact)
        return [_Path((*path.chosen, c), path.had + profile.matrix[:, c]) for c in choose(tied)]

    return every_path(_Path((), np.zeros(profile.n_voters, dtype=np.intp)), step, profile.matrix[weights > 0])


def _gains(
    matrix: NDArray[np.bool_], had: NDArray[np.intp], whole: NDArray[np.int64], unit: int, columns: list[int]
) -> list[int]:
    """Return what candidates add, in shares of 1/`unit`."""
    gains = []
    for column in columns:
        by_level = np.zeros(had.max() + 1, dtype=np.int64)
        np.add.at(by_level, had[matrix[:, column]], whole[matrix[:, column]])
        gains.append(sum(weight * (unit // (level + 1)) for level, weight in enumerate(by_level.tolist())))
    return gains
