"""When a request is made again, and how long it waits before.

Only `TransientError` is met with another attempt. Waits grow exponentially with full jitter, so that
requests that failed together do not come back together (M. Brooker, "Exponential Backoff and Jitter", AWS
Architecture Blog, 2015).
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from jury.errors import TransientError


@dataclass(frozen=True)
class Retry:
    """How patient a single request is.

    Attributes
    ----------
    attempts : int
        Failures of one request while others succeed, after which it is given up. Failures in an outage, when nobody
        succeeds, and those in which the server says that it is overloaded, are not the request's.
    patience : float
        Seconds that one request may take, its waits included; the time for which all requests to the model have to
        wait is not counted.
    base, cap : float
        Seconds; the first wait is drawn from [0, base), the range doubles each time and grows to `cap` at most.
    jitter : callable
        Draws from [0, 1); ``Generator.random`` of numpy for waits that can be repeated.

    Raises
    ------
    ValueError
        If `attempts` is below 1.
    """

    attempts: int = 6
    patience: float = 300.0
    base: float = 0.5
    cap: float = 60.0
    jitter: Callable[[], float] = random.random

    def __post_init__(self) -> None:
        if self.attempts < 1:
            raise ValueError(f"attempts = {self.attempts}: a request has to be made at least once")

    def wait(self, failures: int) -> float:
        """Return the seconds to wait after so many failures."""
        return float(min(self.base * 2.0 ** min(failures - 1, 60), self.cap)) * self.jitter()


def gave_up(error: TransientError, attempts: int) -> TransientError:
    """Return `error` with the number of attempts in its message."""
    times = "1 attempt" if attempts == 1 else f"{attempts} attempts"
    return TransientError(f"{error} ({times})", error.retry_after)
