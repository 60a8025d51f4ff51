"""Sampling designs: how a jury is drawn from a population. One file each, found by the registry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from aggregators.registry import Registry
from personas.errors import SamplingError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from personas.groups import Factor

Allocation: TypeAlias = Literal["proportional", "equal"] | Mapping[object, Any]
"""How jurors are shared among groups: a named way, or relative numbers for each level or tuple of levels; for quotas on
several attributes, such numbers by attribute."""

Least: TypeAlias = tuple["Factor", "NDArray[np.intp]"]
"""Groups, and how many jurors each must have at least."""


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
    allocation : "proportional", "equal" or mapping
        How many jurors each group gets, for designs that fix it.
    replace : bool
        Whether a row may be drawn more than once.
    size : (rows,) array of float, optional
        What the chance of a row is proportional to, for designs that take it.
    least : tuple of Least
        What each group must have at least, for designs that take it.
    """

    n: int
    weights: NDArray[np.float64]
    factors: tuple[Factor, ...]
    allocation: Allocation
    replace: bool
    size: NDArray[np.float64] | None = None
    least: tuple[Least, ...] = ()


@dataclass(frozen=True)
class Draw:
    """What a design drew: one jury, or as many as the leading axis says.

    Parameters
    ----------
    rows : (..., n) array of int
        Positions in the population, in any order.
    weights : (..., n) array of float
        What each juror stands for: base weight over the expected number of times that the row is drawn, so that
        weighted totals over the jury estimate those of the population without bias.
    unbiased : bool
        False where that does not hold, because the design is no probability design; weights are then on any scale.
    warnings : tuple of str
        What whoever reads figures about the jury must know.
    """

    rows: NDArray[np.intp]
    weights: NDArray[np.float64]
    unbiased: bool = True
    warnings: tuple[str, ...] = ()


OPTIONS = {
    "by": "stratified, systematic or quota",
    "allocation": "stratified or quota",
    "size": "pps",
    "at_least": "constrained",
}


def refuse(request: Request, design: str, *options: str) -> None:
    """Refuse `options` that the design cannot honour, where they were given.

    Raises
    ------
    SamplingError
        Naming the option, what was given and the designs that take it.
    """
    given = {
        "by": " & ".join(name for factor in request.factors for name in factor.names),
        "allocation": "" if request.allocation == "proportional" else repr(request.allocation),
        "size": "" if request.size is None else "a size",
        "at_least": " and ".join(" & ".join(factor.names) for factor, _ in request.least),
    }
    for option in options:
        if given[option]:
            raise SamplingError(
                f"{option}: {given[option]} does not go with design {design!r}: drop it or use {OPTIONS[option]}"
            )


Design: TypeAlias = Callable[[Request, np.random.Generator], Draw]

Repeated: TypeAlias = Callable[[Request, int, np.random.Generator], Draw]

designs: Registry[Design] = Registry("sampling design", "personas.designs")

repeated: Registry[Repeated] = Registry("repeated design", "personas.designs")
"""Under the name of a design, how it draws many juries at once; a design that is not here is drawn one by one."""
