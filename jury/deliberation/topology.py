"""Who hears whom, as whoever needs it: a networkx graph, lists of neighbours, or a matrix of weights.

::

    from jury.deliberation.topology import neighbours, read_topology

    spec = read_topology("small-world:k=4,p=0.1,homophily=0.8,by=race")
    heard = neighbours(spec, panel.jurors, np.random.default_rng(0))  # heard[i]: whom juror i hears

An edge (i, j) means that i hears j, as in DeGroot's matrices: row i holds the weights that i gives to others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from jury.deliberation.topologies.base import Room, Ties, Topology, TopologyBlock, read_topology, topologies
from jury.errors import MeasureError, StudyError
from personas import PersonaError, labels

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd
    from scipy import sparse

__all__ = [
    "Seating",
    "Topology",
    "TopologyBlock",
    "Weights",
    "inbreeding",
    "neighbours",
    "network",
    "read_topology",
    "ties_of",
    "topologies",
    "weights_of",
]

Weights: TypeAlias = "NDArray[np.float64] | sparse.csr_array"
Spec: TypeAlias = "str | Mapping[str, Any] | Topology"

_DENSE = 0.1  # share of pairs from which on a dense matrix is the faster one
_MOST_PAIRS = 2**25


def ties_of(
    spec: Spec, jurors: pd.DataFrame, rng: np.random.Generator, among: Sequence[int] | NDArray[np.intp] | None = None
) -> sparse.csr_array:
    """Return how much each juror hears each other one.

    Parameters
    ----------
    spec : str, mapping or Topology
        Such as ``"small-world:k=4,p=0.1"``; `topologies` lists the kinds.
    jurors : DataFrame
        One row a juror, one column an attribute; the index holds names, as `Panel.jurors` has them.
    rng : Generator
        The same one gives the same network.
    among : sequence of int, optional
        Rows of those in the room; everybody by default. A network from a file is of all jurors, and its part is taken.

    Returns
    -------
    csr_array of shape (n, n)
        Row i: whom juror i hears, how much each counts beside the others; nobody hears themselves. n is the number of
        people in the room, in the order of `among`.

    Raises
    ------
    StudyError
        For a topology that is not known or does not fit the jurors.

    Examples
    --------
    >>> import pandas as pd
    >>> people = pd.DataFrame({"town": list("aabb")}, index=["Ann", "Ben", "Cal", "Dee"])
    >>> ties_of("two-blocs:by=town,bridges=0", people, np.random.default_rng(0)).toarray().astype(int).tolist()
    [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]]
    """
    return Seating(spec, jurors).ties(rng, among)


class Seating:
    """A topology and the jurors whom it ties, for many rooms of some of them.

    Parameters
    ----------
    spec, jurors
        As for `ties_of`.
    """

    def __init__(self, spec: Spec, jurors: pd.DataFrame) -> None:
        self.topology = read_topology(spec)
        self._names = tuple(map(str, jurors.index))
        self._labels = None if self.topology.by is None else _labels(self.topology, jurors)
        self.topology.check(Room(self._names, self._labels))

    def ties(self, rng: np.random.Generator, among: Sequence[int] | NDArray[np.intp] | None = None) -> sparse.csr_array:
        """Return the ties of one room, as `ties_of` does."""
        topology = self.topology
        rows = np.arange(len(self._names)) if among is None else np.asarray(among, dtype=np.intp)
        if topology.kind in ("complete", "two-blocs") and len(rows) ** 2 > _MOST_PAIRS:
            raise StudyError(
                f"topology {topology.kind}: {len(rows)} people who all hear each other are too many pairs; "
                "take small-world or random"
            )
        # A file holds all jurors, and is drawn before anybody leaves the room.
        whole = topology.kind == "file"
        seated = np.arange(len(self._names)) if whole else rows
        groups = None if self._labels is None else self._labels[seated]
        ties = topology.draw(Room(tuple(self._names[row] for row in seated), groups), rng)
        if topology.homophily > 0 and groups is not None:
            ties = _moved(ties, groups, topology.homophily, rng)
        matrix = ties.matrix(len(seated))
        return matrix[rows][:, rows] if whole else matrix


def _labels(topology: Topology, jurors: pd.DataFrame) -> NDArray[np.str_]:
    by = str(topology.by)
    try:
        found = labels(jurors, by)
    except PersonaError as error:
        raise StudyError(f"topology {topology.kind}: {error}") from None
    return np.array([text.removeprefix(f"{by}=") for text in found], dtype=np.str_)


def _moved(ties: Ties, groups: NDArray[np.str_], homophily: float, rng: np.random.Generator) -> Ties:
    """Return the ties, each one to another group moved to one's own with some probability."""
    _, code = np.unique(groups, return_inverse=True)
    order = np.argsort(code, kind="stable")
    size = np.bincount(code)
    start = np.concatenate([[0], np.cumsum(size)[:-1]])
    within = np.empty(len(code), dtype=np.intp)
    within[order] = np.arange(len(code)) - start[code[order]]
    chosen = rng.random(len(ties.hears)) < homophily
    own = code[ties.hears]
    chosen &= (own != code[ties.heard]) & (size[own] > 1)
    who = ties.hears[chosen]
    # One of the group's others: positions at and after one's own are shifted by one.
    drawn = (rng.random(len(who)) * (size[own[chosen]] - 1)).astype(np.intp)
    heard = ties.heard.copy()
    heard[chosen] = order[start[own[chosen]] + drawn + (drawn >= within[who])]
    return Ties(ties.hears, heard, ties.weight)


def neighbours(
    spec: Spec, jurors: pd.DataFrame, rng: np.random.Generator, *, most: int | None = None
) -> list[tuple[int, ...]]:
    """Return whom each juror hears.

    Parameters
    ----------
    spec, jurors, rng
        As for `ties_of`.
    most : int, optional
        How many a juror hears at most; of more, as many by lot, those with more weight more often.

    Returns
    -------
    list of tuple of int
        By juror, the rows of those heard, in ascending order; nobody hears themselves.

    Examples
    --------
    >>> import pandas as pd
    >>> people = pd.DataFrame(index=["Ann", "Ben", "Cal"])
    >>> neighbours("star:moderator=Ben", people, np.random.default_rng(0))
    [(1,), (0, 2), (1,)]
    """
    if most is not None and most < 1:
        raise StudyError(
            f"most={most}: a juror who hears nobody does not deliberate; give 1 or more, or topology alone"
        )
    ties = ties_of(spec, jurors, rng)
    found = []
    for row in range(len(jurors)):
        part = slice(ties.indptr[row], ties.indptr[row + 1])
        heard, weight = ties.indices[part], ties.data[part]
        heard, weight = heard[weight > 0], weight[weight > 0]
        if most is not None and len(heard) > most:
            heard = rng.choice(heard, most, replace=False, p=weight / weight.sum())
        found.append(tuple(sorted(heard.tolist())))
    return found


def network(spec: Spec, jurors: pd.DataFrame, rng: np.random.Generator) -> nx.DiGraph[int]:
    """Return the network as a graph of networkx: an edge (i, j) where i hears j, with its ``weight``.

    Parameters
    ----------
    spec, jurors, rng
        As for `ties_of`. Nodes are rows of `jurors`, with attribute ``name``.
    """
    import networkx as nx

    found: nx.DiGraph[int] = nx.from_scipy_sparse_array(ties_of(spec, jurors, rng), create_using=nx.DiGraph)
    nx.set_node_attributes(found, dict(enumerate(map(str, jurors.index))), "name")
    return found


def weights_of(graph: nx.DiGraph[int] | sparse.csr_array, self_weight: float = 0.5) -> Weights:
    """Return the row-stochastic weights that people give each other's opinions.

    Parameters
    ----------
    graph : DiGraph or csr_array of shape (n, n)
        From `network` or `ties_of`.
    self_weight : float
        Weight of one's own opinion, from 0 to 1; the rest is divided among those heard, in proportion to ties. Who
        hears nobody keeps to the own opinion.

    Returns
    -------
    ndarray or csr_array of shape (n, n)
        Row i: the weights that i gives, adding up to 1; sparse where few pairs are tied.

    Raises
    ------
    MeasureError
        If `self_weight` is out of range.

    Examples
    --------
    >>> import networkx as nx
    >>> weights_of(nx.DiGraph([(0, 1), (1, 0), (1, 2)]), 0.5).tolist()
    [[0.5, 0.5, 0.0], [0.25, 0.5, 0.25], [0.0, 0.0, 1.0]]
    """
    import networkx as nx
    from scipy import sparse

    if not 0 <= self_weight <= 1:
        raise MeasureError(f"self_weight={self_weight!r}; give a number from 0 to 1")
    ties: sparse.csr_array = (
        nx.to_scipy_sparse_array(graph, nodelist=sorted(graph), format="csr").astype(float)
        if isinstance(graph, nx.DiGraph)
        else graph
    )
    total = np.asarray(ties.sum(axis=1), dtype=float).reshape(-1)
    others = np.divide(1 - self_weight, total, out=np.zeros_like(total), where=total > 0)
    own = np.where(total > 0, self_weight, 1.0)
    people = len(total)
    if ties.nnz >= _DENSE * people**2:
        dense: NDArray[np.float64] = ties.toarray() * others[:, None]
        dense[np.diag_indices(people)] += own
        return dense
    return sparse.csr_array(sparse.diags_array(others) @ ties + sparse.diags_array(own))


def inbreeding(ties: sparse.csr_array, groups: NDArray[np.str_]) -> float:
    """Return Coleman's index of inbreeding homophily of a network, from the ties as they are.

    Parameters
    ----------
    ties : csr_array of shape (n, n)
        From `ties_of`.
    groups : (n,) array of str

    Returns
    -------
    float
        (q - s) / (1 - s), with q the share of ties within groups and s what it would be were everybody heard alike;
        0: by chance, 1: nobody hears another group. NaN with one group or no ties.

    References
    ----------
    Coleman (1958), Relational analysis, Human Organization 17.
    """
    _, code = np.unique(groups, return_inverse=True)
    pairs = ties.tocoo()
    total = float(pairs.data.sum())
    by_row = np.bincount(pairs.row, weights=pairs.data, minlength=len(code))
    chance = (np.bincount(code)[code] - 1) / max(len(code) - 1, 1)
    if total <= 0 or (expected := float(by_row @ chance) / total) >= 1:
        return float("nan")
    same = float(pairs.data[code[pairs.row] == code[pairs.col]].sum()) / total
    return (same - expected) / (1 - expected)
