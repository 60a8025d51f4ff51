"""Where commands find stored ballots: a run, ratings by people of a known kind, or a table of ratings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cli.exits import USAGE, CommandFailed
from cli.rating_columns import RatingColumns, is_run

if TYPE_CHECKING:
    from jury.panel import Panel
    from jury.study import Study

__all__ = ["open_ballots"]


def open_ballots(source: Path, kind: str | None, columns: RatingColumns) -> tuple[Panel | None, Study | None]:
    """Return the ballots, None for a study that has none yet, and the study, None for ratings by people."""
    from jury.panels import read_panel
    from jury.run import open_run
    from jury.study import Study

    if kind is not None:
        columns.refuse(source, f"read as --kind {kind}, which knows its columns")
        return read_panel(source, kind), None
    if source.suffix in (".yaml", ".yml"):
        columns.refuse(source, "a study")
        return None, Study.load(source)
    if is_run(source):
        columns.refuse(source, "a run file")
        run = open_run(source)
        return run.panel(), run.study
    if columns.given:
        return columns.read(source), None
    raise CommandFailed(
        f"{source} is neither a run nor a study; of a table of ratings name the columns with --rater, --case-column "
        "and --answer, or say with --kind what ratings it holds",
        USAGE,
    )
