"""A hard stop on cost: what is in flight, and what may have been billed without an answer, counts as spent.

An amount is let out only after the run file says so (`authorise`), so that a process that is killed leaves behind the
most that its requests in flight can have cost.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from jury.middleware.halt import Halt

#: Ballots beyond those asked for that an entry in the run file allows, so that not every ballot costs a write.
_AHEAD = 8

Authorise = Callable[[float], Awaitable[None]]


@dataclass(eq=False)
class Ticket:
    """What one ballot has taken out of the budget, in US dollars.

    Attributes
    ----------
    reserved : float
        Set aside for what is still to come.
    spent : float
        Known cost of the replies so far.
    """

    reserved: float
    spent: float = 0.0


class Budget:
    """Keeps a run within `limit` US dollars.

    Parameters
    ----------
    limit : float or None
        None never stops.
    spent : float
        What earlier parts of the run cost.
    possible : float
        What earlier parts may have cost beyond that, for requests without an answer.
    halt : Halt
        Ends every wait for money.
    authorise : callable
        Awaited with the most that the run can have cost by now, before that can be true.

    Attributes
    ----------
    possible : float
        US dollars that may have been billed for requests without an answer.
    unstored : float
        US dollars that were billed for replies to ballots that came to no end.
    exhausted : bool
        Whether something was refused because of the limit.
    """

    def __init__(
        self,
        limit: float | None,
        spent: float = 0.0,
        possible: float = 0.0,
        *,
        halt: Halt,
        authorise: Authorise,
    ) -> None:
        self.possible = possible
        self.unstored = 0.0
        self.exhausted = False
        self._limit = math.inf if limit is None else limit
        self._spent = spent
        self._tickets: set[Ticket] = set()  # summed anew each time: nothing is left over from adding and taking away
        self._halt = halt
        self._authorise = authorise
        self._authorised = -math.inf
        self._entry = asyncio.Lock()
        self._stuck = 0  # tickets that wait for more
        self._changed: set[asyncio.Future[None]] = set()

    @property
    def used(self) -> bool:
        """Whether anything was let out that costs money."""
        return self._authorised > -math.inf

    @property
    def most(self) -> float:
        """US dollars that the run can have cost by now."""
        return self._spent + self.possible + sum(ticket.reserved + ticket.spent for ticket in self._tickets)

    async def reserve(self, cost: float) -> Ticket | None:
        """Set aside the most that a ballot can cost.

        While that could pass the limit, wait for ballots in flight to cost less than was set aside for them. None
        when nothing is in flight: the limit is reached.

        Raises
        ------
        Stopped
            If the run is stopped while this waits.
        """
        while cost and self.most + cost > self._limit:
            if len(self._tickets) <= self._stuck:
                self.exhausted = True
                return None
            await self._change()
        ticket = Ticket(cost)
        self._tickets.add(ticket)
        await self._let_out(cost)
        return ticket

    async def lose(self, ticket: Ticket, cost: float) -> bool:
        """Count an attempt of `ticket` that may have been billed, and set aside as much for the next one.

        Returns
        -------
        bool
            False when that would pass the limit, whatever else in flight turns out to cost.
        """
        self.lost(ticket, cost)
        while cost and self.most + cost > self._limit:
            # Who waits here holds a ticket: when all of them wait, nobody will ever give anything back.
            if len(self._tickets) <= self._stuck + 1:
                self.exhausted = True
                return False
            self._stuck += 1
            try:
                await self._change()
            finally:
                self._stuck -= 1
        ticket.reserved += cost
        await self._let_out(cost)
        return True

    def lost(self, ticket: Ticket, cost: float) -> None:
        """Count an attempt of `ticket` that may have been billed and is not made again."""
        ticket.reserved = max(ticket.reserved - cost, 0.0)
        self.possible += cost

    def add(self, ticket: Ticket, cost: float) -> bool:
        """Set aside more for `ticket` if that can be had at once."""
        if cost and self.most + cost > min(self._limit, self._authorised):
            return False
        ticket.reserved += cost
        return True

    def paid(self, ticket: Ticket, most: float, cost: float | None) -> None:
        """Replace what was set aside for a request by what it really cost."""
        ticket.reserved = max(ticket.reserved - most, 0.0)
        ticket.spent += cost or 0.0
        self._tell()

    def settle(self, ticket: Ticket, *, stored: bool) -> None:
        """Close a ticket, whether its ballot is going to be stored or came to no end."""
        self._tickets.discard(ticket)
        self._spent += ticket.spent
        if not stored:
            self.unstored += ticket.spent
        self._tell()

    async def _let_out(self, cost: float) -> None:
        if not cost:
            return
        async with self._entry:
            if self.most > self._authorised:
                amount = min(self.most + _AHEAD * cost, self._limit)
                await self._authorise(amount)
                self._authorised = amount

    async def _change(self) -> None:
        change: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._changed.add(change)
        try:
            await self._halt.until(change)
        finally:
            self._changed.discard(change)

    def _tell(self) -> None:
        for change in self._changed:
            if not change.done():
                change.set_result(None)
