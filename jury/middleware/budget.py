"""A hard stop on cost: what is in flight counts as spent until its real cost is known."""

from __future__ import annotations

import asyncio
import itertools

from jury.backends.base import ModelSpec, Usage
from jury.errors import ModelError
from jury.plan import Task
from jury.prices import Price, most_expensive


def check_price(price: Price, spec: ModelSpec) -> None:
    """Raise `ModelError` if the price of the model is not known, so that no limit can be kept."""
    if price(Usage(1, 1)) is None:
        raise _unpriced(spec)


def _unpriced(spec: ModelSpec) -> ModelError:
    return ModelError(
        f"--max-cost: the price of {spec.full_name} is not known, so no limit can be kept; leave --max-cost out"
    )


class Budget:
    """Keeps a run within `limit` US dollars.

    Parameters
    ----------
    limit : float or None
        None never stops.
    spent : float
        What earlier parts of the run cost.
    price : callable
    spec : ModelSpec

    Raises
    ------
    ModelError
        If there is a limit and the model's price is not known.
    """

    def __init__(self, limit: float | None, spent: float, price: Price, spec: ModelSpec) -> None:
        self._limit = limit
        self._spent = spent
        self._reserved: dict[int, float] = {}  # by ticket, so that nothing is left over from adding and taking away
        self._tickets = itertools.count()
        self._settled = asyncio.Event()
        self._price = price
        self._spec = spec

    async def reserve(self, task: Task) -> int | None:
        """Set aside the most that `task` can cost and return a ticket for it.

        While that could pass the limit, wait for ballots in flight to cost less than was set aside for them. None
        when nothing is in flight: the limit is reached.
        """
        cost = 0.0 if self._limit is None else self._most(task)
        while self._limit is not None and self._spent + sum(self._reserved.values()) + cost > self._limit:
            if not self._reserved:
                return None
            self._settled.clear()
            await self._settled.wait()
        ticket = next(self._tickets)
        self._reserved[ticket] = cost
        return ticket

    def settle(self, ticket: int, cost: float | None) -> None:
        """Replace what was set aside by what it really cost."""
        del self._reserved[ticket]
        self._spent += cost or 0.0
        self._settled.set()

    def _most(self, task: Task) -> float:
        costs = [self._price(most_expensive(request, self._spec)) for request in task.requests()]
        if any(cost is None for cost in costs):
            raise _unpriced(self._spec)
        return sum(cost for cost in costs if cost is not None)
