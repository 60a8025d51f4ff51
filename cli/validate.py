"""``jury validate``."""

from __future__ import annotations

from pathlib import Path

import click

from cli.output import console, output_option, print_json, say
from cli.people import Described, people_options, read_people


@click.command("validate")
@click.argument("run", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@people_options("by default those of the very people the jurors were made from")
@click.option("--by", multiple=True, metavar="ATTR", help="Groups that both have; the study's own by default.")
@click.option("--rule", "rules", multiple=True, help="Rule under which verdicts are compared.")
@click.option("--ordinal", is_flag=True, help="The alternatives of every case are a scale, in their order.")
@click.option(
    "--baseline",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="RUN",
    help="A run to do better than, such as one with --no-persona.",
)
@click.option(
    "--round",
    "number",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="RUN with deliberation: the answers of round N; by default 0, before anybody was heard, as people were asked.",
)
@output_option
def command(
    run: Path,
    human: Path | None,
    by: tuple[str, ...],
    rules: tuple[str, ...],
    ordinal: bool,
    baseline: Path | None,
    number: int,
    output: str,
    described: Described,
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
    people = read_people(opened, human, described)
    how = Comparison(
        by=by or None,
        rules=rules or None,
        ordinal=ordinal,
        baseline=None if baseline is None else open_run(baseline),
        round=number,
    )
    found = validate_run(opened, people, how)
    if output == "json":
        print_json(found.to_dict())
        return
    out = console()
    panel = opened.panel(round=number)
    say(out, f"{panel.name}: {opened.header.model} beside {found.humans}", style="bold")
    print_validation(found, out)
    if panel.caveat:
        say(out, panel.caveat)
