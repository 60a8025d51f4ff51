"""Marginals: known shares of single attributes, or of a few crossed, and nothing about how the rest go together.

::

    kind: marginals
    source: {title: Adults of Utopia, year: 2022, universe: ..., licence: ...}
    attributes: {age: {label: Age}}        # optional: labels, and prompt: false
    margins:
      - {of: sex, source: "Census 2022, table 1", shares: {Female: 51, Male: 49}}
      - {of: [region, faith], source: ..., shares: {North: {Old: 10, New: 30}, South: {Old: 40, New: 20}}}
      - {of: [region, home], given: region, source: ..., shares: {North: {City: 80, Village: 20}, South: {...}}}
      - {of: [age, work], source: ..., file: age-by-work.csv, share: count}   # the column of shares; by default share

Shares are in any unit; those of a margin are set to add to 1. With ``given``, they are shares within each level of the
given attribute, whose own shares come from a margin above.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from personas.codebook import Words
from personas.documents import read_document, validate
from personas.errors import PopulationError, RakingError
from personas.population import Population
from personas.provenance import Source
from personas.sources import Reading, source
from personas.sources.joint import SHARE

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from personas.ipf import Margin

Cell = tuple[str, ...]
Shares = dict[Cell, float]

MOST_CELLS = 200_000
"""More combinations of levels than this are refused: they would be sampled one at a time instead."""


def _names(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_names)]


class _Block(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Attribute(_Block):
    label: str | None = None
    prompt: bool = True


class _Margin(_Block):
    of: Names = Field(min_length=1)
    source: str
    given: Names = ()
    shares: dict[Words, Any] | None = None
    file: str | None = None
    share: str = SHARE

    @model_validator(mode="after")
    def _consistent(self) -> _Margin:
        if (self.shares is None) == (self.file is None):
            raise ValueError("give one of shares and file")
        if len(set(self.of)) < len(self.of):
            raise ValueError(f"of: {list(self.of)} names an attribute twice")
        if self.given and not set(self.given) < set(self.of):
            raise ValueError(f"given: {list(self.given)} must be some of {list(self.of)}, not all")
        return self


class _Marginals(_Block):
    source: Source
    margins: tuple[_Margin, ...] = Field(min_length=1)
    kind: Literal["marginals"] = "marginals"
    name: str | None = None
    attributes: dict[str, _Attribute | None] = {}


@source("marginals", takes="document")
def marginals(reading: Reading) -> Population:
    """Build the joint table that has the known margins and is otherwise as independent as can be.

    Returns
    -------
    Population
        One row a combination of levels, of maximal entropy among those that meet every margin: attributes that no
        margin joins are independent, given those that they share. The source's notes say which.

    Raises
    ------
    PopulationError
        With the margin that cannot be used, or if margins contradict each other.

    References
    ----------
    Deming, W. E. and Stephan, F. F. (1940). On a least squares adjustment of a sampled frequency table when the
    expected marginal totals are known. Annals of Mathematical Statistics 11(4).
    Good, I. J. (1963). Maximum entropy for hypothesis formulation. Annals of Mathematical Statistics 34(3).
    """
    document = validate(_Marginals, read_document(reading.path), reading.path)
    place = reading.path
    known: dict[tuple[str, ...], Shares] = {}
    for number, margin in enumerate(document.margins, 1):
        at = f"{place}: margins.{number} ({' & '.join(margin.of)})"
        if margin.of in known:
            raise PopulationError(f"{at}: is there already: keep one")
        known[margin.of] = _within(_normalised(_read(margin, place, at), at), margin, known, at)
    levels = _levels(known, place)
    if unknown := [name for name in document.attributes if name not in levels]:
        raise PopulationError(f"{place}: attributes.{unknown[0]}: no margin has it; known: {', '.join(levels)}")
    return _fitted(document, known, levels, document.name or reading.name, place)


def _read(margin: _Margin, place: Path, at: str) -> Shares:
    if margin.file is None:
        return dict(_flat(margin.shares or {}, margin.of, at))
    from personas.files import read_table
    from personas.groups import readable

    frame = read_table(place.parent / margin.file)
    if absent := [name for name in (*margin.of, margin.share) if name not in frame.columns]:
        raise PopulationError(f"{at}: {margin.file} has no column {absent[0]!r}; it has {', '.join(frame.columns)}")
    cells = [tuple(map(readable, row)) for row in frame[list(margin.of)].itertuples(index=False, name=None)]
    if len(set(cells)) < len(cells):
        raise PopulationError(f"{at}: {margin.file} has a row twice: add their {margin.share} into one")
    if frame[list(margin.of)].isna().any(axis=None):
        raise PopulationError(f"{at}: {margin.file} has empty cells: leave out people who did not state it")
    return dict(zip(cells, (_number(value, at) for value in frame[margin.share]), strict=True))


def _flat(shares: Mapping[Any, Any], of: Sequence[str], at: str, above: Cell = ()) -> Iterator[tuple[Cell, float]]:
    """Yield the cells of nested mappings, one level of nesting an attribute."""
    from personas.codebook import code

    for key, value in shares.items():
        try:
            cell = (*above, code(key))
        except ValueError as error:
            raise PopulationError(f"{at}: shares: {error}") from None
        if len(cell) < len(of):
            if not isinstance(value, Mapping):
                raise PopulationError(f"{at}: shares: {cell[-1]}: expected the shares of each {of[len(cell)]}")
            yield from _flat(value, of, at, cell)
        else:
            yield cell, _number(value, f"{at}: {' & '.join(cell)}")


def _number(value: object, at: str) -> float:
    try:
        number = float(value)  # type: ignore[arg-type]  # what is no number is refused below
    except (TypeError, ValueError):
        number = math.nan
    if isinstance(value, bool) or not math.isfinite(number) or number < 0:
        raise PopulationError(f"{at}: {value!r} is no share: give a number of at least 0")
    return number


def _normalised(shares: Shares, at: str) -> Shares:
    total = math.fsum(shares.values())
    if total <= 0:
        raise PopulationError(f"{at}: the shares add to {total:g}: somebody must count")
    return {cell: share / total for cell, share in shares.items()}


def _within(shares: Shares, margin: _Margin, known: Mapping[tuple[str, ...], Shares], at: str) -> Shares:
    """Return shares of everybody from shares within each level of the given attributes."""
    if not margin.given:
        return shares
    joint = next((of for of in known if set(margin.given) <= set(of)), None)
    if joint is None:
        raise PopulationError(f"{at}: given: no margin above has {' & '.join(margin.given)}: put one there")
    outer = _collapsed(known[joint], [joint.index(name) for name in margin.given])
    places = [margin.of.index(name) for name in margin.given]
    inner = _collapsed(shares, places)
    if odd := sorted(set(outer) ^ set(inner)):
        where = "here" if odd[0] in inner else f"in {' & '.join(joint)}"
        raise PopulationError(f"{at}: given: {' & '.join(odd[0])} is only {where}: give the same levels in both")
    found: Shares = {}
    for cell, share in shares.items():
        group = tuple(cell[position] for position in places)
        if inner[group] <= 0 < outer[group]:
            raise PopulationError(f"{at}: the shares within {' & '.join(group)} add to 0: give them")
        found[cell] = outer[group] * share / inner[group] if share else 0.0
    return found


def _collapsed(shares: Shares, places: Sequence[int]) -> Shares:
    sums: Shares = {}
    for cell, share in shares.items():
        key = tuple(cell[position] for position in places)
        sums[key] = sums.get(key, 0.0) + share
    return sums


def _levels(known: Mapping[tuple[str, ...], Shares], place: Path) -> dict[str, tuple[str, ...]]:
    """Return the levels of each attribute, in the order of the margin that has it first."""
    levels: dict[str, tuple[str, ...]] = {}
    for of, shares in known.items():
        for position, name in enumerate(of):
            found = tuple(dict.fromkeys(cell[position] for cell in shares))
            first = levels.setdefault(name, found)
            if odd := sorted(set(first) ^ set(found)):
                raise PopulationError(
                    f"{place}: margins of {name} have different levels: {odd[0]!r} is not in all of them:"
                    " merge levels until they agree"
                )
    return levels


def _fitted(
    document: _Marginals,
    known: Mapping[tuple[str, ...], Shares],
    levels: Mapping[str, tuple[str, ...]],
    name: str,
    place: Path,
) -> Population:
    import numpy as np
    import pandas as pd

    from personas.ipf import fit

    count = math.prod(map(len, levels.values()))
    if count > MOST_CELLS:
        raise PopulationError(
            f"{place}: {count} combinations of levels, at most {MOST_CELLS}: merge levels or leave out an attribute"
        )
    codes = np.unravel_index(np.arange(count), tuple(map(len, levels.values())))
    positions = dict(zip(levels, codes, strict=True))
    try:
        fitted = fit(np.ones(count), [_margin(of, shares, levels, positions) for of, shares in known.items()])
    except RakingError as error:
        reason = str(error).removeprefix("targets: ")
        raise PopulationError(f"{place}: margins: no table has them all: {reason}") from None
    weights = fitted.weights
    frame = pd.DataFrame(
        {
            key: pd.Categorical.from_codes(positions[key], categories=pd.Index(found, dtype="str"), ordered=True)
            for key, found in levels.items()
        }
    )
    kept = weights > 0
    weights = weights[kept] / weights[kept].sum()
    return Population(
        _numbered(frame[kept]),
        weights,
        name=name,
        source=document.source.model_copy(update={"notes": (*document.source.notes, *_notes(document))}),
        unit="cell",
        labels={key: block.label for key, block in document.attributes.items() if block and block.label},
        unprompted=frozenset(key for key, block in document.attributes.items() if block and not block.prompt),
    )


def _margin(
    of: tuple[str, ...],
    shares: Shares,
    levels: Mapping[str, tuple[str, ...]],
    positions: Mapping[str, NDArray[np.intp]],
) -> Margin:
    """Return a margin over every combination of its levels; those that it does not name are empty."""
    import numpy as np

    from personas.groups import label
    from personas.ipf import Margin

    cells = list(itertools.product(*(levels[name] for name in of)))
    codes = np.ravel_multi_index([positions[name] for name in of], [len(levels[name]) for name in of])
    labels = tuple(label(of, cell) for cell in cells)
    return Margin(labels, codes.astype(np.intp), np.array([shares.get(cell, 0.0) for cell in cells]))


def _numbered(frame: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    width = len(str(len(frame)))
    ids = pd.Index([f"p{row:0{width}d}" for row in range(1, len(frame) + 1)], name="persona")
    return frame.set_axis(ids, axis=0)


def _notes(document: _Marginals) -> list[str]:
    """Return where each margin comes from, and what is assumed beyond them."""
    notes = []
    for margin in document.margins:
        within = f", within {' & '.join(margin.given)}" if margin.given else ""
        notes.append(f"Margin of {' & '.join(margin.of)}{within}: {margin.source}")
    names = list(dict.fromkeys(name for margin in document.margins for name in margin.of))
    apart = [
        f"{one} and {other}"
        for one, other in itertools.combinations(names, 2)
        if not any({one, other} <= set(margin.of) for margin in document.margins)
    ]
    if apart:
        notes.append(
            "The joint table is made from these margins and assumes independence beyond them (given an attribute that"
            f" two margins share): how these go together is not from data: {'; '.join(apart)}."
        )
    return notes
