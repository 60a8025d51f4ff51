"""``jury cache``."""

from __future__ import annotations

import click

from cli.output import console, count, output_option, print_json, say, show


@click.group("cache")
def command() -> None:
    """Show or clear the cache of replies that all runs share."""


@command.command("info")
@output_option
def info(output: str) -> None:
    """Show where the cache is and what it holds."""
    from jury.middleware.cache import holdings

    found = holdings()
    if output == "json":
        print_json({"path": found.path, "bytes": found.bytes, "replies": found.replies})
        return
    out = console()
    total = sum(found.replies.values())
    say(out, f"{found.path}: {count(total, 'reply', 'replies')}, {found.bytes / 1e6:.1f} MB.")
    if found.replies:
        show(out, "", ["model", "replies"], [[name, str(number)] for name, number in found.replies.items()])


@command.command("clear")
@click.option("--older-than", type=click.FloatRange(min=0), metavar="DAYS", help="Only replies older than this.")
def clear_replies(older_than: float | None) -> None:
    """Forget the replies; runs keep theirs."""
    from jury.middleware.cache import clear

    click.echo(f"Forgotten: {count(clear(older_than), 'reply', 'replies')}.", err=True)
