"""Counting the coalitions that a player turns from losing to winning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from aggregators.power.game import WeightedGame

__all__ = ["MOST_ENUMERATED", "MOST_STEPS", "enumerated", "generated"]

#: Players up to whose number all coalitions are listed.
MOST_ENUMERATED = 18
#: Big-integer additions up to which coalitions are counted by a generating function.
MOST_STEPS = 20_000_000


def enumerated(game: WeightedGame) -> NDArray[np.float64]:
    """Return (n, n) counts: swings of each player in coalitions of 0 ... n - 1 others; every coalition is looked at."""
    weights = game.counted
    count = len(weights)
    total, size = np.zeros(1), np.zeros(1, dtype=np.int64)
    for weight in weights:
        total, size = np.concatenate([total, total + weight]), np.concatenate([size, size + 1])
    wins = total >= game.needed
    swings = np.zeros((count, count))
    places = np.arange(len(total))
    for player in range(count):
        without = places[(places >> player) & 1 == 0]
        decided = without[wins[without | (1 << player)] & ~wins[without]]
        swings[player] = np.bincount(size[decided], minlength=count)[:count]
    return swings


def generated(game: WeightedGame, *, by_size: bool) -> list[list[int]] | None:
    """Return the same counts from a generating function, exact whole numbers; in one column unless `by_size`.

    None where the weights have no common unit, or it would take more than `MOST_STEPS` steps.

    References
    ----------
    Mann and Shapley (1962), Values of Large Games VI; Brams and Affuso (1976), Power and Size; Matsui and Matsui
    (2000), A Survey of Algorithms for Calculating Power Indices of Weighted Majority Games.
    """
    if game.whole is None:
        return None
    weights, quota = game.whole.tolist(), int(game.needed)
    rows = len(weights) if by_size else 1
    # Coalitions that weigh as much as the quota are counted no further: only losing ones can be turned.
    if rows * quota * (len(weights) + len(set(weights))) > MOST_STEPS:
        return None
    count: NDArray[Any] = np.zeros((rows, quota), dtype=object)
    count[0, 0] = 1
    for weight in weights:
        count = count + _moved(count, weight, by_size=by_size)
    found = {weight: _swings(count, weight, quota, by_size=by_size) for weight in set(weights)}
    return [found[weight] for weight in weights]


def _moved(count: NDArray[Any], weight: int, *, by_size: bool) -> NDArray[Any]:
    """Return the coalitions of `count` with one more player, as far as they still lose."""
    moved = np.zeros_like(count)
    source = count[:-1] if by_size else count
    target = moved[1:] if by_size else moved
    if weight < count.shape[1]:
        target[:, weight:] = source[:, : count.shape[1] - weight]
    return moved


def _swings(count: NDArray[Any], weight: int, quota: int, *, by_size: bool) -> list[int]:
    """Return the coalitions without one player of `weight` that this player makes win."""
    if weight == 0:
        return [0] * len(count)
    without = count.copy()
    if by_size:
        for row in range(1, len(count)):
            without[row] = count[row]
            if weight < quota:
                without[row, weight:] = count[row, weight:] - without[row - 1, : quota - weight]
    else:
        for start in range(weight, quota, weight):
            stop = min(start + weight, quota)
            without[:, start:stop] -= without[:, start - weight : stop - weight]
    swung = without[:, max(0, quota - weight) :].sum(axis=1)
    return [int(number) for number in swung]
