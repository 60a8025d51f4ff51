"""Totals of comparisons, pair by pair: what paired-comparison models and duels are counted from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.errors import RuleError
from aggregators.options import one_of
from aggregators.profiles import Comparisons
from aggregators.profiles.comparisons import UNRANKED

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from aggregators.profiles import Rankings

    BoolArray = NDArray[np.bool_]
    FloatArray = NDArray[np.float64]
    Sides = tuple[csr_array[np.float64], csr_array[np.float64]]

__all__ = ["compared", "refuse_separated", "separated", "voices", "wins"]


def voices(ballots: Comparisons, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the weight of the voters on each side of each pair; who preferred both as often is on neither.

    Parameters
    ----------
    ballots : Comparisons
        Of n voters.
    weights : (b, n) array
        Weightings of the voters.

    Returns
    -------
    (m * (m - 1) / 2, b) arrays
        For each pair of columns x < y, in the order of ``numpy.triu_indices``: the weight of the voters who more
        often preferred x to y, and of those who more often preferred y.
    """
    upper, lower = ballots.derived(_sides, True)
    return np.asarray(upper @ weights.T), np.asarray(lower @ weights.T)


def wins(
    ballots: Rankings | Comparisons, weights: FloatArray, unranked: str = "last", *, rule: str = "wins"
) -> FloatArray:
    """Return how often, by weight, each alternative was preferred to each other; ties are half a win on both sides.

    Parameters
    ----------
    ballots : Rankings or Comparisons
        Of n voters. Each comparison of a voter counts, those of a pair that come again too; a ranking compares every
        pair once, and one of nothing none.
    weights : (b, n) array
        Weightings of the voters.
    unranked : {"last", "ignored"}
        Whether an alternative that a voter leaves unranked is tied last, or compared with nothing.
    rule : str
        Named in the message when `unranked` is none of these.

    Returns
    -------
    (b, m, m) array
        Rows won against columns.
    """
    one_of(rule, "unranked", unranked, UNRANKED)
    size = ballots.n_alternatives
    if isinstance(ballots, Comparisons):
        upper, lower = ballots.derived(_sides, False)
        sides = np.asarray(upper @ weights.T), np.asarray(lower @ weights.T)
    elif unranked == "last" or ballots.complete:
        sides = _of_all_pairs(ballots, weights)
    else:
        return wins(ballots.derived(Comparisons.from_rankings, unranked), weights)
    rows, columns = np.triu_indices(size, 1)
    table = np.zeros((len(weights), size, size))
    table[:, rows, columns], table[:, columns, rows] = sides[0].T, sides[1].T
    return table


def _of_all_pairs(ballots: Rankings, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return both sides of every pair where every voter compares all of them."""
    from aggregators.pairwise import duels

    counted = duels(ballots, weights)
    if ballots.strict:
        return counted.upper, counted.lower
    spoke = (ballots.places <= ballots.n_alternatives).any(axis=0).astype(np.float64)
    tied = weights @ spoke - counted.upper - counted.lower
    return counted.upper + tied / 2, counted.lower + tied / 2


def _sides(ballots: Comparisons, once: bool) -> Sides:
    """Return, as sparse (pairs, n), how often each voter preferred the first and the second of each pair.

    With `once`, 1 for the side preferred more often instead.
    """
    from scipy.sparse import csr_array

    size = ballots.n_alternatives
    one, other = ballots.pair.T
    at = one * (2 * size - one - 1) // 2 + other - one - 1  # where numpy.triu_indices(size, 1) has the pair
    shape = size * (size - 1) // 2, ballots.n_voters
    counts = (ballots.counts > ballots.counts[:, ::-1]).astype(np.float64) if once else ballots.counts
    upper, lower = (csr_array((side, (at, ballots.voter)), shape=shape) for side in counts.T)
    return upper, lower


def compared(table: FloatArray) -> BoolArray:
    """Return the (b, m) mask of what was compared with anything; alone, an alternative is."""
    if table.shape[1] == 1:
        return np.ones(table.shape[:2], dtype=np.bool_)
    return np.asarray((table + table.swapaxes(1, 2)).any(axis=2))


def separated(table: FloatArray) -> BoolArray:
    """Tell of (b, m, m) wins where some of the compared alternatives never lost to the others, or never met them.

    Then, and only then, no strengths explain the comparisons best: those of some would have to be infinitely above
    those of others (Ford 1957, Solution of a ranking problem from binary comparisons).
    """
    taking_part = compared(table)
    won = table > 0
    some = taking_part & (np.cumsum(taking_part, axis=1) == 1)
    there, back = _reached(some, won), _reached(some, won.swapaxes(1, 2))
    return np.asarray(((there & back) != taking_part).any(axis=1))


def _reached(start: BoolArray, edges: BoolArray) -> BoolArray:
    """Return the (b, m) mask of what paths along (b, m, m) edges lead to, the start included."""
    reached = start.copy()
    for _ in range(start.shape[1]):
        reached |= (reached[:, :, None] & edges).any(axis=1)
    return reached


def refuse_separated(rule: str, tables: FloatArray, alternatives: tuple[str, ...]) -> None:
    """Refuse wins from which, without a prior, no finite strengths follow; name those who never lost to the others."""
    wrong = np.flatnonzero(separated(tables))
    if not wrong.size:
        return
    import networkx as nx

    table = tables[wrong[0]]
    edges = nx.from_numpy_array(table > 0, create_using=nx.DiGraph)
    edges.remove_nodes_from(np.flatnonzero(~compared(table[None])[0]).tolist())
    parts = nx.condensation(edges)
    top = next(part for part in parts if not parts.in_degree(part))
    never = ", ".join(alternatives[column] for column in sorted(parts.nodes[top]["members"]))
    where = f" under weighting {wrong[0]}" if len(tables) > 1 else ""
    raise RuleError(
        f"prior=0 of {rule!r} leaves strengths infinite, because {never} never lost to the others{where}; "
        "give a prior above 0"
    )
