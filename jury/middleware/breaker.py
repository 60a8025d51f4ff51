"""A circuit breaker: when a provider is down it is not hammered but probed, and after a stated time given up.

After M. Nygard, "Release It!" (2007): closed while all is well; open after failures of more than one request in a row,
none good in between; then one request at a time goes through, at growing intervals, until one succeeds.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable, Hashable

from jury.errors import TransientError
from jury.middleware.halt import Halt

_FAILURES = 10  # in a row, of all workers together
_FIRST_PROBE, _LONGEST = 1.0, 30.0  # seconds
_BEFORE_THE_FIRST = 0.1  # of the patience


class Breaker:
    """Whether one model's provider is up.

    Parameters
    ----------
    patience : float
        Seconds without one success, counted from the first failure, after which the provider is given up. Before the
        first success of all it is a tenth: who was never there is more likely to be misspelt than down.
    halt : Halt
        Ends every wait.
    give_up : callable
        Told why, once.
    jitter : callable
        Draws from [0, 1).

    Attributes
    ----------
    outages : int
        How often it opened.
    """

    def __init__(
        self, patience: float, halt: Halt, give_up: Callable[[str], None], jitter: Callable[[], float] = random.random
    ) -> None:
        self.outages = 0
        self._patience = patience
        self._halt = halt
        self._give_up = give_up
        self._jitter = jitter
        self._open = False
        self._proven = False  # that it answers at all
        self._probing = False
        self._interval = _FIRST_PROBE
        self._down_since: float | None = None
        self._failures = 0
        self._failed: set[Hashable] = set()  # which requests; more than two need not be told apart
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_open(self) -> bool:
        """Whether the provider is taken to be down."""
        return self._open

    async def enter(self) -> bool:
        """Return at once while all is well; otherwise when it is again, or when this request is to find out.

        Returns
        -------
        bool
            Whether the request is a probe.
        """
        if not self._open:
            return False
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        self._arm()
        try:
            await self._halt.until(turn)
        except BaseException:
            if turn in self._waiting:
                self._waiting.remove(turn)
            elif turn.done() and not turn.cancelled() and turn.exception() is None:
                self.abandoned(probe=self._open)
            raise
        return self._open

    def abandoned(self, *, probe: bool) -> None:
        """Let another find out, if the request that was let in for it came to no end."""
        if probe and self._open:
            self._probing = False
            self._arm()

    def succeeded(self) -> None:
        """Take note that the provider answered, if only to refuse: it is up."""
        self._open = self._probing = False
        self._proven = True
        self._down_since, self._failures, self._interval = None, 0, _FIRST_PROBE
        self._failed.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._waiting:
            self._wake()

    def failed(self, request: Hashable, error: TransientError, *, probe: bool = False) -> None:
        """Count a failure; opens after many of several requests, gives up after long.

        A single request that fails again and again may itself be the reason, unless the server says otherwise.
        """
        now = asyncio.get_running_loop().time()
        if self._down_since is None:
            self._down_since = now
        self._failures += 1
        if len(self._failed) < 2:
            self._failed.add(request)
        down = now - self._down_since
        if (error.retry_after or 0.0) > self._patience:
            wish = (
                f"the server asks to wait {error.retry_after:.0f} s, more than the {self._patience:g} s of --patience"
            )
            self._give_up(f"{error}; {wish}")
        elif not self._proven and down >= self._patience * _BEFORE_THE_FIRST:
            self._give_up(f"{error}; no request has succeeded yet, for {down:.0f} s")
        elif down >= self._patience and (len(self._failed) > 1 or error.overloaded):
            self._give_up(f"{error}; no request has succeeded for {down:.0f} s")
        elif probe and self._open:
            self._interval = min(self._interval * 2, _LONGEST)
            self.abandoned(probe=True)
        elif self._failures >= _FAILURES and len(self._failed) > 1:
            self._open = True
            self.outages += 1

    def _arm(self) -> None:
        """Let the first who waits find out, in a while."""
        if self._open and not self._probing and self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._interval * (1.0 + self._jitter()) / 2, self._probe)

    def _probe(self) -> None:
        self._timer = None
        if self._open and self._wake():
            self._probing = True

    def _wake(self) -> bool:
        """Let the first who waits in; False when nobody does."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return True
        return False
