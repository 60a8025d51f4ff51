"""What paired-comparison models are estimated from: how often each alternative was preferred to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.comparing import sides
from aggregators.errors import RuleError
from aggregators.options import one_of
from aggregators.pairwise import duels
from aggregators.profiles import Comparisons
from aggregators.profiles.comparisons import UNRANKED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from aggregators.profiles import Rankings

    BoolArray = NDArray[np.bool_]
    FloatArray = NDArray[np.float64]

__all__ = ["compared", "refuse_separated", "separated", "wins"]


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
        upper, lower = sides(ballots, weights)
    elif unranked == "last" or ballots.complete:
        upper, lower = _of_all_pairs(ballots, weights)
    else:
        return wins(ballots.derived(Comparisons.from_rankings, unranked), weights)
    rows, columns = np.triu_indices(size, 1)
    table = np.zeros((len(weights), size, size))
    table[:, rows, columns], table[:, columns, rows] = upper.T, lower.T
    return table


def _of_all_pairs(ballots: Rankings, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return both sides of every pair where every voter compares all of them."""
    counted = duels(ballots, weights)
    if ballots.strict:
        return counted.upper, counted.lower
    spoke = (ballots.places <= ballots.n_alternatives).any(axis=0).astype(np.float64)
    tied = weights @ spoke - counted.upper - counted.lower
    return counted.upper + tied / 2, counted.lower + tied / 2


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
        further = reached | (reached[:, :, None] & edges).any(axis=1)
        if (further == reached).all():
            break
        reached = further
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
