"""The Shapley-Shubik index."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from aggregators.power.coalitions import MOST_ENUMERATED, enumerated, generated
from aggregators.power.game import Power, WeightedGame, exact
from aggregators.power.sampling import checked_sampling, sampled_shapley_shubik

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["shapley_shubik"]


def shapley_shubik(game: WeightedGame, *, samples: int = 20_000, rng: np.random.Generator | None = None) -> Power:
    """Return how often each player is the one who makes the coalition win, all orders of joining being equally likely.

    Parameters
    ----------
    game : WeightedGame
        Players, weights and quota.
    samples : int
        Orders to draw where the game is too large for an exact count.
    rng : numpy.random.Generator, optional
        Draws them; needed only then.

    Returns
    -------
    Power
        ``power`` and ``decisive`` are the same. Exact for up to 18 players, and for weights with a common unit as
        long as a generating function takes no more than some seconds; otherwise sampled, with an interval.

    Raises
    ------
    RuleError
        If the game has to be sampled and there is no `rng`.

    Notes
    -----
    Validation: as for `aggregators.power.banzhaf`.

    References
    ----------
    Shapley and Shubik (1954), A Method for Evaluating the Distribution of Power in a Committee System; Mann and
    Shapley (1962), Values of Large Games VI.

    Examples
    --------
    >>> from aggregators.power import WeightedGame, shapley_shubik
    >>> shapley_shubik(WeightedGame([4, 3, 2, 1], quota=6)).power * 12
    array([5., 3., 3., 1.])
    """
    count = len(game.players)
    if count <= MOST_ENUMERATED:
        # orders in which exactly these s others come first: s! (n - 1 - s)! of n!
        share = [1 / (count * math.comb(count - 1, size)) for size in range(count)]
        return exact("shapley_shubik", game, enumerated(game) @ np.array(share))
    swings = generated(game, by_size=True)
    if swings is None:
        return sampled_shapley_shubik(game, samples, checked_sampling(samples, rng, "shapley_shubik", count))
    pivots: NDArray[np.float64] = np.array(
        [
            float(sum(Fraction(number, count * math.comb(count - 1, size)) for size, number in enumerate(row)))
            for row in swings
        ]
    )
    return exact("shapley_shubik", game, pivots)
