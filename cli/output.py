"""How results are printed: tables for people on stdout, one JSON document for programs, progress on stderr."""

from __future__ import annotations

import json
import math
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TextIO, TypeVar

import click
from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.plain import plain

Command = TypeVar("Command", bound=Callable[..., Any])

#: A file to write.
FILE = click.Path(dir_okay=False, path_type=Path)

#: Width of output that does not go to a terminal.
PIPE_WIDTH = 110

_BETWEEN = 3  # blanks between two columns
_LABEL = 10  # columns of a label beside its sentences


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


def csv_option(what: str) -> Callable[[Command], Command]:
    """Return what adds ``--csv FILE`` to a command; `what` is written there."""
    return click.option("--csv", type=FILE, metavar="FILE", help=f"Write {what} there.")


def plot_option(what: str) -> Callable[[Command], Command]:
    """Return what adds ``--plot FILE`` to a command; `what` is drawn."""
    return click.option("--plot", type=FILE, metavar="FILE", help=f"Draw {what}: .svg, .pdf, .png.")


def console() -> Console:
    """Return the console for results; escape codes only on a terminal, and never with NO_COLOR."""
    width = None if sys.stdout.isatty() else int(shutil.get_terminal_size((PIPE_WIDTH, 24)).columns)
    return Console(width=width, highlight=False, emoji=False, soft_wrap=False, **_codes(sys.stdout))


def diagnostics() -> Console:
    """Return the console for progress and notices, on stderr."""
    return Console(stderr=True, highlight=False, emoji=False, **_codes(sys.stderr))


def animated() -> bool:
    """Return whether stderr is a terminal on which bars may move: they need escape codes too."""
    return _takes_codes(sys.stderr) and os.environ.get("TERM") != "dumb"


def _codes(stream: TextIO) -> dict[str, Any]:
    """Return no system of colours, which is no escape codes at all, unless they are welcome."""
    return {} if _takes_codes(stream) else {"color_system": None}


def _takes_codes(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR")


def print_json(document: Any) -> None:  # noqa: ANN401 - anything that JSON can hold
    """Print one JSON document; NaN becomes null, and what a terminal might obey is escaped."""
    text = json.dumps(_clean(document), ensure_ascii=False, indent=2)
    if not text.replace("\n", "").isprintable():
        text = "".join(mark if mark.isprintable() or mark == "\n" else json.dumps(mark)[1:-1] for mark in text)
    click.echo(text)


def say(out: Console, text: str, *, style: str = "", indent: int = 0, wrap: bool = True) -> None:
    """Print a line, wrapped at the console's width; with ``wrap=False`` whole, for what is to be copied."""
    if not wrap:
        out.print(Text(plain(text)), style=style, soft_wrap=True)
        return
    for line in Text(plain(text)).wrap(out, max(out.width - indent, 20)):
        line.rstrip()
        out.print(Text(" " * indent).append_text(line), style=style, soft_wrap=True)


def labelled(out: Console, label: str, sentences: Sequence[str], *, style: str = "") -> None:
    """Print sentences, a line or more each, beside a label; nothing where there are none."""
    for number, sentence in enumerate(sentences):
        lines = Text(plain(sentence)).wrap(out, max(out.width - _LABEL, 20))
        for line_number, line in enumerate(lines):
            line.rstrip()
            beside = label if number == line_number == 0 else ""
            out.print(Text(beside.ljust(_LABEL)).append_text(Text(line.plain, style=style)), soft_wrap=True)


def show(
    out: Console,
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    left: int = 1,
    spare: bool = False,
) -> None:
    """Print a table whose first `left` columns are text and the others numbers, aligned right.

    What a model or a file wrote is shown as text: no markup, no control characters. Numbers that do not fit side
    by side are continued in a table below, never broken; the last column, if it is `spare`, is then left out.
    """
    cells = [[plain(cell(value)) for value in row] for row in (columns, *rows)]
    if title:
        out.print()
        say(out, title, style="bold")
    widths = [max(map(cell_len, column)) for column in zip(*cells, strict=True)]
    if spare and sum(widths) + _BETWEEN * (len(widths) - 1) > out.width:
        widths.pop()
    for number, chosen in enumerate(_side_by_side(widths, left, out.width)):
        built = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for position in chosen:
            justify: Literal["left", "right"] = "left" if position < left else "right"
            built.add_column(Text(cells[0][position]), justify=justify, overflow="fold", no_wrap=position >= left)
        for row in cells[1:]:
            built.add_row(*(Text(row[position], style=_style(row[position], position >= left)) for position in chosen))
        if number:
            out.print()
        out.print(built)


def _style(text: str, number: bool) -> str:
    """Return how a cell looks on a terminal with colours: what wins or loses is marked in any case."""
    return "" if not number else "bold" if text.endswith("*") else "bold magenta" if text.endswith("!") else ""


def _side_by_side(widths: Sequence[int], left: int, room: int) -> Iterator[list[int]]:
    """Yield the columns of each table that is `room` wide: the text columns, and the numbers that fit beside them."""
    text, numbers = list(range(left)), list(range(left, len(widths)))
    if not numbers or sum(widths) + _BETWEEN * (len(widths) - 1) <= room:
        yield [*text, *numbers]
        return
    beside = max(room - sum(widths[:left]) - _BETWEEN * (left - 1), room // 2)  # longer text is folded
    while numbers:
        fitting, used = 0, 0
        while fitting < len(numbers) and (used := used + _BETWEEN + widths[numbers[fitting]]) <= beside:
            fitting += 1
        yield [*text, *numbers[: max(fitting, 1)]]
        numbers = numbers[max(fitting, 1) :]


def cell(value: object) -> str:
    """Return a value as it stands in a table: three significant decimals, a dash where there is nothing."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if isinstance(value, float):
        return f"{value:.3f}"
    return str(value)


def percent(share: float) -> str:
    """Return a share as a percentage without decimals."""
    return "–" if math.isnan(share) else f"{100 * share:.0f}%"


def dollars(cost: float | None) -> str:
    """Return a cost; what has no known price is said so."""
    if cost is None:
        return "cost unknown (no listed price)"
    if 0 < cost < 0.0001:
        return "less than $0.0001"
    return "no cost" if cost == 0 else f"${cost:.4f}" if cost < 1 else f"${cost:.2f}"


def count(number: int, what: str, several: str | None = None) -> str:
    """Return a number of things: 1 voter, 2 voters; `several` where the plural is not regular."""
    return f"{number} {what}" if number == 1 else f"{number} {several or f'{what}s'}"


def denominators(counts: Mapping[str, int]) -> str:
    """Return what became of the ballots, in one line."""
    words = [f"{counts[name]} {name}" for name in ("asked", "answered", "refused", "unparsed", "failed")]
    if counts.get("missing"):
        words.append(f"{counts['missing']} missing")
    silent = counts.get("no_opinion", 0)
    return "Ballots: " + ", ".join(words) + (f"; {silent} of the answered without an opinion." if silent else ".")


def _clean(value: Any) -> Any:  # noqa: ANN401 - anything that JSON can hold
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {str(key): _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value.item() if hasattr(value, "item") else value
