"""Plain tables: one row a voter, one column an alternative."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import numpy as np

from aggregators.errors import ReadError
from aggregators.profiles import Approvals, Profile, Rankings, Utilities
from aggregators.reading.cells import number, refuse, weights_of
from aggregators.reading.formats import reader

if TYPE_CHECKING:
    from aggregators.reading.source import Source

__all__ = ["read_table"]

_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_MOST = 2**31 - 1  # no ranking has as many places


@reader("csv", suffixes=(".csv", ".txt", ".tsv"))
def read_table(
    source: Source, wanted: type[Profile] | None, *, weight: str | None = None, voter: str | None = None
) -> Profile:
    """Tables (.csv) of one row a voter and one column an alternative: utilities, ranks or 0/1 approvals, as asked.

    Every column but those of weights and of the voters' names is an alternative. An empty cell is no opinion, unranked
    or not approved. Cells are separated by commas, or by semicolons or tabs if the header has no comma.
    """
    header, rows = source.table()
    _check_names(source, header)
    for name in filter(None, (weight, voter)):
        source.column(header, name)
    if not rows:
        raise ReadError(f"{source.path}: holds no voters")
    columns = [index for index, name in enumerate(header) if name not in {weight, voter}]
    if not columns:
        raise ReadError(f"{source.path}: holds no alternatives; every column but those of voters and weights is one")
    hint = "" if voter else "; name the column of voters with voter=..."
    values = np.empty((len(rows), len(columns)))
    for row, (line, cells) in enumerate(rows):
        for column, index in enumerate(columns):
            try:
                value = number(cells[index].strip())
            except ValueError:
                more = "; write decimals with a point" if _DECIMAL_COMMA.fullmatch(cells[index].strip()) else hint
                raise refuse(source, row, line, header[index], cells[index], f"is not a number{more}") from None
            if wrong := _wrong(value, wanted):
                raise refuse(source, row, line, header[index], cells[index], wrong)
            values[row, column] = value
    weights = None if weight is None else weights_of(source, header, rows, weight)
    names = [header[index] for index in columns]
    if wanted is Rankings:
        return Rankings(np.nan_to_num(values).astype(np.int64), weights, names)
    if wanted is Approvals:
        return Approvals(np.nan_to_num(values), weights, names)
    return Utilities(values, weights, names)


def _wrong(value: float, wanted: type[Profile] | None) -> str | None:
    """Say what is wrong with a cell, if anything is."""
    if math.isnan(value):
        return None
    if math.isinf(value):
        return "is not finite"
    if wanted is Rankings and not (value.is_integer() and 0 <= value <= _MOST):
        return "is not a rank: 1, 2, ..., or 0 or empty for unranked"
    if wanted is Approvals and value not in {0.0, 1.0}:
        return "is neither 0 nor 1"
    return None


def _check_names(source: Source, header: list[str]) -> None:
    for position, name in enumerate(header):
        if not name.strip():
            raise source.fault(source.header_line, f"column {position + 1} has no name; name it, or leave it out")
        if name in header[:position]:
            raise source.fault(source.header_line, f"two columns are called {name!r}; rename one")
