"""``file``: a network that somebody measured or made."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from jury.deliberation.topologies.base import Room, Ties, Topology, topologies
from jury.errors import StudyError

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["FromFile"]

_READERS = {".graphml": "read_graphml", ".gexf": "read_gexf", ".gml": "read_gml", ".edgelist": "", ".csv": "", "": ""}
_NAMED = 3


@topologies.register("file")
class FromFile(Topology):
    """A network from a file: GraphML, GEXF, GML, or lines of ``hears,heard`` or ``hears,heard,weight``.

    Its nodes are the jurors by name or, if no node is called like a juror, in order: by number where all are whole
    numbers, else as they come in the file. A directed edge leads from who hears to who is heard; others go both ways.
    """

    chance: ClassVar[bool] = False

    kind: Literal["file"] = "file"
    path: str = Field(min_length=1, description="Path of the file.")

    def draw(self, room: Room, rng: np.random.Generator) -> Ties:
        """Return the ties of the file; raises `StudyError` unless it has exactly the jurors as nodes."""
        file = Path(self.path)
        if not file.is_file():
            raise StudyError(f"topology file: path={self.path!r} is no file")
        graph = _read(self.path, file.stat().st_mtime_ns)
        place = _places(self.path, [str(node) for node in graph.nodes], room.names)
        edges = [(str(one), str(other), weight) for one, other, weight in graph.edges(data="weight", default=1.0)]
        edges = [edge for edge in edges if edge[0] != edge[1]]
        if not graph.is_directed():
            edges += [(other, one, weight) for one, other, weight in edges]
        ties = Ties.of([place[one] for one, _, _ in edges], [place[other] for _, other, _ in edges])
        weights = np.array([_weight(self.path, edge) for edge in edges])
        return Ties(ties.hears, ties.heard, weights)


@lru_cache(maxsize=8)
def _read(path: str, changed: int) -> nx.Graph[str] | nx.DiGraph[str]:
    """Return the network in a file, read once for every room as long as the file stays as it is."""
    import networkx as nx

    suffix = Path(path).suffix
    try:
        if reader := _READERS.get(suffix, ""):
            found: nx.Graph[str] | nx.DiGraph[str] = getattr(nx, reader)(path)
            return found
        lines = Path(path).read_text(encoding="utf-8-sig").splitlines()
        return _edges(path, lines)
    except StudyError:
        raise
    # A fault in XML is a SyntaxError, and of an attribute that a reader misses a KeyError.
    except (nx.NetworkXException, ValueError, OSError, KeyError, SyntaxError) as error:
        reason = " ".join(str(error).split())[:200]
        raise StudyError(f"topology file: {path} cannot be read as a network: {reason}") from None


def _edges(path: str, lines: list[str]) -> nx.DiGraph[str]:
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph()
    for number, line in enumerate(lines, start=1):
        text = line.partition("#")[0].strip()
        parts = [part.strip() for part in text.split(",")] if "," in text else text.split()
        if not parts:
            continue
        if len(parts) not in (2, 3):
            raise StudyError(
                f"{path}, line {number}: {text[:60]!r} is no edge; write hears,heard or hears,heard,weight"
            )
        graph.add_edge(parts[0], parts[1], weight=parts[2] if len(parts) > 2 else 1.0)
    return graph


def _weight(path: str, edge: tuple[str, str, object]) -> float:
    try:
        weight = float(edge[2])  # type: ignore[arg-type]  # what is no number is told below
    except (TypeError, ValueError):
        weight = float("nan")
    if not (np.isfinite(weight) and weight >= 0):
        raise StudyError(
            f"topology file: {path}: weight={edge[2]!r} of {edge[0]} to {edge[1]}; give a number from 0 up"
        )
    return weight


def _places(path: str, nodes: list[str], names: tuple[str, ...]) -> dict[str, int]:
    if set(nodes) & set(names):
        for what, lacking in (
            ("juror", [n for n in names if n not in nodes]),
            ("node", [n for n in nodes if n not in names]),
        ):
            if lacking:
                more = f" and {len(lacking) - _NAMED} more" if len(lacking) > _NAMED else ""
                other = "is no node of it; add it" if what == "juror" else "is no juror; take it out"
                raise StudyError(f"topology file: {path}: {what} {', '.join(lacking[:_NAMED])}{more} {other}")
        return {name: names.index(name) for name in nodes}
    if len(nodes) != len(names):
        raise StudyError(
            f"topology file: {path} has {len(nodes)} nodes for {len(names)} jurors; give as many, named like "
            "the jurors or in their order"
        )
    ordered = sorted(nodes, key=int) if all(node.lstrip("-").isdecimal() for node in nodes) else nodes
    return {name: position for position, name in enumerate(ordered)}
