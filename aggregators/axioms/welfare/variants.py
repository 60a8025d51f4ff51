"""A variant of an alternative, beside it in the same profile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import permutations

import numpy as np

from aggregators.axioms.editing import cells, fresh_labels, remade, voters_of_each_kind
from aggregators.profiles import Profile

__all__ = ["poor_and_rich", "with_variant"]


def with_variant(profile: Profile, alternative: str, utilities: Mapping[int, float]) -> tuple[Profile, str]:
    """Return the profile with a variant of an alternative as a last column, and the variant's label.

    Parameters
    ----------
    profile : Utilities
        Utilities (n, m).
    alternative : str
        Of which the variant is one.
    utilities : mapping of int to float
        What voters get from the variant; the others get what they get from the alternative.
    """
    (label,) = fresh_labels(profile, alternative)
    values = cells(profile)
    column = values[:, profile.index(alternative)].copy()
    for voter, utility in utilities.items():
        column[voter] = utility
    return remade(profile, np.column_stack([values, column]), alternatives=(*profile.alternatives, label)), label


def poor_and_rich(profile: Profile, rng: np.random.Generator) -> Iterator[tuple[str, int, int]]:
    """Yield alternatives with a worse-off and a better-off voter of the same positive weight, in random order.

    Of two voters of unequal weight there is no saying what one of the many that each stands for gives to another.
    """
    values = cells(profile)
    found = [
        (label, poor, rich)
        for poor, rich in permutations(voters_of_each_kind(profile, rng), 2)
        if profile.weights[poor] == profile.weights[rich] > 0
        for column, label in enumerate(profile.alternatives)
        if values[poor, column] < values[rich, column]
    ]
    for index in rng.permutation(len(found)):
        yield found[index]
