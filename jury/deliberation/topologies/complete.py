"""``complete``: everybody hears everybody."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from jury.deliberation.topologies.base import Room, Ties, Topology, everybody, topologies

__all__ = ["Complete"]


@topologies.register("complete")
class Complete(Topology):
    """Everybody hears everybody: one table."""

    chance: ClassVar[bool] = False

    kind: Literal["complete"] = "complete"

    def draw(self, room: Room, rng: np.random.Generator) -> Ties:
        """Return all pairs."""
        return everybody(len(room))
