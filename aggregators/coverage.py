"""How many judged an alternative: leaving out what few judged, and saying so of a winner.

Where voters skip alternatives, an average over those who answered may crown what one person liked.

>>> from aggregators import Utilities, decide
>>> from aggregators.coverage import judged_by, judges
>>> no = float("nan")
>>> jury = Utilities([[1, no, 0], [1, no, 1], [0, no, 0], [1, 1, no]])
>>> outcome = decide(jury, "utilitarian")
>>> outcome.winners, str(judges(outcome, jury))
(('b',), '1 of 4')
>>> decide(judged_by(jury, share=0.5), "utilitarian").winners
('a',)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from aggregators.errors import ProfileError
from aggregators.profiles import Approvals, Profile
from aggregators.ties import RELATIVE_TOLERANCE

if TYPE_CHECKING:
    from typing import TypeVar

    from numpy.typing import NDArray

    from aggregators.outcome import Outcome

    Ballots = TypeVar("Ballots", bound=Profile)

__all__ = ["FEW", "Judges", "judged_by", "judges"]

FEW = 0.1
"""The share of the voters below which those who judged a winner are few."""


@dataclass(frozen=True)
class Judges:
    """How many judged the winners of an outcome; voters count by their weight.

    Attributes
    ----------
    winners : int
        Number of them.
    least, median, most : float
        Of those who judged each; 0 where nobody won.
    total : float
        Of all voters.
    few : int
        Number of winners that less than a share of `FEW` of the voters judged.
    """

    winners: int
    least: float
    median: float
    most: float
    total: float
    few: int

    @property
    def everybody(self) -> bool:
        """Whether every voter judged every winner."""
        return not self.winners or self.least >= self.total * (1 - RELATIVE_TOLERANCE)

    def __str__(self) -> str:
        """Return the count or the range of counts, of the total."""
        counts = _amount(self.least)
        if self.least != self.most:
            counts = f"{counts} to {_amount(self.most)} (median {_amount(self.median)})"
        return f"{counts} of {_amount(self.total)}"


def judges(outcome: Outcome, profile: Profile) -> Judges:
    """Return how many judged the winners of an outcome of `profile`."""
    total = float(profile.weights.sum())
    won = [outcome.alternatives.index(label) for label in outcome.winners]
    if not won:
        return Judges(0, 0.0, 0.0, 0.0, total, 0)
    weight = np.asarray(outcome.answered_weight)[won]
    few = int((weight < FEW * total * (1 - RELATIVE_TOLERANCE)).sum())
    return Judges(len(won), float(weight.min()), float(np.median(weight)), float(weight.max()), total, few)


def judged_by(profile: Ballots, *, voters: float | None = None, share: float | None = None) -> Ballots:
    """Return the ballots on the alternatives that enough voters judged.

    Parameters
    ----------
    profile : Utilities or Rankings
        Who is ranked is judged.
    voters : float, optional
        The least number of voters. A voter of weight w is w voters.
    share : float, optional
        The least share of all voters, from 0 to 1.

    Raises
    ------
    ProfileError
        If no alternative is left; if not exactly one of `voters` and `share` is given; if these are approvals, where
        nothing tells who was asked.

    Examples
    --------
    >>> from aggregators import Rankings
    >>> from aggregators.coverage import judged_by
    >>> judged_by(Rankings.from_orders([("a", "b"), ("a",)]), voters=2).alternatives
    ('a',)
    """
    if (voters is None) == (share is None):
        raise ProfileError("judged_by takes a number of voters or a share of them; give one of the two")
    if isinstance(profile, Approvals):
        raise ProfileError("approvals do not tell who judged what and disapproved; give utilities or rankings")
    if share is not None and not 0 <= share <= 1:
        raise ProfileError(f"share={share:g}; give a share of the voters from 0 to 1")
    judged: NDArray[np.float64] = profile.weights @ profile.opinions
    total = float(profile.weights.sum())
    least = share * total if share is not None else float(voters or 0)
    kept = judged >= least * (1 - RELATIVE_TOLERANCE)
    if not kept.any():
        most = int(judged.argmax())
        raise ProfileError(
            f"no alternative was judged by {_amount(least)} of {_amount(total)} voters; the most, "
            f"{_amount(float(judged[most]))}, judged {profile.alternatives[most]!r}"
        )
    if kept.all():
        return profile
    return profile.restrict([label for label, keep in zip(profile.alternatives, kept, strict=True) if keep])


def _amount(weight: float) -> str:
    return f"{weight:.0f}" if weight == round(weight) else f"{weight:.2f}"
