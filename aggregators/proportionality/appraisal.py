"""A committee under every measure that its ballots allow."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aggregators.errors import RuleError
from aggregators.proportionality.cohesive import TIME_LIMIT
from aggregators.proportionality.measures import Witness, measures

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from aggregators.profiles import Profile

__all__ = ["Appraisal", "appraise"]


@dataclass(frozen=True)
class Appraisal:
    """What one measure says of a committee.

    Attributes
    ----------
    measure : str
        Its name.
    witness : Witness or None
        A group that is left unrepresented, if there is one.
    undecided : str or None
        Why the measure came to no answer, if it did not.
    """

    measure: str
    witness: Witness | None = None
    undecided: str | None = None

    @property
    def fine(self) -> bool:
        """Whether it is certain that every group is represented."""
        return self.witness is None and self.undecided is None

    def to_dict(self) -> dict[str, Any]:
        """Return the appraisal as plain JSON types."""
        witness = None if self.witness is None else self.witness.to_dict()
        return {"measure": self.measure, "fine": self.fine, "witness": witness, "undecided": self.undecided}


def appraise(
    profile: Profile,
    committee: Iterable[str],
    *,
    seats: int | None = None,
    weights: ArrayLike | None = None,
    time_limit: float = TIME_LIMIT,
) -> tuple[Appraisal, ...]:
    """Measure a committee in every way that its ballots allow.

    Parameters
    ----------
    profile : Approvals or Rankings
        The ballots.
    committee : iterable of labels
        The members.
    seats, weights
        As for `aggregators.proportionality.unrepresented`.
    time_limit : float
        Seconds for HiGHS in each search, and each number of seats that a group may be owed.

    Returns
    -------
    tuple of Appraisal
        One a measure, in alphabetical order. None for utilities, which no measure reads.

    Examples
    --------
    >>> from aggregators import Approvals
    >>> from aggregators.proportionality import appraise
    >>> ballots = Approvals([[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    >>> {each.measure: each.fine for each in appraise(ballots, ["a", "c", "d"], seats=4)}
    {'core': False, 'ejr': False, 'ejr+': False, 'jr': True, 'pjr': False}
    """
    members = tuple(committee)
    found = []
    for name, measure in measures().items():
        if not isinstance(profile, measure.reads):
            continue
        limited = "time_limit" in inspect.signature(measure.function).parameters
        options = {"time_limit": time_limit} if limited else {}
        try:
            found.append(Appraisal(name, measure(profile, members, seats, weights, **options)))
        except RuleError as error:
            if measure.effort != "search":  # it is the input that is wrong
                raise
            found.append(Appraisal(name, undecided=str(error)))
    return tuple(found)
