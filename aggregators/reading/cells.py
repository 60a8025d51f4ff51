"""Numbers and weights in the cells of a table, and which cell is wrong."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from aggregators.errors import ReadError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from aggregators.reading.source import Source

    Rows = list[tuple[int, list[str]]]

__all__ = ["NOTHING", "number", "refuse", "weight", "weights_of"]

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


def weight(text: str) -> float:
    """Return a weight: a number of 0 or more, or a fraction such as 3/2.

    Raises
    ------
    ValueError
        If it is something else; its text goes on after the cell: ``is not a number``.
    """
    try:
        value = float(Fraction(text)) if "/" in text and "_" not in text else number(text)
    except ZeroDivisionError:
        raise ValueError("is not a number") from None
    except OverflowError:
        value = math.inf
    except ValueError:
        raise ValueError("is not a number") from None
    if math.isinf(value):
        raise ValueError("is not finite")
    if not value >= 0:
        raise ValueError("is not a weight: a number, 0 or more")
    return value


def refuse(source: Source, row: int, line: int, column: str, cell: str, why: str) -> ReadError:
    """Return the error for a cell, whose `row` counts from 0 below the header."""
    shown = "(empty)" if cell in NOTHING else repr(cell)
    return ReadError(f"{source.path}, line {line}, data row {row + 1}: {column}={shown} {why}")


def weights_of(source: Source, header: list[str], rows: Rows, name: str) -> NDArray[np.float64]:
    """Return the column `name` as weights."""
    column = source.column(header, name)
    weights = np.empty(len(rows))
    for row, (line, cells) in enumerate(rows):
        try:
            weights[row] = weight(cells[column].strip())
        except ValueError as error:
            raise refuse(source, row, line, name, cells[column], str(error)) from None
    if not weights.any():
        raise ReadError(f"{source.path}: column {name!r}: all weights are 0; some voter must count")
    return weights
