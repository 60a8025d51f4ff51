"""Codebooks: what the columns of a data file mean, in words.

A codebook is a YAML file, or the ``codebook:`` block of a population file::

    source: {title: My survey, year: 2018, universe: Adults of Utopia}
    id: respno              # optional: column of unique identifiers
    weight: wt              # optional: column of base weights
    missing: [-9]           # codes that mean "no answer" in every column
    keep: {age: [18, null]} # optional: whose rows belong to the population; the others are left out, and counted
    attributes:             # what describes a person, in the order in which it is shown
      age: {label: Age}   # a number as it is
      age_group: {column: age, prompt: false, bins: {18-39: [18, 39], 40+: [40, null]}}
      sex: {label: Sex, values: {1: Male, 2: Female}, missing: [9]}
    items:                  # what people were asked
      q7: {question: "Should taxes rise?", options: {1: "yes", 2: "no"}, missing: [8]}
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from personas.documents import read_document, validate
from personas.errors import PopulationError
from personas.groups import readable
from personas.provenance import Source

BUILT_IN = Path(__file__).parent / "data" / "codebooks"


def code(value: object) -> str:
    """Return a code or word of a YAML file as text; a bare yes or no, which YAML reads as a truth value, is refused."""
    if isinstance(value, bool):
        message = "YAML reads a bare yes, no, on or off as true or false: put it in quotes"
        raise ValueError(message)  # noqa: TRY004 - pydantic reports ValueErrors
    return readable(value)


Code: TypeAlias = Annotated[str, BeforeValidator(code)]
"""A value of a data file as text; 1 and 1.0 are the same code."""

Words: TypeAlias = Annotated[str, BeforeValidator(code)]


class _Block(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Attribute(_Block):
    """How one column describes a person.

    Parameters
    ----------
    column : str, optional
        Column of the data file; by default the attribute's own name.
    label : str, optional
        What it is called in prompts and tables.
    values : mapping of code to words, optional
        The levels, in order. Makes the attribute a category.
    bins : mapping of label to (low, high), optional
        Ranges of a number, both ends included, None for an open end. Makes the attribute a category too.
    kind : {"category", "number", "text"}, optional
        Inferred: a category with `values`, a number with `bins`, otherwise what the values look like.
    missing : tuple of code
        Codes that mean "not stated", beside empty cells.
    prompt : bool, default True
        Whether the attribute describes a person in prompts; False for one that is only there to group by.
    """

    column: str | None = None
    label: str | None = None
    prompt: bool = True
    values: dict[Code, Words] | None = None
    bins: dict[Words, tuple[float | None, float | None]] | None = None
    kind: Literal["category", "number", "text"] | None = None
    missing: tuple[Code, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Attribute:
        if self.values is not None and self.bins is not None:
            raise ValueError("values and bins exclude each other: give two attributes with the same column")
        if (self.kind == "category") != (self.values is not None) and self.kind is not None:
            raise ValueError(f"kind {self.kind!r} does not go with values: a category has values, nothing else does")
        if both := [code for code in self.values or {} if code in self.missing]:
            raise ValueError(f"code {both[0]!r} is both in values and missing: keep one")
        if self.bins is not None and self.kind == "text":
            raise ValueError("bins need numbers: drop kind or write kind: number")
        if overlap := _overlap(self.bins or {}):
            raise ValueError(f"bins {overlap[0]!r} and {overlap[1]!r} overlap or are not in ascending order")
        return self


class Item(_Block):
    """One question that the people of a file answered.

    Parameters
    ----------
    question : str
        The wording; ``{topic}`` in it is replaced by `topic`.
    options : mapping of code to words
        The answers, in the order of the scale.
    topic : str, optional
        What this item of a battery is about.
    column : str, optional
        Column of the data file; by default the item's own name.
    missing : tuple of code
        Codes that mean "no answer", beside empty cells.

    Examples
    --------
    >>> Item(question="More or less money for {topic}?", topic="parks", options={1: "more", 2: "less"}).text
    'More or less money for parks?'
    """

    question: str
    options: dict[Code, Words]
    topic: str | None = None
    column: str | None = None
    missing: tuple[Code, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Item:
        if both := [code for code in self.options if code in self.missing]:
            raise ValueError(f"code {both[0]!r} is both in options and missing: keep one")
        return self

    @property
    def text(self) -> str:
        """The question as it was asked."""
        return self.question.replace("{topic}", self.topic or "")


class Codebook(_Block):
    """What the columns of a data file mean; the module's docstring shows one.

    Parameters
    ----------
    source : Source
        Where the data come from.
    attributes : mapping of str to Attribute
        What describes a person, in order.
    id, weight, narrative : str, optional
        Columns of identifiers, of base weights, and of free text about the person.
    missing : tuple of code
        Codes that mean "no answer" in every column.
    keep : mapping of column to (low, high)
        Rows of the population: numbers in these ranges, both ends included, None for an open end. Rows outside, and
        those that do not state it, are left out; the population's notes say how many.
    items : mapping of str to Item
        What people were asked; answers are kept apart from attributes, so that no prompt can leak them.
    """

    source: Source
    attributes: dict[str, Attribute]
    id: str | None = None
    weight: str | None = None
    narrative: str | None = None
    missing: tuple[Code, ...] = ()
    keep: dict[str, tuple[float | None, float | None]] = {}
    items: dict[str, Item] = {}

    @model_validator(mode="before")
    @classmethod
    def _bare_attributes(cls, document: Any) -> Any:  # noqa: ANN401 - whatever the file holds
        """Let ``age:`` with nothing after it stand for an attribute taken as it is."""
        if isinstance(document, dict) and isinstance(document.get("attributes"), dict):
            bare = {name: {} if block is None else block for name, block in document["attributes"].items()}
            return {**document, "attributes": bare}
        return document

    @model_validator(mode="after")
    def _missing_everywhere(self) -> Codebook:
        words = {f"attributes.{name}": block.values or {} for name, block in self.attributes.items()}
        words |= {f"items.{name}": item.options for name, item in self.items.items()}
        for field, known in words.items():
            if both := [code for code in known if code in self.missing]:
                raise ValueError(f"missing: {both[0]!r} is an answer in {field}: declare it where it is none")
        return self

    @property
    def texts(self) -> frozenset[str]:
        """Columns whose values are texts even where they look like numbers: an id of 007, a code of 01."""
        found = {column for column in (self.id, self.narrative) if column}
        for name, block in self.attributes.items():
            if block.kind == "text" or any(map(_altered, (*(block.values or ()), *block.missing))):
                found.add(block.column or name)
        for name, item in self.items.items():
            if any(map(_altered, (*item.options, *item.missing))):
                found.add(item.column or name)
        return frozenset(found)

    @property
    def labels(self) -> dict[str, str]:
        """Label of each attribute that has one."""
        return {name: block.label for name, block in self.attributes.items() if block.label}


def load_codebook(spec: str | Path) -> Codebook:
    """Read a codebook.

    Parameters
    ----------
    spec : str or Path
        Name of a built-in codebook, or the path of a YAML file.

    Raises
    ------
    PopulationError
        With the line and the key of the first thing that is wrong.

    Examples
    --------
    >>> load_codebook("gss-2018").items["natroad"].topic
    'highways and bridges'
    """
    path = BUILT_IN / f"{spec}.yaml"
    if str(spec) not in built_in_codebooks():
        path, known = Path(spec), ", ".join(built_in_codebooks())
        if not path.is_file():
            raise PopulationError(f"codebook: {str(spec)!r} is neither a file nor built in; built in: {known}")
    return validate(Codebook, read_document(path), path)


def built_in_codebooks() -> tuple[str, ...]:
    """Return the names of the codebooks that come with the package."""
    return tuple(sorted(path.stem for path in BUILT_IN.glob("*.yaml")))


def _overlap(bins: dict[str, tuple[float | None, float | None]]) -> tuple[str, str] | None:
    previous, end = "", float("-inf")
    for name, (low, high) in bins.items():
        if previous and (low is None or low <= end):
            return previous, name
        previous, end = name, float("inf") if high is None else high
        if low is not None and low > end:
            return name, name
    return None


def _altered(code: str) -> bool:
    """Return whether a code would be another one after it was read as a number, as 007 or 1.50 would."""
    try:
        return readable(float(code)) != code
    except ValueError:
        return False
