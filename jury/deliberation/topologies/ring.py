"""``ring``: everybody hears those who sit next."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field, field_validator

from jury.deliberation.topologies.base import Room, Ties, Topology, everybody, topologies

__all__ = ["Ring", "even"]


def even(value: int) -> int:
    """Return a number of neighbours, as many on either side; raises `ValueError` for an odd one."""
    if value % 2:
        raise ValueError(f"{value} is odd, and as many neighbours sit on either side; give {value + 1}")
    return value


@topologies.register("ring")
class Ring(Topology):
    """Everybody hears the nearest on either side, in a circle seated by lot."""

    kind: Literal["ring"] = "ring"
    k: int = Field(default=2, ge=2, description="How many each hears, half of them on either side; even.")

    _even = field_validator("k")(even)

    def draw(self, room: Room, rng: np.random.Generator) -> Ties:
        """Return the ties of a circle; of everybody where the room is no larger than that."""
        people = len(room)
        if people <= self.k + 1:
            return everybody(people)
        seats = rng.permutation(people)
        steps = np.repeat(np.arange(1, self.k // 2 + 1), people)
        places = np.tile(np.arange(people), self.k // 2)
        return Ties.mutual(seats[places], seats[(places + steps) % people])
