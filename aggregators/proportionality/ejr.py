"""Extended justified representation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.proportionality.cohesive import TIME_LIMIT, Ballots, Budget, common, largest_group, undecided
from aggregators.proportionality.ejr_plus import extended_justified_representation_plus
from aggregators.proportionality.measures import Question, Witness, measure

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["extended_justified_representation"]


@measure("ejr", effort="search", aliases=("extended-justified-representation",))
def extended_justified_representation(question: Question, time_limit: float = TIME_LIMIT) -> Witness | None:
    """Look for l seats' worth of voters who approve of l alternatives in common, and each of fewer than l members.

    Parameters
    ----------
    profile : Approvals
        Approvals (n, m).
    committee : iterable of labels
        The members.
    seats, weights
        As for `aggregators.proportionality.unrepresented`.
    time_limit : float
        Seconds for HiGHS and each l, which takes over when 100,000 steps of enumeration are not enough.

    Returns
    -------
    Witness or None
        A group for the least l. None is certain: EJR+ is measured first and implies EJR, and the search that
        follows is complete.

    Raises
    ------
    RuleError
        If HiGHS came to no answer. To decide whether a committee provides EJR is coNP-complete.

    References
    ----------
    Aziz, Brill, Conitzer, Elkind, Freeman and Walsh (2017), Justified Representation in Approval-Based Committee
    Voting.

    Examples
    --------
    >>> from aggregators import Approvals
    >>> from aggregators.proportionality.ejr import extended_justified_representation
    >>> ballots = Approvals([[1, 1, 0, 0], [0, 0, 1, 1]], weights=[1, 1])
    >>> extended_justified_representation(ballots, ["a", "c", "d"], seats=4).alternatives
    ('a', 'b')
    """
    stronger = extended_justified_representation_plus.function(question)
    if stronger is None:
        return None
    ballots = Ballots.of(question)
    held = ballots.matrix[:, list(question.members)].sum(axis=1)
    # a group that violates EJR lacks an alternative that it has in common, and so violates EJR+ at its own l
    for level in range(stronger.level, question.seats + 1):
        pool = held < level
        budget = Budget()
        found = common(question, ballots, pool, level, budget)
        if found is None and budget.left < 0:
            found = _solve(question, ballots, pool, level, time_limit)
        if found is not None:
            alternatives, group = found
            return question.witness(ballots.voters(group), alternatives, level, int(held[group].max()))
    return None


def _solve(
    question: Question, ballots: Ballots, pool: NDArray[np.bool_], level: int, time_limit: float
) -> tuple[tuple[int, ...], NDArray[np.bool_]] | None:
    from scipy import sparse

    columns = ballots.matrix.shape[1]
    some = np.flatnonzero(pool)
    ballot, lacks = np.nonzero(~ballots.matrix[some])
    pair = np.arange(len(ballot))
    ones = np.ones(len(ballot))
    # variables: whether an alternative is chosen, whether a ballot is in the group
    lacking = sparse.hstack(
        [
            sparse.csr_array((ones, (pair, lacks)), shape=(len(pair), columns)),
            sparse.csr_array((ones, (pair, ballot)), shape=(len(pair), len(some))),
        ]
    )
    size = np.concatenate([np.ones(columns), np.zeros(len(some))])[None, :]
    objective = np.concatenate([np.zeros(columns), ballots.weights[some]])
    solution = largest_group(
        question, level, objective, [(lacking, -np.inf, 1.0), (size, level, level)], size[0] > 0, time_limit
    )
    if solution is None:
        return None
    chosen = np.flatnonzero(solution[:columns] > 0.5)
    group = pool & ballots.matrix[:, chosen].all(axis=1)
    if len(chosen) != level or not question.reaches(float(ballots.weights[group].sum()), level):
        raise undecided(question, time_limit)
    return tuple(chosen.tolist()), group
