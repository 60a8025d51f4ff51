"""The page of an audit, to be read from the top down: verdict, who loses, between rules, coalitions, scales, trust."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console

from cli.output import count, denominators, percent, say, show
from jury.auditing import FEW, Audit
from jury.auditing.summary import (
    Objection,
    alike,
    best_rules,
    blocked,
    common_ground,
    gravest,
    most_polarised,
    shaken,
    wins,
)
from jury.auditing.verdict import listed, verdict

if TYPE_CHECKING:
    import pandas as pd

    from aggregators import Outcome
    from jury.estimates import Estimate

#: Pages are no wider than this, so that they fit a mail, a terminal and a printed page.
WIDTH = 100

_CASES_SHOWN = 12
_ALTERNATIVES_SHOWN = 20
_HALF_A_PERCENT = 0.005
_SCALE_WORDS = {"range": "each juror's range", "rank": "each juror's ranks"}


def print_page(found: Audit, out: Console, *, details: bool = False) -> None:
    """Print the whole audit; the last section, on trust, goes on with what else is known of the jury."""
    out.width = min(out.width, WIDTH)
    counts = "each group counting alike" if found.unit == "group" else "each juror counting"
    cases, jurors = count(len(found.outcomes), "case"), count(found.jurors, "juror")
    say(out, f"{found.panel.name}: {cases}, {jurors} with an opinion, {counts}.")
    print_summary(found, out, details=details)
    if found.outcomes:
        _print_rules(found, out)
        _print_coalitions(found, out, details=details)
        _print_robustness(found, out)
        _print_power(found, out)
        if details:
            _print_cases(found, out)
    print_limits(found, out)


def print_summary(found: Audit, out: Console, *, details: bool = False) -> None:
    """Print the verdict in sentences, the case if there is one, and who loses."""
    out.width = min(out.width, WIDTH)
    out.print()
    for sentence in verdict(found):
        say(out, sentence, style="bold")
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
    rows = [
        [name, *(_score(outcome, case.alternative_ids.index(name), name) for outcome in decided.values())]
        for name in _shown(case.alternative_ids, decided, details=details)
    ]
    show(out, "", ["alternative", *decided], rows)
    if len(rows) < len(case.alternative_ids):
        say(out, f"The first {len(rows)} of {len(case.alternative_ids)} by {next(iter(decided))}; all with --details.")
    answered = {int(number) for outcome in decided.values() for number in outcome.answered}
    say(
        out,
        f"* wins (every tied winner is marked). Higher is better: welfare {found.panel.mode.welfare_words}, points for "
        "votes.",
    )
    if len(answered) > 1 and found.panel.mode.mode == "score":
        say(out, f"Alternatives were judged by {min(answered)} to {max(answered)} jurors.")


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
        show(out, "Cases won", ["alternative", *map(_heading, counted)], rows)


def _heading(rules: Sequence[str]) -> str:
    """Return the rules that a column stands for; more than two are named by the first and a number."""
    return " = ".join(rules) if len(rules) <= 2 else f"{rules[0]} and {len(rules) - 1} more"


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
        show(out, title, ["group", "jurors", "weight", *map(_heading, sets)], rows)
    _explain_groups(found, out, sets, of_welfare=of_welfare)


def _explain_groups(found: Audit, out: Console, sets: Sequence[Sequence[str]], *, of_welfare: bool) -> None:
    for rules in sets:
        if len(rules) > 2:
            say(out, f"{_heading(rules)}: {listed(rules)} have the same winners in every case.")
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
        say(out, f"Intervals ({level}, all {covered} together) are for other {drawn} drawn {found.resamples} times.")
    tested = found.comparisons.get("p_value")
    if tested:
        say(
            out,
            "/ by lot: what a group of its size dealt by lot would lose. ! more than that beyond chance (p at most "
            f"{1 - found.level:.2f}, adjusted for all {tested} comparisons).",
        )
    if found.groups["few"].any():
        say(out, f"(few): under {FEW} jurors, too few to say anything about the group.")


def _fate(row: Any, *, of_welfare: bool) -> str:  # noqa: ANN401 - a row of pandas
    name, words = ("regret", _number) if of_welfare else ("share_lost", percent)
    low, high, lots = row[f"{name}_low"], row[f"{name}_high"], row[f"{name}_by_lot"]
    span = "" if np.isnan(low) else f" [{words(low).rstrip('%')}, {words(high).rstrip('%')}]"
    by_lot = "" if np.isnan(lots) else f" / {words(lots)}"
    mark = " !" if row["loses_more"] else "  "
    return f"{words(row[name])}{span}{by_lot}{_losses(row) if of_welfare else ''}{mark}"


def _losses(row: Any) -> str:  # noqa: ANN401 - a row of pandas
    """Return the mark of a group that lost, with the number of cases where there are several."""
    lost, several = int(row["cases_lost"]), row["cases"] > 1
    return f" {f'L{lost}' if several else 'L'}" if lost else " " * (3 if several else 2)


def _number(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.2f}"


def _print_rules(found: Audit, out: Console) -> None:
    """Print what each rule costs and gives, and which serves which group."""
    rows = [
        [
            rule,
            f"{int(price['differs'])} of {int(price['cases'])}",
            _span(price, "price"),
            *(_gain(found, str(attribute), str(rule)) for attribute in _attributes(found)),
            _inequity(found, str(rule)),
        ]
        for rule, price in found.prices.set_index("rule").iterrows()
    ]
    title = "Between rules, against utilitarian welfare (which has the greatest sum)"
    gains = [f"minority {name}" for name in _attributes(found)]
    show(out, title, ["rule", "differs", "price", *gains, "inequity / by lot"], rows)
    say(
        out,
        "differs: cases with other winners. price: welfare that the jury as a whole gives up, a juror and case. "
        "minority: welfare gained by everybody outside the largest group. inequity: standard deviation between groups "
        "of the share of cases won. All as means over cases, with intervals for all rows of a column together.",
    )
    _print_served(found, out)


def _attributes(found: Audit) -> list[str]:
    return list(dict.fromkeys(found.groups["attribute"]))


def _gain(found: Audit, attribute: str, rule: str) -> str:
    table = found.minority_gains
    row = table[(table["attribute"] == attribute) & (table["rule"] == rule)]
    return "–" if row.empty else _span(row.iloc[0], "minority_gain")


def _inequity(found: Audit, rule: str) -> str:
    row = found.inequity[found.inequity["rule"] == rule].iloc[0]
    return f"{_number(row['sigma_inequity'])} / {_number(row['by_lot'])}"


def _span(row: pd.Series, name: str) -> str:
    value, low, high = row[name], row[f"{name}_low"], row[f"{name}_high"]
    return f"{value:.3f}" if np.isnan(low) else f"{value:.3f} [{low:.3f}, {high:.3f}]"


def _print_served(found: Audit, out: Console) -> None:
    sets = alike(found)
    if found.groups.empty or len(sets) < 2:  # nothing to choose between
        return
    rows = []
    for (attribute, group), part in found.groups.groupby(["attribute", "group"], sort=False):
        best = best_rules(found, str(attribute), str(group))
        by_rule = part.set_index("rule")["welfare"]
        cells = [
            f"{by_rule[rules[0]]:.3f}{' *' if rules[0] in best else '  '}" if by_rule.notna().get(rules[0]) else "–"
            for rules in sets
        ]
        rows.append([*_who(found, attribute, group), *cells])
    title = "Which rule serves which group (welfare under the winners; * best)"
    left = _who(found, "by", "group")
    show(out, title, [*left, *map(_heading, sets)], rows, left=len(left))


def _who(found: Audit, attribute: object, group: object) -> list[str]:
    """Return the cells that name a group; without the attribute where there is one only."""
    return [str(attribute), str(group)] if len(_attributes(found)) > 1 else [str(group)]


def _print_coalitions(found: Audit, out: Console, *, details: bool) -> None:
    out.print()
    say(out, "Blocking coalitions", style="bold")
    for rules in alike(found):
        share, worst = blocked(found, rules[0]), gravest(found, rules[0])
        if share is None:
            continue
        if worst is None:
            say(out, f"{listed(rules)}: nobody who judged all winners would rather have another alternative.", indent=2)
            continue
        words = (
            f"in {_of_cases(share)} a majority would rather have one and the same other alternative"
            if share.count > 1
            else "a majority would rather have another alternative"
            if share.value
            else "no majority would rather have one and the same other alternative"
        )
        say(out, f"{listed(rules)}: {words}. {_objects(found, worst)}", indent=2)
    _print_committees(found, out, details=details)


def _of_cases(share: Estimate) -> str:
    hits = round(share.value * share.count)
    return f"{hits} of {share.count} cases ({_share(share.value)} [{_share(share.low)}, {_share(share.high)}])"


def _share(share: float) -> str:
    """Return a percentage that is 0% only for none."""
    return "<1%" if 0 < share < _HALF_A_PERCENT else percent(share)


def _objects(found: Audit, worst: Objection) -> str:
    where = "" if len(found.outcomes) == 1 else f" in case {textwrap.shorten(worst.case, 30)}"
    who = f"{count(worst.jurors, 'juror')}, {percent(worst.share)} of the weight"
    made = _made_of(worst.coalition)
    return f"The largest such group{where}: {who}, for {worst.alternative}{made}."


def _made_of(coalition: dict[str, dict[str, tuple[int, int]]], most: int = 4) -> str:
    """Return which groups a coalition is made of, those of which it has the greatest part first."""
    parts = []
    for attribute, groups in coalition.items():
        inside = sorted(
            ((name, part, whole) for name, (part, whole) in groups.items() if part), key=lambda one: -one[1] / one[2]
        )
        named = ", ".join(f"{part} of {whole} {name}" for name, part, whole in inside[:most])
        more = f" and {count(len(inside) - most, 'other group')}" if len(inside) > most else ""
        parts.append(f"by {attribute} {named}{more}")
    return f" ({'; '.join(parts)})" if parts else ""


def _print_committees(found: Audit, out: Console, *, details: bool) -> None:
    table = found.proportionality
    if table.empty:
        return
    say(out, f"As a committee, the first {found.seats} of each rule's ranking:", indent=2)
    for number, ((case, rule), part) in enumerate(table.groupby(["case", "rule"], sort=False)):
        if number == _CASES_SHOWN and not details:
            say(out, "The others with --details.", indent=4)
            break
        fine = [row["measure"] for _, row in part.iterrows() if row["fine"]]
        where = "" if len(found.outcomes) == 1 else f"{textwrap.shorten(str(case), 30)}, "
        committee = textwrap.shorten(", ".join(part.iloc[0]["committee"]), 60)
        say(
            out, f"{where}{rule} ({committee}): satisfies {listed(fine) if fine else 'none of the measures'}.", indent=4
        )
        for _, row in part[~part["fine"]].iterrows():
            say(out, f"{row['measure']}: {_left_out(row)}", indent=6)


def _left_out(row: pd.Series) -> str:
    if row["undecided"] is not None and row["undecided"] == row["undecided"]:
        return str(row["undecided"])
    wants = textwrap.shorten(", ".join(row["wants"]), 50)
    who = f"{int(row['jurors'])} jurors, {percent(row['share'])} of the weight"
    return f"{who}, are owed {int(row['owed'])} for {wants} and have {int(row['has'])}{_made_of(row['coalition'])}."


def _print_robustness(found: Audit, out: Console) -> None:
    """Print on what the decisions hang: the scale, one juror, camps."""
    out.print()
    say(out, "What the decisions hang on", style="bold")
    for line in [*_scale_lines(found), *_fanatic_lines(found), *_camp_lines(found)]:
        say(out, line, indent=2)


def _scale_lines(found: Audit) -> list[str]:
    if found.scales.empty:
        return ["Scale: answers only compare alternatives, or no rule compares utilities, so no scale matters."]
    lines = []
    for rule, part in found.scales[found.scales["scale"] != "raw"].groupby("rule", sort=False):
        changes = []
        for _, row in part.iterrows():
            words = _SCALE_WORDS[row["scale"]]
            if row["cases"] > 1:
                low, high = row["share_changed_low"], row["share_changed_high"]
                changes.append(f"{_share(row['share_changed'])} [{_share(low)}, {_share(high)}] on {words}")
            else:
                changes.append(f"{'other winners' if row['changed'] else 'the same'} on {words}")
        lines.append(f"Scale, {rule}: decisions that change against raw utilities: {', '.join(changes)}.")
    return lines


def _fanatic_lines(found: Audit) -> list[str]:
    lines = []
    for rules in alike(found):
        share = shaken(found, rules[0])
        if share is None:
            continue
        changes = f"in {_of_cases(share)}" if share.count > 1 else "yes" if share.value else "no"
        lines.append(f"One juror with an extreme ballot changes who wins, {listed(rules)}: {changes}.")
    return lines


def _camp_lines(found: Audit) -> list[str]:
    table = most_polarised(found)
    if table.empty:
        return []
    named = ", ".join(
        f"{row['alternative']}"
        + (f" in {textwrap.shorten(row['case'], 30)}" if len(found.outcomes) > 1 else "")
        + f" {row['polarisation']:.2f}"
        for _, row in table.iterrows()
    )
    lines = [f"Polarisation (Esteban and Ray, 0 to 1), the highest: {named}."]
    for attribute in _attributes(found):
        same, cases = common_ground(found, attribute, found.rules[0])
        lines.append(
            f"Group-informed consensus by {attribute}: {found.rules[0]} chooses what most probably every group agrees "
            f"with in {same} of {count(cases, 'case')}."
        )
    return lines


def _print_power(found: Audit, out: Console) -> None:
    if found.groups.empty or found.power.empty:
        return
    rule = found.rules[0]
    table = found.groups[found.groups["rule"] == rule].set_index(["attribute", "group"])
    rows = []
    for _, row in found.power.iterrows():
        if (row["attribute"], row["group"]) not in table.index:
            continue
        of_group = table.loc[(row["attribute"], row["group"])]
        cases = of_group["cases"]
        rows.append(
            [
                *_who(found, row["attribute"], row["group"]),
                percent(row["voice"]),
                percent(row["banzhaf"]),
                percent(row["shapley_shubik"]),
                f"{of_group['pivotal_cases']} of {cases}",
                f"{of_group['held_back_cases']} of {of_group['cases_lost']}",
                f"{of_group['contested_won']} of {of_group['contested']} ({of_group['owed']})",
            ]
        )
    left = _who(found, "by", "group")
    columns = [*left, "weight", "Banzhaf", "Shapley", "pivotal", "held back", "contested won (owed)"]
    show(out, f"Power, and what groups made of it under {rule}", columns, rows, left=len(left))
    say(
        out,
        "Banzhaf, Shapley(-Shubik): power by weight alone, if groups voted as one and a majority decided. pivotal: "
        "decided otherwise had the group abstained. held back: lost, and won had it voted as one. contested: it wanted "
        "something else than everybody else; owed: its share of the weight of those cases.",
    )


def _print_cases(found: Audit, out: Console) -> None:
    rows = [
        [textwrap.shorten(case_id, 40), *(_winners(decided.get(rule)) for rule in found.rules)]
        for case_id, decided in found.outcomes.items()
    ]
    show(out, "Winners by case", ["case", *found.rules], rows, left=1 + len(found.rules))


def _winners(outcome: Outcome | None) -> str:
    return "–" if outcome is None else " = ".join(outcome.winners) or "no winner"
