"""CSV tables of ratings and answers, as text; tables of ballots are read by `aggregators.reading`."""

from __future__ import annotations

import csv
import gzip
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from jury.errors import StudyError

if TYPE_CHECKING:
    import pandas as pd


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


def _open(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")
