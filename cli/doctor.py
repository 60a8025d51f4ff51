"""``jury doctor``."""

from __future__ import annotations

import click

from cli.exits import FAILED, CommandFailed
from cli.output import console, output_option, print_json, show


@click.command("doctor")
@click.option("--model", help="Also put one real question to this model.")
@click.option("--model-base-url", metavar="URL", help="Address of the server, for openai-compatible/NAME.")
@output_option
def command(model: str | None, model_base_url: str | None, output: str) -> None:
    """Check the installation, and with --model one real question.

    Ends with code 1 if something that is needed by what was asked for is missing.
    """
    from jury.doctor import examine

    checks = examine(model, model_base_url)
    if output == "json":
        print_json([check.to_dict() for check in checks])
    else:
        rows = [[check.name, "ok" if check.fine else "problem", check.finding] for check in checks]
        show(console(), "", ["check", "", "finding"], rows, left=3)
    problems = [check.name for check in checks if not check.fine and check.needed]
    if problems:
        raise CommandFailed(f"not working: {', '.join(problems)}", FAILED)
