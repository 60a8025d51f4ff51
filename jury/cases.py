"""Cases: a prompt with the alternatives that jurors judge, given inline, as JSONL or as CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator

from jury.errors import StudyError
from personas.documents import first_fault


def _text(value: Any) -> Any:  # noqa: ANN401 - raw input
    """Say what to do about what YAML does not take for text."""
    if isinstance(value, bool):
        hint = "YAML reads yes, no, on and off as true or false"
        raise ValueError(f"{value!r} is not text; put it in quotes, for {hint}")  # noqa: TRY004 - pydantic reads ValueError
    if isinstance(value, int | float | date):
        raise ValueError(f"{value!r} is not text; put it in quotes")  # noqa: TRY004 - likewise
    return value


Text = Annotated[str, Field(min_length=1), BeforeValidator(_text)]
Identifier = Annotated[str, Field(min_length=1, max_length=200), BeforeValidator(_text)]


class Alternative(BaseModel):
    """One candidate model output, policy option or survey answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Identifier = Field(description="Name of the alternative in tables and results.")
    text: Text = Field(description="What the jurors read.")


_Alternatives = Annotated[tuple[Alternative | Identifier, ...], Field(min_length=1)]


class Case(BaseModel):
    """A prompt and the alternatives that answer it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Identifier = Field(description="Name of the case in tables and results.")
    prompt: Text = Field(description="The question or situation, as the jurors read it.")
    alternatives: tuple[Alternative, ...] = Field(
        min_length=1, description="Each as {id, text}, or as one string that is both."
    )
    majority: Identifier | None = Field(
        default=None, description="Id of the alternative that most people choose, for null/majority."
    )
    variant_of: Identifier | None = Field(
        default=None,
        description="Id of another case with the same alternatives, in other words: each juror sees both in the same "
        "order and is asked with the same seed, so that answers can be compared pair by pair.",
    )

    @field_validator("alternatives", mode="before", json_schema_input_type=_Alternatives)
    @classmethod
    def _plain_strings(cls, value: Any) -> Any:  # noqa: ANN401 - raw input
        if isinstance(value, list | tuple):
            scalars = (str, bool, int, float, date)
            return [{"id": item, "text": item} if isinstance(item, scalars) else item for item in value]
        return value

    @model_validator(mode="after")
    def _distinct(self) -> Case:
        repeated = first_repeated(self.alternative_ids)
        if repeated is not None:
            raise ValueError(f"alternative id {repeated!r} is given twice; ids must differ")
        if self.majority is not None and self.majority not in self.alternative_ids:
            raise ValueError(f"majority {self.majority!r} is none of {', '.join(self.alternative_ids)}")
        return self

    @property
    def origin(self) -> str:
        """Id of the case of which this one is a variant, or its own."""
        return self.variant_of or self.id

    @property
    def alternative_ids(self) -> tuple[str, ...]:
        """The ids in the order given."""
        return tuple(alternative.id for alternative in self.alternatives)

    def text_of(self, alternative: str) -> str:
        """Return what the jurors read for the alternative with this id."""
        return next(item.text for item in self.alternatives if item.id == alternative)


def check_variants(cases: Sequence[Case]) -> tuple[Case, ...]:
    """Return the cases if each variant has its original, with the same alternatives, among them.

    Raises
    ------
    StudyError
        Naming the case that has not.
    """
    known = {case.id: case for case in cases}
    for case in cases:
        if case.variant_of is None:
            continue
        original = known.get(case.variant_of)
        where = f"case {case.id!r}: variant_of: {case.variant_of!r}"
        if original is None or original.variant_of is not None:
            why = "is no case of this study" if original is None else "is a variant itself"
            raise StudyError(f"{where} {why}; name the case that this one is a variant of")
        if original.alternative_ids != case.alternative_ids:
            raise StudyError(f"{where} has other alternatives; give both the same ids in the same order")
    return tuple(cases)


def first_repeated(names: Iterable[str]) -> str | None:
    """Return the first name that occurs twice, or None."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def read_cases(path: Path) -> tuple[Case, ...]:
    """Read cases from JSONL (one case a line) or CSV (columns case, prompt, alternative, text).

    Raises
    ------
    StudyError
        Naming the file, the line and the fault.
    """
    readers = {".jsonl": _read_jsonl, ".csv": _read_csv}
    if path.suffix not in readers:
        raise StudyError(f"{path}: cases are read from .jsonl or .csv files, not {path.suffix or 'this one'}")
    if not path.is_file():
        raise StudyError(f"{path}: no such file; `cases: {{file: ...}}` is relative to the study file")
    try:
        found = list(readers[path.suffix](path))
    except UnicodeDecodeError as error:
        raise StudyError(f"{path}: not UTF-8 text ({error.reason} at byte {error.start}); save it as UTF-8") from error
    if not found:
        raise StudyError(f"{path}: holds no cases; give at least one")
    lines: dict[str, int] = {}
    for line, case in found:
        if case.id in lines:
            raise StudyError(
                f"{path}, line {line}: id: {case.id!r} is the id of line {lines[case.id]} too; ids must differ"
            )
        lines[case.id] = line
    return tuple(case for _, case in found)


def _read_jsonl(path: Path) -> Iterable[tuple[int, Case]]:
    with path.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                try:
                    raw = json.loads(line)
                except (ValueError, RecursionError) as error:
                    raise StudyError(f"{path}, line {number}: not JSON: {error}") from error
                yield number, _case(raw, path, number)


def _read_csv(path: Path) -> Iterable[tuple[int, Case]]:
    needed = ("case", "prompt", "alternative", "text")
    rows: dict[str, tuple[int, dict[str, Any]]] = {}
    with path.open(encoding="utf-8-sig", newline="") as source:
        table = csv.DictReader(source)
        missing = [name for name in needed if name not in (table.fieldnames or ())]
        if missing:
            raise StudyError(f"{path}, line 1: no column {', '.join(missing)}; needed: {', '.join(needed)}")
        for row in _rows(table, path):
            line, raw = rows.setdefault(
                row["case"],
                (table.line_num, {"id": row["case"], "prompt": row["prompt"], "alternatives": []}),
            )
            if row["prompt"] not in ("", raw["prompt"]):
                raise StudyError(
                    f"{path}, line {table.line_num}: case {row['case']!r} has another prompt on line {line}; "
                    "repeat it unchanged or leave it empty"
                )
            raw["alternatives"].append({"id": row["alternative"], "text": row["text"]})
    for line, raw in rows.values():
        yield line, _case(raw, path, line)


def _rows(table: csv.DictReader[str], path: Path) -> Iterable[dict[str, str]]:
    try:
        for row in table:
            if None in row or None in row.values():
                raise StudyError(
                    f"{path}, line {table.line_num}: has not as many cells as line 1 has columns; put text that "
                    "holds commas in double quotes"
                )
            yield row
    except csv.Error as error:
        raise StudyError(f"{path}, line {table.reader.line_num}: not CSV: {error}") from error


def _case(raw: Any, path: Path, line: int) -> Case:  # noqa: ANN401 - raw input
    try:
        return Case.model_validate(raw)
    except ValidationError as error:
        key, message = first_fault(error)
        raise StudyError(f"{path}, line {line}: {'.'.join(map(str, key)) or 'case'}: {message}") from error
