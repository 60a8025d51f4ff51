"""Tables of people, and putting their codes into words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from personas.codebook import Attribute, Codebook, Item
from personas.errors import PopulationError
from personas.files import NAMELESS, read_table, tidy
from personas.groups import readable
from personas.population import Population
from personas.provenance import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from personas.sources import Reading

_SHOWN = 20  # codes in a message
_BARE = "No codebook: columns and codes are taken as they are, so that a code for a missing answer is a level too."


def interpret(reading: Reading, unit: Literal["person", "cell"]) -> Population:
    """Return the population in the table of `reading`, in the words of its codebook.

    Raises
    ------
    PopulationError
        For a column that is absent, a code without words, or weights that cannot be used.
    """
    if reading.frame is None:
        frame = read_table(reading.path, reading.codebook.texts if reading.codebook else ())
    else:
        frame = tidy(reading.frame, reading.place)
    if frame.empty:
        raise PopulationError(f"{reading.place}: holds no rows: give one row a person or cell")
    table = Table(frame.reset_index(drop=True), reading)
    book = reading.codebook or _as_it_is(table, reading)
    source = book.source
    if left := table.keep(book):
        source = source.with_note(left)
    weight = reading.weight or book.weight
    if not weight:
        source = source.with_note("No weight column: every row counts the same.")
    index = table.ids(book.id)
    columns = {name: _attribute(table, name, block, book.missing) for name, block in book.attributes.items()}
    answers = {name: _item(table, name, item, book.missing) for name, item in book.items.items()}
    return Population(
        pd.DataFrame(columns, index=table.frame.index).set_axis(index, axis=0),
        table.weights(weight) if weight else np.ones(len(index)),
        name=reading.name,
        source=source,
        unit=unit,
        labels=book.labels,
        unprompted=frozenset(name for name, block in book.attributes.items() if not block.prompt),
        items=book.items,
        answers=pd.DataFrame(answers).set_axis(index, axis=0) if answers else None,
        narratives=table.texts(book.narrative) if book.narrative else None,
    )


class Table:
    """A table's columns, with errors that name the file and the line."""

    def __init__(self, frame: pd.DataFrame, reading: Reading) -> None:
        self.frame = self.whole = frame
        self.place = reading.place
        self.lines = reading.frame is None and reading.path.name.endswith((".csv", ".csv.gz"))

    def at(self, wrong: pd.Series) -> str:
        """Return the place of the first row for which `wrong` is true; a CSV file has a line of names above it."""
        row = int(wrong[wrong].index[0])
        if not self.lines:
            return f"{self.place}, row {row + 1}"
        texts = self.whole.iloc[:row].select_dtypes(["object", "str"])
        breaks = sum(int(texts[name].str.count("\n").sum()) for name in texts)  # in cells of several lines
        return f"{self.place}, line {row + 2 + breaks}"

    def keep(self, book: Codebook) -> str | None:
        """Leave out the rows that do not belong to the population, and say how many that were."""
        total = len(self.frame)
        for name, (low, high) in book.keep.items():
            field = f"keep.{name}"
            missing = [
                code
                for key, block in book.attributes.items()
                if (block.column or key) == name
                for code in block.missing
            ]
            numbers = self.numeric(self.stated(name, field, (*book.missing, *missing)), field)
            self.frame = self.frame[numbers.between(-np.inf if low is None else low, np.inf if high is None else high)]
        if self.frame.empty:
            raise PopulationError(f"{self.place}: keep: no row is in the ranges: widen them")
        ranges = [_range(name, low, high) for name, (low, high) in book.keep.items()]
        left = total - len(self.frame)
        return f"{left} of {total} rows left out: the population has {' and '.join(ranges)}." if left else None

    def column(self, name: str, field: str) -> pd.Series:
        """Return the column that `field` names."""
        if name not in self.frame.columns:
            known = ", ".join(map(str, self.frame.columns))
            raise PopulationError(f"{self.place}: {field}: no column {name!r}; the file has {known}")
        column: pd.Series = self.frame[name]
        return column

    def weights(self, name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Return a column of base weights, which are finite and not negative."""
        column = self.numeric(self.column(name, "weight"), "weight", remedy="name another column, or mend the file")
        numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
        wrong = ~(np.isfinite(numbers) & (numbers >= 0))
        if wrong.any():
            first = numbers[wrong][0]
            what = "empty" if np.isnan(first) else f"{first:g}"
            place = self.at(pd.Series(wrong, index=column.index))
            raise PopulationError(
                f"{place}: weight: column {name!r} is {what} ({int(wrong.sum())} such): weights are finite and not"
                f" negative; mend these rows, or leave them out by a codebook with keep: {{{name}: [0, null]}}"
            )
        return np.asarray(numbers)

    def numeric(
        self, column: pd.Series, field: str, remedy: str = "declare it under missing, or mend the file"
    ) -> pd.Series:
        """Return a column as numbers, empty where it is."""
        numbers = pd.to_numeric(column, errors="coerce")
        if (wrong := numbers.isna() & column.notna()).any():
            raise PopulationError(
                f"{self.at(wrong)}: {field}: {column[wrong].iloc[0]!r} in column {column.name!r} is not a number:"
                f" {remedy}"
            )
        return numbers

    def texts(self, name: str) -> list[str | None]:
        """Return the narratives in a column."""
        return [None if pd.isna(text) else str(text) for text in self.column(name, "narrative")]

    def ids(self, name: str | None) -> pd.Index:
        """Return identifiers: those of a column, or numbers of the rows."""
        if name is None:
            width = len(str(len(self.frame)))
            ids = [f"p{row:0{width}d}" for row in range(1, len(self.frame) + 1)]
        else:
            column = self.column(name, "id")
            if column.isna().any():
                raise PopulationError(f"{self.at(column.isna())}: id: {name!r} is empty: fill it")
            ids = [readable(value) for value in column]
        return pd.Index(ids, name="persona", dtype="str")

    def stated(self, name: str, field: str, missing: tuple[str, ...]) -> pd.Series:
        """Return a column with the codes of `missing` made empty."""
        column = self.column(name, field)
        absent = [code for code in column.dropna().unique() if readable(code) in missing]
        return column.where(~column.isin(absent)) if absent else column

    def words(self, column: pd.Series, field: str, words: Mapping[str, str], missing: tuple[str, ...]) -> pd.Series:
        """Return a column of codes in words, as a category in the order of `words`."""
        translation = {code: words.get(readable(code)) for code in column.dropna().unique()}
        if unknown := [code for code, word in translation.items() if word is None]:
            wrong = column == unknown[0]
            declared = f"; missing: {_listed(missing)}" if missing else ""
            raise PopulationError(
                f"{self.at(wrong)}: {field}: column {column.name!r} has the code {readable(unknown[0])!r}, which the"
                f" codebook neither puts into words nor declares missing; known: {_listed(words)}{declared};"
                " add it to one of them"
            )
        levels = list(dict.fromkeys(words.values()))
        coded = pd.Categorical(column.map(translation), categories=levels, ordered=True)
        return pd.Series(coded, index=column.index, name=column.name)

    def binned(self, column: pd.Series, field: str, bins: Mapping[str, tuple[float | None, float | None]]) -> pd.Series:
        """Return a column of numbers as the labels of `bins`, both ends of which are included."""
        numbers = self.numeric(column, field)
        codes = np.full(len(numbers), -1, dtype=np.intp)
        for position, (low, high) in enumerate(bins.values()):
            inside = (numbers >= (-np.inf if low is None else low)) & (numbers <= (np.inf if high is None else high))
            codes[inside.to_numpy(dtype=bool)] = position
        if (outside := (codes < 0) & numbers.notna().to_numpy()).any():
            odd = readable(numbers[outside].iloc[0])
            raise PopulationError(
                f"{self.at(pd.Series(outside, index=numbers.index))}: {field}: {odd} is in no bin;"
                f" known: {_listed(bins)}; extend bins, or declare it under missing"
            )
        coded = pd.Categorical.from_codes(codes, categories=pd.Index(list(bins)), ordered=True)
        return pd.Series(coded, index=column.index, name=column.name)


def _attribute(table: Table, name: str, block: Attribute, missing: tuple[str, ...]) -> pd.Series:
    field = f"attributes.{name}"
    missing = (*missing, *block.missing)
    column = table.stated(block.column or name, field, missing)
    if (words := block.values) is not None:
        return table.words(column, field, words, missing)
    if block.bins is not None:
        return table.binned(column, field, block.bins)
    if block.kind == "number":
        column = table.numeric(column, field)
    if block.kind != "text" and pd.api.types.is_numeric_dtype(column):
        return _whole(column)
    codes, values = pd.factorize(column)  # each distinct value is put into words once
    texts = list(map(readable, values))
    known, ordered = texts, False
    if isinstance(column.dtype, pd.CategoricalDtype):  # whoever made it has put the levels in order
        known, ordered = list(map(readable, column.cat.categories)), bool(column.cat.ordered)
    places = {level: position for position, level in enumerate(dict.fromkeys(known))}
    renumbered = np.array([*(places[text] for text in texts), -1], dtype=np.intp)[codes]  # the last one is of code -1
    coded = pd.Categorical.from_codes(renumbered, categories=pd.Index(list(places), dtype="str"), ordered=ordered)
    return pd.Series(coded, index=column.index, name=name)


def _item(table: Table, name: str, item: Item, missing: tuple[str, ...]) -> pd.Series:
    field = f"items.{name}"
    missing = (*missing, *item.missing)
    return table.words(table.stated(item.column or name, field, missing), field, item.options, missing)


def _listed(codes: Iterable[str]) -> str:
    codes = list(codes)
    return ", ".join(codes[:_SHOWN]) + (", ..." if len(codes) > _SHOWN else "")


def _range(name: str, low: float | None, high: float | None) -> str:
    ends = [f"of {readable(low)} or more"] if low is not None else []
    ends += [f"of {readable(high)} or less"] if high is not None else []
    return f"{name} {' and '.join(ends) or 'stated'}"


def _whole(column: pd.Series) -> pd.Series:
    """Return numbers as integers where all are whole: an age of 43.0 is 43, also beside missing ages."""
    if pd.api.types.is_float_dtype(column) and (column.dropna() % 1 == 0).all():
        return column.astype("Int64")
    return column


def _as_it_is(table: Table, reading: Reading) -> Codebook:
    """Return the codebook that takes every column that has a name, but the weights, as an attribute."""
    names = [name for name in table.frame.columns if name != reading.weight]
    named = [name for name in names if name and not name.startswith(NAMELESS)]
    source = (reading.source or Source(title=reading.path.name)).with_note(_BARE)
    if left := len(names) - len(named):
        source = source.with_note(f"Left out: {left} column{'s' if left > 1 else ''} without a name.")
    return Codebook(source=source, attributes={name: Attribute() for name in named})
