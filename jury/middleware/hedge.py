"""A second request for one that takes unusually long; the first answer wins.

After J. Dean, L. A. Barroso, "The Tail at Scale", Communications of the ACM 56 (2013).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, NamedTuple

from jury.backends.base import Reply
from jury.errors import TransientError


class Sent(NamedTuple):
    """A reply, and whether it is the second request's."""

    reply: Reply
    hedged: bool


async def hedged(
    ask: Callable[[], Coroutine[Any, Any, Reply]],
    *,
    after: float,
    allowed: Callable[[], bool],
    ended: Callable[[], None],
    lost: Callable[[], None],
) -> Sent:
    """Ask, and ask again when no answer has come for a while.

    Parameters
    ----------
    ask : callable
        Makes the request.
    after : float
        Seconds to wait for the first answer.
    allowed : callable
        Whether a second request may be made; asked once, when it is due.
    ended : callable
        Called once when the second request has ended, if it was made.
    lost : callable
        Called for a request beyond the one whose reply is returned, or whose error is raised, that may be billed.

    Raises
    ------
    TransientError, RequestError, ModelError
        What the first of the two to fail raised, if neither brought an answer.
    """
    first = asyncio.create_task(ask())
    made = [first]
    try:
        await asyncio.wait(made, timeout=after)
        if first.done() or not allowed():
            return Sent(await first, hedged=False)
        second = asyncio.create_task(ask())
        second.add_done_callback(lambda _: ended())
        made.append(second)
        winner = await _first_answer(made)
        for other in made:
            if other is not winner and _may_be_billed(other):
                lost()
        return Sent(await winner, hedged=winner is second)
    except asyncio.CancelledError:
        if len(made) == 2:
            lost()
        raise
    finally:
        await _end(made)


async def _first_answer(made: list[asyncio.Task[Reply]]) -> asyncio.Task[Reply]:
    """Return the first task that brings a reply, or else the first that fails."""
    failed: list[asyncio.Task[Reply]] = []
    waiting = set(made)
    while waiting:
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in sorted(done, key=made.index):
            if task.exception() is None:
                return task
            failed.append(task)
    return failed[0]


def _may_be_billed(task: asyncio.Task[Reply]) -> bool:
    if not task.done():
        return True
    error = task.exception()
    return error is None or (isinstance(error, TransientError) and error.maybe_billed)


async def _end(made: list[asyncio.Task[Reply]]) -> None:
    for task in made:
        task.cancel()
    waits: Awaitable[Any] = asyncio.gather(*made, return_exceptions=True)
    await waits
