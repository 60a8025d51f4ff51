"""Ranks as rules count them: by alternative, in few bytes, the unranked below everything.

`places` is (m, n) throughout: the rank of each of m alternatives on each of n ballots, 1 for the best, m + 1 for
an alternative that the ballot does not rank.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Places = NDArray[np.signedinteger[Any]]

__all__ = ["are_strict", "coded", "densest", "from_coded"]

_BITS: dict[int, type[np.signedinteger[Any]]] = {14: np.int16, 30: np.int32, 62: np.int64}


def coded(ranks: NDArray[np.integer[Any]]) -> Places:
    """Return the places of (n, m) ranks from 0, for unranked, to m."""
    size = ranks.shape[1]
    small = np.int8 if size < 126 else np.int16 if size < 32_766 else np.int64
    places = np.array(ranks.astype(small).T, order="C")
    if not places.all():
        places[places == 0] = size + 1
    return places


def from_coded(places: Places) -> NDArray[np.int64]:
    """Return (n, m) ranks, 0 for unranked."""
    ranks = places.T.astype(np.int64, order="C")
    ranks[ranks > len(places)] = 0
    return ranks


def are_strict(places: Places) -> bool:
    """Tell whether every ballot ranks every alternative, and no two as equal."""
    size = len(places)
    if size > max(_BITS):
        return bool((np.sort(places, axis=0) == np.arange(1, size + 1)[:, None]).all())
    if places.max() > size:
        return False
    return bool((_seen(places) == 2 ** (size + 1) - 2).all())


def densest(places: Places) -> Places:
    """Close the gaps between ranks, so that (1, 3, 3) becomes (1, 2, 2)."""
    size = len(places)
    unranked = places > size
    if size > max(_BITS):
        order = np.argsort(places, axis=0, kind="stable")
        ranked = np.take_along_axis(places, order, axis=0)
        new = np.ones(places.shape, dtype=np.bool_)
        new[1:] = ranked[1:] != ranked[:-1]
        dense = np.empty_like(places)
        np.put_along_axis(dense, order, np.cumsum(new, axis=0, dtype=places.dtype), axis=0)
    else:
        bits = np.where(unranked, 0, 1 << places.astype(np.int64))
        seen = np.bitwise_or.reduce(bits, axis=0)
        if not (seen & (seen + 2)).any():  # as 2, 2 + 4, 2 + 4 + 8, ... or nothing at all
            return places
        dense = np.bitwise_count(seen & (2 * bits - 1)).astype(places.dtype)
    dense[unranked] = size + 1
    return dense


def _seen(places: Places) -> NDArray[np.signedinteger[Any]]:
    """Return a number a ballot, with a bit for each rank that occurs on it."""
    size = len(places)
    wide: type[np.signedinteger[Any]] = next(kind for most, kind in _BITS.items() if size <= most)
    seen = np.zeros(places.shape[1], dtype=wide)
    for row in places:
        seen |= np.left_shift(wide(1), row, dtype=wide)
    return seen
