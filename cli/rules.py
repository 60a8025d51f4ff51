"""``jury rules``."""

from __future__ import annotations

import click

from cli.output import console, output_option, print_json, show


@click.command("rules")
@click.option(
    "--kind", type=click.Choice(["welfare", "voting", "committee", "verdict"]), help="Only those of one kind."
)
@output_option
def command(kind: str | None, output: str) -> None:
    """List the rules that decide, with their parameters.

    Parameters are set after a colon, as in "isoelastic:alpha=2".
    """
    from aggregators import rules

    found = rules(kind)  # type: ignore[arg-type] # click has checked the choice
    if output == "json":
        print_json(
            [
                {
                    "name": name,
                    "kind": rule.kind,
                    "aliases": list(rule.aliases),
                    "reads": rule.reads.__name__,
                    "summary": rule.summary,
                    "parameters": {key: str(parameter.default) for key, parameter in rule.parameters.items()},
                    "satisfies": list(rule.satisfies),
                    "violates": list(rule.violates),
                }
                for name, rule in found.items()
            ]
        )
        return
    rows = [
        [
            name,
            rule.kind,
            rule.reads.__name__,
            ", ".join(f"{key}={parameter.default}" for key, parameter in rule.parameters.items()) or "–",
            rule.summary,
        ]
        for name, rule in found.items()
    ]
    show(console(), "", ["rule", "kind", "reads", "parameters", "what it does"], rows, left=5)
