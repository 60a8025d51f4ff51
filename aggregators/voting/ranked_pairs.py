"""Ranked Pairs, also Tideman's rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.errors import RuleError
from aggregators.options import one_of
from aggregators.pairwise import STRENGTHS, duels, in_parts
from aggregators.profiles import Rankings
from aggregators.rulebook import rule
from aggregators.tally import Tally

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["ranked_pairs"]

MOST_STATES = 2**14

Locked = tuple[int, ...]
"""For each column the set of columns locked below it, itself included, as the bits of a number."""


@rule(
    "ranked_pairs",
    kind="voting",
    reads=Rankings,
    aliases=("tideman",),
    satisfies=("weak-pareto", "majority", "condorcet", "monotonicity"),
    violates=("reinforcement",),
)
def ranked_pairs(
    profile: Rankings, weights: NDArray[np.float64], strength: str = "margins", unranked: str = "last"
) -> Tally:
    """Lock in the duels won from the strongest down, except those that would close a cycle.

    Where duels are equally strong, every order among them is followed, and what wins in some order wins.

    Parameters
    ----------
    profile : Rankings
        Ranks (n, m). A voter who ranks two alternatives as equal counts for neither side of their duel.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own.
    strength : {"margins", "winning"}
        How strong a won duel is: by its margin, or by the weight of the winning side. Both agree when every voter
        ranks every alternative without ties.
    unranked : {"last", "ignored"}
        Whether alternatives that a voter leaves unranked are tied last, or take no part in that voter's duels.

    Returns
    -------
    Outcome or BatchOutcome
        Scores are the number of other alternatives that are not locked above it, in the order of equally strong
        duels that is best for it; higher is better; m - 1 wins.

    Raises
    ------
    RuleError
        If the orders of equally strong duels lead to more than 2**14 different results. To find all winners is
        NP-hard in general.

    References
    ----------
    Tideman (1987), Independence of clones as a criterion for voting rules. All orders: Brill and Fischer (2012),
    The price of neutrality for the ranked pairs method.

    Examples
    --------
    >>> from aggregators import Rankings
    >>> from aggregators.voting.ranked_pairs import ranked_pairs
    >>> cycle = Rankings.from_orders([("a", "b", "c"), ("b", "c", "a"), ("c", "a", "b")], weights=[4, 3, 2])
    >>> print(ranked_pairs(cycle))
    ranked_pairs: a (2) > b (1) > c (0)
    >>> ranked_pairs(cycle.with_weights([1, 1, 1])).winners
    ('a', 'b', 'c')
    """
    one_of("ranked_pairs", "strength", strength, STRENGTHS)
    size = profile.n_alternatives
    rows, columns = np.triu_indices(size, 1)

    def tally(part: NDArray[np.float64]) -> Tally:
        strengths = duels(profile, part, unranked, rule="ranked_pairs").strengths(strength)
        forward, backward = strengths[rows, columns], strengths[columns, rows]
        sizes = np.maximum(forward, backward)  # (pairs, b): one of the two is zero
        order = np.argsort(-sizes, axis=0, kind="stable")
        ranked = np.take_along_axis(sizes, order, axis=0)
        winner = np.where(forward >= backward, rows[:, None], columns[:, None])
        loser = np.where(forward >= backward, columns[:, None], rows[:, None])
        tied = ((ranked[1:] == ranked[:-1]) & (ranked[1:] > 0)).any(axis=0)
        scores = np.empty((len(part), size))
        clear = np.flatnonzero(~tied)
        scores[clear] = size - 1.0 - _above_in_order(size, winner, loser, order, ranked, clear)
        for row in np.flatnonzero(tied).tolist():
            scores[row] = size - 1.0 - _fewest_above(strengths[:, :, row])
        return Tally(scores=scores)

    return in_parts(tally, weights, 4 * size * size)


def _above_in_order(
    size: int,
    winner: NDArray[np.intp],
    loser: NDArray[np.intp],
    order: NDArray[np.intp],
    ranked: NDArray[np.float64],
    clear: NDArray[np.intp],
) -> NDArray[np.int64]:
    """Return (rows, m) numbers of alternatives locked above, for weightings without equally strong duels."""
    every = np.arange(len(clear))
    above = np.zeros((len(clear), size, size), dtype=np.bool_)  # [:, x, y]: x is locked above y, or is y
    above[:, np.arange(size), np.arange(size)] = True
    for place in range(len(order)):
        pair = order[place, clear]
        x, y = winner[pair, clear], loser[pair, clear]
        locks = (ranked[place, clear] > 0) & ~above[every, y, x]
        above |= locks[:, None, None] & above[every, :, x][:, :, None] & above[every, y][:, None, :]
    number: NDArray[np.int64] = above.sum(axis=1) - 1
    return number


def _fewest_above(strengths: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return (m,) numbers of alternatives locked above, the fewest over the orders of equally strong duels."""
    size = len(strengths)
    states: set[Locked] = {tuple(1 << x for x in range(size))}
    for level in np.unique(strengths[strengths > 0])[::-1]:
        group = [(x, y) for x, y in np.argwhere(strengths == level).tolist()]
        grown: set[Locked] = set()
        for state in states:
            grown |= _orders(state, group)
            _refuse_above(len(grown))
        states = grown
    above = [[sum(below >> y & 1 for below in state) - 1 for y in range(size)] for state in states]
    fewest: NDArray[np.int64] = np.array(above).min(axis=0)
    return fewest


def _orders(start: Locked, group: list[tuple[int, int]]) -> set[Locked]:
    """Return what may be locked once every duel of `group` was considered, in any order."""
    found: set[Locked] = set()
    seen = {start}
    waiting = [start]
    while waiting:
        state = waiting.pop()
        # duels already implied or contradicted stay so, whatever else is locked
        free = [(x, y) for x, y in group if not state[x] >> y & 1 and not state[y] >> x & 1]
        together = state
        for x, y in free:
            together = _lock(together, x, y)
        if _acyclic(together):
            found.add(together)
            continue
        for x, y in free:
            following = _lock(state, x, y)
            if following not in seen:
                seen.add(following)
                waiting.append(following)
        _refuse_above(len(seen))
    return found


def _lock(state: Locked, x: int, y: int) -> Locked:
    """Return what is locked once x is locked above y."""
    added = state[y]
    return tuple(below | added if below >> x & 1 else below for below in state)


def _acyclic(state: Locked) -> bool:
    return all(not (state[y] >> x & 1) for x, below in enumerate(state) for y in _bits(below) if y != x)


def _bits(number: int) -> list[int]:
    return [bit for bit in range(number.bit_length()) if number >> bit & 1]


def _refuse_above(states: int) -> None:
    if states > MOST_STATES:
        raise RuleError(
            f"'ranked_pairs' met more than {MOST_STATES} results of the orders of equally strong duels; 'schulze' and "
            "'split_cycle' need no order among them"
        )
