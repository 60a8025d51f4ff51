"""Ballots as extreme as a form allows, and what they can do: fanatics, blocs and abstainers.

Everything here asks what would have been decided had some voters cast other ballots. The other ballots are put beside
those that were cast, without weight, and weight is moved to them: one batch of weightings answers all questions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from aggregators.decision import decide
from aggregators.errors import ProfileError
from aggregators.outcome import BatchOutcome
from aggregators.profiles import Approvals, Rankings, Utilities

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from aggregators.profiles import Profile

    FloatArray = NDArray[np.float64]
    BoolArray = NDArray[np.bool_]

__all__ = ["Extremes", "decided", "moved"]


@dataclass(frozen=True, eq=False)
class Extremes:
    """Ballots as cast and the extreme ones beside them.

    Attributes
    ----------
    profile : Profile
        The n ballots as cast, then the extreme ones.
    bullets : tuple of m int
        Row of the ballot that is all for one alternative, for each of them.
    vetoes : tuple of int
        Rows of the ballots that are all against one alternative; none where two alternatives make them bullets, or
        where a form has no such ballot.
    """

    profile: Profile
    bullets: tuple[int, ...]
    vetoes: tuple[int, ...]

    @classmethod
    def of(cls, profile: Profile, scale: tuple[float, float] | None = None) -> Extremes:
        """Return the ballots of `profile` with all extreme ones beside them.

        Parameters
        ----------
        profile : Utilities, Rankings or Approvals
            The ballots.
        scale : (low, high), optional
            Ends of the scale of utilities. Default: the least and the greatest that anybody gave.

        Raises
        ------
        ProfileError
            For comparisons, which have no extreme ballot; if the scale has no length.

        Notes
        -----
        All for one: the highest utility and the lowest for all others; ranked first and nobody else ranked; the only
        approval. All against one: the lowest utility and the highest for the others; everybody else approved of.
        """
        found = profile.derived(_beside, scale)
        weights = np.zeros(found.profile.n_voters)
        weights[: profile.n_voters] = profile.weights
        return replace(found, profile=found.profile.with_weights(weights))


def _beside(profile: Profile, scale: tuple[float, float] | None) -> Extremes:
    many = profile.n_alternatives
    one = np.eye(many, dtype=np.bool_)
    extra: NDArray[Any]
    if isinstance(profile, Utilities):
        low, high = _ends(profile, scale)
        extra = np.where(np.concatenate([one, ~one]) if many > 2 else one, high, low)
    elif isinstance(profile, Approvals):
        extra = np.concatenate([one, ~one]) if many > 2 else one
    elif isinstance(profile, Rankings):
        extra = one.astype(np.int64)
    else:
        raise ProfileError(f"{type(profile).__name__} have no extreme ballot; give utilities, rankings or approvals")
    rows = np.concatenate([profile._matrix, extra])  # noqa: SLF001 - a profile of the same package and kind
    first, last = profile.n_voters, len(rows)
    beside = type(profile)(rows, alternatives=profile.alternatives)
    return Extremes(beside, tuple(range(first, first + many)), tuple(range(first + many, last)))


def _ends(profile: Utilities, scale: tuple[float, float] | None) -> tuple[float, float]:
    if scale is None:
        if not profile.opinions.any():
            return 0.0, 1.0
        scale = float(np.nanmin(profile.values)), float(np.nanmax(profile.values))
        return scale if scale[0] < scale[1] else (scale[0], scale[0] + 1.0)
    if not scale[0] < scale[1]:
        raise ProfileError(f"scale={scale!r} has no length; give its lowest and its highest utility")
    return scale


def moved(beside: Extremes, givers: BoolArray, to: Sequence[int | None]) -> FloatArray:
    """Return (b, n + extreme) weights in which the givers of each row have moved theirs to an extreme ballot.

    Parameters
    ----------
    beside : Extremes
    givers : (b, n) bool array
        Whose weight is moved.
    to : sequence of b int or None
        The row of the ballot that gets it; None if nobody does, so that the givers abstain.
    """
    own = beside.profile.weights
    voters = givers.shape[1]
    weights = np.tile(own, (len(givers), 1))
    weights[:, :voters][givers] = 0.0
    given = givers @ own[:voters]
    for row, target in enumerate(to):
        if target is not None:
            weights[row, target] += given[row]
    return weights


def decided(profile: Profile, rule: str, weights: FloatArray) -> BatchOutcome:
    """Return the outcomes of `rule` under (b, n) weights."""
    outcome = decide(profile, rule, weights=weights)
    if not isinstance(outcome, BatchOutcome):
        raise TypeError("weights of two dimensions gave one outcome")
    return outcome
