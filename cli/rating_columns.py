"""The options that name the columns of a table of ratings, for every command that reads one."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cli.codes import read_codes
from cli.exits import USAGE, CommandFailed

if TYPE_CHECKING:
    from jury.panel import Panel

__all__ = ["RatingColumns", "column_options", "is_run"]

SQLITE_MAGIC = b"SQLite format 3\x00"

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True)
class RatingColumns:
    """What was given on the command line, before it is known whether the file is a table.

    Attributes
    ----------
    rater, case, answer, codes, alternative, weight : str or None
        As `jury.ratings.Columns` has them, codes as they were written.
    case_flag : str
        The option that names the column of cases.
    """

    rater: str | None
    case: str | None
    answer: str | None
    codes: str | None
    alternative: str | None
    weight: str | None
    case_flag: str

    @property
    def given(self) -> bool:
        """Whether any column was named."""
        return any(name is not None for name in astuple(self)[:-1])

    def refuse(self, path: Path, what: str) -> None:
        """Raise `CommandFailed` if columns were named of what is no table."""
        if self.given:
            raise CommandFailed(
                f"{path} is {what}: --rater, {self.case_flag}, --answer, --codes, --alternative and --weight describe "
                "tables",
                USAGE,
            )

    def read(self, path: Path) -> Panel:
        """Read the table; raises `CommandFailed` if a column that it takes is not named."""
        from jury.ratings import Columns, read_ratings

        if self.rater is None or self.case is None or self.answer is None:
            raise CommandFailed(
                f"{path} is not a run file; for a table of ratings name its columns with --rater, {self.case_flag} and "
                "--answer",
                USAGE,
            )
        named = Columns(self.rater, self.case, self.answer, self.alternative, self.weight, read_codes(self.codes))
        return read_ratings(path, named)


def column_options(*case_flags: str) -> Callable[[Command], Command]:
    """Return a decorator that adds the options, and hands them to the command as `columns`.

    Parameters
    ----------
    *case_flags : str
        What the option for the column of cases is called; messages use the first name.
    """
    helps: dict[str, tuple[tuple[str, ...], str, str]] = {
        "rater": (("--rater",), "COLUMN", "FILE: who rated."),
        "case": (case_flags, "COLUMN", "FILE: what was rated."),
        "answer": (("--answer",), "COLUMN", "FILE: the rating."),
        "codes": (("--codes",), "0=no,1=yes", "FILE: the answer is a choice; other codes are no opinion."),
        "alternative": (("--alternative",), "COLUMN", "FILE: the answer is a number for this alternative."),
        "weight": (("--weight",), "COLUMN", "FILE: weights of the raters."),
    }

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        def called(**given: Any) -> Any:  # noqa: ANN401 - as click has it
            columns = {name: given.pop(f"{name}_column") for name in helps}
            return command(columns=RatingColumns(**columns, case_flag=case_flags[0]), **given)

        found: Any = called
        for name, (flags, shown, words) in reversed(helps.items()):
            found = click.option(*flags, f"{name}_column", metavar=shown, help=words)(found)
        return found  # type: ignore[no-any-return] # click keeps the callable

    return decorate


def is_run(path: Path) -> bool:
    """Return whether a path is a run file, by how it begins."""
    if path.is_dir():
        return False
    with path.open("rb") as file:
        return file.read(len(SQLITE_MAGIC)) == SQLITE_MAGIC
