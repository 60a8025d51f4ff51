"""``jury export``."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import click

from cli.exits import CommandFailed
from cli.plain import plain


@click.command("export")
@click.argument("run", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--format",
    "style",
    type=click.Choice(["csv", "jsonl", "parquet"]),
    default="csv",
    show_default=True,
    help="csv is safe to open in a spreadsheet: text that would run as a formula is quoted.",
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write; standard output by default."
)
def command(run: Path, style: str, out: Path | None) -> None:
    """Write the ballots of RUN, one row a ballot, with the juror's attributes."""
    from jury.export import write_ballots
    from jury.run import open_run

    if style == "parquet" and out is None:
        raise CommandFailed("--format parquet is binary: name a file with --out")
    if out is not None and out.exists() and out.samefile(run):
        raise CommandFailed(f"--out {out}: is the run itself; name another file")
    ballots = open_run(run).ballots()
    if out is not None:
        write_ballots(ballots, style, out)
        click.echo(f"wrote {plain(str(out))}", err=True)
    elif sys.stdout.isatty():  # looked at, not kept: what models wrote must not be obeyed by the terminal
        shown = io.BytesIO()
        write_ballots(ballots, style, shown)
        click.echo("\n".join(map(plain, shown.getvalue().decode().split("\n"))), nl=False)
    else:
        write_ballots(ballots, style, sys.stdout.buffer)
