"""``jury audit``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.exits import USAGE, CommandFailed
from cli.output import console, output_option, print_json
from cli.progress import working
from cli.rating_columns import RatingColumns, column_options, is_run

if TYPE_CHECKING:
    from jury.panel import Panel
    from jury.trust import Trust


@click.command("audit")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="RUN|FILE")
@click.option("--by", multiple=True, metavar="ATTR", help='Groups: an attribute, or a crossing such as "race & sex".')
@click.option("--rule", "rules", multiple=True, help='Rule that decides, such as nash or "isoelastic:alpha=2".')
@click.option(
    "--unit",
    type=click.Choice(["juror", "group"]),
    default="juror",
    show_default=True,
    help="Whose welfare is aggregated: each juror's, or each group's mean, groups counting alike.",
)
@column_options("--case", "--case-column")
@click.option(
    "--seats", type=click.IntRange(min=1), metavar="K", help="Appraise the first K of each ranking as a committee."
)
@click.option(
    "--round",
    "number",
    type=click.IntRange(min=0),
    metavar="N",
    help="RUN with deliberation: the answers of round N, 0 being before anybody was heard; by default the last.",
)
@click.option("--details", is_flag=True, help="Print every rule and case, not only the summary.")
@output_option
def command(
    source: Path,
    by: tuple[str, ...],
    rules: tuple[str, ...],
    unit: str,
    columns: RatingColumns,
    seats: int | None,
    number: int | None,
    details: bool,
    output: str,
) -> None:
    """Show who lost, in a stored run or in a table of human ratings.

    For a run, the study's own groups and rules are used unless others are given; of one with deliberation the last
    round is read, which the title names. A table (CSV, gzip accepted, or
    Parquet) has one row a rating: name its columns with --rater, --case and --answer, and say with --codes or
    --alternative what an answer is.
    """
    from cli.audit_page import print_page
    from cli.reports import print_trust
    from jury.auditing import audit
    from jury.run import open_run
    from jury.trust import trust

    run = open_run(source) if is_run(source) else None
    if run is not None:
        columns.refuse(source, "a run file")
        panel, rules = run.panel(round=number), rules or run.study.rule_names()
    else:
        if number is not None:
            raise CommandFailed("--round: a table of ratings has no rounds; leave it out", USAGE)
        panel = columns.read(source)
        rules = rules or panel.mode.default_rules
    with working("Deciding anew for other jurors and lots"):
        found = audit(panel, rules=rules, by=by or panel.by, unit="group" if unit == "group" else "juror", seats=seats)
        trusted = None if run is None else trust(panel, by or panel.by, rules, run.label_masses(round=number))
    if output == "json":
        print_json(found.to_dict() | _trust_document(panel, trusted))
        return
    out = console()
    print_page(found, out, details=details, trusted=trusted, run=run)
    if trusted is not None:
        print_trust(trusted, out)


def _trust_document(panel: Panel, found: Trust | None) -> dict[str, Any]:
    if found is None:
        return {}
    return found.to_dict() | {"jury": None if panel.drawn is None else panel.drawn.to_dict()}
