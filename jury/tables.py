"""CSV tables, and tables of ballots, one row a voter and one column an alternative, as profiles."""

from __future__ import annotations

import csv
import gzip
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import numpy as np
from numpy.typing import NDArray

from aggregators import Approvals, Rankings, Utilities
from jury.errors import StudyError

if TYPE_CHECKING:
    import pandas as pd

FloatArray = NDArray[np.float64]

_MOST = 2**31 - 1  # no ranking has as many places


def read_csv(path: Path) -> pd.DataFrame:
    """Read a CSV file (gzip accepted) as text.

    Raises
    ------
    StudyError
        Naming the line that is not as long as the header: read on, it would put values under other names than
        their own.
    """
    import pandas as pd

    try:
        _check_shape(path)
        # "None" is an answer of people; pandas would read it as nothing.
        table = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=["", "NA", "NaN", "nan"])
    except StudyError:
        raise
    except (ValueError, OSError, EOFError, zlib.error, csv.Error) as error:
        raise StudyError(f"{path}: cannot be read as a table: {' '.join(str(error).split())}") from None
    return table


def _check_shape(path: Path) -> None:
    with _open(path) as text:
        lines = csv.reader(text)
        header = next(lines, [])
        for cells in lines:
            if cells and len(cells) != len(header):
                raise StudyError(
                    f"{path}, line {lines.line_num}: cannot be read as a table: a row of {len(cells)} under a header "
                    f"of {len(header)}; leave a cell empty where there is nothing, and put text that holds commas in "
                    "double quotes"
                )


def _check_names(path: Path) -> None:
    """Raise for a column without a name, or with that of another: each is to be an alternative."""
    with _open(path) as text:
        header = next(csv.reader(text), [])
    for position, name in enumerate(header):
        if not name.strip():
            raise StudyError(f"{path}, line 1: column {position + 1} has no name; name it, or leave it out")
        if name in header[:position]:
            raise StudyError(f"{path}, line 1: two columns are called {name!r}; rename one")


def _open(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def read_profile(
    path: str | Path, kind: str, *, weight: str | None = None, voter: str | None = None
) -> Utilities | Rankings | Approvals:
    """Read a CSV file (gzip accepted) as a profile.

    Parameters
    ----------
    path : str or Path
    kind : {"utilities", "rankings", "approvals"}
        What a cell is. Empty cells are no opinion, unranked, not approved.
    weight, voter : str, optional
        Columns with the voters' weights and names.

    Raises
    ------
    StudyError
        Naming the row, the column and the value.
    """
    path = Path(path)
    raw = read_csv(path)
    _check_names(path)
    for name in filter(None, (weight, voter)):
        if name not in raw.columns:
            raise StudyError(f"{path}: no column {name!r}; columns: {', '.join(raw.columns)}")
    if raw.empty:
        raise StudyError(f"{path}: holds no voters")
    table = raw.drop(columns=[voter] if voter else [])
    if not set(table.columns) - {weight}:
        raise StudyError(f"{path}: holds no alternatives; every column but those of voters and weights is one")
    numbers = _numbers(path, table, hint="" if voter else "; name the column of voters with --voter")
    weights = None if weight is None else _weights(path, table[weight], numbers[weight].to_numpy(dtype=float))
    ballots = numbers.drop(columns=[weight] if weight else [])
    names, values = tuple(ballots.columns), ballots.to_numpy(dtype=float)
    if kind == "utilities":
        return Utilities(values, weights=weights, alternatives=names)
    filled = np.nan_to_num(values)
    if kind == "approvals":
        _refuse(path, table[list(names)], ~np.isin(filled, (0.0, 1.0)), "is neither 0 nor 1")
        return Approvals(filled == 1, weights=weights, alternatives=names)
    wrong = (filled != np.floor(filled)) | (filled < 0) | (filled > _MOST)
    _refuse(path, table[list(names)], wrong, "is not a rank: 1, 2, ..., or 0 or empty for unranked")
    return Rankings(filled.astype(np.int64), weights=weights, alternatives=names)


def _numbers(path: Path, table: pd.DataFrame, hint: str) -> pd.DataFrame:
    import pandas as pd

    numbers: pd.DataFrame = table.apply(pd.to_numeric, errors="coerce").astype(float)
    _refuse(path, table, (numbers.isna() & table.notna()).to_numpy(), f"is not a number{hint}")
    _refuse(path, table, np.isinf(numbers.to_numpy()), "is not finite")
    return numbers


def _weights(path: Path, column: pd.Series[str], weights: FloatArray) -> FloatArray:
    _refuse(path, column.to_frame(), ~(weights >= 0)[:, np.newaxis], "is not a weight: a number, 0 or more")
    if not weights.any():
        raise StudyError(f"{path}: column {column.name!r}: all weights are 0; some voter must count")
    return weights


def _refuse(path: Path, table: pd.DataFrame, wrong: NDArray[np.bool_], why: str) -> None:
    """Raise for the first cell of `table` that is `wrong`."""
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        value = table.iloc[row, column]
        shown = repr(value) if isinstance(value, str) else "(empty)"
        raise StudyError(f"{path}, data row {row + 1}: {table.columns[column]}={shown} {why}")
