"""Proportional justified representation."""

from __future__ import annotations

import math
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from aggregators.proportionality.cohesive import TIME_LIMIT, Ballots, Budget, common, largest_group, undecided
from aggregators.proportionality.ejr_plus import extended_justified_representation_plus
from aggregators.proportionality.measures import Question, Witness, measure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Found = tuple[tuple[int, ...], NDArray[np.bool_]]

__all__ = ["proportional_justified_representation"]

_MOST_PARTS = 5_000


@measure("pjr", effort="search", aliases=("proportional-justified-representation",))
def proportional_justified_representation(question: Question, time_limit: float = TIME_LIMIT) -> Witness | None:
    """Look for l seats' worth of voters who approve of l alternatives in common, and of fewer than l members in all.

    Parameters
    ----------
    profile : Approvals
        Approvals (n, m).
    committee : iterable of labels
        The members.
    seats, weights
        As for `aggregators.proportionality.unrepresented`.
    time_limit : float
        Seconds for HiGHS and each l, which takes over where enumeration would take too many steps.

    Returns
    -------
    Witness or None
        A group for the least l. None is certain: EJR+ is measured first and implies PJR, and the search that
        follows is complete.

    Raises
    ------
    RuleError
        If HiGHS came to no answer. To decide whether a committee provides PJR is coNP-complete.

    References
    ----------
    Sánchez-Fernández, Elkind, Lackner, Fernández, Fisteus, Basanta Val and Skowron (2017), Proportional Justified
    Representation.

    Examples
    --------
    >>> from aggregators import Approvals
    >>> from aggregators.proportionality.pjr import proportional_justified_representation
    >>> ballots = Approvals([[1, 1, 0, 0], [0, 0, 1, 1]], weights=[1, 1])
    >>> proportional_justified_representation(ballots, ["a", "c", "d"], seats=4).has
    1
    """
    stronger = extended_justified_representation_plus.function(question)
    if stronger is None:
        return None
    ballots = Ballots.of(question)
    inside = ballots.matrix[:, list(question.members)]
    # a group that violates PJR violates EJR+ at its own l
    for level in range(stronger.level, question.seats + 1):
        found = _enumerate(question, ballots, inside, level, time_limit)
        if found is not None:
            alternatives, group = found
            has = int(inside[group].any(axis=0).sum())
            return question.witness(ballots.voters(group), alternatives, level, has)
    return None


def _enumerate(
    question: Question, ballots: Ballots, inside: NDArray[np.bool_], level: int, time_limit: float
) -> Found | None:
    """Go through the parts of the committee that a group of `level` seats' worth may have between them."""
    members = inside.shape[1]
    part_size = min(level - 1, members)
    if math.comb(members, part_size) > _MOST_PARTS:
        return _solve(question, ballots, inside, level, time_limit)
    budget = Budget()
    for part in combinations(range(members), part_size):
        others = np.ones(members, dtype=np.bool_)
        others[list(part)] = False
        pool = np.logical_not(inside[:, others].any(axis=1))
        if not question.reaches(float(ballots.weights[pool].sum()), level):
            continue
        found = common(question, ballots, pool, level, budget)
        if found is not None:
            return found
        if budget.left < 0:
            return _solve(question, ballots, inside, level, time_limit)
    return None


def _solve(
    question: Question, ballots: Ballots, inside: NDArray[np.bool_], level: int, time_limit: float
) -> Found | None:
    from scipy import sparse

    rows, columns = ballots.matrix.shape
    members = inside.shape[1]
    ballot, lacks = np.nonzero(~ballots.matrix)
    holder, held = np.nonzero(inside)
    # variables: whether an alternative is chosen, whether a member is one of theirs, whether a ballot is in the group
    lacking = sparse.hstack(
        [_incidence(lacks, columns), sparse.csr_array((len(lacks), members)), _incidence(ballot, rows)]
    )
    holding = sparse.hstack(
        [sparse.csr_array((len(held), columns)), -_incidence(held, members), _incidence(holder, rows)]
    )
    sizes = np.zeros((2, columns + members + rows))
    sizes[0, :columns] = 1
    sizes[1, columns : columns + members] = 1
    solution = largest_group(
        question,
        level,
        np.concatenate([np.zeros(columns + members), ballots.weights]),
        [(lacking, -np.inf, 1.0), (holding, -np.inf, 0.0), (sizes, [level, 0.0], [level, level - 1])],
        np.asarray(sizes.any(axis=0)),
        time_limit,
    )
    if solution is None:
        return None
    chosen = np.flatnonzero(solution[:columns] > 0.5)
    foreign = solution[columns : columns + members] < 0.5
    group = np.asarray(ballots.matrix[:, chosen].all(axis=1) & ~inside[:, foreign].any(axis=1))
    if len(chosen) != level or not question.reaches(float(ballots.weights[group].sum()), level):
        raise undecided(question, time_limit)
    return tuple(chosen.tolist()), group


def _incidence(places: NDArray[np.intp], columns: int) -> Any:  # noqa: ANN401 - a sparse array of SciPy, which is imported where it is used
    from scipy import sparse

    return sparse.csr_array((np.ones(len(places)), (np.arange(len(places)), places)), shape=(len(places), columns))
