"""Ranked ballots by place: one row a voter, one column a place, a name in each cell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aggregators.errors import ReadError
from aggregators.profiles import Profile, Rankings
from aggregators.reading.cells import number, weights_of
from aggregators.reading.cells import weight as weight_in
from aggregators.reading.formats import reader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aggregators.reading.source import Source

__all__ = ["read_ranked", "read_votekit"]

_PLACE = re.compile(r"(?:rank(?:ing)?|choice|preference)[ _-]*(\d{1,6})", re.IGNORECASE)
_RANK = re.compile(r"rank(?:ing)?[ _-]*\d{1,6}", re.IGNORECASE)
_CANDIDATE = re.compile(r"\(([^():]*(?:\([^()]*\)[^():]*)*):([^():]*)\)")
_MEMBER = re.compile(r"'([^']*)'|\"([^\"]*)\"")


def _by_place(source: Source) -> bool:
    """Tell whether columns are places: called Rank 1, or called Choice 1 and holding names rather than numbers."""
    rows = source.rows(source.delimiter)
    _, header = next(rows, (0, []))
    names = [name.strip() for name in header]
    if any(map(_RANK.fullmatch, names)):
        return True
    places = [index for index, name in enumerate(names) if _PLACE.fullmatch(name)]
    return bool(places) and any(_is_name(cells[index]) for _, cells in rows for index in places if index < len(cells))


def _is_name(cell: str) -> bool:
    try:
        number(cell.strip())
    except ValueError:
        return True
    return False


@reader("ranked-csv", suffixes=(".csv", ".txt", ".tsv"), recognises=_by_place)
def read_ranked(
    source: Source,
    wanted: type[Profile] | None,
    *,
    weight: str | None = None,
    voter: str | None = None,
    skip: str | Sequence[str] = ("overvote", "undervote", "skipped"),
) -> Profile:
    """Ranked ballots (.csv) with columns "Rank 1" or "Choice 1", ...: a name a cell, other columns left out.

    An empty cell and the words in `skip`, in capitals or not, fill no place: what follows moves up. A name that a
    ballot repeats counts where it stands first. Every name that occurs is an alternative, write-ins included; restrict
    the profile for less. The column of voters is left out like all others.
    """
    header, rows = source.table()
    places = sorted(
        (int(match[1]), index)
        for index, name in enumerate(header)
        if name not in {weight, voter} and (match := _PLACE.fullmatch(name.strip()))
    )
    if voter is not None:
        source.column(header, voter)
    if not places or not rows:
        raise ReadError(f"{source.path}: holds no {'columns called Rank 1, Rank 2, ...' if rows else 'voters'}")
    skipped = {word.strip().casefold() for word in ([skip] if isinstance(skip, str) else skip)}
    orders = []
    for _, cells in rows:
        named = (cells[index].strip() for _, index in places)
        orders.append(tuple(dict.fromkeys(name for name in named if name and name.casefold() not in skipped)))
    weights = None if weight is None else weights_of(source, header, rows, weight)
    return Rankings.from_orders(orders, weights)


def _is_votekit(source: Source) -> bool:
    return source.first_line().strip().strip('"').startswith("VoteKit RankProfile")


@reader("votekit", suffixes=(".csv",), recognises=_is_votekit)
def read_votekit(source: Source, wanted: type[Profile] | None) -> Profile:
    """Rank profiles as VoteKit writes them (.csv): sets of candidates by place, and a weight such as 2.5 or 3/2."""
    names: dict[str, str] = {}
    places: list[int] = []
    weight = -1
    orders, weights = [], []
    for line, cells in source.rows():
        if not places:
            if cells[0].startswith("("):
                names = {short: name for name, short in _CANDIDATE.findall(",".join(cells))}
            if _PLACE.fullmatch(cells[0].strip()):
                places = [index for index, name in enumerate(cells) if _PLACE.fullmatch(name.strip())]
                weight = cells.index("Weight") if "Weight" in cells else -1
            continue
        if len(cells) <= max(*places, weight):
            raise source.fault(line, f"a row of {len(cells)}; the weight should stand in cell {weight + 1}")
        orders.append(tuple(_tier(source, line, cells[index], names) for index in places if cells[index].strip()))
        weights.append(_weight(source, line, cells[weight]) if weight >= 0 else 1.0)
        source.ballot_lines.append(line)
    if not orders:
        raise ReadError(f"{source.path}: holds no ballots under a header Ranking_1, ...")
    return Rankings.from_orders(orders, weights, alternatives=list(names.values()) or None)


def _tier(source: Source, line: int, cell: str, names: dict[str, str]) -> tuple[str, ...]:
    members = [single or double for single, double in _MEMBER.findall(cell)]
    if not cell.strip().startswith("{") or not members:
        raise source.fault(line, f"{cell!r} is no set of candidates, such as {{'A'}} or {{'A', 'B'}}")
    for member in members:
        if names and member not in names:
            raise source.fault(line, f"{member!r} is none of the candidates: {', '.join(names)}")
    return tuple(names.get(member, member) for member in members)


def _weight(source: Source, line: int, text: str) -> float:
    try:
        return weight_in(text.strip())
    except ValueError as error:
        raise source.fault(line, f"weight {text!r} {error}") from None
