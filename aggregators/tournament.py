"""Majorities between pairs as matrices and as a graph.

>>> from aggregators import Rankings
>>> from aggregators.tournament import condorcet_winner, margins
>>> cycle = Rankings.from_orders([("a", "b", "c"), ("b", "c", "a"), ("c", "a", "b")], weights=[4, 3, 2])
>>> margins(cycle)
array([[ 0.,  3., -1.],
       [-3.,  0.,  5.],
       [ 1., -5.,  0.]])
>>> condorcet_winner(cycle) is None
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.conversion import read_as
from aggregators.pairwise import Duels, duels
from aggregators.profiles import Comparisons, Profile, Rankings

if TYPE_CHECKING:
    import networkx as nx
    from numpy.typing import NDArray

__all__ = ["condorcet_winner", "majority_graph", "margins", "support"]


def support(profile: Profile, unranked: str = "last") -> NDArray[np.float64]:
    """Return (m, m) weights of the voters who rank the row above the column.

    Parameters
    ----------
    profile : Rankings, Comparisons or Utilities
        The ballots.
    unranked : {"last", "ignored"}
        Whether unranked alternatives are tied last or take no part in that voter's comparisons.
    """
    return _duels(profile, unranked).support[:, :, 0]


def margins(profile: Profile, unranked: str = "last") -> NDArray[np.float64]:
    """Return (m, m) weights for the row over the column less weights for the column over the row.

    A near-tie is exactly zero, and near-equal margins are equal.

    Parameters
    ----------
    profile : Rankings, Comparisons or Utilities
        The ballots.
    unranked : {"last", "ignored"}
        As for `support`.
    """
    return _duels(profile, unranked).margins[:, :, 0]


def condorcet_winner(profile: Profile, unranked: str = "last") -> str | None:
    """Return the alternative that beats every other one, or None.

    Parameters
    ----------
    profile : Rankings, Comparisons or Utilities
        The ballots.
    unranked : {"last", "ignored"}
        As for `support`.
    """
    beats = _duels(profile, unranked).beats[:, :, 0]
    unbeaten = np.flatnonzero(beats.sum(axis=1) == len(beats) - 1)
    return profile.alternatives[unbeaten[0]] if unbeaten.size else None


def majority_graph(profile: Profile, unranked: str = "last") -> nx.DiGraph[str]:
    """Return the graph with an edge from each alternative to those it beats.

    Edges carry ``margin`` and ``support``, the weight of the winning side. Tied pairs have no edge.

    Parameters
    ----------
    profile : Rankings, Comparisons or Utilities
        The ballots.
    unranked : {"last", "ignored"}
        As for `support`.

    Examples
    --------
    >>> from aggregators import Rankings
    >>> from aggregators.tournament import majority_graph
    >>> graph = majority_graph(Rankings.from_orders([("a", "b", "c"), ("b", "a", "c")], weights=[2, 1]))
    >>> sorted(graph.edges(data="margin"))
    [('a', 'b', 1.0), ('a', 'c', 3.0), ('b', 'c', 3.0)]
    """
    import networkx as nx

    counted = _duels(profile, unranked)
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(profile.alternatives)
    for x, y in np.argwhere(counted.beats[:, :, 0]).tolist():
        graph.add_edge(
            profile.alternatives[x],
            profile.alternatives[y],
            margin=float(counted.margins[x, y, 0]),
            support=float(counted.support[x, y, 0]),
        )
    return graph


def _duels(profile: Profile, unranked: str) -> Duels:
    ballots: Rankings | Comparisons = (
        profile if isinstance(profile, Comparisons) else read_as(profile, Rankings, "majority_graph", {})
    )
    return duels(ballots, ballots.weights[None, :], unranked, rule="majority_graph")
