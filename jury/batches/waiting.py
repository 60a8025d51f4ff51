"""How long a provider of batches is waited for, and how often a call is made again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from jury.errors import TransientError
from jury.middleware.halt import Halt

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds that the loop waits for this and that; by clocks that no change of the date moves.

    Attributes
    ----------
    first, longest : float
        Between two looks at a batch: the interval grows by half from look to look.
    settle : float
        After which a batch that was handed in shows among the provider's batches.
    retry : float
        Before a call is made again; the wait doubles up to `longest`.
    patience : float
        For which calls may fail, or the provider may ask to wait, before the loop gives up.
    """

    first: float = 2.0
    longest: float = 120.0
    settle: float = 60.0
    retry: float = 1.0
    patience: float = 600.0


class Caller:
    """Makes calls again that fail for a while.

    Parameters
    ----------
    halt : Halt
        Ends every wait.
    waits : Waits
    tell : callable
        Called with what went wrong, before it is waited for.
    """

    def __init__(self, halt: Halt, waits: Waits, tell: Callable[[str], None]) -> None:
        self.halt = halt
        self.waits = waits
        self.tell = tell

    def gives_up(self, error: TransientError, started: float) -> bool:
        """Return whether `error` is not waited for any more, calls having failed since `started` (loop's clock)."""
        failing = asyncio.get_running_loop().time() - started
        return max(failing, error.retry_after or 0.0) > self.waits.patience

    async def patiently(self, call: Callable[[], Awaitable[T]]) -> T:
        """Call again and again while that may help."""
        started, wait = asyncio.get_running_loop().time(), self.waits.retry
        while True:
            try:
                return await call()
            except TransientError as error:
                if self.gives_up(error, started):
                    raise
                self.tell(str(error))
                await self.halt.sleep(max(wait, error.retry_after or 0.0))
                wait = min(2 * wait, self.waits.longest)
