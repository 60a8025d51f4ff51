"""Bugs in rules that compare alternatives in duels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.axioms.choice.smith import smith_set
from aggregators.axioms.editing import liking, margins
from aggregators.axioms.faults.asking import outcome, scores
from aggregators.axioms.faults.base import fault
from aggregators.profiles import Rankings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from aggregators.outcome import Outcome

__all__ = [
    "benham_checked_once",
    "black_by_absolute_majority",
    "minimax_of_signs",
    "ranked_pairs_weakest_first",
    "schulze_with_loops_in_the_wrong_order",
    "smith_borda_of_old_points",
]


@fault("condorcet", correct="black")
def black_by_absolute_majority(profile: Rankings) -> NDArray[np.float64] | str:
    """Black's rule that asks for over half of all voters in each duel, though some are indifferent."""
    likes = liking(profile)
    support = np.einsum("n,nxy->xy", profile.weights, likes[:, :, None] > likes[:, None, :])
    won = (2 * support > profile.weights.sum()).sum(axis=1) == profile.n_alternatives - 1
    return profile.alternatives[int(won.argmax())] if won.any() else scores("borda", profile)


@fault("smith", correct="benham")
def benham_checked_once(profile: Rankings) -> str | Outcome:
    """Benham's rule that looks for a winner of all duels once, before the first elimination: ``if`` for ``while``."""
    won = (margins(profile) > 0).sum(axis=1) == profile.n_alternatives - 1
    return profile.alternatives[int(won.argmax())] if won.any() else outcome("irv", profile)


@fault("isda", correct="copeland")
def smith_borda_of_old_points(profile: Rankings) -> set[str]:
    """Borda count within the Smith set, of points that were counted before the others left."""
    points = dict(zip(profile.alternatives, scores("borda", profile).tolist(), strict=True))
    inside = smith_set(profile)
    return {label for label in inside if points[label] == max(points[each] for each in inside)}


@fault("resolvability", correct="minimax")
def minimax_of_signs(profile: Rankings) -> NDArray[np.float64]:
    """Minimax of a boolean array: it knows who loses a duel and not by how much."""
    return np.asarray((margins(profile) >= 0).all(axis=1), dtype=np.float64)


@fault("immunity-to-spoilers", correct="split_cycle")
def ranked_pairs_weakest_first(profile: Rankings) -> set[str]:
    """Ranked pairs sorted in ascending order, so that the weakest duels are locked in first."""
    margin = margins(profile)
    size = profile.n_alternatives
    reaches = np.eye(size, dtype=bool)
    for x, y in sorted(np.argwhere(margin > 0).tolist(), key=lambda pair: float(margin[tuple(pair)])):
        if not reaches[y, x]:
            reaches |= np.outer(reaches[:, x], reaches[y])
    beaten = np.asarray((reaches & ~np.eye(size, dtype=bool)).any(axis=0))
    return {label for label, loses in zip(profile.alternatives, beaten, strict=True) if not loses}


@fault("neutrality", correct="schulze")
def schulze_with_loops_in_the_wrong_order(profile: Rankings) -> NDArray[np.bool_]:
    """Schulze's method with the loops of Floyd and Warshall in the wrong order, so that some paths are missed."""
    paths = np.maximum(margins(profile), 0)
    size = profile.n_alternatives
    for x in range(size):
        for y in range(size):
            for between in range(size):
                paths[x, y] = max(paths[x, y], min(paths[x, between], paths[between, y]))
    return np.asarray((paths >= paths.T).all(axis=1))
