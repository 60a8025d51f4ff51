"""How results are printed: tables for people on stdout, one JSON document for programs, progress on stderr."""

from __future__ import annotations

import json
import math
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

Command = TypeVar("Command", bound=Callable[..., Any])

#: Width of output that does not go to a terminal.
PIPE_WIDTH = 110


def output_option(command: Command) -> Command:
    """Add ``-o text|json`` to a command."""
    return click.option(
        "-o",
        "--output",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="Tables for people, or one JSON document.",
    )(command)


def console() -> Console:
    """Return the console for results; colours only on a terminal, and never with NO_COLOR."""
    width = None if sys.stdout.isatty() else int(shutil.get_terminal_size((PIPE_WIDTH, 24)).columns)
    return Console(width=width, highlight=False, emoji=False, soft_wrap=False)


def diagnostics() -> Console:
    """Return the console for progress and notices, on stderr."""
    return Console(stderr=True, highlight=False, emoji=False)


def print_json(document: Any) -> None:  # noqa: ANN401 - anything that JSON can hold
    """Print one JSON document; NaN becomes null."""
    click.echo(json.dumps(_clean(document), ensure_ascii=False, indent=2))


def show(out: Console, title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], *, left: int = 1) -> None:
    """Print a table whose first `left` columns are text and the others numbers, aligned right.

    What a model or a file wrote is shown as text: no markup, no control characters.
    """
    built = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for position, name in enumerate(columns):
        built.add_column(_plain(name), justify="left" if position < left else "right", overflow="fold")
    for row in rows:
        built.add_row(*(_plain(cell(value)) for value in row))
    if title:
        out.print()
        out.print(_plain(title), style="bold")
    out.print(built)


def cell(value: object) -> str:
    """Return a value as it stands in a table: three significant decimals, a dash where there is nothing."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if isinstance(value, float):
        return f"{value:.3f}"
    return str(value)


def percent(share: float) -> str:
    """Return a share as a percentage without decimals."""
    return "–" if math.isnan(share) else f"{100 * share:.0f} %"


def dollars(cost: float | None) -> str:
    """Return a cost; what has no known price is said so."""
    if cost is None:
        return "cost unknown (no listed price)"
    return "no cost" if cost == 0 else f"${cost:.4f}" if cost < 1 else f"${cost:.2f}"


def denominators(counts: Mapping[str, int]) -> str:
    """Return what became of the ballots, in one line."""
    words = [f"{counts[name]} {name}" for name in ("asked", "answered", "refused", "unparsed", "failed")]
    if counts.get("missing"):
        words.append(f"{counts['missing']} missing")
    silent = counts.get("no_opinion", 0)
    return "Ballots: " + ", ".join(words) + (f"; {silent} of the answers have no opinion." if silent else ".")


def _plain(text: str) -> Text:
    return Text("".join(character if character.isprintable() else "�" for character in text))


def _clean(value: Any) -> Any:  # noqa: ANN401 - anything that JSON can hold
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {str(key): _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value.item() if hasattr(value, "item") else value
