"""``jury audit``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.codes import read_codes
from cli.exits import USAGE, CommandFailed
from cli.output import console, output_option, print_json

if TYPE_CHECKING:
    from jury.panel import Panel

SQLITE_MAGIC = b"SQLite format 3\x00"


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
@click.option("--rater", metavar="COLUMN", help="FILE: who rated.")
@click.option("--case", metavar="COLUMN", help="FILE: what was rated.")
@click.option("--answer", metavar="COLUMN", help="FILE: the rating.")
@click.option("--codes", metavar="0=no,1=yes", help="FILE: the answer is a choice; other codes are no opinion.")
@click.option("--alternative", metavar="COLUMN", help="FILE: the answer is a number for this alternative.")
@click.option("--weight", metavar="COLUMN", help="FILE: weights of the raters.")
@click.option(
    "--seats", type=click.IntRange(min=1), metavar="K", help="Appraise the first K of each ranking as a committee."
)
@click.option("--details", is_flag=True, help="Print every rule and case, not only the summary.")
@output_option
def command(
    source: Path,
    by: tuple[str, ...],
    rules: tuple[str, ...],
    unit: str,
    rater: str | None,
    case: str | None,
    answer: str | None,
    codes: str | None,
    alternative: str | None,
    weight: str | None,
    seats: int | None,
    details: bool,
    output: str,
) -> None:
    """Show who lost, in a stored run or in a table of human ratings.

    For a run, the study's own groups and rules are used unless others are given. A table (CSV, gzip accepted, or
    Parquet) has one row a rating: name its columns with --rater, --case and --answer, and say with --codes or
    --alternative what an answer is.
    """
    from cli.audit_page import print_page
    from cli.reports import label_masses, print_trust, print_warning, trust_document
    from jury.auditing import audit
    from jury.run import open_run

    run = open_run(source) if _is_run(source) else None
    if run is not None:
        _refuse_columns(source, (rater, case, answer, codes, alternative, weight))
        panel, rules = run.panel(), rules or run.study.rule_names()
    else:
        panel = _read_table(source, rater, case, answer, codes, alternative, weight)
        rules = rules or panel.mode.default_rules
    found = audit(panel, rules=rules, by=by or panel.by, unit="group" if unit == "group" else "juror", seats=seats)
    if output == "json":
        print_json(found.to_dict() | (trust_document(panel, by or panel.by, rules) if run is not None else {}))
        return
    out = console()
    if run is not None:
        print_warning(panel, out)
    print_page(found, out, details=details)
    if run is not None:
        print_trust(panel, out, by=by or panel.by, rules=rules, masses=label_masses(run))


def _is_run(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(SQLITE_MAGIC)) == SQLITE_MAGIC


def _refuse_columns(run: Path, given: tuple[str | None, ...]) -> None:
    if any(name is not None for name in given):
        raise CommandFailed(
            f"{run} is a run file: --rater, --case, --answer, --codes, --alternative and --weight describe tables",
            USAGE,
        )


def _read_table(
    path: Path,
    rater: str | None,
    case: str | None,
    answer: str | None,
    codes: str | None,
    alternative: str | None,
    weight: str | None,
) -> Panel:
    from jury.ratings import Columns, read_ratings

    if rater is None or case is None or answer is None:
        raise CommandFailed(
            f"{path} is not a run file; for a table of ratings name its columns with --rater, --case and --answer",
            USAGE,
        )
    return read_ratings(path, Columns(rater, case, answer, alternative, weight, read_codes(codes)))
