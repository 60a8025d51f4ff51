"""``jury doctor``."""

from __future__ import annotations

import click

from cli.exits import FAILED, CommandFailed
from cli.output import console, output_option, print_json, say, show


@click.command("doctor")
@click.option("--model", help="Also ask this model a few small questions, to find out what it gives.")
@click.option("--model-base-url", metavar="URL", help="Address of the server, for openai-compatible/NAME.")
@click.option("--structured", type=click.Choice(["schema", "tool", "prompt"]), help="As model.options.structured.")
@click.option("--interface", type=click.Choice(["responses", "chat"]), help="As model.options.interface.")
@output_option
def command(
    model: str | None, model_base_url: str | None, structured: str | None, interface: str | None, output: str
) -> None:
    """Check the installation, and with --model what a model gives.

    The model is asked for real: in each readout, with and without a schema of its answer, with one seed twice, with a
    temperature, and with a long prompt twice. That is some ten small requests; what they cost is said.

    Ends with code 1 if something that is needed by what was asked for is missing.
    """
    from jury.doctor import examine
    from jury.probing import remedies

    options = {name: value for name, value in (("structured", structured), ("interface", interface)) if value}
    checks = examine(model, model_base_url, options)
    if output == "json":
        print_json([check.to_dict() for check in checks])
    else:
        out = console()
        show(out, "", ["check", "", "finding"], [[check.name, check.word, check.finding] for check in checks], left=3)
        for words in remedies(checks):
            say(out, f"To do: {words}.")
    problems = [check.name for check in checks if not check.fine and check.needed]
    if problems:
        raise CommandFailed(f"not working: {', '.join(problems)}", FAILED)
