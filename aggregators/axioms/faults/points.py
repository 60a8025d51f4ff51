"""Bugs in how points are given for places on a ballot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.axioms.faults.asking import scores
from aggregators.axioms.faults.base import fault
from aggregators.profiles import Approvals, Rankings

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "borda_averaged_over_rankers",
    "borda_of_complete_ballots",
    "borda_with_best_of_tied_places",
    "borda_with_wrong_weight",
    "bucklin_from_second_place",
    "bucklin_with_half_quota",
    "divided_approval",
    "upper_halves",
]


def _better(profile: Rankings) -> NDArray[np.float64]:
    """Return (n, m): how many alternatives each voter puts above one."""
    places = profile.places.T
    return np.asarray((places[:, None, :] < places[:, :, None]).sum(axis=2), dtype=np.float64)


@fault("condorcet-loser", correct="borda")
def borda_with_wrong_weight(profile: Rankings) -> NDArray[np.float64]:
    """Borda count with a wrong weight: the first place gives one point more than it should."""
    first = (_better(profile) == 0).astype(np.float64)
    extra = profile.weights @ (first / first.sum(axis=1, keepdims=True))
    return np.asarray(scores("borda", profile) + extra)


@fault("reversal-symmetry", correct="borda")
def borda_with_best_of_tied_places(profile: Rankings) -> NDArray[np.float64]:
    """Borda count that gives all who are tied the points of the best place among theirs, not the average."""
    return np.asarray(profile.weights @ (profile.n_alternatives - 1 - _better(profile)))


@fault("unanimity", correct="borda")
def borda_of_complete_ballots(profile: Rankings) -> NDArray[np.float64]:
    """Borda count that drops ballots with an alternative missing, as pandas' dropna does."""
    weights = profile.weights * (profile.ranks > 0).all(axis=1)
    return np.asarray(weights @ (profile.n_alternatives - 1 - _better(profile)))


@fault("participation", correct="borda")
def borda_averaged_over_rankers(profile: Rankings) -> NDArray[np.float64]:
    """Borda count as an average over those who rank an alternative, so that a low place is worse than none."""
    ranked = profile.ranks > 0
    voters = profile.weights @ ranked
    points = profile.weights @ np.where(ranked, profile.n_alternatives - 1 - _better(profile), 0.0)
    return np.divide(points, voters, out=np.zeros(len(voters)), where=voters > 0)


@fault("majority", correct="bucklin")
def bucklin_from_second_place(profile: Rankings) -> NDArray[np.float64]:
    """Bucklin that begins with the first two places together, off by one."""
    return _bucklin(profile, 2, profile.weights.sum() / 2)


@fault("homogeneity", correct="bucklin")
def bucklin_with_half_quota(profile: Rankings) -> NDArray[np.float64]:
    """Bucklin whose majority is half of the voters rounded down, by integer division."""
    return _bucklin(profile, 1, profile.weights.sum() // 2 - 0.5)


def _bucklin(profile: Rankings, place: int, beyond: float) -> NDArray[np.float64]:
    better = _better(profile)
    ranked = profile.ranks > 0
    while True:
        counts: NDArray[np.float64] = profile.weights @ (ranked & (better < place))
        if counts.max() > beyond or place >= profile.n_alternatives:
            return counts
        place += 1


@fault("weak-pareto", correct="borda")
def upper_halves(profile: Rankings) -> NDArray[np.float64]:
    """Approval voting on rankings whose upper half, rounded up, was read as approved."""
    return np.asarray(profile.weights @ ((profile.ranks > 0) & (2 * _better(profile) < profile.n_alternatives)))


@fault("strategyproofness", correct="approval")
def divided_approval(profile: Approvals) -> NDArray[np.float64]:
    """Approval voting on rows that were normalised: each ballot's one vote is divided among all it approves of."""
    length = profile.matrix.sum(axis=1, keepdims=True)
    return np.asarray(profile.weights @ (profile.matrix / np.maximum(length, 1)))
