"""``jury aggregate``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.exits import CommandFailed
from cli.output import console, count, output_option, print_json, say

if TYPE_CHECKING:
    from aggregators.outcome import Outcome
    from aggregators.profiles import Profile
    from aggregators.reading import Loaded
    from aggregators.ties import TieBreak

_DEFAULTS = {
    "utilities": ("utilitarian", "nash", "maximin", "leximin"),
    "rankings": ("plurality", "borda"),
    "approvals": ("approval",),
    "comparisons": ("bradley_terry", "copeland"),
}
_COMMITTEES = {"rankings": ("stv",), "approvals": ("seqpav", "phragmen", "mes")}
_BUDGETING = ("greedy", "mes")
_OF_THE_FILE = "the file's"
_SECONDS = 5.0  # for each search of a group that a committee leaves out


class _Formats(click.Choice[str]):
    """The registered formats, looked up when they are asked for."""

    def __init__(self) -> None:
        self.case_sensitive = True

    @property
    def choices(self) -> tuple[str, ...]:  # type: ignore[override]
        from aggregators.reading import formats

        return tuple(formats())


def _least(_ctx: click.Context, _param: click.Parameter, value: str | None) -> dict[str, float] | None:
    """Read a number of voters, or a share of them, as the argument that `judged_by` takes."""
    if value is None:
        return None
    try:
        number = float(value.removesuffix("%"))
    except ValueError:
        number = -1.0
    if value.endswith("%"):
        number /= 100
    share = value.endswith("%") or "." in value
    if not 0 <= number < float("inf") or (share and number > 1):
        raise click.BadParameter(f"{value!r} is neither a number of voters, such as 30, nor a share, such as 10%")
    return {"share" if share else "voters": number}


@click.command("aggregate")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--as",
    "kind",
    type=click.Choice(list(_DEFAULTS)),
    help="What a cell of a CSV table is: a utility (the default; higher is better), a rank (1 is best, 0 or empty "
    "unranked), or 0/1 approval. Of other files: which ballots to take from them. A table with columns winner and "
    "loser holds comparisons by itself.",
)
@click.option(
    "--format", "form", type=_Formats(), help="How the file is written. Default: as its name and beginning say."
)
@click.option("--rule", "rules", multiple=True, help='Rule that decides, such as nash or "isoelastic:alpha=2".')
@click.option("--seats", type=click.IntRange(min=1), metavar="K", help="Elect committees of K, by committee rules.")
@click.option(
    "--budget",
    is_flag=False,
    flag_value=_OF_THE_FILE,
    metavar="[AMOUNT]",
    help="Fund projects of a Pabulib file, named before this option, from the budget in the file or from AMOUNT. "
    "A budgeting rule and no --seats mean the same.",
)
@click.option("--weight", metavar="COLUMN", help="Column of a CSV table that holds the voters' weights.")
@click.option("--voter", metavar="COLUMN", help="Column of a CSV table that names the voters; it is left out.")
@click.option(
    "--skip",
    multiple=True,
    metavar="WORD",
    help="Cell of ranked ballots that fills no place; again for more. Default: overvote, undervote, skipped.",
)
@click.option(
    "--min-answers",
    "least",
    callback=_least,
    metavar="N|SHARE",
    help="Leave out alternatives that fewer voters judged: a number such as 30, or a share such as 10%. "
    "A voter of weight w is w voters.",
)
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
    seats: int | None,
    budget: str | None,
    weight: str | None,
    voter: str | None,
    skip: tuple[str, ...],
    least: dict[str, float] | None,
    tie_break: str,
    output: str,
) -> None:
    """Decide a file of ballots under any rule; elect a committee; fund projects.

    Reads CSV tables of one row a voter and one column an alternative, ranked ballots of one column a place, comparisons
    of one row each with the columns voter, winner and loser, PrefLib, Pabulib, Polis and VoteKit files; gzip accepted.

    With --seats it elects committees and says whom each measure of proportionality finds unrepresented; with --budget
    it funds the projects of a Pabulib file. `jury rules` lists the rules for each.
    """
    from aggregators import AggregatorError

    breaking: TieBreak = "lexicographic" if tie_break == "lexicographic" else "none"
    given = {"weight": weight, "voter": voter, "skip": skip or None}
    options = {name: value for name, value in given.items() if value is not None}
    if seats is not None and budget is not None:
        raise click.UsageError("--seats elects a committee and --budget funds projects; give one of them")
    try:
        if budget is not None or (seats is None and _funds(file, form, rules)):
            if options or least or kind not in {None, "approvals"}:
                raise click.UsageError("funding projects goes with --rule, --budget, --tie-break, --format and -o only")
            _fund(file, form, rules or _BUDGETING, budget or _OF_THE_FILE, breaking, output)
            return
        _check_rules(rules, seats)
        loaded = _load(file, kind, form, options)
        profile = loaded.profile if least is None else _judged_by(loaded.profile, least)
        if seats is not None:
            _elect(profile, loaded, rules, seats, breaking, output)
        else:
            _decide(profile, loaded, rules, breaking, output)
    except AggregatorError as error:
        raise CommandFailed(_in_words_of_the_command(str(error))) from None


# --- input ---------------------------------------------------------------------------------------


def _load(file: Path, kind: str | None, form: str | None, options: dict[str, Any]) -> Loaded:
    from aggregators import Approvals, Comparisons, Rankings, Utilities
    from aggregators.reading import load

    kinds: dict[str, type[Profile]] = {
        "utilities": Utilities,
        "rankings": Rankings,
        "approvals": Approvals,
        "comparisons": Comparisons,
    }
    return load(file, None if kind is None else kinds[kind], format=form, **options)


def _held(profile: Profile) -> str:
    return type(profile).__name__.lower()


def _judged_by(profile: Profile, least: dict[str, float]) -> Profile:
    from aggregators.coverage import judged_by

    return judged_by(profile, **least)


def _check_rules(rules: Sequence[str], seats: int | None) -> None:
    from aggregators import parse_rule
    from aggregators import rules as known
    from aggregators.budgeting import budget_rules
    from aggregators.rulebook import CommitteeRule

    for rule in rules:
        if _name(rule) in budget_rules() and _name(rule) not in known():
            raise CommandFailed(f"--rule {rule}: funds projects; it needs a Pabulib file, and no --seats")
        electing = isinstance(parse_rule(rule)[0], CommitteeRule)
        if electing and seats is None:
            raise CommandFailed(
                f"--rule {rule}: elects committees of several alternatives; say of how many with --seats"
            )
        if not electing and seats is not None:
            raise CommandFailed(
                f"--rule {rule}: elects no committees; --seats goes with {', '.join(known('committee'))}"
            )


def _name(rule: str) -> str:
    return rule.partition(":")[0].strip()


def _funds(file: Path, form: str | None, rules: Sequence[str]) -> bool:
    """Tell whether a budgeting rule is asked for on a file that has a budget."""
    from aggregators.budgeting import budget_rules
    from aggregators.reading import format_of

    named = budget_rules()
    return any(_name(rule) in named for rule in rules) and (form or format_of(file)) == "pabulib"


# --- one winner ----------------------------------------------------------------------------------


def _decide(profile: Profile, loaded: Loaded, rules: Sequence[str], breaking: TieBreak, output: str) -> None:
    from aggregators import RuleError, decide
    from aggregators.coverage import FEW, judges

    outcomes: list[Outcome] = []
    notes: list[str] = []
    for rule in rules or _DEFAULTS[_held(profile)]:
        try:
            outcomes.append(decide(profile, rule, tie_break=breaking))
        except RuleError as error:
            why = _in_words_of_the_command(str(error), rule, loaded.lines)
            if rules:
                raise CommandFailed(why) from None
            notes.append(f"{rule} is left out: {why}.")
    judged = [judges(outcome, profile) for outcome in outcomes]
    few = [f"{outcome.rule} {by.few} of {by.winners}" for outcome, by in zip(outcomes, judged, strict=True) if by.few]
    if few:
        notes.append(
            f"Winners judged by less than {FEW:.0%} of the voters: {', '.join(few)}. "
            f"--min-answers {FEW:.0%} leaves such alternatives out."
        )
    if output == "json":
        hidden = [label for label in loaded.profile.alternatives if label not in set(profile.alternatives)]
        print_json([outcome.to_dict() | {"hung": outcome.hung, "left_out": hidden} for outcome in outcomes])
        _note(notes)
        return
    from cli.outcomes import SHORTENED, show_outcomes

    out = console()
    say(out, _asked(profile, loaded.profile), style="bold")
    shortened = show_outcomes(outcomes, judged)
    if loaded.format == "pabulib":
        notes.append("This file has a budget: --budget funds its projects.")
    for note in [SHORTENED] * shortened + notes:
        say(out, note)


def _asked(profile: Profile, read: Profile) -> str:
    asked = count(profile.n_voters, "voter")
    if (profile.weights != 1).any():
        asked = f"{count(profile.n_voters, 'ballot')} of total weight {profile.weights.sum():g}"
    if profile.n_alternatives == read.n_alternatives:
        return f"{asked}, {count(profile.n_alternatives, 'alternative')}"
    left = f"{profile.n_alternatives} of {count(read.n_alternatives, 'alternative')}"
    return f"{asked}, {left}; fewer than --min-answers judged the others"


def _note(notes: Sequence[str]) -> None:
    """Say on stderr what a document on stdout does not."""
    from cli.plain import plain

    for note in notes:
        click.echo(plain(f"Note: {note}"), err=True)


# --- committees ----------------------------------------------------------------------------------


def _elect(profile: Profile, loaded: Loaded, rules: Sequence[str], seats: int, breaking: TieBreak, output: str) -> None:
    from aggregators import RuleError, elect, parse_rule
    from aggregators.conversion import read_as
    from aggregators.proportionality import appraise
    from cli.outcomes import SHORTENED, show_committees

    if _held(profile) == "comparisons":
        raise CommandFailed(
            "committees are elected from approvals or rankings, and this file holds comparisons; leave out --seats"
        )
    if not rules and _held(profile) == "utilities":
        raise CommandFailed(
            "committees are elected from approvals or rankings, and this file holds utilities; read it --as approvals "
            "or rankings, or say from which utility on one approves, as in --rule seqpav:threshold=1"
        )
    found = []
    for text in rules or _COMMITTEES[_held(profile)]:
        rule, parameters = parse_rule(text)
        try:
            outcome = elect(profile, text, seats=seats, tie_break=breaking)
        except RuleError as error:
            raise CommandFailed(_in_words_of_the_command(str(error), text, loaded.lines)) from None
        ballots = read_as(profile, rule.reads, rule.name, parameters)
        appraisals = appraise(ballots, outcome.committees[0], seats=seats, time_limit=_SECONDS)
        found.append((outcome, appraisals))
    if output == "json":
        print_json(
            [outcome.to_dict() | {"proportionality": [each.to_dict() for each in all_]} for outcome, all_ in found]
        )
        return
    out = console()
    say(out, _asked(profile, loaded.profile), style="bold")
    shortened = [show_committees(outcome, appraisals, loaded.lines) for outcome, appraisals in found]
    if any(shortened):
        say(out, SHORTENED)


# --- budgets -------------------------------------------------------------------------------------


def _fund(file: Path, form: str | None, rules: Sequence[str], budget: str, breaking: TieBreak, output: str) -> None:
    from aggregators import RuleError, fund
    from aggregators.reading import format_of, pabulib
    from cli.outcomes import show_funded

    if (form or format_of(file)) != "pabulib":
        raise CommandFailed(f"{file}: has no costs and budget; only Pabulib files (.pb) have them")
    election = pabulib.read(file)
    amount = election.budget
    if budget != _OF_THE_FILE:
        try:
            amount = float(budget)
        except ValueError:
            raise CommandFailed(
                f"--budget {budget!r} is no amount of money, such as 250000; leave it out for the budget of the file"
            ) from None
    found = []
    for rule in rules:
        try:
            found.append(fund(election.ballots, rule, costs=election.costs.tolist(), budget=amount, tie_break=breaking))
        except RuleError as error:
            raise CommandFailed(_in_words_of_the_command(str(error), rule)) from None
    if output == "json":
        print_json([outcome.to_dict() for outcome in found])
        return
    show_funded(found, election)


# --- words ---------------------------------------------------------------------------------------


def _in_words_of_the_command(message: str, rule: str = "RULE", lines: Sequence[int] = ()) -> str:
    """Name options and voters as they are known here."""
    for option in ("voter", "weight", "format"):
        message = message.replace(f"{option}=...", f"--{option}")
    for option in ("voter", "weight", "skip"):
        message = message.replace(f"no option {option!r}", f"no --{option}")
    for kind in _DEFAULTS:
        message = message.replace(f"read them with {kind.capitalize()}.read", f"read them --as {kind}")
    message = re.sub(r", or profile\.to_\w+\(.*?\)", "", message)
    message = re.sub(
        r"; [^;]*profile\.to_\w+\(.*?\)", "; choose a rule that reads these ballots: see `jury rules`", message
    )
    setting = f"--rule {rule}{',' if ':' in rule else ':'}"
    message = re.sub(r"(?<![\w:,])(threshold|disagreement|zeros)=", rf"{setting}\1=", message)
    return re.sub(r"\bjuror (\d+)\b", lambda found: _voter(int(found[1]), lines), message)


def _voter(row: int, lines: Sequence[int]) -> str:
    where = f"line {lines[row]}" if row < len(lines) else f"row {row + 1}"
    return f"voter {row + 1} ({where})"
