"""Phragmén's sequential method."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from aggregators.committee.accounts import Market, Purchase, next_by_time
from aggregators.committee.counting import every_path, whole_weights
from aggregators.rulebook import committee_rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from aggregators.profiles import Approvals
    from aggregators.rulebook import Choose

__all__ = ["phragmen"]


@dataclass(frozen=True)
class _Path:
    chosen: tuple[int, ...]
    spent: NDArray[np.float64]

    def key(self) -> object:
        return frozenset(self.chosen), self.spent.tobytes()

    @property
    def history(self) -> list[Purchase]:
        return [(column, "time") for column in self.chosen]


@committee_rule(
    "phragmen",
    aliases=("seq-phragmen", "seqphragmen"),
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
        "Brill, Freeman, Janson and Lackner (2017), Phragmén's voting methods and justified representation": ("pjr",),
        "implied by pjr": ("jr",),
    },
    violates=("ejr",),
)
def phragmen(profile: Approvals, weights: NDArray[np.float64], seats: int, choose: Choose) -> list[tuple[int, ...]]:
    """Let every voter earn money at one pace; who can pay for a candidate first, elects it.

    A seat has one price. As soon as those who approve of a candidate have that much together they spend all they
    have on it. Candidates whom nobody approves of come last, tied.

    Parameters
    ----------
    profile : Approvals
        Approvals (n, m).
    weights : (n,) array_like, optional
        Instead of the profile's own. A voter earns in proportion. Near-ties are decided in fractions if the
        weights have a common unit.
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
    Phragmén (1894); Brill, Freeman, Janson and Lackner (2017), Phragmén's Voting Methods and Justified
    Representation; Lackner and Skowron (2023), Multi-Winner Voting with Approval Preferences, rule 9.

    Examples
    --------
    >>> from aggregators import Approvals
    >>> from aggregators.committee.phragmen import phragmen
    >>> ballots = Approvals([[1, 1, 1, 0], [0, 0, 0, 1]], weights=[4, 1])
    >>> [sorted(committee) for committee in phragmen(ballots, 3).committees]
    [['a', 'b', 'c']]
    >>> [sorted(committee) for committee in phragmen(ballots.with_weights([3, 1]), 3).committees]
    [['a', 'b', 'c'], ['a', 'b', 'd'], ['a', 'c', 'd'], ['b', 'c', 'd']]
    """
    columns = profile.n_alternatives
    counted = weights > 0
    matrix, weights = profile.matrix[counted], weights[counted]
    approved = matrix.astype(np.float64)
    support = weights @ approved
    total = float(weights.sum())
    ones = [Fraction(1)] * columns
    market = Market(matrix, approved, weights, whole_weights(weights), np.full(columns, total), ones)

    def step(path: _Path) -> Iterable[_Path] | None:
        if len(path.chosen) == seats:
            return None
        tied, times = next_by_time(market, path.spent, support, path.chosen, path.history)
        return [
            _Path((*path.chosen, c), np.where(matrix[:, c], times[c], path.spent) if support[c] else path.spent)
            for c in choose(tied)
        ]

    return every_path(_Path((), np.zeros(len(weights))), step, matrix)
