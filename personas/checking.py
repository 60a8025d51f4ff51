"""Checking a user's file of people: all that is wrong or missing, and what to do about each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from personas.cards import TINY, is_number, tiny_levels
from personas.codebook import Codebook, load_codebook
from personas.documents import read_document, validate
from personas.errors import PopulationError
from personas.files import read_table
from personas.groups import NOT_STATED, readable
from personas.loading import load_population
from personas.sentinels import sentinels, silent, suspicious
from personas.sources import Reading
from personas.tables import Table

if TYPE_CHECKING:
    import pandas as pd

    from personas.population import Population

Severity: TypeAlias = Literal["error", "warning", "note"]

_SHOWN = 8  # codes or names in a finding
_RARELY_STATED = 0.2
_WEIGHTLIKE = re.compile(
    r"^(wt|wgt|weight|pweight|perwt|pspwght|dweight|wtss\w*|wtssall|w8|finalwt|\w*weight\w*|\w+_wt)$", re.I
)


@dataclass(frozen=True)
class Finding:
    """Something that a check found.

    Parameters
    ----------
    severity : {"error", "warning", "note"}
        An error keeps the file from being used; a warning makes its figures doubtful; a note is good to know.
    field : str
        Where: a column, or a key of the codebook.
    problem : str
        What is wrong or missing.
    remedy : str
        What to do.
    """

    severity: Severity
    field: str
    problem: str
    remedy: str


@dataclass(frozen=True)
class Check:
    """What a check found, and the population if the file can be used."""

    findings: tuple[Finding, ...]
    population: Population | None

    @property
    def usable(self) -> bool:
        """Whether there is no error."""
        return self.population is not None and all(each.severity != "error" for each in self.findings)


def check_population(
    spec: str | Path, codebook: str | Path | None = None, *, weight: str | None = None, by: Iterable[str] = ()
) -> Check:
    """Return everything that is wrong with a file of people, or missing from it.

    Parameters
    ----------
    spec : str or Path
        As for `load_population`.
    codebook, weight : optional
        As for `load_population`.
    by : iterable of str
        Attributes, or crossings such as ``"race & sex"``, whose cells must not be tiny.

    Returns
    -------
    Check

    Raises
    ------
    PopulationError
        If there is nothing to check: no such file, not a table, an unknown name in `by`.

    Notes
    -----
    Codes are suspected of meaning "no answer" by their looks (``-9``, ``99``, ``refused``); only the survey's
    documentation can tell.
    """
    findings: list[Finding] = []
    path, book, column = _parts(Path(spec), codebook, weight)
    if path is not None:
        findings += _columns(_rows(path, book), book, column)
    population = None
    try:
        population = load_population(spec, codebook, weight=weight)
    except PopulationError as error:
        if path is None and not Path(spec).is_file():
            raise
        if not any(each.severity == "error" for each in findings):
            findings.append(_told(str(error)))
    if population is not None:
        findings += _people(population, by)
    order = ("error", "warning", "note")
    return Check(tuple(sorted(findings, key=lambda each: order.index(each.severity))), population)


def _parts(
    spec: Path, codebook: str | Path | None, weight: str | None
) -> tuple[Path | None, Codebook | None, str | None]:
    """Return the table to look into, its codebook and its column of weights; no table for other kinds of source."""
    if ":" in str(spec) and not spec.exists():  # the kind of source in front: the loader alone knows what is read
        return None, None, None
    if spec.name.endswith((".csv", ".csv.gz", ".parquet")):
        book = load_codebook(codebook) if codebook is not None else None
        return spec, book, weight or (book.weight if book else None)
    if spec.suffix not in {".yaml", ".yml"} or not spec.is_file():
        return None, None, None
    document = read_document(spec)
    if document.get("kind") not in {"microdata", "joint"} or not isinstance(document.get("file"), str):
        return None, None, None
    found = document.get("codebook")
    book = None
    if isinstance(found, dict):
        book = validate(Codebook, found, spec, at=("codebook",))
    elif isinstance(found, str):
        beside = spec.parent / found
        book = load_codebook(beside if beside.is_file() else found)
    own = document.get("weight") or (book.weight if book else None)
    if own is None and document["kind"] == "joint":
        own = "share"
    return spec.parent / document["file"], book, own


def _rows(path: Path, book: Codebook | None) -> pd.DataFrame:
    """Return the rows of a table that belong to the population, under their positions in the file."""
    table = Table(read_table(path, book.texts if book else ()), Reading(str(path), path.name, book))
    if book is not None:
        with suppress(PopulationError):  # the loader says it again
            table.keep(book)
    return table.frame


def _columns(frame: pd.DataFrame, book: Codebook | None, weight: str | None) -> Iterator[Finding]:
    """Yield what is wrong with the columns of a table."""
    names = [str(name) for name in frame.columns]
    yield from _weights(frame, names, weight)
    if book is None:
        yield Finding(
            "warning",
            "codebook",
            "none given: columns and codes are taken as they are, ids and answers among them",
            "write one (docs/populations.md shows how) and name it with --codebook",
        )
        for name in names:
            if name != weight:
                yield from _suspects(frame[name], f"column {name}", ())
        return
    used: set[str | None] = {weight, book.id, book.narrative, *book.keep}
    for kind, blocks in (("attributes", book.attributes), ("items", book.items)):
        for name, block in blocks.items():
            column, field = block.column or name, f"{kind}.{name}"
            used.add(column)
            if column not in names:
                yield Finding("error", field, f"no column {column!r} in the file", f"name one: {_some(names)}")
                continue
            missing = (*book.missing, *block.missing)
            words: Any = block.values if kind == "attributes" else block.options  # type: ignore[union-attr]
            if words is not None:
                yield from _codes(frame[column], field, words, missing)
            elif kind == "attributes" and block.bins is None:  # type: ignore[union-attr]
                yield from _suspects(frame[column], field, missing)
    for sought, key in (
        (book.id, "id"),
        (book.narrative, "narrative"),
        *((each, f"keep.{each}") for each in book.keep),
    ):
        if sought is not None and sought not in names:
            yield Finding("error", key, f"no column {sought!r} in the file", f"name one: {_some(names)}")
    if book.id in names and (twice := frame[book.id].duplicated()).any():
        yield Finding(
            "error",
            "id",
            f"{readable(frame[book.id][twice].iloc[0])!r} and {int(twice.sum()) - 1} others occur twice"
            if twice.sum() > 1
            else f"{readable(frame[book.id][twice].iloc[0])!r} occurs twice",
            "make ids unique",
        )
    if spare := [name for name in names if name not in used]:
        yield Finding(
            "note",
            "columns",
            f"{len(spare)} unknown to the codebook and left out: {_some(spare)}",
            "add those that describe people, or that they were asked",
        )


def _weights(frame: pd.DataFrame, names: list[str], weight: str | None) -> Iterator[Finding]:
    import pandas as pd

    if weight is None:
        likely = [name for name in names if _WEIGHTLIKE.match(name)]
        yield Finding(
            "warning",
            "weight",
            "no weight column: every row counts the same",
            f"is it {_some(likely)}? name it with --weight"
            if likely
            else "name the survey's own weights with --weight, or weight to known margins with jury personas build",
        )
        return
    if weight not in names:
        yield Finding("error", "weight", f"no column {weight!r} in the file", f"name one: {_some(names)}")
        return
    column = frame[weight]
    numbers = pd.to_numeric(column, errors="coerce")
    for wrong, what in (
        (column.isna(), "are empty"),
        (numbers.isna() & column.notna(), "are no numbers"),
        (numbers < 0, "are negative"),
        (np.isinf(numbers), "are infinite"),
    ):
        if wrong.any():
            first = int(wrong[wrong].index[0]) + 1
            yield Finding(
                "error",
                "weight",
                f"{int(wrong.sum())} of {len(column)} weights {what}, the first in row {first}",
                f"give these rows their weight, or leave them out by a codebook with keep: {{{weight}: [0, null]}}",
            )
    if len(column) > 1 and (numbers == numbers.iloc[0]).all():
        yield Finding(
            "warning",
            "weight",
            "all weights are equal: every row counts the same",
            "weight to known margins, if the rows are a sample",
        )
    if zero := int((numbers == 0).sum()):
        yield Finding(
            "note", "weight", f"{zero} rows weigh 0: they stand for nobody", "drop them if they should not be there"
        )


def _codes(column: pd.Series, field: str, words: dict[str, str], missing: tuple[str, ...]) -> Iterator[Finding]:
    counts = column.dropna().map(readable).value_counts()
    unknown = [code for code in counts.index if code not in words and code not in missing]
    if unknown:
        listed = _some([f"{code} ({counts[code]} rows)" for code in sorted(unknown)])
        odd = [code for code in sorted(unknown) if suspicious(code)]
        hint = f"; {_some(odd)} may mean no answer" if odd else ""
        yield Finding(
            "error",
            field,
            f"{'code' if len(unknown) == 1 else 'codes'} without words: {listed}",
            f"put each into words, or declare it under missing{hint}",
        )
    for code, word in words.items():
        if silent(word) and code in counts.index:
            yield Finding(
                "warning",
                field,
                f"code {code} is {word!r}, which is shown to jurors as if it described a person",
                f"declare {code} under missing, if it is no answer",
            )
    if absent := [code for code in words if code not in counts.index]:
        yield Finding(
            "note", field, f"nobody has {_some([f'{code} ({words[code]})' for code in absent])}", "check the codes"
        )


def _suspects(column: pd.Series, field: str, missing: tuple[str, ...]) -> Iterator[Finding]:
    """Yield codes of a column without words that may mean no answer."""
    found = sentinels(column, missing)
    if found:
        counts = column.dropna().map(readable).value_counts()
        listed = _some([f"{code} ({counts[code]} rows)" for code in found])
        yield Finding(
            "warning",
            field,
            f"{listed} may mean no answer, and would be taken for an answer",
            "declare it under missing, if the survey's documentation says so",
        )


def _people(population: Population, by: Iterable[str]) -> Iterator[Finding]:
    """Yield what is doubtful about a population that was read."""
    source = population.source
    traced = ("universe", "citation", "year", "licence")
    if silent_about := [field for field in traced if getattr(source, field) is None]:
        yield Finding(
            "warning",
            "source",
            f"{', '.join(silent_about)} not stated: who is described cannot be told, nor figures traced",
            "say so in the codebook, under source",
        )
    for name in population.attributes:
        levels = population.frame[name].nunique()
        if (
            population.unit == "person"
            and levels > 50
            and levels > 0.9 * len(population)
            and not is_number(population, name)
        ):
            yield Finding(
                "warning",
                f"attributes.{name}",
                f"{levels} different values among {len(population)} people: they identify, not describe",
                "leave it out, or make it the id or the narrative",
            )
            continue
        silent = float(population.margins(name).get(NOT_STATED, 0.0))
        if silent > _RARELY_STATED:
            yield Finding(
                "warning",
                f"attributes.{name}",
                f"not stated by {silent:.0%}",
                "check the codes that are declared missing, or leave it out",
            )
    for name, level, n in tiny_levels(population):
        yield Finding(
            "warning",
            f"attributes.{name}",
            f"only {n} of {len(population)} with {level!r} (fewer than {TINY})",
            "give it the words of a level that it belongs to, or do not report it",
        )
    for crossing in by:
        table = population.groups(crossing)
        small = table[table["n"] < TINY] if population.unit == "person" else table.iloc[:0]
        if len(small):
            named = _some([f"{label} ({n})" for label, n in zip(small.index, small["n"], strict=True)])
            yield Finding(
                "warning",
                f"by {crossing}",
                f"{len(small)} of {len(table)} cells have fewer than {TINY} people: {named}",
                "merge levels, or do not report these cells",
            )
    if population.unit == "person" and population.design_effect > 4:
        yield Finding(
            "warning",
            "weight",
            f"the design effect is {population.design_effect:.1f}: few people carry most of the weight",
            "trim the weights (rake with bounds)",
        )


def _told(message: str) -> Finding:
    """Return an error of the loader as a finding; its messages end in a colon and the remedy."""
    problem, _, remedy = message.rpartition(": ")
    return Finding("error", "file", problem or message, remedy if problem else "mend the file")


def _some(names: Iterable[str]) -> str:
    names = list(names)
    return ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
