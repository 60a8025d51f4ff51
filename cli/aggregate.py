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


class _Formats(click.Choice[str]):
    """The registered formats, looked up when they are asked for."""

    def __init__(self) -> None:
        self.case_sensitive = True

    @property
    def choices(self) -> tuple[str, ...]:  # type: ignore[override]
        from aggregators.reading import formats

        return tuple(formats())


@click.command("aggregate")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--as",
    "kind",
    type=click.Choice(list(_DEFAULTS)),
    help="What a cell of a CSV table is: a utility (the default; higher is better), a rank (1 is best, 0 or empty "
    "unranked), or 0/1 approval. Of other files: which ballots to take from them.",
)
@click.option(
    "--format", "form", type=_Formats(), help="How the file is written. Default: as its name and first line say."
)
@click.option("--rule", "rules", multiple=True, help='Rule that decides, such as nash or "isoelastic:alpha=2".')
@click.option("--weight", metavar="COLUMN", help="Column of a CSV table that holds the voters' weights.")
@click.option("--voter", metavar="COLUMN", help="Column of a CSV table that names the voters; it is left out.")
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
    kind: str | None,
    form: str | None,
    rules: tuple[str, ...],
    weight: str | None,
    voter: str | None,
    tie_break: str,
    output: str,
) -> None:
    """Decide a file of ballots under any rule.

    Reads CSV tables of one row a voter and one column an alternative, ranked ballots of one column a place, PrefLib,
    Pabulib, Polis and VoteKit files; gzip accepted.
    """
    from aggregators import Approvals, Rankings, ReadError, Utilities, decide
    from aggregators.profiles import Profile
    from aggregators.reading import read
    from aggregators.rulebook import CommitteeRule, parse_rule
    from aggregators.ties import TieBreak

    kinds: dict[str, type[Profile]] = {"utilities": Utilities, "rankings": Rankings, "approvals": Approvals}
    for rule in rules:
        if isinstance(parse_rule(rule)[0], CommitteeRule):
            raise CommandFailed(f"--rule {rule}: elects committees of several alternatives; use a rule with one winner")
    options = {name: value for name, value in (("weight", weight), ("voter", voter)) if value is not None}
    try:
        profile: Profile = read(file, None if kind is None else kinds[kind], format=form, **options)
    except ReadError as error:
        raise CommandFailed(_in_words_of_the_command(str(error))) from None
    held = next(name for name, each in kinds.items() if isinstance(profile, each))
    breaking: TieBreak = "lexicographic" if tie_break == "lexicographic" else "none"
    by_default = _DEFAULTS[held]
    if isinstance(profile, Utilities) and (profile.values < 0).any():
        by_default = tuple(rule for rule in by_default if rule != "nash")  # which has no answer below zero
    outcomes = [decide(profile, rule, tie_break=breaking) for rule in rules or by_default]
    if output == "json":
        print_json([outcome.to_dict() for outcome in outcomes])
        return
    rows = [
        [outcome.rule, " = ".join(outcome.winners) or "no winner", " > ".join(" = ".join(t) for t in outcome.ranking)]
        for outcome in outcomes
    ]
    out = console()
    asked = count(profile.n_voters, "voter")
    if (profile.weights != 1).any():
        asked = f"{count(profile.n_voters, 'ballot')} of total weight {profile.weights.sum():g}"
    say(out, f"{asked}, {count(profile.n_alternatives, 'alternative')}", style="bold")
    show(out, "", ["rule", "winner", "ranking, best first"], rows, left=3)


def _in_words_of_the_command(message: str) -> str:
    """Name options as they are written here."""
    for option in ("voter", "weight", "format"):
        message = message.replace(f"{option}=...", f"--{option}").replace(f"no option {option!r}", f"no --{option}")
    for kind in _DEFAULTS:
        message = message.replace(f"read them with {kind.capitalize()}.read", f"read them --as {kind}")
    return message
