"""Bugs in how ties are broken, or taken for ties."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.axioms.editing import without
from aggregators.axioms.faults.asking import scores, winners
from aggregators.axioms.faults.base import fault
from aggregators.profiles import Approvals, Rankings

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "alphabetical_borda",
    "approval_within_a_vote",
    "borda_by_first_ballot",
    "copeland_by_fewest_points",
    "irv_by_index",
    "rounded_borda",
]


@fault("neutrality", correct="borda")
def alphabetical_borda(profile: Rankings) -> str:
    """Borda count that breaks ties by the alphabet."""
    return min(winners("borda", profile))


@fault("neutrality", correct="irv")
def irv_by_index(profile: Rankings) -> str:
    """Instant runoff that eliminates the first of those who tie for the fewest votes."""
    while profile.n_alternatives > 1:
        votes = scores("plurality", profile)
        profile = without(profile, profile.alternatives[int(votes.argmin())])  # type: ignore[assignment]
    return profile.alternatives[0]


@fault("anonymity", correct="borda")
def borda_by_first_ballot(profile: Rankings) -> str:
    """Borda count whose ties are broken by whichever ballot happens to come first."""
    places = profile.places[:, 0]
    return min(winners("borda", profile), key=lambda label: int(places[profile.index(label)]))


@fault("monotonicity", correct="copeland")
def copeland_by_fewest_points(profile: Rankings) -> set[str]:
    """Copeland whose ties are broken by the Borda count, sorted the wrong way round."""
    points = dict(zip(profile.alternatives, scores("borda", profile).tolist(), strict=True))
    tied = winners("copeland", profile)
    return {label for label in tied if points[label] == min(points[each] for each in tied)}


@fault("positive-responsiveness", correct="approval")
def approval_within_a_vote(profile: Approvals) -> NDArray[np.bool_]:
    """Approval voting in which a lead of one vote still counts as a tie."""
    votes = scores("approval", profile)
    return np.asarray(votes >= votes.max() - 1)


@fault("reinforcement", correct="borda")
def rounded_borda(profile: Rankings) -> NDArray[np.float64]:
    """Borda count that compares average points as they are printed, to one decimal."""
    return np.asarray(np.round(scores("borda", profile) / profile.weights.sum(), 1))
