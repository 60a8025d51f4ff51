"""``jury validate``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.codes import read_codes
from cli.exits import USAGE, CommandFailed
from cli.output import console, output_option, print_json, say

if TYPE_CHECKING:
    from jury.panel import Panel
    from jury.run import Run
    from personas import Population


@click.command("validate")
@click.argument("run", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--human",
    type=click.Path(exists=True, path_type=Path),
    metavar="FILE",
    help="People's answers; by default those of the very people the jurors were made from.",
)
@click.option(
    "--codebook", help="--human is a survey: its codebook, built-in name or file; the study's own by default."
)
@click.option("--weight", metavar="COLUMN", help="Column of --human that holds the weights.")
@click.option("--kind", metavar="NAME", help="--human is annotator-level data: polis, lewidi, crehate ...")
@click.option("--rater", metavar="COLUMN", help="--human is a table of ratings: who rated.")
@click.option("--case", metavar="COLUMN", help="... what was rated.")
@click.option("--answer", metavar="COLUMN", help="... the rating.")
@click.option("--codes", metavar="0=no,1=yes", help="... the answer is a choice; other codes are no opinion.")
@click.option("--alternative", metavar="COLUMN", help="... the answer is a number for this alternative.")
@click.option("--by", multiple=True, metavar="ATTR", help="Groups that both have; the study's own by default.")
@click.option("--rule", "rules", multiple=True, help="Rule under which verdicts are compared.")
@click.option("--ordinal", is_flag=True, help="The alternatives of every case are a scale, in their order.")
@click.option(
    "--baseline",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="RUN",
    help="A run to do better than, such as one with --no-persona.",
)
@output_option
def command(
    run: Path,
    human: Path | None,
    by: tuple[str, ...],
    rules: tuple[str, ...],
    ordinal: bool,
    baseline: Path | None,
    output: str,
    **described: str | None,
) -> None:
    """Compare what simulated jurors said with what people said, and say whether to believe their groups.

    The people are a survey whose questions are the run's cases, a table of ratings, or annotator-level data. What an
    even spread, the majority's answer and a baseline run would get stands beside the jurors, and what a perfect model
    would.
    """
    from cli.validation import print_validation
    from jury.run import open_run
    from jury.validation import Comparison, validate_run

    opened = open_run(run)
    people = _people(opened, human, _Described(**described))
    how = Comparison(
        by=by or None, rules=rules or None, ordinal=ordinal, baseline=None if baseline is None else open_run(baseline)
    )
    found = validate_run(opened, people, how)
    if output == "json":
        print_json(found.to_dict())
        return
    out = console()
    say(out, f"{opened.header.name}: {opened.header.model} beside {found.humans}", style="bold")
    print_validation(found, out)
    if opened.header.caveat:
        say(out, opened.header.caveat)


@dataclass(frozen=True)
class _Described:
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


def _people(run: Run, human: Path | None, said: _Described) -> Population | Panel | None:
    if human is None:
        if said != _Described(*[None] * 8):
            raise CommandFailed(
                "--codebook, --weight, --kind and columns describe a file: name it with --human FILE", USAGE
            )
        return None
    if said.kind is not None or said.table:
        return _panel(human, said)
    return _survey(run, human, said)


def _panel(human: Path, said: _Described) -> Panel:
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


def _survey(run: Run, human: Path, said: _Described) -> Population:
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
