"""Who sits in the jury, beside the population that it was drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from jury.errors import RunError, StudyError
from personas import PersonaError

if TYPE_CHECKING:
    from jury.panel import Panel
    from jury.run import Run
    from personas import Population

__all__ = ["composition"]

#: Attributes of more levels say who somebody is rather than what group.
_MOST_LEVELS = 30


def composition(panel: Panel, run: Run | None, by: Sequence[str]) -> dict[str, Any]:
    """Return the jury's groups by every attribute, with the shares that the population has.

    Returns
    -------
    dict
        ``population``: its title, or None; ``problem``: why it could not be read again, or None; ``attributes``: one an
        attribute with ``groups`` of ``jurors``, ``share`` (of the jury's weight) and ``population`` (share or None).
    """
    population, problem = (None, None) if run is None else _population(run)
    names = dict.fromkeys((*by, *map(str, panel.jurors.columns)))
    found = []
    for name in names:
        try:
            labels = panel.group_labels(name)
        except RunError:
            continue
        levels, codes = np.unique(labels, return_inverse=True)
        if len(levels) > _MOST_LEVELS and name not in by:
            continue
        shares = np.bincount(codes, panel.weights, minlength=len(levels)) / panel.weights.sum()
        jurors = np.bincount(codes, minlength=len(levels))
        of_all = _shares(population, name)
        groups = [
            {
                "group": level,
                "jurors": many,
                "share": share,
                "population": None if of_all is None else of_all.pop(level, 0.0),
            }
            for level, many, share in zip(levels.tolist(), jurors.tolist(), shares.tolist(), strict=True)
        ]
        groups += [
            {"group": level, "jurors": 0, "share": 0.0, "population": share} for level, share in (of_all or {}).items()
        ]
        found.append({"attribute": name, "groups": groups})
    drawn = panel.drawn
    return {
        "population": None if population is None else population.source.title,
        "problem": problem,
        "attributes": found,
        "drawn": None if drawn is None else drawn.to_dict(),
        "caveats": [] if drawn is None else list(drawn.caveats()),
    }


def _population(run: Run) -> tuple[Population | None, str | None]:
    try:
        return run.study.load_population(), None
    except (PersonaError, StudyError) as error:
        return None, f"The population cannot be read again, so that shares are the jury's alone: {error}"


def _shares(population: Population | None, by: str) -> dict[str, float] | None:
    if population is None:
        return None
    try:
        shares = population.groups(by)["share"]
    except PersonaError:
        return None
    return {str(label).removeprefix(f"{by}="): float(share) for label, share in shares.items()}
