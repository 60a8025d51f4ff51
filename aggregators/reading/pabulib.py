"""Pabulib: participatory budgeting elections, with what projects cost and the budget there is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from aggregators.errors import ReadError
from aggregators.profiles import Approvals, Profile, Rankings, Utilities
from aggregators.reading.formats import reader
from aggregators.reading.source import Source, opened

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PabulibElection", "read", "read_pabulib"]

_BALLOT_COLUMNS = {"voter_id", "vote", "points"}


@dataclass(frozen=True, eq=False)
class PabulibElection:
    """A participatory budgeting election.

    Attributes
    ----------
    ballots : Approvals, Utilities or Rankings
        By the election's vote type: approval and choose-1, cumulative and scoring (points, 0 where none are given),
        ordinal. Alternatives are project ids; groups are the other columns of the votes, such as sex.
    costs : (m,) float array
        What each project costs, in the order of the alternatives.
    budget : float
        What there is to spend, in the same money.
    meta : mapping of str to str
        The META section.
    projects : mapping of str to mapping
        Project id -> its row, for instance its ``name`` and whether it was ``selected``.
    """

    ballots: Profile
    costs: NDArray[np.float64]
    budget: float
    meta: Mapping[str, str]
    projects: Mapping[str, Mapping[str, str]]

    @property
    def approvals(self) -> Approvals:
        """The ballots of an approval election.

        Raises
        ------
        ReadError
            If the voters did something else.
        """
        if isinstance(self.ballots, Approvals):
            return self.ballots
        raise ReadError(f"the votes are {self.meta['vote_type']!r}, not approvals; use .ballots")


@reader("pabulib", suffixes=(".pb",))
def read_pabulib(source: Source, wanted: type[Profile] | None) -> Profile:
    """Pabulib elections (.pb): approvals, points as utilities, or rankings; see `read` for costs and the budget."""
    return _election(source).ballots


def read(path: str | Path) -> PabulibElection:
    """Read a Pabulib file with its costs and budget.

    Parameters
    ----------
    path : str or Path
        Gzip is accepted, by the suffix ``.gz``.

    Raises
    ------
    ReadError
        Naming the file, the line and the fault.

    Examples
    --------
    >>> from aggregators.reading import pabulib
    >>> election = pabulib.read("district.pb")  # doctest: +SKIP
    >>> fund(election.approvals, "mes", costs=election.costs, budget=election.budget)  # doctest: +SKIP
    """
    with opened(Path(path)) as source:
        return _election(source)


def _election(source: Source) -> PabulibElection:
    sections = _sections(source)
    meta = {cells[0].strip(): cells[1].strip() for _, cells in sections["META"][1] if len(cells) > 1}
    head, rows = sections["PROJECTS"]
    ids = _column(source, head, "project_id")
    projects: dict[str, dict[str, str]] = {}
    costs = []
    for line, cells in rows:
        name = cells[ids]
        if name in projects:
            raise source.fault(line, f"project {name!r} is there twice")
        projects[name] = dict(zip(head, cells, strict=True))
        costs.append(_money(source, line, "cost", projects[name].get("cost", "")))
    if "budget" not in meta:
        raise ReadError(f"{source.path}: META has no budget")
    budget = _money(source, 1, "budget", meta["budget"])
    ballots = _ballots(source, meta, list(projects), *sections["VOTES"])
    for key, found in (("num_projects", len(projects)), ("num_votes", ballots.n_voters)):
        if meta.get(key, str(found)) != str(found):
            raise ReadError(f"{source.path}: META says {key} {meta[key]}, and the file has {found}; is it whole?")
    return PabulibElection(ballots, np.array(costs), budget, meta, projects)


Section = tuple[list[str], list[tuple[int, list[str]]]]


def _sections(source: Source) -> dict[str, Section]:
    """Return the header and the numbered rows of each section."""
    found: dict[str, Section] = {}
    current: Section | None = None
    for line, cells in source.rows(";"):
        name = cells[0].strip().upper()
        if len(cells) == 1 and name in {"META", "PROJECTS", "VOTES"}:
            current = found.setdefault(name, ([], []))
        elif current is None:
            raise source.fault(line, f"{cells[0][:30]!r} stands before any section; a .pb file begins with META")
        elif not current[0]:
            current[0].extend(cell.strip() for cell in cells)
        elif current is not found.get("META") and len(cells) != len(current[0]):
            raise source.fault(line, f"a row of {len(cells)} under a header of {len(current[0])}")
        else:
            current[1].append((line, [cell.strip() for cell in cells]))
    for name in ("META", "PROJECTS", "VOTES"):
        if name not in found or not found[name][1]:
            raise ReadError(f"{source.path}: no section {name}, or nothing in it; a .pb file has META, PROJECTS, VOTES")
    return found


def _column(source: Source, header: list[str], name: str) -> int:
    if name not in header:
        raise ReadError(f"{source.path}: no column {name!r}; columns: {', '.join(header)}")
    return header.index(name)


def _money(source: Source, line: int, what: str, text: str) -> float:
    try:
        amount = float(text.replace(",", "."))
    except ValueError:
        amount = math.nan
    if not 0 <= amount < math.inf:
        raise source.fault(line, f"{what} {text!r} is no amount of money")
    return amount


def _ballots(
    source: Source, meta: Mapping[str, str], names: list[str], header: list[str], rows: list[tuple[int, list[str]]]
) -> Profile:
    kind = meta.get("vote_type", "approval")
    if kind not in {"approval", "choose-1", "cumulative", "scoring", "ordinal"}:
        raise ReadError(
            f"{source.path}: vote_type {kind!r} is not known; known: approval, choose-1, cumulative, scoring, ordinal"
        )
    column = {name: index for index, name in enumerate(names)}
    votes = _column(source, header, "vote")
    points = _column(source, header, "points") if kind in {"cumulative", "scoring"} else None
    matrix = np.zeros((len(rows), len(names)))
    for row, (line, cells) in enumerate(rows):
        chosen = [part.strip() for part in cells[votes].split(",") if part.strip()]
        given = _points(source, line, cells[points], len(chosen)) if points is not None else None
        for place, project in enumerate(chosen):
            if project not in column:
                raise source.fault(line, f"votes for {project!r}, which is no project")
            if matrix[row, column[project]]:
                raise source.fault(line, f"votes for {project!r} twice")
            value = given[place] if given is not None else place + 1 if kind == "ordinal" else 1
            matrix[row, column[project]] = value
    groups = {
        name: [cells[index] for _, cells in rows] for index, name in enumerate(header) if name not in _BALLOT_COLUMNS
    }
    if kind == "ordinal":
        return Rankings(matrix, alternatives=names, groups=groups)
    if points is not None:
        return Utilities(matrix, alternatives=names, groups=groups)
    return Approvals(matrix, alternatives=names, groups=groups)


def _points(source: Source, line: int, text: str, many: int) -> list[float]:
    try:
        points = [float(part) for part in text.split(",") if part.strip()]
    except ValueError:
        raise source.fault(line, f"points {text!r} are not numbers") from None
    if len(points) != many:
        raise source.fault(line, f"gives {len(points)} points to {many} projects; give one number each")
    return points
