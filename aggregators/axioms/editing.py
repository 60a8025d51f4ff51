"""What can be done to ballots of any kind: raise, reverse, clone, drop, replace; and what a ballot prefers.

Edits keep to the domain of the profile. Rankings without ties that leave nothing unranked are *linear orders*, and
are only turned into linear orders; others may get ties.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from itertools import count, islice, permutations, product
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from aggregators.errors import ProfileError
from aggregators.profiles import Approvals, Profile, Rankings, Utilities
from aggregators.ties import RELATIVE_TOLERANCE, tier_ranks

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "all_orders",
    "ballots_like",
    "better",
    "cells",
    "cloned",
    "comparable",
    "fits",
    "fresh_labels",
    "is_linear",
    "is_voter",
    "liking",
    "margins",
    "over_half",
    "raises",
    "remade",
    "replaced",
    "shuffled",
    "turned_over",
    "voters_of_each_kind",
    "without",
]

Each = TypeVar("Each")
Row = list[Any]

_GRID_AT_MOST = 4**4


def cells(profile: Profile) -> NDArray[Any]:
    """Return the (n, m) array that a profile is made from: utilities, ranks or approvals."""
    if isinstance(profile, Utilities):
        return profile.values
    if isinstance(profile, Rankings):
        return profile.ranks
    if isinstance(profile, Approvals):
        return profile.matrix
    raise TypeError(f"{type(profile).__name__} is no profile; give Utilities, Rankings or Approvals")


def remade(
    profile: Profile, ballots: ArrayLike, weights: ArrayLike | None = None, alternatives: Sequence[str] | None = None
) -> Profile:
    """Return a profile of the same kind with other ballots, and the same weights and labels unless told otherwise."""
    return type(profile)(  # type: ignore[call-arg]
        np.asarray(ballots),
        profile.weights if weights is None else weights,
        profile.alternatives if alternatives is None else alternatives,
    )


def liking(profile: Profile) -> NDArray[np.float64]:
    """Return (n, m) numbers that order each voter's alternatives; higher is preferred, unranked lowest.

    Near-equal utilities are as equal as rules take them to be.
    """
    if isinstance(profile, Approvals):
        return profile.matrix.astype(np.float64)
    ranks = tier_ranks(profile.values) if isinstance(profile, Utilities) else cells(profile)
    return np.where(ranks > 0, -ranks, -profile.n_alternatives - 1).astype(np.float64)


def margins(profile: Profile) -> NDArray[np.float64]:
    """Return (m, m) margins: the weight of those who prefer row over column, less that of those who do not.

    Margins of no more than a near-tie of the total weight are 0.
    """
    likes = liking(profile)
    above = likes[:, :, None] > likes[:, None, :]
    won: NDArray[np.float64] = np.einsum("n,nxy->xy", profile.weights, above)
    margin = won - won.T
    return np.where(np.abs(margin) <= RELATIVE_TOLERANCE * profile.weights.sum(), 0.0, margin)


def comparable(profile: Profile) -> bool:
    """Tell whether every ballot compares all alternatives; utilities do not where an opinion is missing."""
    return profile.complete or not isinstance(profile, Utilities)


def is_linear(profile: Profile) -> bool:
    """Tell whether a profile is of linear orders: rankings without ties that leave nothing unranked."""
    return isinstance(profile, Rankings) and profile.strict


def fits(profile: Profile, ballot: Sequence[Any]) -> bool:
    """Tell whether a ballot is of a profile's domain, and written as the profile would keep it.

    Where all are linear orders, or complete utilities, so must this one be.
    """
    try:
        alone = remade(profile, [ballot], [1.0])
    except (ProfileError, TypeError, ValueError):
        return False
    same = np.array_equal(cells(alone)[0], np.asarray(ballot), equal_nan=isinstance(profile, Utilities))
    return same and is_linear(profile) <= is_linear(alone) and comparable(profile) <= comparable(alone)


def is_voter(profile: Profile, voter: object) -> bool:
    """Tell whether something, from a stored change say, is the number of a voter."""
    return isinstance(voter, int) and 0 <= voter < profile.n_voters


def over_half(profile: Profile, voters: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell whether voters weigh more than half of all, by more than a near-tie; of a mask (n, ...), one answer each."""
    total = profile.weights.sum()
    return np.asarray(2 * np.tensordot(profile.weights, voters, axes=1) - total > RELATIVE_TOLERANCE * total)


def better(profile: Profile, voter: int, winners: Collection[str]) -> frozenset[str]:
    """Return the alternatives that a voter prefers to every winner; none where nobody wins."""
    if not winners:
        return frozenset()
    likes = liking(profile)[voter]
    preferred = likes > max(likes[profile.index(label)] for label in winners)
    return frozenset(label for label, each in zip(profile.alternatives, preferred, strict=True) if each)


def replaced(profile: Profile, voter: int, ballot: Sequence[Any]) -> Profile:
    """Return the profile with another ballot of one voter."""
    ballots = cells(profile).copy()
    ballots[voter] = ballot
    return remade(profile, ballots)


def without(profile: Profile, alternative: str) -> Profile:
    """Return the profile on the other alternatives."""
    return profile.restrict([label for label in profile.alternatives if label != alternative])


def turned_over(profile: Profile) -> Profile:
    """Return the profile in which every voter prefers the opposite; utilities keep within the voter's range."""
    if isinstance(profile, Utilities):
        values = profile.values
        return remade(profile, values.max(axis=1, keepdims=True) + values.min(axis=1, keepdims=True) - values)
    if isinstance(profile, Rankings):
        places = profile.places.T
        return remade(profile, places.max(axis=1, keepdims=True) + 1 - places)
    return remade(profile, ~cells(profile))


def cloned(profile: Profile, names: Sequence[str], places: Sequence[Sequence[int]]) -> Profile:
    """Return the profile with clones next to an alternative on every ballot, as last columns.

    Parameters
    ----------
    profile : Profile
        Ballots.
    names : sequence of str
        The alternative, and what its clones are called.
    places : (n, len(names)) sequence of int
        Of linear orders: 0, 1, ..., the places of all these among each other on each ballot. Elsewhere voters are
        indifferent between them, and it is not looked at.
    """
    column = profile.index(names[0])
    ballots = cells(profile)
    labels = (*profile.alternatives, *names[1:])
    if not is_linear(profile):
        alike = np.repeat(ballots[:, [column]], len(names) - 1, axis=1)
        return remade(profile, np.hstack([ballots, alike]), alternatives=labels)
    spread = len(names) * ballots  # leaves room below each alternative
    block = spread[:, [column]] + np.array(places)
    spread[:, column] = block[:, 0]
    return remade(profile, np.hstack([spread, block[:, 1:]]), alternatives=labels)


def fresh_labels(profile: Profile, label: str, wanted: int = 1) -> list[str]:
    """Return labels that the profile has not: a', a'', ..."""
    primed = (label + "'" * primes for primes in count(1))
    fresh = (name for name in primed if name not in profile.alternatives)
    return list(islice(fresh, wanted))


def raises(profile: Profile, voter: int, alternative: str) -> Iterator[Row]:
    """Yield the ballots by which one voter can put an alternative higher and leave the order of the others alone.

    Of utilities, three higher ones are tried: the next that occurs, the highest, and one more than that.
    """
    column = profile.index(alternative)
    row = cells(profile)[voter]
    if isinstance(profile, Approvals):
        if not row[column]:
            yield _with(row, column, True)
    elif isinstance(profile, Utilities):
        if np.isnan(row[column]):
            return  # no opinion is neither lower nor higher
        higher = np.unique(profile.values[profile.values > row[column]]).tolist()
        for value in dict.fromkeys([*higher[:1], *higher[-1:], float(np.nanmax(profile.values)) + 1]):
            yield _with(row, column, value)
    else:
        yield from _higher_ranks(row, column, linear=is_linear(profile))


def _higher_ranks(row: NDArray[Any], column: int, *, linear: bool) -> Iterator[Row]:
    """Yield the ranks after each lift: above a tier, and with it unless orders are linear.

    Unranked alternatives are one tier, the last: one of several is lifted above the others to the end of the ranking.
    """
    places = np.where(row > 0, row, row.max() + 1)
    own = places[column]
    others = np.delete(places, column)
    for tier in np.unique(others[others <= own]).tolist():
        yield _dense(_with(2 * row, column, 2 * tier - 1))
        if not linear and tier < own:
            yield _dense(_with(2 * row, column, 2 * tier))


def ballots_like(profile: Profile, rng: np.random.Generator) -> Iterator[Row]:
    """Yield every ballot that a voter could cast, in random order; of larger domains, random ones for ever."""
    size = profile.n_alternatives
    if isinstance(profile, Rankings) and size <= 4:
        yield from shuffled(all_orders(size, profile.strict), rng)
    elif isinstance(profile, Rankings):
        while True:
            drawn = rng.permutation(size) + 1 if profile.strict else rng.integers(0, size + 1, size)
            yield _dense(drawn.tolist())
    elif isinstance(profile, Approvals):
        yield from _grid([False, True], size, rng)
    else:
        yield from _grid(np.unique(cells(profile)).tolist(), size, rng)


def _grid(levels: Sequence[Any], size: int, rng: np.random.Generator) -> Iterator[Row]:
    if len(levels) ** size <= _GRID_AT_MOST:
        yield from shuffled([list(row) for row in product(levels, repeat=size)], rng)
        return
    while True:
        yield [levels[index] for index in rng.integers(0, len(levels), size)]


@lru_cache(maxsize=16)
def all_orders(size: int, linear: bool) -> list[Row]:
    """Return the ranks of every order: all linear orders, or all orders with ties and unranked alternatives."""
    if linear:
        return [list(row) for row in permutations(range(1, size + 1))]
    dense = (row for row in product(range(size + 1), repeat=size) if set(row) - {0} == set(range(1, max(row) + 1)))
    return [list(row) for row in dense if any(row)]


def shuffled(items: Sequence[Each], rng: np.random.Generator) -> Iterator[Each]:
    """Yield the items in random order."""
    for index in rng.permutation(len(items)):
        yield items[index]


def voters_of_each_kind(profile: Profile, rng: np.random.Generator) -> list[int]:
    """Return one voter for each ballot and weight that occurs, in random order."""
    first: dict[object, int] = {}
    for voter, row in enumerate(cells(profile)):
        first.setdefault((row.tobytes(), float(profile.weights[voter])), voter)
    return list(shuffled(list(first.values()), rng))


def _dense(ranks: Row) -> Row:
    """Close the gaps between ranks."""
    place = {rank: index for index, rank in enumerate(sorted(set(ranks) - {0}), start=1)}
    return [place.get(rank, 0) for rank in ranks]


def _with(row: NDArray[Any], column: int, value: object) -> Row:
    ballot: Row = row.tolist()
    ballot[column] = value
    return ballot
