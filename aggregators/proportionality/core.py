"""Core stability."""

from __future__ import annotations

import math
from itertools import combinations, islice
from typing import TYPE_CHECKING

import numpy as np

from aggregators.proportionality.cohesive import TIME_LIMIT, Ballots, largest_group, undecided
from aggregators.proportionality.measures import Question, Witness, measure

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["core_stability"]

_MOST_ENUMERATED = 1_000_000
_NUMBERS_AT_ONCE = 4_000_000


@measure("core", effort="search", aliases=("core-stability",))
def core_stability(question: Question, time_limit: float = TIME_LIMIT) -> Witness | None:
    """Look for l seats' worth of voters each of whom approves of more of some l alternatives than of members.

    Parameters
    ----------
    profile : Approvals
        Approvals (n, m).
    committee : iterable of labels
        The members.
    seats, weights
        As for `aggregators.proportionality.unrepresented`.
    time_limit : float
        Seconds for HiGHS and each l, which takes over where there are more than 1,000,000 sets of l alternatives.

    Returns
    -------
    Witness or None
        The heaviest such group for the least l, with the l alternatives that it would rather have.

    Raises
    ------
    RuleError
        If HiGHS came to no answer.

    References
    ----------
    Aziz, Brill, Conitzer, Elkind, Freeman and Walsh (2017), Justified Representation in Approval-Based Committee
    Voting; Lackner and Skowron (2023), Multi-Winner Voting with Approval Preferences, section 4.2.4.

    Examples
    --------
    >>> from aggregators import Approvals
    >>> from aggregators.proportionality.core import core_stability
    >>> ballots = Approvals([[1, 1, 0, 0], [0, 0, 1, 1]], weights=[1, 1])
    >>> core_stability(ballots, ["a", "c", "d"], seats=4).alternatives
    ('a', 'b')
    """
    ballots = Ballots.of(question)
    held = ballots.matrix[:, list(question.members)].sum(axis=1)
    for level in range(1, min(question.seats, ballots.matrix.shape[1]) + 1):
        open_minded = (held < level) & (ballots.matrix.sum(axis=1) > held)
        if not question.reaches(float(ballots.weights[open_minded].sum()), level):
            continue
        if math.comb(ballots.matrix.shape[1], level) <= _MOST_ENUMERATED:
            wanted = _enumerate(question, ballots, held, open_minded, level)
        else:
            wanted = _solve(question, ballots, held, open_minded, level, time_limit)
        if wanted is not None:
            group = ballots.matrix[:, list(wanted)].sum(axis=1) > held
            return question.witness(ballots.voters(group), wanted, level, int(held[group].max()))
    return None


def _enumerate(
    question: Question, ballots: Ballots, held: NDArray[np.int64], open_minded: NDArray[np.bool_], level: int
) -> tuple[int, ...] | None:
    """Return the alternatives that the heaviest group prefers, if it is owed them."""
    by_column = ballots.matrix[open_minded].T.astype(np.int8)
    weights, had = ballots.weights[open_minded], held[open_minded]
    sets = combinations(range(len(by_column)), level)
    best: tuple[float, tuple[int, ...]] = (0.0, ())
    while some := list(islice(sets, max(1, _NUMBERS_AT_ONCE // len(weights)))):
        chosen = np.array(some)
        counts = np.zeros((len(chosen), len(weights)), dtype=np.int8 if level < 128 else np.int64)
        for place in range(level):
            counts += by_column[chosen[:, place]]
        support = (counts > had) @ weights
        heaviest = int(support.argmax())
        if support[heaviest] > best[0]:
            best = float(support[heaviest]), some[heaviest]
    return best[1] if best[1] and question.reaches(best[0], level) else None


def _solve(
    question: Question,
    ballots: Ballots,
    held: NDArray[np.int64],
    open_minded: NDArray[np.bool_],
    level: int,
    time_limit: float,
) -> tuple[int, ...] | None:
    from scipy import sparse

    matrix, weights = ballots.matrix[open_minded], ballots.weights[open_minded]
    rows, columns = matrix.shape
    # variables: whether an alternative is chosen, whether a ballot is in the group
    gains = sparse.hstack([sparse.csr_array(matrix.astype(float)), -sparse.diags_array(held[open_minded] + 1.0)])
    size = np.concatenate([np.ones(columns), np.zeros(rows)])[None, :]
    solution = largest_group(
        question,
        level,
        np.concatenate([np.zeros(columns), weights]),
        [(gains, 0.0, np.inf), (size, level, level)],
        np.ones(columns + rows, dtype=np.bool_),
        time_limit,
    )
    if solution is None:
        return None
    chosen = np.flatnonzero(solution[:columns] > 0.5)
    group = ballots.matrix[:, chosen].sum(axis=1) > held
    if len(chosen) != level or not question.reaches(float(ballots.weights[group].sum()), level):
        raise undecided(question, time_limit)
    return tuple(chosen.tolist())
