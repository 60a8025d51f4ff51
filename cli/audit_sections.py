"""Sections of the page of an audit: between rules, blocking coalitions, what decisions hang on, power."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console

from cli.output import count, percent, say, show
from jury.auditing import Audit
from jury.auditing.summary import Objection, alike, best_rules, blocked, common_ground, gravest, most_polarised, shaken
from jury.auditing.verdict import listed

if TYPE_CHECKING:
    import pandas as pd

    from jury.estimates import Estimate

_COMMITTEES_SHOWN = 12
_HALF_A_PERCENT = 0.005
_SCALE_WORDS = {"range": "each juror's range", "rank": "each juror's ranks"}


def heading(rules: Sequence[str]) -> str:
    """Return the rules that a column stands for; more than two are named by the first and a number."""
    return " = ".join(rules) if len(rules) <= 2 else f"{rules[0]} and {len(rules) - 1} more"


def number(value: float) -> str:
    """Return a number with two decimals, a dash for none."""
    return "–" if np.isnan(value) else f"{value:.2f}"


def print_rules(found: Audit, out: Console) -> None:
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
    return f"{number(row['sigma_inequity'])} / {number(row['by_lot'])}"


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
    show(out, title, [*left, *map(heading, sets)], rows, left=len(left))


def _who(found: Audit, attribute: object, group: object) -> list[str]:
    """Return the cells that name a group; without the attribute where there is one only."""
    return [str(attribute), str(group)] if len(_attributes(found)) > 1 else [str(group)]


def print_coalitions(found: Audit, out: Console, *, details: bool) -> None:
    """Print who would rather have something else, and whom a committee leaves out."""
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
    return f"The largest coalition that wants another one{where}: {who}, for {worst.alternative}{made}."


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
        if number == _COMMITTEES_SHOWN and not details:
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


def print_robustness(found: Audit, out: Console) -> None:
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
            f"Group-informed consensus by {attribute}: {found.rules[0]} chooses what has the most of it in {same} of "
            f"{count(cases, 'case')} (the product over groups of the shares that agree)."
        )
    return lines


def print_power(found: Audit, out: Console) -> None:
    """Print the power of the groups by weight, and what they made of it."""
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
