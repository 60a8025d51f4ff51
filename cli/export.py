"""``jury export``."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import click

from cli.exits import CommandFailed
from cli.plain import plain

_BINARY = ("parquet", "xlsx")


@click.command("export")
@click.argument("run", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--format",
    "style",
    type=click.Choice(["csv", "jsonl", "parquet", "xlsx"]),
    default="csv",
    show_default=True,
    help="csv and xlsx are safe to open in a spreadsheet: no text is run as a formula.",
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write; standard output by default."
)
@click.option(
    "--card/--no-card",
    default=True,
    help="Write a data card (Croissant) beside --out: columns, checksum, population, model, what the data are not.",
)
@click.option("--licence", metavar="NAME|URL", help="Licence of the ballots, for the data card; yours to say.")
def command(run: Path, style: str, out: Path | None, card: bool, licence: str | None) -> None:
    """Write the ballots of RUN, one row a ballot, with the juror's attributes.

    xlsx has sheets for ballots, jurors, cases, and what the run is.
    """
    from jury.run import open_run

    if style in _BINARY and out is None:
        raise CommandFailed(f"--format {style} is binary: name a file with --out")
    if licence is not None and (out is None or not card):
        raise CommandFailed(f"--licence {licence}: is for the data card; name a file with --out, without --no-card")
    if out is None:
        _to_standard_output(run, style)
        return
    if out.exists() and out.samefile(run):
        raise CommandFailed(f"--out {out}: is the run itself; name another file")
    opened, words = open_run(run), ""
    ballots = opened.ballots()
    if style == "xlsx":
        from jury.export import write_workbook

        words = write_workbook(opened, out, ballots=ballots).words()
    else:
        from jury.export import write_ballots

        write_ballots(ballots, style, out)
    click.echo(f"wrote {plain(str(out))}{f'; {words}' if words else ''}", err=True)
    if card:
        from jury.export import write_card

        written = write_card(opened, out, style, licence=licence, ballots=ballots)
        click.echo(f"wrote {plain(str(written))}", err=True)


def _to_standard_output(run: Path, style: str) -> None:
    from jury.export import write_ballots
    from jury.run import open_run

    ballots = open_run(run).ballots()
    if sys.stdout.isatty():  # looked at, not kept: what models wrote must not be obeyed by the terminal
        shown = io.BytesIO()
        write_ballots(ballots, style, shown)
        click.echo("\n".join(map(plain, shown.getvalue().decode().split("\n"))), nl=False)
    else:
        write_ballots(ballots, style, sys.stdout.buffer)
