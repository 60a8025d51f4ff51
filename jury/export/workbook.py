"""A run as a workbook of Excel: ballots, jurors, cases, and what the run is."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jury.errors import JuryError
from jury.export.about import facts
from jury.export.columns import CASES, JURORS, PERSONA, described

if TYPE_CHECKING:
    import pandas as pd
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook

    from jury.run import Run

#: Limits of Excel: rows of a sheet, columns of a sheet, and characters (of UTF-16) of a cell.
ROWS, COLUMNS, CHARACTERS = 1_048_576, 16_384, 32_767
_CUT = " […]"
_EXACT = 2**53  # Excel's numbers are binary64, which holds whole numbers up to here
#: What XML 1.0, and so a workbook, cannot hold; xlsxwriter spells control characters as Excel does.
_UNWRITABLE = re.compile("[\ud800-\udfff\ufffe\uffff]")
_WIDEST = 60


@dataclass
class Cuts:
    """What a workbook could not hold as it was: `cells` cut to Excel's longest, and `marks` replaced by U+FFFD."""

    cells: int = 0
    marks: int = 0

    def words(self) -> str:
        """Return what was changed in one sentence, ``""`` if nothing was.

        Examples
        --------
        >>> Cuts(cells=2).words()
        '2 cells are cut to the 32767 characters that Excel allows; csv, jsonl and parquet have them whole.'
        """
        said = []
        if self.cells:
            are = "cell is" if self.cells == 1 else "cells are"
            said.append(f"{self.cells} {are} cut to the {CHARACTERS} characters that Excel allows")
        if self.marks:
            are = (
                "character that no workbook can hold is"
                if self.marks == 1
                else "characters that no workbook can hold are"
            )
            said.append(f"{self.marks} {are} replaced")
        return f"{' and '.join(said)}; csv, jsonl and parquet have them whole." if said else ""


def write_workbook(run: Run, path: Path, *, ballots: pd.DataFrame | None = None) -> Cuts:
    """Write sheets ``ballots``, ``jurors``, ``cases`` and ``about`` (what the run is, and what columns mean).

    Parameters
    ----------
    run : Run
    path : Path
    ballots : DataFrame, optional
        ``run.ballots()``, if it is at hand.

    Returns
    -------
    Cuts
        What had to be changed to fit; the sheet ``about`` says it too.

    Raises
    ------
    JuryError
        If the package xlsxwriter is missing, or there are more ballots or columns than a sheet holds.

    Notes
    -----
    Text is stored as text, whatever it begins with, so none of it is run as a formula or made a link.
    """
    try:
        import xlsxwriter
    except ImportError as error:
        raise JuryError("xlsx needs the package xlsxwriter: pip install 'pluralistic-jury[xlsx]'") from error
    ballots = run.ballots() if ballots is None else ballots
    _check(len(ballots), len(ballots.columns))
    with path.open("wb") as file:  # opened before anything is made: what cannot be written is told at once
        # Rows go to disk as they are written: a workbook of a million ballots would not fit in memory.
        book = xlsxwriter.Workbook(file, {"constant_memory": True})
        try:
            return _write(run, ballots, book)
        finally:
            book.close()


def _write(run: Run, ballots: pd.DataFrame, book: Workbook) -> Cuts:
    cuts = Cuts()
    sheets = _Sheets(book, book.add_format({"bold": True}), cuts)
    sheets.add("ballots", list(ballots.columns), ballots.itertuples(index=False, name=None))
    sheets.add("jurors", *_jurors(run))
    sheets.add("cases", list(CASES), _cases(run))
    columns = described(ballots.columns) | {f"jurors: {name}": words for name, words in JURORS.items()}
    told = facts(run) | ({"changed to fit": cuts.words()} if cuts.words() else {})
    rows: list[Sequence[Any]] = [*told.items(), ("", ""), ("column", "what it holds"), *columns.items()]
    sheets.add("about", ["fact", "value"], rows)
    return cuts


def _check(rows: int, columns: int) -> None:
    if rows >= ROWS:
        raise JuryError(
            f"format xlsx: {rows} ballots, and a sheet of Excel holds {ROWS - 1} below its heading; use parquet or csv"
        )
    if columns > COLUMNS:
        raise JuryError(f"format xlsx: {columns} columns, and a sheet of Excel holds {COLUMNS}; use parquet or jsonl")


def _jurors(run: Run) -> tuple[list[str], list[list[Any]]]:
    names = list(dict.fromkeys(name for juror in run.jurors for name in juror.attributes))
    rows = [
        [*(getattr(juror, {"juror": "name"}.get(name, name)) for name in JURORS), *map(juror.attributes.get, names)]
        for juror in run.jurors
    ]
    return [*JURORS, *(f"{PERSONA}{name}" for name in names)], rows


def _cases(run: Run) -> list[list[str]]:
    return [[case.id, case.prompt, each.id, each.text] for case in run.panel().cases for each in case.alternatives]


@dataclass
class _Sheets:
    """Sheets in the making: every cell goes through one place."""

    book: Workbook
    bold: Format
    cuts: Cuts

    def add(self, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        sheet = self.book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            wide = (
                _WIDEST if column in ("text", "prompt", "value", "problem") else max(12, min(len(column) + 2, _WIDEST))
            )
            sheet.set_column(place, place, wide)
            sheet.write_string(0, place, self._text(column), self.bold)
        for number, row in enumerate(rows, start=1):
            for place, value in enumerate(row):
                self._write(sheet, number, place, value)

    def _write(self, sheet: Any, row: int, column: int, value: Any) -> None:  # noqa: ANN401 - a sheet, and any value
        if hasattr(value, "item"):
            value = value.item()
        if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
            return
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value)
        elif isinstance(value, int | float) and math.isfinite(value) and abs(value) <= _EXACT:
            sheet.write_number(row, column, value)
        else:
            sheet.write_string(row, column, self._text(_as_text(value)))

    def _text(self, text: str) -> str:
        text, replaced = _UNWRITABLE.subn("�", text)
        self.cuts.marks += replaced
        short = _fitting(text)
        self.cuts.cells += short != text
        return short


def _as_text(value: Any) -> str:  # noqa: ANN401 - whatever a cell holds
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False) if isinstance(value, Mapping | list | tuple) else str(value)


def _fitting(text: str) -> str:
    """Return text as long as a cell may be, with a mark where it was cut; Excel counts units of UTF-16."""
    if len(text) * 2 <= CHARACTERS or len(units := text.encode("utf-16-le")) <= 2 * CHARACTERS:
        return text
    return units[: 2 * (CHARACTERS - len(_CUT))].decode("utf-16-le", "ignore") + _CUT
