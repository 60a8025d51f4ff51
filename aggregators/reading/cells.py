"""Numbers in the cells of a table, and which cell is wrong."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from aggregators.errors import ReadError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from aggregators.reading.source import Source

    Rows = list[tuple[int, list[str]]]

__all__ = ["NOTHING", "number", "refuse", "weights_of"]

NOTHING = frozenset({"", "NA", "NaN", "nan"})


def number(text: str) -> float:
    """Return a number as people write it, NaN for nothing.

    Raises
    ------
    ValueError
        If it is something else.
    """
    if text in NOTHING:
        return math.nan
    if "_" in text or math.isnan(value := float(text)):
        raise ValueError(text)
    return value


def refuse(source: Source, row: int, line: int, column: str, cell: str, why: str) -> ReadError:
    """Return the error for a cell, whose `row` counts from 0 below the header."""
    shown = "(empty)" if cell in NOTHING else repr(cell)
    return ReadError(f"{source.path}, line {line}, data row {row + 1}: {column}={shown} {why}")


def weights_of(source: Source, header: list[str], rows: Rows, name: str) -> NDArray[np.float64]:
    """Return the column `name` as weights."""
    if name not in header:
        raise ReadError(f"{source.path}: no column {name!r}; columns: {', '.join(header)}")
    column = header.index(name)
    weights = np.empty(len(rows))
    for row, (line, cells) in enumerate(rows):
        try:
            weights[row] = number(cells[column].strip())
        except ValueError:
            raise refuse(source, row, line, name, cells[column], "is not a number") from None
        if not 0 <= weights[row] < math.inf:
            why = "is not finite" if math.isinf(weights[row]) else "is not a weight: a number, 0 or more"
            raise refuse(source, row, line, name, cells[column], why)
    if not weights.any():
        raise ReadError(f"{source.path}: column {name!r}: all weights are 0; some voter must count")
    return weights
