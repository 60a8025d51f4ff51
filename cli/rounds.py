"""``jury rounds``, and what ``jury simulate`` prints of a deliberation."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.deliberation_page import print_change
from cli.exits import CommandFailed
from cli.output import console, count, denominators, output_option, print_json, say, show

if TYPE_CHECKING:
    from rich.console import Console

    from jury.deliberation.live import Deliberated
    from jury.run import Run

_STATEMENTS = 3
_FIGURES = ("polarisation", "variance", "disagreement")


@click.command("rounds")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="RUN")
@click.option(
    "--control",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="RUN",
    help="A run of the same study with hear: 0, in which nobody was heard: what is beyond it is owed to hearing.",
)
@click.option("--by", multiple=True, metavar="ATTR", help='Groups: an attribute, or a crossing such as "race & sex".')
@click.option("--rule", "rules", multiple=True, help='Rule that decides, such as nash or "isoelastic:alpha=2".')
@output_option
def command(source: Path, control: Path | None, by: tuple[str, ...], rules: tuple[str, ...], output: str) -> None:
    """Show what the rounds of RUN changed: verdicts by rule, welfare by group, who gave way, how divided the jury is.

    Round 0, before anybody was heard, is compared with the last round, for the same jurors. The study's own groups and
    rules are used unless others are given.
    """
    from jury.deliberation.live import deliberated
    from jury.run import open_run

    run = open_run(source)
    if not run.rounds:
        raise CommandFailed(
            f"{source}: no deliberation; a study with deliberation: has rounds (see also: jury deliberate)"
        )
    against = None if control is None else open_run(control)
    found = deliberated(run, rules, by, control=against)
    if found is None:
        raise CommandFailed(f"{source}: nobody has answered in two rounds yet; go on with jury simulate --resume")
    if output == "json":
        print_json(rounds_document(run, found))
        return
    out = console()
    say(out, f"{run.header.name}: {count(len(run.jurors), 'juror')}, {run.header.model}", style="bold")
    _print_change(found, run, out, brief=False)
    _print_silent(run, out)


def rounds_document(run: Run, found: Deliberated | None) -> dict[str, Any]:
    """Return what is printed of the rounds of a run, as plain JSON types."""
    ballots = {str(number): run.panel(round=number).denominators() for number in range(run.rounds + 1)}
    return {"ballots_by_round": ballots, **({} if found is None else found.to_dict())}


def print_rounds(run: Run, out: Console) -> None:
    """Print in short what hearing each other changed, and who is silent."""
    from jury.deliberation.live import deliberated

    found = deliberated(run)
    if found is not None:
        out.print()
        _print_change(found, run, out, brief=True)
    _print_silent(run, out)


def _print_silent(run: Run, out: Console) -> None:
    for number in range(run.latest_round):
        counts = run.panel(round=number).denominators()
        if counts["answered"] < counts["asked"]:
            say(out, f"Round {number}, who is not answered being silent in the next. {denominators(counts)}")


def _print_change(found: Deliberated, run: Run, out: Console, *, brief: bool) -> None:
    block = run.study.deliberation
    title = f"What {count(found.rounds, 'round')} of deliberation changed"
    if block is not None and block.is_control:
        title = f"What {count(found.rounds, 'round')} of asking again changed, nobody having been heard"
    if found.rounds < run.rounds:
        title += f", of {run.rounds} that the study has"
    say(out, title, style="bold")
    for line in found.change.words():
        say(out, line, indent=2)
    print_change(out, found.change, run.panel(), brief=brief)
    rows = [[row["round"], *(row[name] for name in _FIGURES)] for row in found.divisions.to_dict("records")]
    show(out, "How divided the jury is, by round (lower is more at one)", ["round", *_FIGURES], rows)
    for case, statement in list(found.statements.items())[:_STATEMENTS]:
        out.print()
        say(out, f"The statement that the jury ranked first on {case}", style="bold")
        say(out, statement, indent=2)
    out.print()
    for caution in found.change.cautions:
        say(out, caution)
    quoted = shlex.quote(str(run.path))
    more = [
        f"jury transcript {quoted}",
        f"jury audit {quoted} --round 0",
        *([f"jury rounds {quoted}"] if brief else []),
    ]
    say(
        out,
        f"What was said, who lost before, and more: {'; '.join(more)}" if brief else f"See also: {'; '.join(more)}",
        wrap=False,
    )
