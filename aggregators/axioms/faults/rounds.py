"""Bugs in rules that eliminate in rounds."""

from __future__ import annotations

import numpy as np

from aggregators.axioms.editing import remade
from aggregators.axioms.faults.asking import scores, winners
from aggregators.axioms.faults.base import fault
from aggregators.profiles import Rankings

__all__ = ["coombs_of_listed_places", "irv_below_average", "irv_of_two_places"]


@fault("clones", correct="irv")
def irv_below_average(profile: Rankings) -> set[str]:
    """Instant runoff that eliminates everything below the average of first places at once, to save rounds."""
    while profile.n_alternatives > 1:
        votes = scores("plurality", profile)
        stay = votes >= votes.mean()
        if stay.all():
            break
        profile = profile.restrict([label for label, stays in zip(profile.alternatives, stay, strict=True) if stays])
    return set(profile.alternatives)


@fault("mutual-majority", correct="irv")
def irv_of_two_places(profile: Rankings) -> frozenset[str]:
    """Instant runoff that reads the first two columns of each ballot only."""
    return winners("irv", remade(profile, np.where(profile.ranks <= 2, profile.ranks, 0)))


@fault("majority-loser", correct="coombs")
def coombs_of_listed_places(profile: Rankings) -> set[str]:
    """Coombs' rule that takes the last alternative written on a ballot for its last, not those left off it."""
    while profile.n_alternatives > 1:
        last = profile.ranks == profile.ranks.max(axis=1, keepdims=True)
        votes = profile.weights @ (last & (profile.ranks > 0))
        stay = votes < votes.max()
        if not stay.any():
            break
        profile = profile.restrict([label for label, stays in zip(profile.alternatives, stay, strict=True) if stays])
    return set(profile.alternatives)
