"""Bugs in rules that elect committees."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from aggregators.axioms.faults.asking import scores
from aggregators.axioms.faults.base import fault
from aggregators.profiles import Approvals, Rankings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

__all__ = [
    "block_approval_by_index",
    "block_approval_less_spread",
    "block_borda",
    "block_of_ballots",
    "greedy_with_reversed_weights",
    "pav_from_one_half",
    "pav_in_whole_numbers",
    "pav_without_long_ballots",
    "untransferable_votes",
]

Committees = list[tuple[str, ...]]
_NEAR = 1e-9


def _best(labels: Sequence[str], seats: int, points: Callable[[list[int]], float]) -> Committees:
    """Return every committee with the most points."""
    found = {columns: points(list(columns)) for columns in combinations(range(len(labels)), seats)}
    most = max(found.values())
    return [tuple(labels[c] for c in columns) for columns, each in found.items() if each >= most - _NEAR]


def _thiele(profile: Approvals, seats: int, weights: NDArray[np.float64]) -> Committees:
    """Return the committees with the most points if a voter's r-th approved member gives the r-th weight."""
    total = np.append(0.0, np.cumsum(weights))
    return _best(
        profile.alternatives, seats, lambda chosen: profile.weights @ total[profile.matrix[:, chosen].sum(axis=1)]
    )


@fault("jr", correct="pav")
def pav_from_one_half(profile: Approvals, seats: int) -> Committees:
    """Proportional approval voting off by one: members give 1/2, 1/3 and so on instead of 1, 1/2 and so on."""
    return _thiele(profile, seats, 1 / np.arange(2, seats + 2))


@fault("pjr", correct="pav")
def pav_in_whole_numbers(profile: Approvals, seats: int) -> Committees:
    """Proportional approval voting with integer division: the first member gives 1, any other nothing."""
    return _thiele(profile, seats, (1 // np.arange(1, seats + 1)).astype(np.float64))


@fault("ejr", correct="pav")
def pav_without_long_ballots(profile: Approvals, seats: int) -> Committees:
    """Proportional approval voting in which ballots that approve of more than there are seats are void."""
    valid = profile.matrix & (profile.matrix.sum(axis=1, keepdims=True) <= seats)
    return _thiele(Approvals(valid, profile.weights, profile.alternatives), seats, 1 / np.arange(1, seats + 1))


@fault("support-monotonicity", correct="pav")
def block_approval_less_spread(profile: Approvals, seats: int) -> Committees:
    """Block approval voting less the standard deviation between voters, so that a first supporter may harm."""
    shares = profile.weights / profile.weights.sum()

    def points(chosen: list[int]) -> float:
        members = profile.matrix[:, chosen].sum(axis=1)
        mean = float(shares @ members)
        return mean - float(np.sqrt(shares @ (members - mean) ** 2))

    return _best(profile.alternatives, seats, points)


@fault("committee-monotonicity", correct="seqpav")
def greedy_with_reversed_weights(profile: Approvals, seats: int) -> Committees:
    """Sequential proportional approval voting with its weights reversed: 1/k, ..., 1/2, 1."""
    weights = np.append(1 / np.arange(seats, 0, -1), 0.0)
    chosen: set[tuple[int, ...]] = {()}
    for _ in range(seats):
        grown: set[tuple[int, ...]] = set()
        for columns in chosen:
            each = profile.weights * weights[profile.matrix[:, list(columns)].sum(axis=1)]
            gains = each @ profile.matrix
            gains[list(columns)] = -1.0
            grown |= {tuple(sorted((*columns, int(c)))) for c in np.flatnonzero(gains >= gains.max() - _NEAR)}
        chosen = grown
    return [tuple(profile.alternatives[column] for column in columns) for columns in sorted(chosen)]


@fault("neutrality", correct="pav")
def block_approval_by_index(profile: Approvals, seats: int) -> Committees:
    """Committee of those with the most approvals, by argsort, which breaks ties by index."""
    order = np.argsort(-(profile.weights @ profile.matrix), kind="stable")
    return [tuple(profile.alternatives[column] for column in order[:seats])]


@fault("weight-split", correct="pav")
def block_of_ballots(profile: Approvals, seats: int) -> Committees:
    """Committee of those whom the most ballots approve of, whatever these weigh."""
    counts = profile.matrix.sum(axis=0)
    return _best(profile.alternatives, seats, lambda chosen: float(counts[chosen].sum()))


@fault("losing-clones", correct="stv")
def block_borda(profile: Rankings, seats: int) -> Committees:
    """Committee of those with the highest Borda counts, into which a loser's clone puts points."""
    counts = scores("borda", profile)
    return _best(profile.alternatives, seats, lambda chosen: float(counts[chosen].sum()))


@fault("solid-coalitions", correct="stv")
def untransferable_votes(profile: Rankings, seats: int) -> Committees:
    """Single transferable vote that forgets to transfer: those with the most first places are elected."""
    votes = scores("plurality", profile)
    return _best(profile.alternatives, seats, lambda chosen: float(votes[chosen].sum()))
