"""Reading data files as tables, and refusing those that would be read wrongly."""

from __future__ import annotations

import warnings
import zlib
from typing import TYPE_CHECKING

import pandas as pd

from personas.errors import PopulationError

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

BLANK = ("", "NA", "NaN", "nan")  # not pandas' own list, which takes the answer "None" for a missing one
NAMELESS = "Unnamed: "  # what pandas calls a column without a name, before its position

_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}


def read_table(path: Path, texts: Collection[str] = ()) -> pd.DataFrame:
    """Return the table in a ``.csv``, ``.csv.gz`` or ``.parquet`` file.

    Parameters
    ----------
    path : Path
        The file.
    texts : collection of str
        Columns of a CSV file that are read as they are written, so that 007 does not become 7.

    Raises
    ------
    PopulationError
        If the file is missing, empty, of another kind or not what its name says, or columns cannot be told apart.
    """
    if path.suffix in {".yaml", ".yml"}:
        raise PopulationError(f"{path}, line 1: file: Field required: name the data file")
    if not path.is_file():
        raise PopulationError(f"{path}: no such file: check the path")
    try:
        if path.name.endswith(".parquet"):
            frame = pd.read_parquet(path)
        elif path.name.endswith((".csv", ".csv.gz")):
            frame = _read_csv(path, texts)
        else:
            raise PopulationError(f"{path}: cannot tell the kind of file: name it .csv, .csv.gz or .parquet")
    except ImportError:
        raise PopulationError(f"{path}: Parquet needs pyarrow: pip install 'pluralistic-jury[parquet]'") from None
    except UnicodeDecodeError:
        raise PopulationError(f"{path}: not UTF-8 text: save it as UTF-8") from None
    except (OSError, EOFError, ValueError, zlib.error) as error:
        if isinstance(error, PopulationError):
            raise
        reason = str(error).splitlines()[0]
        raise PopulationError(
            f"{path}: cannot be read as {path.suffix.lstrip('.')} ({reason}): check the file"
        ) from None
    return tidy(frame, str(path))


def tidy(frame: pd.DataFrame, place: str) -> pd.DataFrame:
    """Return a table with names of columns as text, and nothing in cells that hold blanks alone.

    Raises
    ------
    PopulationError
        If two columns have the same name.
    """
    names = [str(name).strip() for name in frame.columns]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise PopulationError(f"{place}: two columns are named {twice!r}: rename one")
    blank = {}
    for position, name in enumerate(names):
        column = frame.iloc[:, position]
        if pd.api.types.is_string_dtype(column) or pd.api.types.is_object_dtype(column):
            try:
                marks = [value for value in column.unique() if isinstance(value, str) and value.isspace()]
            except TypeError:
                raise PopulationError(f"{place}: column {name!r} holds lists: keep one value a cell") from None
            if marks:
                blank[name] = column.mask(column.isin(marks))
    return frame.set_axis(names, axis=1).assign(**blank)


def _read_csv(path: Path, texts: Collection[str]) -> pd.DataFrame:
    first = pd.read_csv(
        path, header=None, nrows=1, dtype=str, keep_default_na=False, encoding="utf-8-sig", skipinitialspace=True
    )
    names = [name.strip() for name in first.iloc[0]]
    if len(names) == 1 and (mark := next((mark for mark in _SEPARATORS if mark in names[0]), None)):
        raise PopulationError(f"{path}: columns are separated by {_SEPARATORS[mark]}: save it with commas")
    if twice := next((name for name in names if name and names.count(name) > 1), None):
        raise PopulationError(f"{path}, line 1: two columns are named {twice!r}: rename one")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            return pd.read_csv(
                path,
                keep_default_na=False,
                na_values=list(BLANK),
                encoding="utf-8-sig",
                low_memory=False,
                skipinitialspace=True,
                index_col=False,  # otherwise rows of one value too many shift all columns by one
                dtype=dict.fromkeys(texts, "str"),
            )
    except pd.errors.ParserWarning:
        raise PopulationError(f"{path}: rows have more values than line 1 has names: name every column") from None
