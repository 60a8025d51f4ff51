"""Indices of power from random coalitions and orders, with the interval that their number leaves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from aggregators.errors import RuleError
from aggregators.power.game import Power, WeightedGame

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

__all__ = ["checked_sampling", "sampled_banzhaf", "sampled_shapley_shubik"]

_CELLS_AT_ONCE = 2**21
_NORMAL = 1.959963984540054  # two-sided 95 %


def checked_sampling(samples: int, rng: np.random.Generator | None, index: str, players: int) -> np.random.Generator:
    """Return `rng`, or refuse to sample without one."""
    if not isinstance(rng, np.random.Generator):
        raise RuleError(
            f"rng={rng!r}: {index} of {players} players takes sampling; give rng=np.random.default_rng(seed)"
        )
    if samples < 2:
        raise RuleError(f"samples={samples!r}; give 2 or more")
    return rng


def sampled_banzhaf(game: WeightedGame, samples: int, rng: np.random.Generator) -> Power:
    """Return the Banzhaf index from coalitions in which everybody is with probability one half."""
    weights, needed = game.counted, game.needed
    swings, all_swings = np.zeros(len(weights)), 0.0
    cross, squares = np.zeros(len(weights)), 0.0
    for rows in _chunks(samples, len(weights)):
        inside = rng.integers(0, 2, (rows, len(weights)), dtype=np.int8)
        others = (inside @ weights)[:, None] - inside * weights
        decides = (others < needed) & (others + weights >= needed)
        together = decides.sum(axis=1).astype(np.float64)
        swings += decides.sum(axis=0)
        cross += together @ decides
        all_swings += together.sum()
        squares += float(together @ together)
    power = swings / all_swings if all_swings else np.full(len(weights), np.nan)
    # A ratio of two sums over samples: its linearised standard error.
    spread = swings - 2 * power * cross + power**2 * squares
    reach = _NORMAL * np.sqrt(np.maximum(spread, 0.0)) / all_swings if all_swings else np.full(len(weights), np.nan)
    low, high = _wilson(swings, samples)
    scale = samples / all_swings if all_swings else np.nan
    rare = swings < _RARE  # few swings are far from normal
    return Power(
        "banzhaf",
        game.players,
        power,
        swings / samples,
        np.where(rare, low * scale, np.maximum(power - reach, 0.0)),
        np.where(rare, high * scale, np.minimum(power + reach, 1.0)),
        samples,
    )


def sampled_shapley_shubik(game: WeightedGame, samples: int, rng: np.random.Generator) -> Power:
    """Return the Shapley-Shubik index from random orders."""
    weights = game.counted
    pivots = np.zeros(len(weights))
    for rows in _chunks(samples, len(weights)):
        order = rng.permuted(np.broadcast_to(np.arange(len(weights)), (rows, len(weights))), axis=1)
        pivot = (np.cumsum(weights[order], axis=1) >= game.needed).argmax(axis=1)
        pivots += np.bincount(order[np.arange(rows), pivot], minlength=len(weights))
    power = pivots / samples
    low, high = _wilson(pivots, samples)
    return Power("shapley_shubik", game.players, power, power, low, high, samples)


_RARE = 10


def _chunks(samples: int, players: int) -> Iterator[int]:
    rows = max(1, _CELLS_AT_ONCE // players)
    for start in range(0, samples, rows):
        yield min(rows, samples - start)


def _wilson(hits: FloatArray, samples: int) -> tuple[FloatArray, FloatArray]:
    """Return Wilson's interval of proportions."""
    share, spread = hits / samples, _NORMAL**2 / samples
    centre = (share + spread / 2) / (1 + spread)
    reach = _NORMAL * np.sqrt(share * (1 - share) / samples + spread / samples / 4) / (1 + spread)
    return np.maximum(centre - reach, 0.0), np.minimum(centre + reach, 1.0)
