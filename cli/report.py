"""``jury report``."""

from __future__ import annotations

import webbrowser
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.exits import USAGE, CommandFailed
from cli.people import NOTHING, Described, people_options, read_people
from cli.progress import working
from cli.rating_columns import RatingColumns, is_run

if TYPE_CHECKING:
    from jury.panel import Panel
    from jury.run import Run

_MEGA = 1_000_000


@click.command("report")
@click.argument("source", type=click.Path(exists=True, path_type=Path), metavar="RUN|FILE")
@click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False, path_type=Path, allow_dash=True),
    metavar="FILE.html",
    help="The page to write, - for stdout; by default beside the run, with its name.",
)
@click.option("--by", multiple=True, metavar="ATTR", help="Groups; the study's own by default.")
@click.option("--rule", "rules", multiple=True, help="Rule that decides; the study's own by default.")
@click.option("--vary", multiple=True, metavar="KEY=VALUES", help="A what-if to answer; see jury whatif.")
@click.option("--no-what-if", is_flag=True, help="Answer no what-ifs, which take most of the time.")
@people_options("by default those of the very people the jurors were made from")
@click.option(
    "--ballots",
    type=click.IntRange(min=1),
    default=20_000,
    show_default=True,
    metavar="N",
    help="Most ballots to put into the page; of more, N drawn by lot. Figures are of all of them.",
)
@click.option("--open", "show", is_flag=True, help="Open the page in a browser.")
def command(
    source: Path,
    out: Path | None,
    by: tuple[str, ...],
    rules: tuple[str, ...],
    vary: tuple[str, ...],
    no_what_if: bool,
    human: Path | None,
    described: Described,
    ballots: int,
    show: bool,
) -> None:
    """Write a run, or a table of human ratings, as one page of HTML.

    The page opens from disk, asks for nothing from the network, and holds everything: the verdict and how far to trust
    it, who lost, a fairness slider that recounts the ballots, what-ifs, and every ballot. Options that name columns
    describe --human or, where FILE is a table of ratings (CSV or Parquet), that table.
    """
    from jury.report import Options, page
    from jury.run import open_run

    options = Options(rules=rules, by=by, vary=vary, what_if=not no_what_if, ballots=ballots)
    to = out or _page_beside(source)
    if str(to) != "-" and not to.parent.is_dir():
        raise CommandFailed(f"--out {to}: there is no folder {to.parent}; make it, or name another", USAGE)
    found: Run | Panel
    if is_run(source):
        found = open_run(source)
        options = replace(options, people=read_people(found, human, described))
    else:
        found = _ratings(source, human, described)
    if to == source:
        raise CommandFailed(f"--out {to}: that is the file the report is about; name another", USAGE)
    with working("Counting the ballots"):
        text = page(found, options)
    if str(to) == "-":
        click.echo(text, nl=False)
        return
    to.write_text(text, encoding="utf-8")
    size = len(text.encode())
    click.echo(f"Report: {to} ({size / _MEGA:.1f} MB). It needs nothing else: open it from disk, or send it.")
    if show:
        webbrowser.open(to.resolve().as_uri())


def _page_beside(source: Path) -> Path:
    if source.is_dir():  # whose name may have dots that begin no suffix
        folder = source if source.name else source.resolve()
        return folder.with_name(f"{folder.name}.html")
    plain = source.with_suffix("") if source.suffix == ".gz" else source
    return plain.with_suffix(".html")


def _ratings(source: Path, human: Path | None, described: Described) -> Panel:
    if human is not None:
        raise CommandFailed(f"{source} is no run file: --human compares a run with people, and this is people", USAGE)
    if described.kind is not None:
        from jury.panels import read_panel

        if replace(described, kind=None) != NOTHING:
            raise CommandFailed("--kind says how the file is laid out; leave the names of columns out", USAGE)
        return read_panel(source, described.kind)
    if described.codebook is not None:
        raise CommandFailed("--codebook describes a survey that a run is compared with; leave it out", USAGE)
    columns = (described.rater, described.case, described.answer, described.codes, described.alternative)
    return RatingColumns(*columns, weight=described.weight, case_flag="--case").read(source)
