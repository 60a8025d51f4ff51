"""``jury aggregate``."""

from __future__ import annotations

from pathlib import Path

import click

from cli.exits import CommandFailed
from cli.output import console, count, output_option, print_json, say, show

_DEFAULTS = {
    "utilities": ("utilitarian", "nash", "maximin", "leximin"),
    "rankings": ("plurality", "borda"),
    "approvals": ("approval",),
}


@click.command("aggregate")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--as",
    "kind",
    type=click.Choice(list(_DEFAULTS)),
    default="utilities",
    show_default=True,
    help="What a cell is: a utility (higher is better), a rank (1 is best, 0 or empty unranked), or 0/1 approval.",
)
@click.option("--rule", "rules", multiple=True, help='Rule that decides, such as nash or "isoelastic:alpha=2".')
@click.option("--weight", metavar="COLUMN", help="Column that holds the voters' weights.")
@click.option("--voter", metavar="COLUMN", help="Column that names the voters; it is left out.")
@click.option(
    "--tie-break",
    type=click.Choice(["none", "lexicographic"]),
    default="none",
    show_default=True,
    help="none returns every tied winner; lexicographic takes the first column.",
)
@output_option
def command(
    file: Path,
    kind: str,
    rules: tuple[str, ...],
    weight: str | None,
    voter: str | None,
    tie_break: str,
    output: str,
) -> None:
    """Decide a CSV table (gzip accepted) of one row a voter and one column an alternative, under any rule."""
    from aggregators import decide
    from aggregators.rulebook import CommitteeRule, parse_rule
    from aggregators.ties import TieBreak
    from jury.tables import read_profile

    for rule in rules:
        if isinstance(parse_rule(rule)[0], CommitteeRule):
            raise CommandFailed(f"--rule {rule}: elects committees of several alternatives; use a rule with one winner")
    profile = read_profile(file, kind, weight=weight, voter=voter)
    breaking: TieBreak = "lexicographic" if tie_break == "lexicographic" else "none"
    outcomes = [decide(profile, rule, tie_break=breaking) for rule in rules or _DEFAULTS[kind]]
    if output == "json":
        print_json([outcome.to_dict() for outcome in outcomes])
        return
    rows = [
        [outcome.rule, " = ".join(outcome.winners) or "no winner", " > ".join(" = ".join(t) for t in outcome.ranking)]
        for outcome in outcomes
    ]
    out = console()
    say(out, f"{count(profile.n_voters, 'voter')}, {count(profile.n_alternatives, 'alternative')}", style="bold")
    show(out, "", ["rule", "winner", "ranking, best first"], rows, left=3)
