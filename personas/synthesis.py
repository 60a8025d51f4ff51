"""Synthesis: a joint table of people from its margins, and a sample that shows how they go together."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from personas.errors import RakingError
from personas.groups import attribute_names, factor, readable
from personas.population import Population
from personas.provenance import Source
from personas.raking import Raked, rake
from personas.targets import Targets

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

MOST_CELLS = 1_000_000


def synthesise(
    margins: Targets,
    seed: Population | pd.DataFrame | None = None,
    *,
    smooth: float = 0.0,
    name: str = "synthetic",
    source: Source | None = None,
    max_iterations: int = 1000,
    tolerance: float = 1e-9,
) -> Raked:
    """Make the joint table of the attributes of `margins`.

    Parameters
    ----------
    margins : mapping
        For an attribute, or a tuple of attributes, the share or count of each level, or tuple of levels, as for `rake`.
    seed : Population or DataFrame, optional
        People who have all these attributes. The table keeps their associations (odds ratios) wherever no
        margin speaks about them. Without it, attributes are independent beyond the margins.
    smooth : float, default 0
        Share, from 0 to 1, of the independent table mixed into the seed's. With 0, a combination that nobody of the
        seed has does not occur; a small share such as 0.05 lets it occur.
    name : str
        What the population is called.
    source : Source, optional
        Where the margins come from.
    max_iterations, tolerance
        As in `rake`.

    Returns
    -------
    Raked
        A population of cells whose weights add to 1; its source notes what was assumed.

    Raises
    ------
    RakingError
        If the margins contradict each other, a level of the seed has no share, or the seed lacks combinations that
        the margins need.

    References
    ----------
    Beckman, R. J., Baggerly, K. A. and McKay, M. D. (1996). Creating synthetic baseline populations. Transportation
    Research Part A 30(6).

    Examples
    --------
    >>> table = synthesise({"sex": {"Female": 0.5, "Male": 0.5}, "age": {"young": 0.4, "old": 0.6}})
    >>> table.groups("sex & age").share.round(2).to_dict()
    {'sex=Female & age=young': 0.2, 'sex=Female & age=old': 0.3, 'sex=Male & age=young': 0.2, 'sex=Male & age=old': 0.3}
    """
    import pandas as pd

    if not 0 <= smooth <= 1:
        raise RakingError(f"smooth: {smooth} is no share: give a number from 0 to 1")
    levels = _levels(margins)
    size = prod(map(len, levels.values()))
    if size > MOST_CELLS:
        raise RakingError(
            f"margins: {size:,} cells are more than {MOST_CELLS:,}: name fewer attributes or merge levels"
        )
    codes = np.unravel_index(np.arange(size), tuple(map(len, levels.values())))
    frame = pd.DataFrame(
        {
            attribute: pd.Categorical.from_codes(each, categories=pd.Index(levels[attribute]))
            for attribute, each in zip(levels, codes, strict=True)
        }
    ).set_axis([f"c{row:0{len(str(size))}d}" for row in range(1, size + 1)], axis=0)

    def fitted(start: NDArray[np.float64]) -> Raked:
        held = start > 0
        cells = Population(frame[held], start[held] / start.sum(), name=name, unit="cell")
        return rake(cells, margins, max_iterations=max_iterations, tolerance=tolerance)

    start = np.ones(size)
    if seed is not None:
        start = _seeded(seed, levels, size)
        if smooth:
            independent = np.zeros(size)
            made = fitted(np.ones(size))
            independent[frame.index.get_indexer(made.frame.index)] = made.weights
            start = (1 - smooth) * start / start.sum() + smooth * independent
    made = fitted(start)
    return replace(
        made, source=(source or Source(title="Synthetic joint table")).with_note(_note(margins, seed, smooth))
    )


def _levels(margins: Targets) -> dict[str, list[str]]:
    """Return the levels of each attribute, as they are first named."""
    levels: dict[str, dict[str, None]] = {}
    for key, shares in margins.items():
        names = (key,) if isinstance(key, str) else tuple(key)
        for level in shares:
            values = level if isinstance(level, tuple) else (level,)
            if len(values) != len(names):
                raise RakingError(
                    f"margins: level {level!r} has {len(values)} values for {' & '.join(names)}: give {len(names)}"
                )
            for attribute, value in zip(names, values, strict=True):
                levels.setdefault(attribute, {})[readable(value)] = None
    if not levels:
        raise RakingError("margins: none given: name at least one attribute with the shares of its levels")
    return {attribute: list(found) for attribute, found in levels.items()}


def _seeded(seed: Population | pd.DataFrame, levels: dict[str, list[str]], size: int) -> NDArray[np.float64]:
    """Return the seed's weight in each cell of the product of `levels`."""
    people = seed if isinstance(seed, Population) else Population(seed, np.ones(len(seed)))
    names = attribute_names(tuple(levels), people.attributes, field="seed")
    cells = np.zeros(len(people), dtype=np.intp)
    for attribute in names:
        coded = factor(people.frame, attribute)
        known = {level: position for position, level in enumerate(levels[attribute])}
        places = np.array([known.get(level[0], -1) for level in coded.levels], dtype=np.intp)
        if (places < 0).any():
            unknown = coded.labels[int(np.argmin(places))]
            raise RakingError(
                f"seed: {unknown} has no share in the margins, which have {', '.join(known)}: give its share, recode"
                " it, or drop these people"
            )
        cells = cells * len(known) + places[coded.codes]
    return np.bincount(cells, people.weights, minlength=size).astype(np.float64)


def _note(margins: Targets, seed: Population | pd.DataFrame | None, smooth: float) -> str:
    names = ", ".join(key if isinstance(key, str) else " & ".join(key) for key in margins)
    if seed is None:
        return f"Joint table made from the margins {names}; beyond them the attributes are assumed to be independent."
    whose = f"of {seed.name} ({seed.source.title})" if isinstance(seed, Population) else "of a sample"
    mixed = f", smoothed with {smooth:.0%} of the table that assumes independence" if smooth else ""
    return f"Joint table made from the margins {names}; beyond them it keeps the associations {whose}{mixed}."
