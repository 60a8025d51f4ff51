"""Rows collapsed into the cells of a table, and numbers of cells spread over the rows again.

Rows are gone through in parts that fit a processor's cache: of a million rows, moving bytes costs more than counting.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from personas.groups import SMALL_TABLE, Codes, distinct

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

PART = 1 << 16  # rows at a time


@dataclass(frozen=True)
class Cells:
    """The distinct combinations of codes that rows have.

    Parameters
    ----------
    codes : tuple of (k,) array of int
        For each of the codes that were crossed, that of each cell.
    rows : (n,) array of int
        The cell of each row, in as narrow numbers as will do.
    """

    codes: tuple[Codes, ...]
    rows: Codes

    def __len__(self) -> int:
        return len(self.codes[0])

    def sums(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the (k,) sums of `weights`, (n,), over the rows of each cell."""
        return _counts(self.rows, len(self), weights)

    def spread(self, values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return `weights`, (n,), times the value of each row's cell."""
        found = np.empty(self.rows.size)
        for part in _parts(self.rows.size):
            np.multiply(values[self.rows[part]], weights[part], out=found[part])
        return found


def collapse(codes: Sequence[Codes], widths: Sequence[int]) -> Cells:
    """Return the cells in which rows of these codes are; each of `codes` is below its width."""
    size = math.prod(widths)
    if size > max(codes[0].size, SMALL_TABLE):
        return _numbered(codes, widths)
    kind = np.int16 if size <= np.iinfo(np.int16).max else np.int32
    rows = _mixed(codes, widths, kind)
    there = _all_there(rows, size)
    table = tuple(np.unravel_index(np.flatnonzero(there), tuple(widths)))
    if there.all():
        return Cells(table, rows)
    places = (np.cumsum(there) - 1).astype(kind)
    for part in _parts(rows.size):
        rows[part] = places[rows[part]]
    return Cells(table, rows)


def _numbered(codes: Sequence[Codes], widths: Sequence[int]) -> Cells:
    """Collapse rows whose combinations are too many to count: those that there are get numbers as they come up."""
    rows, size = codes[0].astype(np.intp), widths[0]
    for each, width in zip(codes[1:], widths[1:], strict=True):
        if size > rows.size:
            present, rows = distinct(rows, size)
            size = present.size
        rows = rows * width
        rows += each
        size *= width
    present, rows = distinct(rows, size)
    example = np.empty(present.size, dtype=np.intp)
    example[rows] = np.arange(rows.size)
    return Cells(tuple(each[example] for each in codes), rows)


def _mixed(codes: Sequence[Codes], widths: Sequence[int], kind: type[np.signedinteger[Any]]) -> Codes:
    """Return the number of each row's combination, digit by digit."""
    number = codes[0].astype(kind)
    for each, width in zip(codes[1:], widths[1:], strict=True):
        for part in _parts(number.size):
            number[part] *= kind(width)
            number[part] += each[part].astype(kind, copy=False)
    return number


def _all_there(rows: Codes, size: int) -> NDArray[np.bool_]:
    """Return which of `size` numbers occur; most often the first rows tell."""
    found = np.bincount(rows[:PART], minlength=size) > 0
    return found if found.all() or rows.size <= PART else _counts(rows, size) > 0


def _counts(rows: Codes, size: int, weights: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
    if size > PART:  # then adding up the parts would cost more than it saves
        return np.bincount(rows, weights, minlength=size).astype(np.float64, copy=False)
    found = np.zeros(size)
    for part in _parts(rows.size):
        found += np.bincount(rows[part], None if weights is None else weights[part], minlength=size)
    return found


def _parts(size: int) -> Iterator[slice]:
    return (slice(start, start + PART) for start in range(0, size, PART))
