"""A rule on trial: what it was asked, and what it answered, in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aggregators.axioms.answers import Committees, Decision
    from aggregators.axioms.subject import Subject
    from aggregators.profiles import Profile
    from aggregators.rulebook import Kind

__all__ = ["Step", "Trial"]


@dataclass(frozen=True)
class Step:
    """One question to a rule and its answer.

    Attributes
    ----------
    profile : Profile
        What it was asked.
    seats : int or None
        Of the committee it was asked for.
    answer : Decision or frozenset of frozensets of str
        What it decided, or every tied committee.
    """

    profile: Profile
    seats: int | None
    answer: Decision | Committees


class Trial:
    """Asks a rule and keeps a record.

    Parameters
    ----------
    tested : Subject
        The rule.
    """

    def __init__(self, tested: Subject) -> None:
        self._tested = tested
        self._steps: list[Step] = []

    @property
    def steps(self) -> tuple[Step, ...]:
        """All that was asked and answered."""
        return tuple(self._steps)

    @property
    def kind(self) -> Kind:
        """Kind of the rule."""
        return self._tested.kind

    def decide(self, profile: Profile) -> Decision:
        """Return what the rule decides."""
        answer = self._tested.decide(profile)
        self._steps.append(Step(profile, None, answer))
        return answer

    def quietly(self, profile: Profile) -> Decision:
        """Return what the rule decides and keep no record, as for one of many vain attempts."""
        return self._tested.decide(profile)

    def elect(self, profile: Profile, seats: int) -> Committees:
        """Return the committees that the rule elects, all that tie."""
        answer = self._tested.elect(profile, seats)
        self._steps.append(Step(profile, seats, answer))
        return answer

    def elect_quietly(self, profile: Profile, seats: int) -> Committees:
        """Return the committees that the rule elects and keep no record."""
        return self._tested.elect(profile, seats)
