"""In which order a juror sees the alternatives.

Models favour positions. A balanced Latin square shows every alternative equally often at every position
and (Williams 1949) equally often after every other, so that what a position adds cancels over the jury
and can be measured.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np

Order = Literal["counterbalanced", "random", "fixed"]


@lru_cache(maxsize=64)
def balanced_latin_square(size: int) -> tuple[tuple[int, ...], ...]:
    """Return rows of orders in which positions, and who follows whom, are balanced.

    Parameters
    ----------
    size : int
        Number of alternatives.

    Returns
    -------
    tuple of tuple of int
        `size` rows when `size` is even or 1, twice as many when it is odd (each order and its reverse).

    References
    ----------
    Williams, E. J. (1949). Experimental designs balanced for the estimation of residual effects of
    treatments. Australian Journal of Scientific Research A 2, 149-168.

    Examples
    --------
    >>> balanced_latin_square(4)
    ((0, 1, 3, 2), (1, 2, 0, 3), (2, 3, 1, 0), (3, 0, 2, 1))
    """
    first = [0]
    for step in range(1, size):
        first.append((first[-1] + (step if step % 2 else -step)) % size)
    rows = [tuple((value + shift) % size for value in first) for shift in range(size)]
    if size % 2 and size > 1:
        rows += [tuple(reversed(row)) for row in rows]
    return tuple(rows)


def shown_order(order: Order, size: int, turn: int, rng: np.random.Generator) -> tuple[int, ...]:
    """Return the indices of the alternatives in the order in which they are shown.

    Parameters
    ----------
    order : {"counterbalanced", "random", "fixed"}
    size : int
        Number of alternatives.
    turn : int
        Which row of the square comes next; counting up over jurors balances them.
    rng : numpy.random.Generator
        Used by ``random`` alone.
    """
    if order == "fixed":
        return tuple(range(size))
    if order == "random":
        return tuple(int(index) for index in rng.permutation(size))
    square = balanced_latin_square(size)
    return square[turn % len(square)]
