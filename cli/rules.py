"""``jury rules``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli.output import console, output_option, print_json, show

if TYPE_CHECKING:
    from aggregators import Rule
    from aggregators.proportionality import Measure

_RULES = ("welfare", "voting", "committee", "verdict", "budgeting")
_MEASURES = "proportionality"


@click.command("rules")
@click.option("--kind", type=click.Choice([*_RULES, _MEASURES]), help="Only those of one kind.")
@output_option
def command(kind: str | None, output: str) -> None:
    """List the rules that decide, with their parameters, and the measures of proportionality.

    Parameters are set after a colon, as in "isoelastic:alpha=2". Committee rules go with --seats, budgeting rules with
    --budget; the measures say whom a committee leaves unrepresented.
    """
    from aggregators.proportionality import measures

    found = [_rule(rule) for rule in _rules(kind)]
    measured = [_measure(measure) for measure in measures().values()] if kind in {None, _MEASURES} else []
    if output == "json":
        print_json(found + measured)
        return
    if found:
        columns = ["rule", "kind", "reads", "parameters", "what it does"]
        show(console(), "", columns, [_row(entry, "name", "kind", "reads") for entry in found], left=5)
    if measured:
        title = "Whom does a committee leave unrepresented? Measured by --seats:"
        columns = ["measure", "reads", "parameters", "what it does"]
        show(console(), title, columns, [_row(entry, "name", "reads") for entry in measured], left=4)


def _row(entry: dict[str, Any], *names: str) -> list[str]:
    parameters = ", ".join(f"{key}={default}" for key, default in entry["parameters"].items()) or "–"
    return [*(entry[name] for name in names), parameters, entry["summary"]]


def _rules(kind: str | None) -> list[Rule]:
    from aggregators import rules
    from aggregators.budgeting import budget_rules

    known = [*rules().values(), *budget_rules().values()]
    return [rule for rule in known if kind in {None, rule.kind}]


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "name": rule.name,
        "kind": rule.kind,
        "aliases": list(rule.aliases),
        "reads": ", ".join(each.__name__ for each in (rule.reads, *rule.also_reads)),
        "summary": rule.summary,
        "parameters": {key: str(parameter.default) for key, parameter in rule.parameters.items()},
        "satisfies": list(rule.satisfies),
        "violates": list(rule.violates),
    }


def _measure(measure: Measure) -> dict[str, Any]:
    import inspect

    given = inspect.signature(measure.function).parameters.values()
    return {
        "name": measure.name,
        "kind": _MEASURES,
        "aliases": list(measure.aliases),
        "reads": measure.reads.__name__,
        "summary": measure.summary,
        "parameters": {each.name: str(each.default) for each in given if each.default is not each.empty},
        "effort": measure.effort,
    }
