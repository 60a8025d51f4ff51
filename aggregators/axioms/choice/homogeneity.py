"""Homogeneity."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from aggregators.axioms.base import Axiom, Change, Judgement, axiom, expect
from aggregators.axioms.choice.sameness import ALL_KINDS, decides_alike
from aggregators.axioms.trial import Trial
from aggregators.profiles import Profile

__all__ = ["Homogeneity"]

_MANY = 1_000


@axiom
class Homogeneity(Axiom):
    """The same number of copies of every voter decides the same."""

    name = "homogeneity"
    statement = "the same number of copies of every voter decides the same"
    formula = "f(kP) = f(P), ≿ the same, for k = 2, 3, ..."
    source = "Smith (1973), Aggregation of preferences with variable electorate"
    aliases = ("replication",)
    kinds = ALL_KINDS

    def changes(self, profile: Profile, rng: np.random.Generator) -> Iterator[Change]:
        """Yield two and three copies, and so many that products overflow or vanish."""
        for copies in (2, 3, _MANY):
            yield {"copies": copies}

    def allows(self, profile: Profile, change: Change) -> bool:
        """Tell whether there are at least two copies."""
        copies = change.get("copies")
        return change.keys() == {"copies"} and isinstance(copies, int) and copies >= 2

    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Ask again with every voter there several times; many copies are one voter of so much weight."""
        copies = change["copies"]
        if copies < _MANY:
            copied = profile.select(np.tile(np.arange(profile.n_voters), copies))
        else:
            copied = profile.with_weights(copies * profile.weights)
        return expect(decides_alike(trial, profile, copied), f"{copies} copies of every voter decide the same")
