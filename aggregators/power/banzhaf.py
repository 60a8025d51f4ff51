"""The Banzhaf index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.power.coalitions import MOST_ENUMERATED, enumerated, generated
from aggregators.power.game import Power, WeightedGame, exact
from aggregators.power.sampling import checked_sampling, sampled_banzhaf

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["banzhaf"]


def banzhaf(game: WeightedGame, *, samples: int = 20_000, rng: np.random.Generator | None = None) -> Power:
    """Return how often each player turns a losing coalition into a winning one, all coalitions being equally likely.

    Parameters
    ----------
    game : WeightedGame
        Players, weights and quota.
    samples : int
        Coalitions to draw where the game is too large for an exact count.
    rng : numpy.random.Generator, optional
        Draws them; needed only then.

    Returns
    -------
    Power
        ``power`` is Banzhaf's (1965) index, which adds up to 1; ``decisive`` is Penrose's (1946) probability, also
        called the absolute Banzhaf value: swings over the 2 ** (n - 1) coalitions of the others. Exact for up to 18
        players, and for weights with a common unit as long as a generating function takes no more than some
        seconds; otherwise sampled, with an interval.

    Raises
    ------
    RuleError
        If the game has to be sampled and there is no `rng`.

    Notes
    -----
    Validation: the tests compare with the UN Security Council, the Council of the EEC in 1958, apex games in closed
    form, and a listing of all coalitions; enumeration, generating function and sampling with each other.

    References
    ----------
    Penrose (1946), The Elementary Statistics of Majority Voting; Banzhaf (1965), Weighted Voting Doesn't Work; Dubey
    and Shapley (1979), Mathematical Properties of the Banzhaf Power Index; Felsenthal and Machover (1998), The
    Measurement of Voting Power.

    Examples
    --------
    >>> from aggregators.power import WeightedGame, banzhaf
    >>> banzhaf(WeightedGame([4, 3, 2, 1], quota=6)).power * 12
    array([5., 3., 3., 1.])
    """
    count = len(game.players)
    if count <= MOST_ENUMERATED:
        return exact("banzhaf", game, enumerated(game).sum(axis=1) / 2.0 ** (count - 1))
    swings = generated(game, by_size=False)
    if swings is None:
        return sampled_banzhaf(game, samples, checked_sampling(samples, rng, "banzhaf", count))
    decisive: NDArray[np.float64] = np.array([number / 2 ** (count - 1) for (number,) in swings])
    return exact("banzhaf", game, decisive)
