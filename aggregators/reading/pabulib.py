"""Pabulib: participatory budgeting elections, with what projects cost and the budget there is."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from aggregators.errors import ReadError
from aggregators.profiles import Approvals, Profile, Rankings, Utilities
from aggregators.reading.cells import number
from aggregators.reading.formats import reader
from aggregators.reading.source import Source, opened

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PabulibElection", "read", "read_pabulib"]

_THOUSANDS = re.compile(r",\d{3}(?!\d)")
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
        Gzip is accepted.

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
    meta = {cells[0]: (line, cells[1]) for line, cells in sections["META"].rows if len(cells) > 1}
    head, rows = sections["PROJECTS"].header, sections["PROJECTS"].rows
    ids, prices = (_column(source, sections["PROJECTS"], name) for name in ("project_id", "cost"))
    projects: dict[str, dict[str, str]] = {}
    costs = []
    for line, cells in rows:
        name = cells[ids]
        if name in projects:
            raise source.fault(line, f"project {name!r} is there twice")
        projects[name] = dict(zip(head, cells, strict=True))
        costs.append(_money(source, line, "cost", cells[prices]))
    if "budget" not in meta:
        raise source.fault(sections["META"].line, "META has no budget")
    budget = _money(source, meta["budget"][0], "budget", meta["budget"][1])
    ballots = _ballots(source, meta, list(projects), sections["VOTES"])
    for key, found in (("num_projects", len(projects)), ("num_votes", ballots.n_voters)):
        if key in meta and meta[key][1] != str(found):
            line, said = meta[key]
            raise source.fault(line, f"META says {key} {said}, and the file has {found}; is it whole?")
    source.ballot_lines = [line for line, _ in sections["VOTES"].rows]
    return PabulibElection(ballots, np.array(costs), budget, {key: value for key, (_, value) in meta.items()}, projects)


@dataclass
class _Section:
    """The header of a section, its numbered rows, and the line of the header."""

    line: int
    header: list[str] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)


def _sections(source: Source) -> dict[str, _Section]:
    """Return each section by name."""
    found: dict[str, _Section] = {}
    current: _Section | None = None
    for line, cells in source.rows(";"):
        name = cells[0].strip().upper()
        if len(cells) == 1 and name in {"META", "PROJECTS", "VOTES"}:
            current = found.setdefault(name, _Section(line))
        elif current is None:
            raise source.fault(line, f"{cells[0][:30]!r} stands before any section; a .pb file begins with META")
        elif not current.header:
            current.line = line
            current.header = [cell.strip() for cell in cells]
        elif current is not found.get("META") and len(cells) != len(current.header):
            raise source.fault(line, f"a row of {len(cells)} under a header of {len(current.header)}")
        else:
            current.rows.append((line, [cell.strip() for cell in cells]))
    for name in ("META", "PROJECTS", "VOTES"):
        if name not in found or not found[name].rows:
            raise ReadError(f"{source.path}: no section {name}, or nothing in it; a .pb file has META, PROJECTS, VOTES")
    return found


def _column(source: Source, section: _Section, name: str) -> int:
    source.header_line = section.line
    return source.column(section.header, name)


def _money(source: Source, line: int, what: str, text: str) -> float:
    if _THOUSANDS.search(text):
        plain = text.replace(",", "")
        raise source.fault(line, f"{what} {text!r} may be meant in thousands; write {plain}, or decimals with a point")
    try:
        amount = number(text.replace(",", "."))
    except ValueError:
        amount = math.nan
    if not 0 <= amount < math.inf:
        raise source.fault(line, f"{what} {text!r} is no amount of money")
    return amount


def _ballots(source: Source, meta: Mapping[str, tuple[int, str]], names: list[str], section: _Section) -> Profile:
    at, kind = meta.get("vote_type", (1, "approval"))
    if kind not in {"approval", "choose-1", "cumulative", "scoring", "ordinal"}:
        raise source.fault(
            at, f"vote_type {kind!r} is not known; known: approval, choose-1, cumulative, scoring, ordinal"
        )
    header, rows = section.header, section.rows
    column = {name: index for index, name in enumerate(names)}
    votes = _column(source, section, "vote")
    points = _column(source, section, "points") if kind in {"cumulative", "scoring"} else None
    matrix = np.zeros((len(rows), len(names)))
    for row, (line, cells) in enumerate(rows):
        chosen = [part.strip() for part in cells[votes].split(",") if part.strip()]
        given = _points(source, line, cells[points], len(chosen)) if points is not None else None
        for place, project in enumerate(chosen):
            if project not in column:
                raise source.fault(line, f"votes for {project!r}, which is no project")
            if project in chosen[:place]:
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
        points = [math.nan]
    if not all(map(math.isfinite, points)):
        raise source.fault(line, f"points {text!r} are not numbers")
    if len(points) != many:
        raise source.fault(line, f"gives {len(points)} points to {many} projects; give one number each")
    return points
