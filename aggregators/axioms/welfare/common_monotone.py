"""Invariance to a common increasing map: only the order of utilities counts, within and between voters."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from aggregators.axioms.base import Change, axiom
from aggregators.axioms.editing import cells, remade
from aggregators.axioms.welfare.invariance import Invariance
from aggregators.profiles import Profile
from aggregators.ties import levels

__all__ = ["CommonMonotone"]

_STEEP = 100.0
_RANDOM = 8
_HIGHEST_STEP = 50


@axiom
class CommonMonotone(Invariance):
    """The ranking stays when all utilities go through one increasing map.

    A change is the map, as pairs ``[from, to]`` of every utility that occurs.
    """

    name = "common-monotone"
    aliases = ("ordinal-level-comparability",)
    statement = "the ranking stays when all utilities go through one strictly increasing map"
    formula = "≿ is the same at u and at φ∘u, φ strictly increasing"
    source = "d'Aspremont and Gevers (1977), Equity and the informational basis of collective choice"

    def changes(self, profile: Profile, rng: np.random.Generator) -> Iterator[Change]:
        """Yield the maps that are steep at one step, and random ones."""
        occurring = np.unique(cells(profile))
        if not _told_apart(occurring):
            return
        size = len(occurring)
        steep = np.where(np.eye(size, dtype=bool), _STEEP, 1.0)
        drawn = rng.integers(1, _HIGHEST_STEP, (_RANDOM, size)).astype(np.float64)
        for steps in np.concatenate([steep, drawn]):
            yield {"map": np.column_stack([occurring, np.cumsum(steps)]).tolist()}

    def allows(self, profile: Profile, change: Change) -> bool:
        """Tell whether it is an increasing map of the utilities that occur into positive ones, none nearly equal."""
        if change.keys() != {"map"}:
            return False
        table = np.array(change["map"], dtype=np.float64)
        if table.ndim != 2 or table.shape[1] != 2 or not np.isfinite(table).all():
            return False
        before, after = table.T
        increasing = (np.diff(after) > 0).all() and after[0] > 0
        same = np.array_equal(before, np.unique(cells(profile)))
        return bool(same and increasing and _told_apart(before) and _told_apart(after))

    def rescaled(self, profile: Profile, change: Change) -> Profile:
        """Return the mapped profile."""
        before, after = np.array(change["map"], dtype=np.float64).T
        return remade(profile, after[np.searchsorted(before, cells(profile))])


def _told_apart(increasing: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> bool:
    return len(levels(increasing)) == len(increasing)
