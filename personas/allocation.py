"""How many jurors each stratum gets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from personas.errors import SamplingError
from personas.groups import label

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from personas.designs import Allocation
    from personas.groups import Factor


def expected(
    allocation: Allocation, cells: Factor, totals: NDArray[np.float64], n: int, noun: str = "strata"
) -> NDArray[np.float64]:
    """Return the expected number of jurors of each cell; they add to `n`.

    Parameters
    ----------
    allocation : "proportional", "equal" or mapping
        In proportion to weight, in equal numbers, or in proportion to the numbers of the mapping.
    cells : Factor
        The strata.
    totals : (k,) array of float
        Their weights; who has none gets no juror.
    n : int
        Jurors.
    noun : str
        What cells are called in messages.

    Raises
    ------
    SamplingError
        If a mapping leaves out a cell, names an unknown one or is not of positive numbers; or if, other than in
        proportion, a cell would get less than one juror, so that the weights of some juries could not stand for it.
    """
    occupied = totals > 0
    if isinstance(allocation, Mapping):
        sizes = np.where(occupied, _custom(allocation, cells, occupied), 0.0)
    else:
        sizes = totals if allocation == "proportional" else occupied.astype(np.float64)
    counts = n * sizes / sizes.sum()
    if isinstance(allocation, Mapping):
        few = occupied & (counts < 1 - 1e-9)
        if few.any():
            cell = int(np.flatnonzero(few)[0])
            raise SamplingError(
                f"allocation: {cells.labels[cell]} gets {counts[cell]:.2g} of {n} jurors: give every group at least one"
            )
    elif allocation != "proportional" and n < occupied.sum():
        raise SamplingError(
            f"n: {n} jurors cannot cover {occupied.sum()} {noun} equally:"
            " ask for more jurors or name fewer attributes in by"
        )
    return np.asarray(counts, dtype=np.float64)


def _custom(allocation: Mapping[object, Any], cells: Factor, occupied: NDArray[np.bool_]) -> NDArray[np.float64]:
    wanted = per_level(allocation, cells, "allocation")
    missing = occupied & ~(wanted > 0)
    if missing.any():
        names = ", ".join(np.asarray(cells.labels)[missing])
        raise SamplingError(
            f"allocation: nothing for {names}: give every group a positive number, or nobody could speak for it"
        )
    return wanted


def per_level(numbers: Mapping[object, Any], cells: Factor, field: str) -> NDArray[np.float64]:
    """Return the number of each cell, 0 where none is given.

    Raises
    ------
    SamplingError
        For a level that nobody has, one that does not fit the attributes, or a number that is negative or not finite.
    """
    positions = {name: position for position, name in enumerate(cells.labels)}
    positions |= {" & ".join(level): position for position, level in enumerate(cells.levels)}  # "Black & Female"
    found = np.zeros(len(cells.levels))
    for level, number in numbers.items():
        values = level if isinstance(level, tuple) else (level,)
        name = label(cells.names, values) if len(values) == len(cells.names) else str(level)
        if name not in positions:
            known = [" & ".join(level) for level in cells.levels]
            raise SamplingError(f"{field}: no group {level!r} of {' & '.join(cells.names)}; known: {', '.join(known)}")
        if isinstance(number, Mapping):
            raise SamplingError(
                f"{field}: {level!r}: {dict(number)} is no number: this design takes one for each group"
            )
        if not isinstance(number, (int, float, np.number)) or not np.isfinite(number) or number < 0:
            raise SamplingError(f"{field}: {number!r} for {name}: give a number that is not negative")
        found[positions[name]] = number
    return found


def at_least(
    minima: NDArray[np.intp], cells: Factor, totals: NDArray[np.float64], n: int
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return strata in which one group or more must have a least number, and their expected numbers of jurors.

    Groups without a minimum are one stratum together. Numbers are proportional to weight wherever that leaves every
    stratum its minimum, and one juror: who cannot be drawn cannot be spoken for.

    Returns
    -------
    strata : (k,) array of int
        The stratum of each cell, -1 where nobody has weight.
    counts : (strata,) array of float
        They add to `n`.

    Raises
    ------
    SamplingError
        If the minima, and one juror for the others, exceed `n`.
    """
    demanding = (minima > 0) & (totals > 0)
    others = (minima == 0) & (totals > 0)
    if (nobody := (minima > 0) & (totals <= 0)).any():
        raise SamplingError(f"at_least: nobody with weight in {np.asarray(cells.labels)[nobody][0]}: drop it")
    strata = np.full(totals.size, -1, dtype=np.intp)
    strata[demanding] = np.arange(demanding.sum())
    strata[others] = demanding.sum()
    weights = np.append(totals[demanding], totals[others].sum() if others.any() else [])
    floors = np.append(minima[demanding].astype(np.float64), 1.0 if others.any() else [])
    if floors.sum() > n:
        rest = " and one for everybody else" if others.any() else ""
        raise SamplingError(
            f"at_least: {int(minima[demanding].sum())} seats are bound in {' & '.join(cells.names)}{rest}, n is {n}:"
            " ask for more jurors or lower the numbers"
        )
    held = np.zeros(weights.size, dtype=np.bool_)
    while True:  # hold whom a proportional share leaves short at the floor, share the rest out again
        left = n - floors[held].sum()
        free = weights[~held].sum()
        counts = np.where(held, floors, weights * (left / free if free else 0.0))
        short = ~held & (counts < floors)
        if not short.any():
            return strata, counts
        held |= short
