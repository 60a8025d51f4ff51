"""``alone``: nobody hears anybody, the control."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from jury.deliberation.topologies.base import Room, Ties, Topology, topologies

__all__ = ["Alone"]


@topologies.register("alone")
class Alone(Topology):
    """Nobody hears anybody: what changes then is no effect of hearing."""

    chance: ClassVar[bool] = False

    kind: Literal["alone"] = "alone"

    def draw(self, room: Room, rng: np.random.Generator) -> Ties:
        """Return no ties."""
        return Ties.of([], [])
