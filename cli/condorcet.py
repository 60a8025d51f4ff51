"""``jury condorcet``."""

from __future__ import annotations

from pathlib import Path

import click

from cli.ballots import open_ballots
from cli.exits import USAGE, CommandFailed
from cli.named import read_named
from cli.output import console, output_option, print_json, say, show
from cli.rating_columns import RatingColumns, column_options


@click.command("condorcet")
@click.argument("source", type=click.Path(exists=True, path_type=Path), metavar="RUN|DATA")
@click.option("--right", "given", multiple=True, metavar="CASE=ALTERNATIVE", help="The right answer of a case.")
@click.option(
    "--truth",
    "table",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="CSV of the right answers: case, alternative.",
)
@click.option("--seats", multiple=True, type=click.IntRange(1, 1000), help="Size of juries; 12 by default.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the bootstraps.")
@click.option("--kind", metavar="KIND", help="DATA: ratings by people, of a kind such as polis, crehate or lewidi.")
@column_options("--case-column")
@output_option
def command(
    source: Path,
    given: tuple[str, ...],
    table: Path | None,
    seats: tuple[int, ...],
    seed: int,
    kind: str | None,
    columns: RatingColumns,
    output: str,
) -> None:
    """Compare juries with Condorcet's jury theorem, where the right answers are known.

    How often a juror is right, how often the majority of a jury by lot is, and how often the theorem says it would be
    if jurors erred independently, or as much together as these do.
    """
    import numpy as np

    from jury.whatif.condorcet import condorcet_fit

    panel, study = open_ballots(source, kind, columns)
    if panel is None:
        raise CommandFailed(f"{study.name if study else source} has no ballots yet; give a run of it", USAGE)
    truth = read_named(given, table, "--right", "--truth")
    found = [condorcet_fit(panel, truth, np.random.default_rng(seed), seats=size) for size in seats or (12,)]
    if output == "json":
        caveats = [panel.caveat] if panel.caveat else []
        print_json({"source": panel.name, "caveats": caveats, "juries": [each.to_dict() for each in found]})
        return
    out = console()
    say(out, found[0].words())
    rows = [
        [str(each.seats), f"{each.independent:.2f}", f"{each.correlated:.2f}", each.observed.words(2)] for each in found
    ]
    heads = ["seats", "if independent", "as correlated as these", "juries by lot"]
    show(out, "How often a majority is right", heads, rows)
    out.print()
    say(out, f"Intervals are of 95 %, over {found[0].cases} cases, which are taken for a sample of such cases.")
    if panel.caveat:
        say(out, panel.caveat)
