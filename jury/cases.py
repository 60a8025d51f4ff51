"""Cases: a prompt with the alternatives that jurors judge, given inline, as JSONL or as CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from jury.errors import StudyError

Identifier = Annotated[str, Field(min_length=1, max_length=200)]


class Alternative(BaseModel):
    """One candidate model output, policy option or survey answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Identifier = Field(description="Name of the alternative in tables and results.")
    text: str = Field(min_length=1, description="What the jurors read.")


class Case(BaseModel):
    """A prompt and the alternatives that answer it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Identifier = Field(description="Name of the case in tables and results.")
    prompt: str = Field(min_length=1, description="The question or situation, as the jurors read it.")
    alternatives: tuple[Alternative, ...] = Field(
        min_length=1, description="Each as {id, text}, or as one string that is both."
    )
    majority: str | None = Field(
        default=None, description="Id of the alternative that most people choose, for null/majority."
    )

    @field_validator("alternatives", mode="before")
    @classmethod
    def _plain_strings(cls, value: Any) -> Any:  # noqa: ANN401 - raw input
        if isinstance(value, list | tuple):
            return [{"id": item, "text": item} if isinstance(item, str) else item for item in value]
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
    def alternative_ids(self) -> tuple[str, ...]:
        """The ids in the order given."""
        return tuple(alternative.id for alternative in self.alternatives)

    def text_of(self, alternative: str) -> str:
        """Return what the jurors read for the alternative with this id."""
        return next(item.text for item in self.alternatives if item.id == alternative)


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
        cases = tuple(readers[path.suffix](path))
    except UnicodeDecodeError as error:
        raise StudyError(
            f"{path}: not UTF-8 text ({error.reason} at byte {error.start}); save it as UTF-8"
        ) from error
    if not cases:
        raise StudyError(f"{path}: holds no cases")
    repeated = first_repeated(case.id for case in cases)
    if repeated is not None:
        raise StudyError(f"{path}: case id {repeated!r} is given twice; ids must differ")
    return cases


def _read_jsonl(path: Path) -> Iterable[Case]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                try:
                    raw = json.loads(line)
                except json.JSONDecodeError as error:
                    raise StudyError(f"{path}, line {number}: not JSON: {error.msg}") from error
                yield _case(raw, path, number)


def _read_csv(path: Path) -> Iterable[Case]:
    needed = ("case", "prompt", "alternative", "text")
    rows: dict[str, tuple[int, dict[str, Any]]] = {}
    with path.open(encoding="utf-8-sig", newline="") as source:
        table = csv.DictReader(source)
        missing = [name for name in needed if name not in (table.fieldnames or ())]
        if missing:
            raise StudyError(f"{path}, line 1: no column {', '.join(missing)}; needed: {', '.join(needed)}")
        for row in table:
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
        yield _case(raw, path, line)


def _case(raw: Any, path: Path, line: int) -> Case:  # noqa: ANN401 - raw input
    try:
        return Case.model_validate(raw)
    except ValidationError as error:
        fault = error.errors()[0]
        key = ".".join(map(str, fault["loc"])) or "case"
        raise StudyError(f"{path}, line {line}: {key}: {fault['msg']}") from error
