"""Comparisons written one by one: who preferred which of two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from aggregators.errors import ProfileError
from aggregators.profiles.checking import named
from aggregators.profiles.rankings import sorted_labels

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Listed", "Triple", "read_triples"]

Triple: TypeAlias = Sequence[object]
"""A voter and two alternatives."""


@dataclass(frozen=True)
class Listed:
    """Comparisons as columns of numbers; a tie is two rows of half a win.

    Attributes
    ----------
    voters : int
        How many there are.
    alternatives : tuple of str
        Labels.
    voter, winner, loser : (k,) int arrays
        Rows and columns.
    count : (k,) float array
        How often.
    """

    voters: int
    alternatives: tuple[str, ...]
    voter: NDArray[np.intp]
    winner: NDArray[np.intp]
    loser: NDArray[np.intp]
    count: NDArray[np.float64]


def read_triples(
    preferred: Iterable[Triple],
    ties: Iterable[Triple],
    voters: Sequence[object] | None,
    alternatives: Sequence[object] | None,
) -> Listed:
    """Return lists of comparisons as numbers; see `Comparisons.from_triples`."""
    won, tied = list(_triples("preferred", preferred)), list(_triples("ties", ties))
    every = [*won, *tied]
    if not every and not (voters and alternatives):
        raise ProfileError("preferred and ties are empty; give at least one comparison")
    if alternatives is None:
        alternatives = sorted_labels({label for triple in every for label in triple[1:]})
    labels = named("alternatives", alternatives)
    column = {label: index for index, label in enumerate(labels)}
    row = _numbered(voters, every)
    found = np.zeros((len(every), 3), dtype=np.intp)
    for at, (who, one, other) in enumerate(every):
        place = f"preferred[{at}]" if at < len(won) else f"ties[{at - len(won)}]"
        sides = [_looked_up(place, "alternatives", str(label), column) for label in (one, other)]
        if sides[0] == sides[1]:
            raise ProfileError(f"{place} compares {one!r} with itself; name two alternatives")
        found[at] = _looked_up(place, "voters", who, row), *sides
    halves = found[len(won) :]
    voter, winner, loser = np.vstack([found, halves[:, [0, 2, 1]]]).T
    count = np.append(np.ones(len(won)), np.full(2 * len(tied), 0.5))
    return Listed(len(row), labels, voter, winner, loser, count)


def _triples(field: str, given: Iterable[Triple]) -> Iterator[tuple[object, object, object]]:
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        raise ProfileError(f"{field}={given!r} is no list; give (voter, alternative, alternative), one a comparison")
    for at, each in enumerate(given):
        if isinstance(each, str) or not isinstance(each, Sequence) or len(each) != 3:
            raise ProfileError(f"{field}[{at}]={each!r} is no triple; give (voter, alternative, alternative)")
        yield each[0], each[1], each[2]


def _numbered(voters: Sequence[object] | None, every: Sequence[Triple]) -> dict[object, int]:
    labels = list(dict.fromkeys(triple[0] for triple in every)) if voters is None else list(voters)
    row = {label: index for index, label in enumerate(labels)}
    if len(row) < len(labels):
        twice = next(label for label in labels if labels.count(label) > 1)
        raise ProfileError(f"voters has {twice!r} twice; labels are unique")
    return row


def _looked_up(place: str, field: str, label: object, known: dict[Any, int]) -> int:
    if label not in known:
        some = ", ".join(map(str, list(known)[:10]))
        raise ProfileError(f"{place} names {label!r}, which {field} has not; it has: {some}")
    return known[label]
