"""How long a search may take."""

from __future__ import annotations

import time

__all__ = ["Deadline", "OutOfTime"]


class OutOfTime(BaseException):
    """The time is up; no error, so that nobody who asks a rule takes it for one of the rule's."""


class Deadline:
    """Some seconds from now, or never; kept between questions, as a rule that is being asked is not interrupted.

    Parameters
    ----------
    seconds : float, optional
        Default: never.
    """

    def __init__(self, seconds: float | None = None) -> None:
        self._until = None if seconds is None else time.monotonic() + seconds

    @property
    def passed(self) -> bool:
        """Whether the time is up."""
        return self._until is not None and time.monotonic() >= self._until

    def keep(self) -> None:
        """Raise `OutOfTime` if the time is up."""
        if self.passed:
            raise OutOfTime
