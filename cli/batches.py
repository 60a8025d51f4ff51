"""``jury batches``."""

from __future__ import annotations

from pathlib import Path

import click

from cli.output import console, output_option, print_json, say, show


@click.command("batches")
@click.argument("run", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--cancel", is_flag=True, help="Cancel them; what has been answered by then is on the bill.")
@output_option
def command(run: Path, *, cancel: bool, output: str) -> None:
    """Show the batches of a run that are with a provider, or cancel them.

    RUN is the file of a run made with `jury simulate --batch`. `jury simulate ... --resume --batch` waits for them and
    collects what they bring, after a cancellation too.
    """
    from jury.batches.overview import show_batches

    batches = show_batches(run, cancel=cancel)
    if output == "json":
        print_json([batch.to_dict() for batch in batches])
        return
    out = console()
    if not batches:
        say(out, "No batch of this run is under way.")
        return
    columns = ["batch", "model", "state", "requests", "done", "handed in"]
    rows = [[each.id or "?", each.model, each.state, each.requests, each.done, each.since] for each in batches]
    show(out, "", columns, rows, left=3)
