"""Asking again: the one place in the project that does.

Only `TransientError` is met with another attempt. Waits grow exponentially with full jitter, so that
requests that failed together do not come back together (M. Brooker, "Exponential Backoff and Jitter", AWS
Architecture Blog, 2015).
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from jury.backends.base import Reply, Request
from jury.errors import TransientError

Ask = Callable[[Request], Awaitable[Reply]]


class Attempted(NamedTuple):
    """A reply, and how many times the model was asked for it."""

    reply: Reply
    attempts: int


def retrying(
    ask: Ask,
    *,
    attempts: int = 6,
    base: float = 0.5,
    cap: float = 60.0,
    jitter: Callable[[], float] = random.random,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> Callable[[Request], Awaitable[Attempted]]:
    """Wrap a backend's `ask` so that it asks again after transient failures.

    Parameters
    ----------
    ask : callable
        ``backend.ask``.
    attempts : int
        How often a request is made at most, at least 1.
    base : float
        Seconds; the first wait is drawn from [0, base), and the range doubles each time.
    cap : float
        Seconds; no range grows beyond it, and no server is given more than this for its Retry-After. A
        shorter Retry-After is kept to in full, the drawn wait coming on top of it.
    jitter : callable
        Draws from [0, 1); ``Generator.random`` of numpy for waits that can be repeated.
    sleep : callable
        Waits for so many seconds.

    Returns
    -------
    callable
        Request -> `Attempted`. It raises what `ask` raises; a `TransientError` only after the last attempt,
        with the number of attempts added to its message.

    Raises
    ------
    ValueError
        If `attempts` is below 1.
    """
    if attempts < 1:
        raise ValueError(f"attempts = {attempts}: a request has to be made at least once")

    async def ask_again(request: Request) -> Attempted:
        reach = min(base, cap)
        for attempt in range(1, attempts):
            try:
                return Attempted(await ask(request), attempt)
            except TransientError as error:
                asked = min(error.retry_after or 0.0, cap)
            await sleep(asked + reach * jitter())
            reach = min(reach * 2, cap)
        try:
            return Attempted(await ask(request), attempts)
        except TransientError as error:
            raise TransientError(_gave_up(error, attempts, cap), error.retry_after) from error

    return ask_again


def _gave_up(error: TransientError, attempts: int, cap: float) -> str:
    times = "1 attempt" if attempts == 1 else f"{attempts} attempts"
    impatient = error.retry_after is not None and error.retry_after > cap and attempts > 1
    if impatient:
        times += f"; the server asked to wait {error.retry_after:.0f} s, not just {cap:g} s"
    return f"{error} ({times})"
