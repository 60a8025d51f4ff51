"""One page about models: how pluralistic they are in each of six senses, as far as the data can tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from jury.benchmarks.card import SENSES, Card, Sense
from jury.estimates import Estimate

if TYPE_CHECKING:
    from jury.run import Run as StoredRun

__all__ = ["Cell", "Drawings", "Finding", "Page", "Run", "Table", "cause"]

Cell: TypeAlias = str | int | float | Estimate | None

#: Name of a figure -> the function of `jury.plots` that draws it, and its arguments.
Drawings: TypeAlias = dict[str, tuple[str, Mapping[str, Any]]]


@dataclass(frozen=True)
class Table:
    """Figures side by side.

    Attributes
    ----------
    title : str
        What the figures are, with unit and direction.
    columns : tuple of str
    rows : tuple of tuple
        Cells: text, numbers, and `Estimate` for whatever comes from a sample.
    note : str
        What must be known to read it.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the table as plain JSON types, one object a row."""
        cells = [
            {
                name: cell.to_dict() if isinstance(cell, Estimate) else cell
                for name, cell in zip(self.columns, row, strict=True)
            }
            for row in self.rows
        ]
        return {"title": self.title, "rows": cells, "note": self.note}


@dataclass(frozen=True)
class Finding:
    """What a benchmark says in one sense of pluralism.

    Attributes
    ----------
    sense : str
    tables : tuple of Table
        Empty where nothing could be measured.
    remarks : tuple of str
        Sentences below the tables; where there are none, why nothing could be measured.
    details : Mapping
        The results whole, as plain JSON types.
    """

    sense: Sense
    tables: tuple[Table, ...] = ()
    remarks: tuple[str, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def measured(self) -> bool:
        """Whether there is any figure."""
        return bool(self.tables)

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as plain JSON types."""
        return {
            "measured": self.measured,
            "tables": [table.to_dict() for table in self.tables],
            "remarks": list(self.remarks),
            "details": dict(self.details),
        }


@dataclass(frozen=True)
class Run:
    """A stored run behind a page.

    Attributes
    ----------
    path : str
    what : str
        What was asked of whom.
    ballots : Mapping
        asked, answered, refused, unparsed, failed, missing.
    cost : float or None
        US dollars; None where a price is not known.
    end : str
        Why it ended.
    problem : str
        The last failure's message, if there was one.
    """

    path: str
    what: str
    ballots: Mapping[str, int]
    cost: float | None
    end: str
    problem: str = ""

    @classmethod
    def of(cls, run: StoredRun, what: str) -> Run:
        """Return the record of a run that was made or gone on with just now."""
        return cls(str(run.path), what, run.denominators(), run.cost(), run.end or "complete", run.problem)

    @property
    def lacking(self) -> int:
        """Ballots that were to be had and are not there."""
        return self.ballots["failed"] + self.ballots["missing"]

    def to_dict(self) -> dict[str, Any]:
        """Return the run as plain JSON types."""
        return {
            "path": self.path,
            "what": self.what,
            "ballots": dict(self.ballots),
            "cost_usd": self.cost,
            "end": self.end,
            "problem": self.problem,
        }


def cause(runs: Sequence[Run]) -> str:
    """Return why runs brought nothing, and how to go on with them, to be put after what they did not bring."""
    failed = [run for run in runs if run.problem]
    if not failed:
        return ""
    folder = Path(failed[0].path).parent
    return f" ({failed[-1].problem}); when that is mended, the same command with --out {folder} asks what is missing"


@dataclass(frozen=True)
class Page:
    """What a benchmark found.

    Attributes
    ----------
    card : Card
    models : tuple of str
    about : tuple of str
        What was asked, of how many, and how: the denominators.
    findings : tuple of Finding
        One a sense, in the paper's order.
    caveats : tuple of str
    runs : tuple of Run
        Stored runs; none where only stored answers were used.
    drawings : dict
        Name of a figure -> the function of `jury.plots` that draws it, and its arguments.
    """

    card: Card
    models: tuple[str, ...]
    about: tuple[str, ...]
    findings: tuple[Finding, ...]
    caveats: tuple[str, ...]
    runs: tuple[Run, ...] = ()
    drawings: Drawings = field(default_factory=dict)

    def finding(self, sense: Sense) -> Finding:
        """Return what was found in one sense."""
        return next(finding for finding in self.findings if finding.sense == sense)

    def to_dict(self) -> dict[str, Any]:
        """Return the page as plain JSON types."""
        return {
            "card": self.card.to_dict(),
            "models": list(self.models),
            "about": list(self.about),
            "senses": {finding.sense: finding.to_dict() for finding in self.findings},
            "caveats": list(self.caveats),
            "runs": [run.to_dict() for run in self.runs],
        }


def in_order(findings: Sequence[Finding], why_not: Mapping[Sense, str]) -> tuple[Finding, ...]:
    """Return one finding a sense, in the paper's order; those not there say why."""
    known = {finding.sense: finding for finding in findings}
    return tuple(known.get(sense) or Finding(sense, remarks=(why_not[sense],)) for sense in SENSES)
