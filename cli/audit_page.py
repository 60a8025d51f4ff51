"""The page of an audit, to be read from the top down: verdict, who loses, between rules, coalitions, scales, trust."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console

from cli.audit_sections import heading, number, print_coalitions, print_power, print_robustness, print_rules
from cli.opening import print_opening
from cli.output import count, denominators, percent, say, show
from cli.sparks import spark
from jury.auditing import FEW, Audit
from jury.auditing.answers import Spread, spread_of
from jury.auditing.summary import alike, wins
from jury.auditing.verdict import listed

if TYPE_CHECKING:
    from aggregators import Outcome
    from jury.run import Run
    from jury.trust import Trust

#: Pages are no wider than this, so that they fit a mail, a terminal and a printed page.
WIDTH = 100

_CASES_SHOWN = 12
_ALTERNATIVES_SHOWN = 20


def print_page(
    found: Audit, out: Console, *, details: bool = False, trusted: Trust | None = None, run: Run | None = None
) -> None:
    """Print the whole audit; of a run, the last section, on trust, goes on with what else is known of the jury."""
    out.width = min(out.width, WIDTH)
    counts = "each group counting alike" if found.unit == "group" else "each juror counting"
    cases, jurors = count(len(found.outcomes), "case"), count(found.jurors, "juror")
    say(out, f"{found.panel.name}: {cases}, {jurors} with an opinion, {counts}.")
    out.print()
    print_opening(found, out, trusted, run)
    print_figures(found, out, details=details)
    if found.outcomes:
        print_rules(found, out)
        print_coalitions(found, out, details=details)
        print_robustness(found, out)
        print_power(found, out)
        if details:
            _print_cases(found, out)
    print_limits(found, out)


def print_figures(found: Audit, out: Console, *, details: bool = False) -> None:
    """Print the case if there is one, or what was won, and how every group fared."""
    if len(found.outcomes) <= 2:
        for case_id, decided in found.outcomes.items():
            _print_case(found, case_id, decided, out, details=details)
    else:
        _print_wins(found, out)
    _print_groups(found, out, details=details)
    for rule, cases in found.undecided.items():
        say(out, f"{rule} could not decide {count(len(cases), 'case')}: {next(iter(cases.values()))}")


def print_limits(found: Audit, out: Console) -> None:
    """Print what the figures rest on."""
    if found.deals and not found.dealt_whole:
        say(
            out,
            "Jurors answered some of the cases only: lots deal answers case by case, widened for what a juror's "
            "answers have in common; intervals of regret are up to twice too long where a group has few jurors a case.",
        )
    if found.unanswered:
        say(out, f"Without any answer, and in no figure: {count(len(found.unanswered), 'case')}.")
    say(out, denominators(found.panel.denominators()))
    if unread := found.panel.unread():
        replies = count(unread, "reply", "replies")
        say(out, f"On ballots that count as answered {replies} could not be read, and are in no figure.")


def _print_case(found: Audit, case_id: str, decided: dict[str, Outcome], out: Console, *, details: bool) -> None:
    case = found.panel.case(case_id)
    out.print()
    say(out, textwrap.shorten(case.prompt, 300), style="bold")
    spread = spread_of(found.panel, case_id)
    rows = [
        [
            name,
            *(_score(outcome, case.alternative_ids.index(name), name) for outcome in decided.values()),
            *([] if spread is None else [_bars(spread, case.alternative_ids.index(name))]),
        ]
        for name in _shown(case.alternative_ids, decided, details=details)
    ]
    scale = [] if spread is None else [f"{spread.low} to {spread.high}"]
    show(out, "", ["alternative", *decided, *scale], rows, spare=spread is not None)
    if len(rows) < len(case.alternative_ids):
        say(out, f"The first {len(rows)} of {len(case.alternative_ids)} by {next(iter(decided))}; all with --details.")
    answered = {int(number) for outcome in decided.values() for number in outcome.answered}
    bars = "" if spread is None else f" {scale[0]}, where there is room: how the jurors' scores spread, by weight."
    say(
        out,
        f"* wins (every tied winner is marked). Higher is better: welfare {found.panel.mode.welfare_words}, the rule's "
        f"own score for votes.{bars}",
    )
    if len(answered) > 1 and found.panel.mode.mode == "score":
        say(out, f"Alternatives were judged by {min(answered)} to {max(answered)} jurors.")


def _bars(spread: Spread, place: int) -> str:
    return spark(spread.shares[place].tolist(), float(spread.shares.max()))


def _shown(names: Sequence[str], decided: dict[str, Outcome], *, details: bool) -> Sequence[str]:
    """Return the alternatives to show: all, or of very many the first by the first rule."""
    if details or len(names) <= _ALTERNATIVES_SHOWN or not decided:
        return names
    ranked = [name for tier in next(iter(decided.values())).ranking for name in tier]
    return ranked[:_ALTERNATIVES_SHOWN]


def _score(outcome: Outcome, index: int, name: str) -> str:
    mark = " *" if name in outcome.winners else "  "
    if outcome.scores is not None:
        score = float(outcome.scores[index])
        return ("–" if np.isnan(score) else f"{score:.3f}") + mark
    rank = next((place for place, tier in enumerate(outcome.ranking, start=1) if name in tier), None)
    return (f"rank {rank}" if rank else "–") + mark


def _print_wins(found: Audit, out: Console) -> None:
    counted = {rules: wins(found, rules[0]) for rules in alike(found)}
    labels = list(dict.fromkeys(label for counter in counted.values() for label, _ in counter.most_common()))
    if len(labels) <= _CASES_SHOWN:
        rows = [[label, *(counter[label] for counter in counted.values())] for label in labels]
        show(out, "Cases won", ["alternative", *map(heading, counted)], rows)


def _print_groups(found: Audit, out: Console, *, details: bool) -> None:
    if found.groups.empty:
        if found.outcomes:
            say(out, "No groups were asked for: name them under `groups:` or with --by.")
        return
    of_welfare = found.headline == "regret"
    sets = [(rule,) for rule in found.rules] if details else alike(found)
    for attribute, part in found.groups.groupby("attribute", sort=False):
        rows = []
        for group, of_group in part.groupby("group", sort=False):
            by_rule = of_group.set_index("rule")
            first = of_group.iloc[0]
            cells = [
                _fate(by_rule.loc[rules[0]], of_welfare=of_welfare) if rules[0] in by_rule.index else "–"
                for rules in sets
            ]
            few = " (few)" if first["few"] else ""
            rows.append([f"{group}{few}", int(first["jurors"]), percent(float(first["voice"])), *cells])
        what = "welfare lost against its own best" if of_welfare else "cases lost"
        title = f"Who lost, by {attribute} ({what} [interval] / by lot)"
        show(out, title, ["group", "jurors", "weight", *map(heading, sets)], rows)
    _explain_groups(found, out, sets, of_welfare=of_welfare)


def _explain_groups(found: Audit, out: Console, sets: Sequence[Sequence[str]], *, of_welfare: bool) -> None:
    for rules in sets:
        if len(rules) > 2:
            say(out, f"{heading(rules)}: {listed(rules)} have the same winners in every case.")
    marked = " (L)" if of_welfare else ""
    if of_welfare and len(found.outcomes) > 1:
        marked = f" (L2: two of {len(found.outcomes)})"
    say(
        out,
        f"A group loses a case when none of its own best alternatives wins{marked}. weight: its share of those who "
        "gave an opinion.",
    )
    covered = found.comparisons.get(found.headline, 0)
    if covered:
        level = percent(found.level)
        drawn = "jurors" if len(found.outcomes) == 1 else "jurors and cases"
        together = f", all {covered} together" if covered > 1 else ""
        say(out, f"Intervals ({level}{together}) are for other {drawn} drawn {found.resamples} times.")
    tested = found.comparisons.get("p_value")
    if tested:
        say(
            out,
            "/ by lot: what a group of its size dealt by lot would lose. ! more than that beyond chance"
            f"{_by_either(found)} (p at most {1 - found.level:.2f}, adjusted for all {tested} comparisons).",
        )
    if found.groups["few"].any():
        say(out, f"(few): under {FEW} jurors, by number or by weight, too few to say anything about the group.")


def _by_either(found: Audit) -> str:
    """Return what `!` may rest on, where that is not only the figure shown."""
    return "" if found.headline == "regret" else " by cases or by welfare lost"


def _fate(row: Any, *, of_welfare: bool) -> str:  # noqa: ANN401 - a row of pandas
    name, words = ("regret", number) if of_welfare else ("share_lost", percent)
    low, high, lots = row[f"{name}_low"], row[f"{name}_high"], row[f"{name}_by_lot"]
    span = "" if np.isnan(low) else f" [{words(low).rstrip('%')}, {words(high).rstrip('%')}]"
    by_lot = "" if np.isnan(lots) else f" / {words(lots)}"
    mark = " !" if row["loses_more"] else "  "
    return f"{words(row[name])}{span}{by_lot}{_losses(row) if of_welfare else ''}{mark}"


def _losses(row: Any) -> str:  # noqa: ANN401 - a row of pandas
    """Return the mark of a group that lost, with the number of cases where there are several."""
    lost, several = int(row["cases_lost"]), row["cases"] > 1
    return f" {f'L{lost}' if several else 'L'}" if lost else " " * (3 if several else 2)


def _print_cases(found: Audit, out: Console) -> None:
    rows = [
        [textwrap.shorten(case_id, 40), *(_winners(decided.get(rule)) for rule in found.rules)]
        for case_id, decided in found.outcomes.items()
    ]
    show(out, "Winners by case", ["case", *found.rules], rows, left=1 + len(found.rules))


def _winners(outcome: Outcome | None) -> str:
    return "–" if outcome is None else " = ".join(outcome.winners) or "no winner"
