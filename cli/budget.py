"""``jury budget``."""

from __future__ import annotations

from pathlib import Path

import click

from cli.ballots import open_ballots
from cli.exits import USAGE, CommandFailed
from cli.named import numbers, read_named
from cli.output import console, count, csv_option, output_option, print_json, say, show
from cli.rating_columns import RatingColumns, column_options


@click.command("budget")
@click.argument("source", type=click.Path(exists=True, path_type=Path), metavar="RUN|DATA")
@click.option("--budget", "budgets", multiple=True, required=True, metavar="AMOUNT", help="Money there is, or 50,100.")
@click.option("--cost", "given", multiple=True, metavar="PROJECT=COST", help="What an alternative costs.")
@click.option(
    "--costs",
    "table",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="CSV of all costs: project, cost.",
)
@click.option("--case", metavar="ID", help="The case whose alternatives are the projects; the only one by default.")
@click.option("--rule", "rules", multiple=True, help="Budgeting rule, such as mes; all by default.")
@click.option("--threshold", type=float, help="Of ratings: from which on a juror approves of a project.")
@click.option("--resamples", type=click.IntRange(min=2), default=200, show_default=True, help="Bootstraps.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the bootstraps.")
@click.option("--kind", metavar="KIND", help="DATA: ratings by people, of a kind such as polis, crehate or lewidi.")
@column_options("--case-column")
@csv_option("every row")
@output_option
def command(
    source: Path,
    budgets: tuple[str, ...],
    given: tuple[str, ...],
    table: Path | None,
    case: str | None,
    rules: tuple[str, ...],
    threshold: float | None,
    resamples: int,
    seed: int,
    kind: str | None,
    columns: RatingColumns,
    csv: Path | None,
    output: str,
) -> None:
    """Fund the alternatives of a case as projects, under rules of participatory budgeting.

    From stored ballots, at no cost: what each rule funds from each budget, and how often it would again if other
    jurors had been drawn. For files of elections with costs (Pabulib) there is `jury aggregate --budget`.
    """
    import numpy as np

    from jury.whatif.budgets import budget_sentences, budget_sweep, sole_case

    panel, study = open_ballots(source, kind, columns)
    if panel is None:
        raise CommandFailed(f"{study.name if study else source} has no ballots yet; give a run of it", USAGE)
    amounts = [amount for each in budgets for amount in _amounts(each)]
    costs = numbers(read_named(given, table, "--cost", "--costs"), "--cost")
    found = budget_sweep(
        panel, sole_case(panel, case), costs, amounts, np.random.default_rng(seed), rules=rules or None,
        threshold=threshold, resamples=resamples,
    )  # fmt: skip
    if csv is not None:
        found.to_csv(csv, index=False)
    said = budget_sentences(found)
    if output == "json":
        caveats = [panel.caveat] if panel.caveat else []
        print_json({"source": panel.name, "said": said, "caveats": caveats, "rows": found.to_dict("records")})
        return
    out = console()
    say(out, f"Budgets over {count(len(costs), 'project')}, by {count(int(found['jurors'].iloc[0]), 'juror')}.")
    for sentence in said:
        say(out, sentence)
    for (rule, budget), part in found.groupby(["rule", "budget"], sort=False):
        rows = [
            [
                row["project"],
                "yes" if row["funded"] else "tied" if row["tied"] else "–",
                f"{row['cost']:g}",
                f"{100 * row['chance']:.0f}% [{100 * row['chance_low']:.0f}, {100 * row['chance_high']:.0f}]",
            ]
            for row in part.to_dict("records")
        ]
        show(out, f"{budget:g} under {rule}", ["project", "funded", "cost", "chance of funding"], rows, left=2)
    if panel.caveat:
        out.print()
        say(out, panel.caveat)


def _amounts(text: str) -> list[float]:
    return list(numbers({part: part for part in text.split(",") if part.strip()}, "--budget").values())
