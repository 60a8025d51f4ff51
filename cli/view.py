"""``jury view``."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("view")
@click.argument("where", type=click.Path(path_type=Path), default="runs", metavar="[DIR|RUN]")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="Port on 127.0.0.1; 0 takes a free one."
)
@click.option("--no-browser", is_flag=True, help="Only print the address.")
def command(where: Path, port: int, no_browser: bool) -> None:
    """Show runs in a browser: those that go on as they do, two side by side, every ballot.

    DIR is a folder of runs, runs/ by default. The page is served to this machine alone, under an address that carries a
    secret; it reads run files and writes nothing. Ctrl-C ends it.
    """
    from jury.view import serve

    def ready(address: str, once: str) -> None:
        click.echo(address)
        click.echo("Ctrl-C ends it.", err=True)
        if not no_browser:
            click.launch(once)

    serve(where, port=port, ready=ready)
    click.echo("Stopped.", err=True)
