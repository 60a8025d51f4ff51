"""Sampling designs: how a jury is drawn from a population. One file each, found by the registry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from aggregators.registry import Registry
from personas.errors import SamplingError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from personas.groups import Factor

Allocation: TypeAlias = Literal["proportional", "equal"]


@dataclass(frozen=True)
class Request:
    """What a design is asked to draw.

    Parameters
    ----------
    n : int
        Jurors, at least 1.
    weights : (rows,) array of float
        Base weights of the population's rows.
    factors : tuple of Factor
        One for each attribute of `by`; empty where none was named.
    allocation : {"proportional", "equal"}
        How many jurors each group gets, for designs that fix it.
    replace : bool
        Whether a row may be drawn more than once.
    """

    n: int
    weights: NDArray[np.float64]
    factors: tuple[Factor, ...]
    allocation: Allocation
    replace: bool


@dataclass(frozen=True)
class Draw:
    """What a design drew.

    Parameters
    ----------
    rows : (n,) array of int
        Positions in the population, in any order.
    weights : (n,) array of float
        On any common scale; weighted means over the jury estimate those of the population.
    """

    rows: NDArray[np.intp]
    weights: NDArray[np.float64]


def refuse_equal(request: Request, design: str) -> None:
    """Refuse the equal allocation, for a design that fixes the size of no group."""
    if request.allocation != "proportional":
        raise SamplingError(
            f"allocation: {request.allocation!r} does not go with design {design!r}: use stratified or quota"
        )


Design: TypeAlias = Callable[[Request, np.random.Generator], Draw]

designs: Registry[Design] = Registry("sampling design", "personas.designs")
