"""``random``: everybody hears some others by lot."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from jury.deliberation.topologies.base import Room, Ties, Topology, everybody, topologies

__all__ = ["RandomTies"]


@topologies.register("random")
class RandomTies(Topology):
    """Everybody hears k others, drawn by lot; who hears somebody need not be heard by them."""

    kind: Literal["random"] = "random"
    k: int = Field(default=4, ge=1, description="How many others each hears.")

    def draw(self, room: Room, rng: np.random.Generator) -> Ties:
        """Return k ties of each, or all where the room is no larger than that."""
        people = len(room)
        if people <= self.k + 1:
            return everybody(people)
        # Of people - 1 others, counted without oneself.
        drawn = np.array([rng.choice(people - 1, self.k, replace=False) for _ in range(people)])
        hears = np.repeat(np.arange(people), self.k)
        heard = drawn.reshape(-1)
        return Ties.of(hears, heard + (heard >= hears))
