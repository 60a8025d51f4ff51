"""Polis conversations: participants who agree with, disagree with or pass on comments."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from jury.errors import StudyError
from jury.panel import Panel
from jury.panels.base import Builder, one_of, panel_reader
from jury.tables import read_csv

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["read_polis"]

_SAID = {"1": "agree", "-1": "disagree", "0": "pass"}


@panel_reader("polis")
def read_polis(
    paths: Sequence[Path],
    *,
    passes: Literal["no_opinion", "answer"] = "no_opinion",
    moderated: Literal["drop", "keep"] = "drop",
) -> Panel:
    """Polis export: a folder with participants-votes.csv and comments.csv, or the first of these alone.

    Parameters
    ----------
    paths : sequence of one Path
    passes : {"no_opinion", "answer"}
        What a pass is: an answer without an opinion, or a third answer beside agree and disagree. A comment that
        a participant has not seen is no ballot at all.
    moderated : {"drop", "keep"}
        Whether comments that the moderators took out (moderated = -1) are left out with all votes on them. Without
        comments.csv nobody knows which they are, and all are kept.

    Notes
    -----
    The opinion group that Polis found is the attribute ``group-id``; it was found in these very votes, so that groups
    differ by construction. Who is in none has no group.
    """
    one_of("polis", "passes", passes, ("no_opinion", "answer"))
    one_of("polis", "moderated", moderated, ("drop", "keep"))
    votes_file, comments = _files(paths[0])
    table = read_csv(votes_file)
    columns = [name for name in table.columns if name.isdecimal()]
    if "participant" not in table.columns or not columns:
        raise StudyError(
            f"{votes_file}: no column 'participant', or no comments; name a participants-votes.csv of Polis"
        )
    texts = _texts(comments, moderated) if comments is not None else dict.fromkeys(columns, "")
    builder = Builder(paths[0].name)
    shown = [name for name in columns if name in texts]
    answers = ("agree", "disagree", "pass") if passes == "answer" else ("agree", "disagree")
    for name in shown:
        builder.case(name, texts[name] or f"Comment {name}", answers)
    groups = table["group-id"] if "group-id" in table.columns else None
    for row, participant in enumerate(table["participant"]):
        group = None if groups is None or groups.isna().iloc[row] else str(groups.iloc[row])
        builder.rater(str(participant), {"group-id": group})
    for name in shown:
        _votes_on(builder, votes_file, table, name, answers)
    return builder.panel()


def _files(path: Path) -> tuple[Path, Path | None]:
    if not path.is_dir():
        return path, None
    found = {stem: sorted(path.glob(f"{stem}.csv*")) for stem in ("participants-votes", "comments")}
    if not found["participants-votes"]:
        raise StudyError(f"{path}: holds no participants-votes.csv; name a folder of a Polis export")
    return found["participants-votes"][0], next(iter(found["comments"]), None)


def _texts(path: Path, moderated: str) -> dict[str, str]:
    table = read_csv(path)
    for name in ("comment-id", "comment-body", "moderated"):
        if name not in table.columns:
            raise StudyError(f"{path}: no column {name!r}; columns: {', '.join(table.columns)}")
    kept = table if moderated == "keep" else table[table["moderated"].str.strip() != "-1"]
    bodies = kept["comment-body"].fillna("")
    return dict(zip(kept["comment-id"].astype(str), bodies, strict=True))


def _votes_on(builder: Builder, path: Path, table: pd.DataFrame, comment: str, answers: Sequence[str]) -> None:
    said = table[comment]
    for row, cell in zip(range(len(table)), said, strict=True):
        if cell != cell:  # not seen
            continue
        code = str(cell).strip().removesuffix(".0")
        if code not in _SAID:
            raise StudyError(
                f"{path}, data row {row + 1}: comment {comment}={cell!r} is not 1 (agree), 0 (pass), -1 (disagree) or "
                "empty"
            )
        answer = _SAID[code]
        builder.rating(row, comment, {"choice": answer if answer in answers else None})
