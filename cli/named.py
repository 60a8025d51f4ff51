"""Options that pair a name with a value, one by one or from a table: costs of projects, right answers of cases."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from cli.exits import USAGE, CommandFailed

__all__ = ["numbers", "read_named"]


def read_named(given: Sequence[str], table: Path | None, option: str, file_option: str) -> dict[str, str]:
    """Return name -> value of ``NAME=VALUE`` words, or of a CSV file whose first two columns hold them.

    Raises
    ------
    CommandFailed
        For a word without a value, a name given twice, or neither words nor a file.
    """
    pairs = [word.rpartition("=") for word in given]
    bad = next((word for word, (name, _, value) in zip(given, pairs, strict=True) if not name or not value), None)
    if bad is not None:
        raise CommandFailed(f"{option} {bad!r}: write NAME=VALUE", USAGE)
    rows = [(name.strip(), value.strip()) for name, _, value in pairs]
    if table is not None:
        rows += _rows(table, file_option)
    if not rows:
        raise CommandFailed(f"give {option} NAME=VALUE for each, or {file_option} FILE", USAGE)
    found: dict[str, str] = {}
    for name, value in rows:
        if name in found:
            raise CommandFailed(f"{option}: {name!r} is given twice; give it once", USAGE)
        found[name] = value
    return found


def _rows(table: Path, option: str) -> list[tuple[str, str]]:
    from jury.tables import read_csv

    read = read_csv(table)
    if read.shape[1] < 2 or read.iloc[:, :2].isna().any(axis=None):
        raise CommandFailed(f"{option} {table}: give two columns, name and value, without empty cells")
    return [(str(name), str(value)) for name, value in read.iloc[:, :2].to_numpy().tolist()]


def numbers(given: Mapping[str, str], option: str) -> dict[str, float]:
    """Return the values as numbers; raises `CommandFailed` naming the one that is none."""
    found = {}
    for name, value in given.items():
        try:
            found[name] = float(value)
        except ValueError:
            found[name] = math.nan
        if not math.isfinite(found[name]):
            raise CommandFailed(f"{option}: {value!r} is no number", USAGE)
    return found
