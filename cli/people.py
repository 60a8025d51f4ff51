"""The options that name a file of people's answers, for every command that compares jurors with people."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cli.codes import read_codes
from cli.exits import USAGE, CommandFailed

if TYPE_CHECKING:
    from jury.panel import Panel
    from jury.run import Run
    from personas import Population

__all__ = ["Described", "people_options", "read_people"]

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True)
class Described:
    """What the command line says of the file of people's answers."""

    codebook: str | None
    weight: str | None
    kind: str | None
    rater: str | None
    case: str | None
    answer: str | None
    codes: str | None
    alternative: str | None

    @property
    def table(self) -> bool:
        """Whether it says how a table of ratings is laid out."""
        return any(part is not None for part in (self.rater, self.case, self.answer, self.alternative))


#: Nothing said of any file.
NOTHING = Described(*[None] * 8)


def people_options(default: str) -> Callable[[Command], Command]:
    """Return a decorator that adds the options, and hands them to the command as `human` and `described`.

    Parameters
    ----------
    default : str
        Who people are if no file is named, for the help.
    """
    options = (
        click.option(
            "--human",
            type=click.Path(exists=True, path_type=Path),
            metavar="FILE",
            help=f"People's answers; {default}.",
        ),
        click.option(
            "--codebook", help="--human is a survey: its codebook, built-in name or file; the study's own by default."
        ),
        click.option("--weight", metavar="COLUMN", help="Column of --human that holds the weights."),
        click.option("--kind", metavar="NAME", help="--human is annotator-level data: polis, lewidi, crehate ..."),
        click.option("--rater", metavar="COLUMN", help="--human is a table of ratings: who rated."),
        click.option("--case", metavar="COLUMN", help="... what was rated."),
        click.option("--answer", metavar="COLUMN", help="... the rating."),
        click.option("--codes", metavar="0=no,1=yes", help="... the answer is a choice; other codes are no opinion."),
        click.option("--alternative", metavar="COLUMN", help="... the answer is a number for this alternative."),
    )

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        def called(**given: Any) -> Any:  # noqa: ANN401 - as click has it
            said = {name: given.pop(name) for name in Described.__dataclass_fields__}
            return command(described=Described(**said), **given)

        found: Any = called
        for option in reversed(options):
            found = option(found)
        return found  # type: ignore[no-any-return] # click keeps the callable

    return decorate


def read_people(run: Run, human: Path | None, said: Described) -> Population | Panel | None:
    """Return the people whose answers `human` holds; None without one.

    Raises
    ------
    CommandFailed
        If the options do not describe a file, or describe two kinds of it.
    """
    if human is None:
        if said != NOTHING:
            raise CommandFailed(
                "--codebook, --weight, --kind and columns describe a file: name it with --human FILE", USAGE
            )
        return None
    if said.kind is not None or said.table:
        return _panel(human, said)
    return _survey(run, human, said)


def _panel(human: Path, said: Described) -> Panel:
    from jury.panels import read_panel

    kind = said.kind or "table"
    if said.codebook is not None:
        raise CommandFailed(
            "--codebook describes a survey; leave it out with --kind, --rater, --case or --answer", USAGE
        )
    options: dict[str, Any] = {}
    if said.codes is not None:
        options["codes"] = read_codes(said.codes)
    for name in ("rater", "case", "answer", "alternative", "weight"):
        if getattr(said, name) is not None:
            options[name] = getattr(said, name)
    if kind == "table" and None in (said.rater, said.case, said.answer):
        raise CommandFailed("--human: name the table's columns with --rater, --case and --answer", USAGE)
    return read_panel(human, kind, **options)


def _survey(run: Run, human: Path, said: Described) -> Population:
    from personas import PersonaError, load_population

    try:
        return load_population(human, said.codebook or run.study.population.codebook, weight=said.weight)
    except PersonaError as error:
        hint = (
            ""
            if said.codebook is not None
            else "; the study's codebook was used: name that of the survey with --codebook, or the columns of a table "
            "of ratings with --rater, --case and --answer"
        )
        raise CommandFailed(f"--human: {error}{hint}") from None
