"""How fast one model is asked: requests at once, requests and tokens a minute, and pauses that its server asks for.

The number of requests at once follows the rule that keeps the internet from collapsing: halved when the server says
that it is overloaded, raised by one for every round without trouble (D.-M. Chiu, R. Jain, "Analysis of the increase
and decrease algorithms for congestion avoidance in computer networks", Computer Networks and ISDN Systems 17, 1989).
"""

from __future__ import annotations

import asyncio
import math
from collections import deque

from jury.middleware.halt import Halt

_MINUTE = 60.0
_DECREASE = 0.5


class Pace:
    """The gate that every request to one model goes through.

    Parameters
    ----------
    most : int
        Requests at once, at most; what it starts with.
    halt : Halt
        Ends every wait.
    max_rpm, max_tpm : float or None
        Requests and tokens a minute. Requests are spread evenly, so that no window of a minute holds more.

    Attributes
    ----------
    limit : float
        Requests at once at present, from 1 to `most`.
    flying : int
        Requests let in and not out yet.
    throttled : float
        Seconds for which the server asked everybody to wait.
    """

    def __init__(self, most: int, halt: Halt, *, max_rpm: float | None = None, max_tpm: float | None = None) -> None:
        self.limit = float(most)
        self.flying = 0
        self.throttled = 0.0
        self._most = most
        self._halt = halt
        self._spacing = _MINUTE / max_rpm if max_rpm else 0.0  # seconds that a request takes up
        self._weight = _MINUTE / max_tpm if max_tpm else 0.0  # seconds that a token takes up
        self._next_request = self._next_token = self._paused_until = self._decreased = -math.inf
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def counts_tokens(self) -> bool:
        """Whether tokens are limited, so that an estimate of them is worth its while."""
        return self._weight > 0

    @property
    def paused(self) -> bool:
        """Whether the server has asked to wait."""
        return self._paused_until > asyncio.get_running_loop().time()

    async def enter(self, tokens: float) -> float:
        """Wait for a place and for room in the limits; returns the time, by the loop's clock, at which it was had.

        Parameters
        ----------
        tokens : float
            Expected, to be settled with the real number by `settle`.
        """
        await self._place()
        try:
            return await self._room(tokens)
        except BaseException:
            self.leave()
            raise

    def try_enter(self, tokens: float) -> bool:
        """Take a place if there is one and nothing to wait for."""
        now = asyncio.get_running_loop().time()
        busy = self._waiting or self.flying >= int(self.limit)
        if busy or max(self._paused_until, self._next_request, self._next_token) > now:
            return False
        self.flying += 1
        self._take(now, tokens)
        return True

    def leave(self) -> None:
        """Give the place back."""
        self.flying -= 1
        self._admit()

    def settle(self, expected: float, real: float) -> None:
        """Correct the tokens that were expected of a request."""
        self._next_token += (real - expected) * self._weight

    def went_well(self) -> None:
        """Grow: by one, over as many successes as there are places."""
        self.limit = min(self.limit + 1.0 / self.limit, float(self._most))
        self._admit()

    def overloaded(self, entered: float) -> None:
        """Shrink, once for all requests that were sent before the last time: they speak of the same overload."""
        if entered > self._decreased:
            self._decreased = asyncio.get_running_loop().time()
            self.limit = max(self.limit * _DECREASE, 1.0)

    def pause(self, seconds: float) -> None:
        """Let nobody in for so long: the server's wish counts for all who ask it."""
        now = asyncio.get_running_loop().time()
        until = now + seconds
        self.throttled += max(until - max(now, self._paused_until), 0.0)
        self._paused_until = max(self._paused_until, until)

    async def _place(self) -> None:
        if self.flying < int(self.limit) and not self._waiting:
            self.flying += 1
            return
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            await self._halt.until(place)  # whoever sets it has counted this one in
        except BaseException:
            if place.done() and not place.cancelled() and place.exception() is None:
                self.leave()
            elif place in self._waiting:
                self._waiting.remove(place)
            raise

    def _admit(self) -> None:
        while self._waiting and self.flying < int(self.limit):
            place = self._waiting.popleft()
            if not place.done():
                self.flying += 1
                place.set_result(None)

    async def _room(self, tokens: float) -> float:
        loop = asyncio.get_running_loop()
        while True:
            while (wait := self._paused_until - loop.time()) > 0:
                await self._halt.sleep(wait)
            at = self._take(loop.time(), tokens)
            if (wait := at - loop.time()) > 0:
                await self._halt.sleep(wait)
            if self._paused_until <= loop.time():  # or else the server asked to wait in the meantime
                return loop.time()

    def _take(self, now: float, tokens: float) -> float:
        """Take up the next room in both limits and return when it is due."""
        at = max(now, self._next_request, self._next_token)
        self._next_request = at + self._spacing
        self._next_token = at + tokens * self._weight
        return at
