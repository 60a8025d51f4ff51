"""Ballots as files for other programs."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from jury.errors import JuryError

if TYPE_CHECKING:
    import pandas as pd

#: A spreadsheet takes a cell that starts so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")  # noqa: RUF001 - the wide ones count too
#: Where lists are separated by semicolons or tabs, a spreadsheet may begin a cell in the middle of a text.
_INNER = re.compile(r"([;\t][\s\"']*)(?=[=+\-@＝＋－＠])")  # noqa: RUF001 - likewise
#: What JSON may hold as it is, but terminals obey, and readers of lines take for the end of one.
_UNPRINTED = re.compile(
    "[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)


def write_ballots(ballots: pd.DataFrame, style: str, target: Path | BinaryIO) -> None:
    """Write ballots as ``csv``, ``jsonl`` or ``parquet``.

    Nested values (scores, probabilities, the order shown) are JSON text, except in ``jsonl``, where they stay what
    they are.

    Notes
    -----
    In ``csv`` every text, names of columns too, that a spreadsheet would run as a formula gets a leading apostrophe,
    also within a text after a semicolon or a tab, where spreadsheets of many languages begin a cell. Text is what it
    was in ``jsonl`` and ``parquet``; ``jsonl`` spells what a terminal would obey as escapes.

    References
    ----------
    OWASP, CSV injection. MITRE, CWE-1236.
    """
    if style == "jsonl":
        _write(target, "".join(f"{line}\n" for line in _lines(ballots)))
    elif style == "csv":
        safe = _flat(ballots).map(spreadsheet_safe).rename(columns=spreadsheet_safe)
        # All text in quotes: a bare carriage return outside them would begin a row, and a formula could stand there.
        _write(target, safe.to_csv(index=False, quoting=csv.QUOTE_NONNUMERIC))
    else:
        try:
            _flat(ballots).apply(_of_one_type).to_parquet(target, index=False)
        except ImportError as error:
            raise JuryError("parquet needs the package pyarrow: pip install 'pluralistic-jury[parquet]'") from error


def _lines(ballots: pd.DataFrame) -> list[str]:
    return [
        _UNPRINTED.sub(
            lambda found: json.dumps(found[0])[1:-1],
            json.dumps({name: None if value != value else value for name, value in record.items()}, ensure_ascii=False),
        )
        for record in ballots.astype(object).to_dict(orient="records")
    ]


def _flat(ballots: pd.DataFrame) -> pd.DataFrame:
    return ballots.map(lambda value: json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value)


def _of_one_type(column: pd.Series) -> pd.Series:
    """Return a column as Parquet holds it: where some values are text and others not, all are text."""
    kinds = {isinstance(value, str) for value in column if value is not None and value == value}
    return column.map(str, na_action="ignore") if len(kinds) > 1 else column


def spreadsheet_safe(value: Any) -> Any:  # noqa: ANN401 - whatever a cell holds
    """Return a value as it stands in ``csv``: text that a spreadsheet would run gets a leading apostrophe."""
    if not isinstance(value, str):
        return value
    inner = _INNER.sub(r"\1'", value)
    return f"'{inner}" if value.startswith(_FORMULA) else inner


def _write(target: Path | BinaryIO, text: str) -> None:
    content = text.encode(errors="backslashreplace")  # halves of a surrogate pair, which no file can hold
    if isinstance(target, Path):
        target.write_bytes(content)
    else:
        target.write(content)
