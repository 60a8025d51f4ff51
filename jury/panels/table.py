"""Any long table: one row a rating."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from jury.panel import Panel
from jury.panels.base import panel_reader
from jury.ratings import Columns, read_ratings

__all__ = ["read_table"]


@panel_reader("table")
def read_table(
    paths: Sequence[Path],
    *,
    rater: str,
    case: str,
    answer: str,
    alternative: str | None = None,
    weight: str | None = None,
    codes: Mapping[str, str] | None = None,
) -> Panel:
    """Long table of ratings (CSV or Parquet): columns for rater, case and answer, others are attributes.

    Parameters
    ----------
    paths : sequence of one Path
    rater, case, answer, alternative, weight, codes
        As for `jury.ratings.Columns`.
    """
    return read_ratings(paths[0], Columns(rater, case, answer, alternative, weight, codes or {}))
