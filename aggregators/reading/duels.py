"""Comparisons: one row a comparison, with the voter, the winner and the loser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregators.errors import ReadError
from aggregators.profiles import Comparisons, Profile
from aggregators.reading.cells import refuse, weights_of
from aggregators.reading.formats import reader

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from aggregators.reading.source import Source

    Rows = list[tuple[int, list[str]]]

__all__ = ["read_comparisons"]

_NAMES = {"winner", "loser"}
_TIED = {"": False, "0": False, "false": False, "1": True, "true": True}


def _of_comparisons(source: Source) -> bool:
    _, header = next(source.rows(source.delimiter), (0, []))
    return {name.strip() for name in header} >= _NAMES


@reader("comparisons-csv", suffixes=(".csv", ".txt", ".tsv"), recognises=_of_comparisons)
def read_comparisons(
    source: Source, wanted: type[Profile] | None, *, weight: str | None = None, voter: str = "voter"
) -> Profile:
    """Comparisons (.csv) with columns voter, winner and loser: one row each, other columns left out.

    A column "tie" says with 1 that a comparison ended in a tie, whichever of the two is named first. The weight of a
    voter, the same in all rows, is in the column "weight", if there is one, unless another is named.
    """
    header, rows = source.table()
    names = [name.strip() for name in header]
    columns = [source.column(names, name) for name in (voter, "winner", "loser")]
    if not rows:
        raise ReadError(f"{source.path}: holds no comparisons")
    preferred: list[tuple[str, str, str]] = []
    ties: list[tuple[str, str, str]] = []
    voters: dict[str, int] = {}  # and where each first occurs
    for row, (line, cells) in enumerate(rows):
        who, winner, loser = (cells[column].strip() for column in columns)
        for column, cell in zip(columns, (who, winner, loser), strict=True):
            if not cell:
                raise refuse(source, row, line, names[column], cell, "names nobody; every comparison needs all three")
        if winner == loser:
            raise refuse(source, row, line, "loser", loser, "is the winner too; compare two alternatives")
        (ties if _is_tie(source, names, row, line, cells) else preferred).append((who, winner, loser))
        voters.setdefault(who, row)
    rows_of = [voters[cells[columns[0]].strip()] for _, cells in rows]
    name = "weight" if weight is None and "weight" in names else weight
    weights = None if name is None else _weights(source, names, rows, name, rows_of)
    source.ballot_lines = [rows[row][0] for row in voters.values()]
    return Comparisons.from_triples(preferred, ties, voters=list(voters), weights=weights)


def _weights(source: Source, names: list[str], rows: Rows, name: str, first_of: list[int]) -> NDArray[np.float64]:
    """Return the weight of each voter; the rows of a voter must not differ."""
    given = weights_of(source, names, rows, name)
    for row, ((line, cells), first) in enumerate(zip(rows, first_of, strict=True)):
        if given[row] != given[first]:
            cell, other = cells[names.index(name)], rows[first][0]
            raise refuse(source, row, line, name, cell, f"is not what the same voter weighs in line {other}")
    return given[list(dict.fromkeys(first_of))]


def _is_tie(source: Source, names: list[str], row: int, line: int, cells: list[str]) -> bool:
    if "tie" not in names:
        return False
    cell = cells[names.index("tie")]
    if cell.strip().lower() not in _TIED:
        raise refuse(source, row, line, "tie", cell, "is neither 1, for a tie, nor 0 or empty")
    return _TIED[cell.strip().lower()]
