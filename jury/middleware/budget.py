"""A hard stop on cost: what is in flight counts as spent until its real cost is known."""

from __future__ import annotations

from jury.backends.base import ModelSpec
from jury.errors import ModelError
from jury.plan import Task
from jury.prices import Price, most_expensive


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
        self._reserved = 0.0
        self._price = price
        self._spec = spec

    def reserve(self, task: Task) -> float | None:
        """Set aside the most that `task` can cost and return it; None if that could pass the limit."""
        if self._limit is None:
            return 0.0
        costs = [self._price(most_expensive(request, self._spec)) for request in task.requests()]
        if any(cost is None for cost in costs):
            raise ModelError(
                f"--max-cost: the price of {self._spec.full_name} is not known, so no limit can be kept; "
                "leave --max-cost out"
            )
        cost = sum(cost for cost in costs if cost is not None)
        if self._spent + self._reserved + cost > self._limit:
            return None
        self._reserved += cost
        return cost

    def settle(self, reserved: float, cost: float | None) -> None:
        """Replace what was set aside by what it really cost."""
        self._reserved -= reserved
        self._spent += cost or 0.0
