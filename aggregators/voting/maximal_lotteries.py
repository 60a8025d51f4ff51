"""Maximal lotteries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.errors import RuleError
from aggregators.options import one_of
from aggregators.pairwise import duels, in_parts
from aggregators.profiles import Rankings
from aggregators.rulebook import rule
from aggregators.tally import Tally
from aggregators.voting.random_dictator import lottery

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["maximal_lotteries"]

TOLERANCE = 1e-9


@rule(
    "maximal_lotteries",
    kind="voting",
    reads=Rankings,
    satisfies=("condorcet",),
    violates=(),
)
def maximal_lotteries(
    profile: Rankings, weights: NDArray[np.float64], strength: str = "margins", unranked: str = "last"
) -> Tally:
    """Draw by a lottery that no other lottery beats in the expected margin.

    These are the optimal mixed strategies of the game in which two players name alternatives and the margin is
    paid. Where several lotteries are maximal, the most even one is returned, which has the least sum of squares;
    a linear program alone would return any corner of them, by the order of the alternatives.

    Parameters
    ----------
    profile : Rankings
        Ranks (n, m). A voter who ranks two alternatives as equal counts for neither side of their duel.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own.
    strength : {"margins", "majorities"}
        What is paid: the margin, or 1 for any duel won (then also known as the bipartisan set).
    unranked : {"last", "ignored"}
        Whether alternatives that a voter leaves unranked are tied last, or take no part in that voter's duels.

    Returns
    -------
    Outcome or BatchOutcome
        A lottery: scores are the probabilities, which add up to 1, and the winners are all alternatives with a
        positive one. ``tie_break="random"`` draws one by these probabilities. Below 1e-9 a probability is zero.

    Raises
    ------
    RuleError
        If the lottery found falls short of maximal by more than 1e-9 of the largest margin.

    References
    ----------
    Fishburn (1984), Probabilistic social choice based on simple voting comparisons; Brandl, Brandt and Seedig
    (2016), Consistent probabilistic social choice. Least distance as a least-squares problem: Lawson and Hanson
    (1974), Solving Least Squares Problems, chapter 23.

    Examples
    --------
    >>> from aggregators import Rankings
    >>> from aggregators.voting.maximal_lotteries import maximal_lotteries
    >>> cycle = Rankings.from_orders([("a", "b", "c"), ("b", "c", "a"), ("c", "a", "b")], weights=[4, 3, 2])
    >>> maximal_lotteries(cycle).scores.round(3).tolist()
    [0.556, 0.111, 0.333]
    """
    one_of("maximal_lotteries", "strength", strength, ("margins", "majorities"))
    size = profile.n_alternatives

    def tally(part: NDArray[np.float64]) -> Tally:
        counted = duels(profile.ranks, part, unranked, rule="maximal_lotteries")
        paid = counted.margins if strength == "margins" else np.sign(counted.margins)
        odds = (counted.beats.sum(axis=1) == size - 1).T.astype(np.float64)
        for row in np.flatnonzero(odds.sum(axis=1) == 0).tolist():
            odds[row] = _most_even(paid[:, :, row])
        return lottery(odds)

    return in_parts(tally, weights, size * size)


def _most_even(margins: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the maximal lottery of a skew-symmetric matrix that has the least sum of squares."""
    size = len(margins)
    largest = np.abs(margins).max()
    if largest == 0:
        return np.full(size, 1.0 / size)
    paid = margins / largest
    chance = _least(np.vstack([np.eye(size), paid.T / np.abs(paid).max(axis=0, initial=TOLERANCE)[:, None]]))
    chance = _polished(chance, paid)
    if (chance @ paid).min() < -TOLERANCE:
        raise RuleError("'maximal_lotteries' found no lottery that is maximal to 1e-9; scale the weights alike")
    return chance


def _least(sides: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the shortest vector with entries that add up to 1 and ``sides @ vector >= 0``."""
    from scipy.optimize import nnls

    size = sides.shape[1]
    one = np.ones((1, size))
    bounds = np.concatenate([np.zeros(len(sides)), [1.0, -1.0]])
    system = np.vstack([np.vstack([sides, one, -one]).T, bounds])
    target = np.append(np.zeros(size), 1.0)
    dual, _ = nnls(system, target, maxiter=100 * system.shape[1])
    residual = system @ dual - target
    shortest: NDArray[np.float64] = -residual[:size] / residual[size]
    return shortest


def _polished(chance: NDArray[np.float64], paid: NDArray[np.float64]) -> NDArray[np.float64]:
    """Solve the equations that hold at `chance` once more, to the precision of the numbers."""
    drawn = chance > TOLERANCE
    tight = np.abs(chance @ paid) <= 1e-8
    equations = np.vstack([paid[np.ix_(drawn, tight)].T, np.ones(drawn.sum())])
    exact = np.zeros(len(chance))
    exact[drawn] = np.linalg.lstsq(equations, np.append(np.zeros(tight.sum()), 1.0), rcond=None)[0]
    worse = (exact @ paid).min() < min(-1e-12, (chance @ paid).min())
    if exact.min() < 0 or worse or np.abs(exact - chance).max() > 1e-6:
        exact = np.where(drawn, chance, 0.0)
    exact[exact <= TOLERANCE] = 0.0
    whole: NDArray[np.float64] = exact / exact.sum()
    return whole
