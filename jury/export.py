"""Ballots as files for other programs."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from jury.errors import JuryError

if TYPE_CHECKING:
    import pandas as pd

#: A spreadsheet takes a cell that starts so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - the wide ones count too


def write_ballots(ballots: pd.DataFrame, style: str, target: Path | BinaryIO) -> None:
    """Write ballots as ``csv``, ``jsonl`` or ``parquet``.

    Nested values (scores, probabilities, the order shown) are JSON text, except in ``jsonl``, where they stay what
    they are. In ``csv`` text that a spreadsheet would run as a formula gets a leading apostrophe.
    """
    if style == "jsonl":
        _write(target, "".join(f"{line}\n" for line in _lines(ballots)))
    elif style == "csv":
        safe = _flat(ballots).map(lambda value: f"'{value}" if _dangerous(value) else value)
        # All text in quotes: a bare carriage return outside them would begin a row, and a formula could stand there.
        _write(target, safe.to_csv(index=False, quoting=csv.QUOTE_NONNUMERIC))
    else:
        try:
            _flat(ballots).to_parquet(target, index=False)
        except ImportError as error:
            raise JuryError("parquet needs the package pyarrow: pip install 'pluralistic-jury[parquet]'") from error


def _lines(ballots: pd.DataFrame) -> list[str]:
    return [
        json.dumps({name: None if value != value else value for name, value in record.items()}, ensure_ascii=False)
        for record in ballots.astype(object).to_dict(orient="records")
    ]


def _flat(ballots: pd.DataFrame) -> pd.DataFrame:
    return ballots.map(lambda value: json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value)


def _dangerous(value: Any) -> bool:  # noqa: ANN401 - whatever a cell holds
    return isinstance(value, str) and value.startswith(_FORMULA)


def _write(target: Path | BinaryIO, text: str) -> None:
    content = text.encode()
    if isinstance(target, Path):
        target.write_bytes(content)
    else:
        target.write(content)
