"""What all figures share: sizes, colours that everybody can tell apart, captions."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

__all__ = ["COLOURS", "MARKERS", "WIDTH", "Style", "caption", "new_figure", "new_grid", "styles"]

#: Okabe and Ito (2008), Color universal design: told apart with any kind of colour vision. Black first.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
_DASHES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)))

#: Inches: a text column and a half.
WIDTH = 6.3
_CAPTION = 105  # characters a line
_SIZE = 9


def new_figure(height: float, columns: int = 1, *, share_y: bool = False) -> tuple[Figure, list[Axes]]:
    """Return a figure of its own (pyplot keeps none of it) with `columns` axes side by side."""
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    return figure, _plain(figure.subplots(1, columns, squeeze=False, sharey=share_y)[0])


def new_grid(count: int, row: float) -> tuple[Figure, list[Axes]]:
    """Return a figure with `count` axes on common scales, two a row, each `row` inches high."""
    columns = min(count, 2)
    rows = -(-count // columns)
    figure = Figure(figsize=(WIDTH, 0.8 + row * rows), layout="constrained")
    cells = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True).ravel()
    for spare in cells[count:]:
        spare.set_visible(False)
    return figure, _plain(cells[:count])


def _plain(axes: Iterable[Axes]) -> list[Axes]:
    found = list(axes)
    for each in found:
        each.tick_params(labelsize=_SIZE - 1)
        each.spines[["top", "right"]].set_visible(False)
        each.grid(visible=True, color="0.9", linewidth=0.6)
        each.set_axisbelow(True)
    return found


@dataclass(frozen=True)
class Style:
    """What tells one series from the others, with and without colour."""

    colour: str
    marker: str
    line: Any


def styles(count: int) -> list[Style]:
    """Return the looks of `count` series."""
    return [
        Style(
            COLOURS[place % len(COLOURS)],
            MARKERS[place % len(MARKERS)],
            _DASHES[(place + place // len(COLOURS)) % len(_DASHES)],
        )
        for place in range(count)
    ]


def caption(figure: Figure, sentences: Sequence[str]) -> None:
    """Write what must be known to read the figure below it."""
    text = "\n".join(textwrap.wrap(" ".join(sentences), _CAPTION))
    figure.supxlabel(text, fontsize=_SIZE - 1.5, color="0.25", x=0.02, ha="left")
