"""``jury validate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from cli.exits import USAGE, CommandFailed
from cli.output import console, count, output_option, percent, print_json, say, show

if TYPE_CHECKING:
    from jury.run import Run
    from jury.validation import Validation
    from personas import Population


@click.command("validate")
@click.argument("run", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--human",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Survey whose answers to compare with; by default those of the very people the jurors were made from.",
)
@click.option("--codebook", help="Codebook of --human: a built-in name or a file; the study's own by default.")
@click.option("--weight", metavar="COLUMN", help="Column of --human that holds the survey weights.")
@output_option
def command(run: Path, human: Path | None, codebook: str | None, weight: str | None, output: str) -> None:
    """Compare what simulated jurors chose with what people chose.

    The survey's questions must be the run's cases (cases: {items: all} in the study). An even spread over the
    answers stands beside the model as the null to beat.
    """
    from jury.run import open_run
    from jury.validation import validate_run

    opened = open_run(run)
    found = validate_run(opened, _read_people(opened, human, codebook, weight))
    if output == "json":
        print_json(found.to_dict())
        return
    out = console()
    say(out, f"{opened.header.name}: {opened.header.model} beside {found.humans}", style="bold")
    _print_items(found, out)
    items = found.items
    say(
        out,
        f"Total variation distance to people, mean over {count(len(items), 'case')}: model {items['tv'].mean():.3f}, "
        f"even spread {items['tv_uniform'].mean():.3f}; the model is closer on {found.closer} of {len(items)}. "
        f"Lower is closer, 0 is equal{_floor_words(float(items['tv_floor'].mean()))}.",
    )
    if found.answers:
        say(
            out,
            f"Jurors chose what the very person had said in {percent(found.agreement)} of {found.answers} answers; "
            f"dealt to people by lot they would in {percent(found.by_lot)}.",
        )
    if found.left_out:
        say(out, f"Left out for want of answers: {', '.join(found.left_out)}.")
    if opened.header.caveat:
        say(out, opened.header.caveat)


def _read_people(run: Run, human: Path | None, codebook: str | None, weight: str | None) -> Population | None:
    from personas import PersonaError, load_population

    if human is None:
        if codebook is not None or weight is not None:
            raise CommandFailed("--codebook and --weight describe a survey: name it with --human FILE", USAGE)
        return None
    try:
        return load_population(human, codebook or run.study.population.codebook, weight=weight)
    except PersonaError as error:
        hint = (
            "" if codebook is not None else "; the study's codebook was used: name that of the survey with --codebook"
        )
        raise CommandFailed(f"--human: {error}{hint}") from None


def _print_items(found: Validation, out: Console) -> None:
    items = found.items.to_dict("records")
    options = {tuple(row["human"]) for row in items}
    rows = [
        [
            row["case"],
            " / ".join(row["human"]),
            _shares(row["human"]),
            _shares(row["model"]),
            row["tv"],
            row["tv_uniform"],
        ]
        for row in items
    ]
    columns = ["case", "answers", "people", "model", "distance", "even spread"]
    if len(options) > 1:
        show(out, "Shares in %", columns, rows, left=2)
    else:
        title = f"Shares in % ({' / '.join(options.pop())})"
        show(out, title, [columns[0], *columns[2:]], [[row[0], *row[2:]] for row in rows])


def _floor_words(floor: float) -> str:
    return f"; a perfect model that answers once a juror would get {floor:.3f}" if floor > 0 else ""


def _shares(shares: dict[str, float]) -> str:
    return " / ".join(f"{100 * share:.0f}" for share in shares.values())
