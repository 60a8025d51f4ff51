"""Ranked Pairs, also Tideman's rule."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from aggregators.errors import RuleError
from aggregators.options import one_of
from aggregators.pairwise import STRENGTHS, duels, duels_in_parts
from aggregators.profiles import Comparisons, Rankings
from aggregators.rulebook import rule
from aggregators.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["ranked_pairs"]

MOST_STATES = 2**14
MOST_BITS = 64

Locked = tuple[int, ...]
"""For each column the set of columns locked below it, itself included, as the bits of a number."""


@rule(
    "ranked_pairs",
    kind="voting",
    reads=Rankings,
    also_reads=(Comparisons,),
    aliases=("tideman",),
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "its rankings are the stacks of Zavist and Tideman (1989), Complete independence of clones": (
            "isda",
            "monotonicity",
            "resolvability",
            "reversal-symmetry",
            "smith",
        ),
        "implied by smith": (
            "condorcet",
            "condorcet-loser",
            "majority",
            "majority-loser",
            "mutual-majority",
            "unanimity",
        ),
        "a path of majorities against a majority of all would be of majorities of all": ("weak-pareto",),
    },
    linear={
        "a path of majorities against a majority of all would be of majorities of all": ("pareto",),
    },
    violates=(
        "clones",
        "iia",
        "immunity-to-spoilers",
        "participation",
        "positive-responsiveness",
        "reinforcement",
        "strategyproofness",
    ),
)
def ranked_pairs(
    profile: Rankings | Comparisons, weights: NDArray[np.float64], strength: str = "margins", unranked: str = "last"
) -> Tally:
    """Lock in the duels won from the strongest down, except those that would close a cycle.

    Where duels are equally strong, every order among them is followed, and what wins in some order wins.

    Parameters
    ----------
    profile : Rankings or Comparisons
        Ranks (n, m), or who preferred which of two. A voter who ranks two alternatives as equal counts for neither
        side of their duel.
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

    def tally(part: NDArray[np.float64]) -> Tally:
        strengths = duels(profile, part, unranked, rule="ranked_pairs").strengths(strength)
        if size <= MOST_BITS:
            above, undecided = _above_at_once(strengths)
        else:
            above, undecided = np.empty((size, len(part)), dtype=np.int64), np.ones(len(part), dtype=np.bool_)
        for row in np.flatnonzero(undecided).tolist():
            above[:, row] = _fewest_above(strengths[:, :, row])
        return Tally(scores=np.subtract(size - 1.0, above, dtype=np.float64).T)

    return duels_in_parts(tally, weights, size)


def _above_at_once(strengths: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return (m, b) numbers of alternatives locked above, and (b,) under which weightings they depend on an order.

    Equally strong duels are locked in together, those left out that the stronger ones imply or contradict. Where no
    cycle comes of it, every order among them locks in all of them; where one does, they are left undecided.
    """
    size, _, many = strengths.shape
    every, one = np.arange(many), np.uint64(1)
    below = np.tile(one << np.arange(size, dtype=np.uint64)[:, None], (1, many))  # as in `Locked`
    stronger = below  # by the duels stronger than those now looked at
    undecided = np.zeros(many, dtype=np.bool_)
    last: NDArray[Any] = np.zeros(many, dtype=strengths.dtype)
    for x, y, level in _from_the_strongest(strengths):
        bit = x.astype(np.uint64)
        stronger = np.where(level == last, stronger, below)
        locks = (level > 0) & (stronger[y, every] >> bit & one == 0)
        added = below[y, every] * locks
        undecided |= added >> bit & one != 0
        below |= (below >> bit & one) * added
        last = level
    above = [(below >> place & one).sum(axis=0, dtype=np.int64) - 1 for place in np.arange(size, dtype=np.uint64)]
    return np.stack(above), undecided


def _from_the_strongest(strengths: NDArray[Any]) -> Iterator[tuple[NDArray[Any], ...]]:
    """Yield for each place (b,) winners, losers and strengths of the duels at that place."""
    rows, columns = np.triu_indices(len(strengths), 1)
    forward, backward = strengths[rows, columns], strengths[columns, rows]
    sizes = np.maximum(forward, backward)  # (pairs, b): one of the two is zero
    order = np.argsort(-sizes, axis=0, kind="stable")
    wins = np.take_along_axis(forward >= backward, order, axis=0)
    winner, loser = np.where(wins, rows[order], columns[order]), np.where(wins, columns[order], rows[order])
    return zip(winner, loser, np.take_along_axis(sizes, order, axis=0), strict=True)


def _fewest_above(strengths: NDArray[Any]) -> NDArray[np.int64]:
    """Return (m,) numbers of alternatives locked above, the fewest over the orders of equally strong duels."""
    size = len(strengths)
    won = [(level, x, y) for x, row in enumerate(strengths.tolist()) for y, level in enumerate(row) if level > 0]
    states: set[Locked] = {tuple(1 << x for x in range(size))}
    for _, group in groupby(sorted(won, reverse=True), key=itemgetter(0)):
        equal = [(x, y) for _, x, y in group]
        grown: set[Locked] = set()
        for state in states:
            grown |= _orders(state, equal)
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
        free = [(x, y) for x, y in group if not (state[x] >> y | state[y] >> x) & 1]
        together = state
        for x, y in free:
            if together[y] >> x & 1:
                break  # a cycle: it depends on the order
            together = _lock(together, x, y)
        else:
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
    return tuple([below | added if below >> x & 1 else below for below in state])


def _refuse_above(states: int) -> None:
    if states > MOST_STATES:
        raise RuleError(
            f"'ranked_pairs' met more than {MOST_STATES} results of the orders of equally strong duels; 'schulze' and "
            "'split_cycle' need no order among them"
        )
