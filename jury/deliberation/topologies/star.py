"""``star``: all hear a moderator."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from jury.deliberation.topologies.base import Room, Ties, Topology, topologies
from jury.errors import StudyError

__all__ = ["Star"]


@topologies.register("star", aliases=("moderated",))
class Star(Topology):
    """One moderates: hears everybody, and is the only one whom the others hear."""

    kind: Literal["star"] = "star"
    moderator: str | None = Field(default=None, description="Name of the juror who moderates; drawn by lot by default.")

    def draw(self, room: Room, rng: np.random.Generator) -> Ties:
        """Return the ties with the moderator, both ways."""
        if not len(room):
            return Ties.of([], [])
        if self.moderator is None:
            centre = int(rng.integers(len(room)))
        elif self.moderator in room.names:
            centre = room.names.index(self.moderator)
        else:
            raise StudyError(
                f"topology star: moderator={self.moderator!r} is nobody in the room of {len(room)}; "
                "name a juror, or leave it out to draw one by lot"
            )
        others = np.delete(np.arange(len(room)), centre)
        return Ties.mutual(others, np.full(len(others), centre))
