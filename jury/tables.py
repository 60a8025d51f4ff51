"""Tables of ballots, one row a voter and one column an alternative, as profiles."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from aggregators import Approvals, Rankings, Utilities
from jury.errors import StudyError


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
    import pandas as pd

    try:
        raw = pd.read_csv(path, dtype=str)
    except (ValueError, OSError) as error:
        raise StudyError(f"{path}: cannot be read as a CSV table: {error}") from None
    for name in filter(None, (weight, voter)):
        if name not in raw.columns:
            raise StudyError(f"{path}: no column {name!r}; columns: {', '.join(raw.columns)}")
    if raw.empty:
        raise StudyError(f"{path}: holds no voters")
    table = raw.drop(columns=[voter] if voter else [])
    numbers = table.apply(pd.to_numeric, errors="coerce")
    wrong = (numbers.isna() & table.notna()).to_numpy()
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        hint = "" if voter else "; name the column of voters with --voter"
        value = table.iloc[row, column]
        raise StudyError(f"{path}, data row {row + 1}: {table.columns[column]}={value!r} is not a number{hint}")
    weights = None if weight is None else numbers[weight].to_numpy(dtype=float)
    ballots = numbers.drop(columns=[weight] if weight else [])
    names, values = tuple(ballots.columns), ballots.to_numpy(dtype=float)
    if kind == "utilities":
        return Utilities(values, weights=weights, alternatives=names)
    filled = np.nan_to_num(values)
    if kind == "approvals":
        if not np.isin(filled, (0.0, 1.0)).all():
            row, column = np.argwhere(~np.isin(filled, (0.0, 1.0)))[0]
            raise StudyError(f"{path}, data row {row + 1}: {names[column]}={filled[row, column]:g} is neither 0 nor 1")
        return Approvals(filled == 1, weights=weights, alternatives=names)
    if (filled != np.floor(filled)).any():
        row, column = np.argwhere(filled != np.floor(filled))[0]
        raise StudyError(f"{path}, data row {row + 1}: {names[column]}={filled[row, column]:g} is not a whole rank")
    return Rankings(filled.astype(np.int64), weights=weights, alternatives=names)
