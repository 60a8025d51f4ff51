"""Targets: known shares that the weights of people are to meet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np

from personas.errors import PopulationError, RakingError
from personas.groups import NOT_STATED, By, attribute_names, factor, label, narrow_factor
from personas.ipf import Margin

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from personas.population import Population

Targets: TypeAlias = Mapping[str | tuple[str, ...], Mapping[object, float]]
"""For an attribute, or a tuple of attributes, the share or count of each level, or tuple of levels."""

NotStated: TypeAlias = Literal["refuse", "keep"]


def targets_from(
    population: Population, by: Iterable[By], *, not_stated: NotStated = "keep"
) -> dict[str | tuple[str, ...], dict[object, float]]:
    """Return margins of a population as targets for `rake`.

    Parameters
    ----------
    population : Population
        Whose weighted shares are taken.
    by : iterable of str or sequence of str
        One entry a target: an attribute, or several to cross, as a tuple or as ``"race & sex"``.
    not_stated : {"keep", "refuse"}
        Whether those who did not state an attribute are a level with a share of their own, or are left out, so that
        the shares are those among people who stated it.

    Returns
    -------
    mapping
        Shares by attribute or tuple of attributes; those of each target add to 1.

    Raises
    ------
    PopulationError
        For an unknown attribute, or if nobody stated one.

    Examples
    --------
    >>> from personas import load_population
    >>> targets = targets_from(load_population("us-adults"), ["sex", ("race", "sex")])
    >>> {level: round(share, 3) for level, share in targets["sex"].items()}
    {'Male': 0.493, 'Female': 0.507}
    >>> len(targets["race", "sex"])
    12
    """
    check_not_stated(not_stated)
    found: dict[str | tuple[str, ...], dict[object, float]] = {}
    for each in (by,) if isinstance(by, str) else by:
        names = attribute_names(each, population.attributes)
        coded = factor(population.frame, names)
        sums = np.bincount(coded.codes, population.weights, minlength=len(coded.levels))
        shares: dict[object, float] = {
            (level[0] if len(names) == 1 else level): share
            for level, share in zip(coded.levels, sums.tolist(), strict=True)
            if share > 0 and not (not_stated == "refuse" and NOT_STATED in level)
        }
        if not shares:
            raise PopulationError(f"by: nobody of {population.name} stated {' & '.join(names)}: name another attribute")
        total = sum(shares.values())
        found[names[0] if len(names) == 1 else names] = {level: share / total for level, share in shares.items()}
    return found


def check_not_stated(given: str) -> None:
    """Refuse what is no way to treat people who did not state an attribute.

    Raises
    ------
    RakingError
        Naming the ways that there are.
    """
    if given not in get_args(NotStated):
        raise RakingError(f"not_stated: {given!r} is not known: use {' or '.join(get_args(NotStated))}")


def margin(
    frame: pd.DataFrame,
    weights: NDArray[np.float64],
    key: By,
    shares: Mapping[object, float],
    not_stated: NotStated = "refuse",
) -> Margin:
    """Return one target against the people's levels.

    Raises
    ------
    RakingError
        If it names an unknown attribute or level, leaves out a level that people have, or is no distribution.
    """
    try:
        names = attribute_names(key, map(str, frame.columns), field="targets")
    except PopulationError as error:
        raise RakingError(str(error)) from None
    wanted = _wanted(names, shares)
    people = narrow_factor(frame, names)
    stated_not = {name for name, level in zip(people.labels, people.levels, strict=True) if NOT_STATED in level}
    silent = [name for name in people.labels if name not in wanted and name in stated_not]
    kept = {}
    if silent and not_stated == "keep":
        present = np.bincount(people.codes, weights, minlength=len(people.levels)) / weights.sum()
        kept = {name: float(present[people.labels.index(name)]) for name in silent}
    if left_out := [name for name in people.labels if name not in wanted and name not in kept]:
        stated = (
            "drop or fill in people who did not state it, or set not_stated='keep'"
            if left_out[0] in stated_not
            else "give its share"
        )
        raise RakingError(
            f"targets: no share for {left_out[0]}, which people have; known: {', '.join(wanted)}; {stated}"
        )
    scale = (1.0 - sum(kept.values())) / sum(wanted.values())
    goal = {**{name: share * scale for name, share in wanted.items()}, **kept}
    labels = (*people.labels, *(name for name in goal if name not in set(people.labels)))
    return Margin(labels, people.codes, np.array([goal[name] for name in labels]))


def _wanted(names: tuple[str, ...], shares: Mapping[object, float]) -> dict[str, float]:
    if not hasattr(shares, "items"):
        raise RakingError(f"targets: {' & '.join(names)}: {shares!r} is no mapping: give the share of each level")
    wanted: dict[str, float] = {}
    for level, share in shares.items():
        name = level_label(names, level)
        if name in wanted:
            raise RakingError(f"targets: {name} is given twice: give each level one share")
        try:
            wanted[name] = float(share)
        except (TypeError, ValueError):
            raise RakingError(f"targets: {name}: {share!r} is no share: give a number") from None
    if not all(np.isfinite(share) and share >= 0 for share in wanted.values()) or sum(wanted.values()) <= 0:
        raise RakingError(
            f"targets: {' & '.join(names)}: {list(wanted.values())} must be finite, not negative, not all 0"
        )
    return wanted


def level_label(names: tuple[str, ...], level: object) -> str:
    """Return the name of the group in which `names` have the value, or tuple of values, of `level`.

    Raises
    ------
    RakingError
        If there is not one value for each attribute.
    """
    values = level if isinstance(level, tuple) else (level,)
    if len(values) != len(names):
        raise RakingError(
            f"targets: level {level!r} has {len(values)} values for {' & '.join(names)}: give {len(names)}"
        )
    return label(names, values)
