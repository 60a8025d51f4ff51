"""Libraries of written personas: a narrative each, with attributes and a weight where the author gave them.

As JSONL, one persona a line::

    {"id": "ann", "narrative": "Ann runs a bakery in Leeds.", "attributes": {"age": 43}, "weight": 2.5}

or in YAML, with the source::

    kind: library
    source: {title: Twelve shopkeepers, year: 2024}
    personas:
      - {id: ann, narrative: Ann runs a bakery in Leeds., attributes: {age: 43}}
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError, field_validator

from personas.codebook import Attribute, Codebook
from personas.documents import first_fault, read_document, validate
from personas.errors import PopulationError
from personas.provenance import Source
from personas.sources import Reading, source
from personas.tables import interpret

if TYPE_CHECKING:
    from collections.abc import Sequence

    from personas.population import Population

_ID, _WEIGHT, _NARRATIVE = "(id)", "(weight)", "(narrative)"  # no attribute is called so
_INVENTED = "Written personas describe whom their author had in mind; they are no sample of anybody."


class _Written(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    narrative: str = Field(min_length=1, validation_alias=AliasChoices("narrative", "persona"))
    id: str | int | None = None
    attributes: dict[str, bool | int | float | str | None] = {}
    weight: float | None = None

    @field_validator("narrative")
    @classmethod
    def _not_blank(cls, text: str) -> str:
        if not text.strip():
            raise ValueError("is blank: write something about the person, or drop it")
        return text.strip()


class _Library(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    personas: tuple[_Written, ...] = Field(min_length=1)
    kind: Literal["library"] = "library"
    name: str | None = None
    source: Source | None = None


@source("library", takes="document")
def library(reading: Reading) -> Population:
    """Read written personas; without weights everybody counts the same, and the population says so.

    Raises
    ------
    PopulationError
        With the line of the first persona that cannot be used; if only some have weights.
    """
    if reading.path.suffix in {".yaml", ".yml"}:
        document = validate(_Library, read_document(reading.path), reading.path)
        written, about = document.personas, document.source
        reading = replace(reading, name=document.name or reading.name)
    else:
        written, about = _read_lines(reading.path), None
    book = reading.codebook or _as_written(written, about or reading.source or Source(title=reading.path.name))
    update: dict[str, object] = {"source": book.source.with_note(_INVENTED), "id": _ID, "narrative": _NARRATIVE}
    if _weighted(written, reading.place):
        update["weight"] = _WEIGHT
    book = book.model_copy(update=update)
    return interpret(replace(reading, codebook=book, frame=_table(written)), unit="person")


def _read_lines(path: Path) -> tuple[_Written, ...]:
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise PopulationError(f"{path}: cannot be read ({error.strerror}): check the path") from None
    except UnicodeDecodeError:
        raise PopulationError(f"{path}: not UTF-8 text: save it as UTF-8") from None
    written = tuple(_read_line(path, number, line) for number, line in enumerate(lines, 1) if line.strip())
    if not written:
        raise PopulationError(f"{path}: holds no personas: give one a line")
    return written


def _read_line(path: Path, number: int, line: str) -> _Written:
    try:
        return _Written.model_validate(json.loads(line))
    except json.JSONDecodeError as error:
        raise PopulationError(f"{path}, line {number}: not JSON: {error.msg}: one object a line") from None
    except ValidationError as error:
        key, message = first_fault(error)
        where = ".".join(map(str, key)) or "line"
        known = ", ".join(_Written.model_fields)
        raise PopulationError(f"{path}, line {number}: {where}: {message}; known keys: {known}") from None


def _weighted(written: Sequence[_Written], place: str) -> bool:
    """Return whether the personas have weights; some with and some without would be a guess."""
    absent = [number for number, one in enumerate(written, 1) if one.weight is None]
    if 0 < len(absent) < len(written):
        raise PopulationError(f"{place}: weight: persona {absent[0]} has none and others have: give all or none")
    return not absent


def _table(written: Sequence[_Written]) -> Any:  # noqa: ANN401 - a DataFrame, imported where it is needed
    import pandas as pd

    width = len(str(len(written)))
    named = {name: [one.attributes.get(name) for one in written] for name in _names(written)}
    return pd.DataFrame(
        {
            _ID: [f"p{number:0{width}d}" if one.id is None else str(one.id) for number, one in enumerate(written, 1)],
            _WEIGHT: [one.weight for one in written],
            _NARRATIVE: [one.narrative for one in written],
            **named,
        }
    )


def _names(written: Sequence[_Written]) -> list[str]:
    return list(dict.fromkeys(name for one in written for name in one.attributes))


def _as_written(written: Sequence[_Written], about: Source) -> Codebook:
    return Codebook(source=about, attributes={name: Attribute() for name in _names(written)})
