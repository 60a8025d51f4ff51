"""``jury validate``."""

from __future__ import annotations

from pathlib import Path

import click

from cli.output import console, output_option, percent, print_json, show


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
    from personas import load_population

    opened = open_run(run)
    people = None
    if human is not None:
        people = load_population(human, codebook or opened.study.population.codebook, weight=weight)
    found = validate_run(opened, people)
    if output == "json":
        print_json(found.to_dict())
        return
    out = console()
    rows = [
        [
            row["case"],
            _shares(row["human"]),
            _shares(row["model"]),
            row["tv"],
            row["tv_uniform"],
        ]
        for row in found.items.to_dict("records")
    ]
    options = " / ".join(found.items["human"].iloc[0])
    out.print(f"{opened.header.name}: {opened.header.model} beside {found.humans}", style="bold", markup=False)
    show(out, f"Shares in % ({options})", ["case", "people", "model", "distance", "even spread"], rows)
    items = found.items
    out.print(
        f"Total variation distance to people, mean over {len(items)} cases: model {items['tv'].mean():.3f}, "
        f"even spread {items['tv_uniform'].mean():.3f}; the model is closer on {found.closer}. "
        "Lower is closer, 0 is equal."
    )
    if found.answers:
        out.print(
            f"Jurors chose what the very person had said in {percent(found.agreement)} of {found.answers} answers; "
            f"dealt to people by lot they would in {percent(found.by_lot)}."
        )
    if found.left_out:
        out.print(f"Left out for want of answers: {', '.join(found.left_out)}.", markup=False)
    if opened.header.caveat:
        out.print(opened.header.caveat, markup=False)


def _shares(shares: dict[str, float]) -> str:
    return " / ".join(f"{100 * share:.0f}" for share in shares.values())
