"""Where a benchmark's data is: under a path that the user gives, or on the Hugging Face hub. It is never shipped."""

from __future__ import annotations

import gzip
import importlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jury.benchmarks.card import Card
from jury.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["find", "hub_rows", "read_json", "read_lines", "read_table"]


def find(card: Card, data: Path | None) -> Path | None:
    """Return the file or folder to read, or None where the hub has to be asked.

    Parameters
    ----------
    card : Card
    data : Path or None
        A file; a folder that holds what the card looks for; or one that has such a folder in it, named after the
        benchmark.

    Raises
    ------
    DataError
        If there is nothing of the kind; the message says how to get it.
    """
    if data is None:
        if card.hub is not None:
            return None
        raise DataError(f"{card.name}: no data; name its folder with --data PATH. Get it: {card.obtain}")
    if data.is_file():
        return data
    if not data.is_dir():
        raise DataError(f"{data}: no such file or folder; {card.name} needs its data. Get it: {card.obtain}")
    for folder in (data, data / card.name, data / card.name.replace("-", "_")):
        if any((folder / wanted).exists() for wanted in card.looks_for):
            return folder
    wanted = " or ".join(card.looks_for)
    raise DataError(f"{data}: holds no {wanted}, which {card.name} looks for. Get it: {card.obtain}")


def hub_rows(card: Card) -> list[Mapping[str, Any]]:
    """Return the rows of the card's data set on the Hugging Face hub.

    Raises
    ------
    DataError
        If the package ``datasets`` is not installed, or the hub cannot be reached.
    """
    try:
        datasets = importlib.import_module("datasets")
    except ImportError:
        raise DataError(
            f"{card.name}: no data; name its folder with --data PATH, or install the package datasets to read "
            f"{card.hub} from the Hugging Face hub. Get it: {card.obtain}"
        ) from None
    try:
        return list(datasets.load_dataset(card.hub, split="train"))
    except Exception as error:  # noqa: BLE001 - whatever the library and the network raise
        reason = " ".join(str(error).split())[:200]
        raise DataError(
            f"{card.name}: {card.hub} could not be read from the Hugging Face hub ({reason}); name a folder with "
            f"--data PATH. Get it: {card.obtain}"
        ) from None


def read_json(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    """Return a JSON document, gzip accepted; raises `DataError`."""
    try:
        return json.loads(_text(path))
    except ValueError as error:
        raise DataError(f"{path}: not JSON: {error}") from None


def read_lines(path: Path) -> Iterable[tuple[int, Any]]:
    """Yield (line number, document) of a JSONL file, gzip accepted, blank lines left out; raises `DataError`."""
    for number, line in enumerate(_text(path).splitlines(), start=1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError) as error:
                raise DataError(f"{path}, line {number}: not JSON: {error}") from None


def read_table(path: Path, separator: str = ",") -> pd.DataFrame:
    """Return a CSV table of texts, gzip accepted, empty cells as NaN; raises `DataError`."""
    import pandas as pd

    try:
        return pd.read_csv(path, sep=separator, dtype=str, keep_default_na=False, na_values=[""])
    except (ValueError, OSError, EOFError) as error:
        raise DataError(f"{path}: cannot be read as a table: {' '.join(str(error).split())}") from None


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
        return (gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content).decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read: {' '.join(str(error).split())}") from None
