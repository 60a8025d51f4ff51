"""``two-blocs``: two camps, each at its own table, with a few bridges."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from jury.deliberation.topologies.base import Room, Ties, Topology, topologies
from jury.errors import StudyError

__all__ = ["TwoBlocs"]


@topologies.register("two-blocs")
class TwoBlocs(Topology):
    """Everybody hears all of the own bloc; a few pairs of the two blocs hear each other.

    Blocs are the group named, or the largest one, and everybody else; without groups, two halves by lot.
    """

    kind: Literal["two-blocs"] = "two-blocs"
    group: str | None = Field(default=None, description="The group that is one bloc; the largest one by default.")
    bridges: int = Field(default=1, ge=0, description="Pairs of different people of the two blocs who hear each other.")

    @model_validator(mode="after")
    def _group_of_what(self) -> TwoBlocs:
        if self.group is not None and self.by is None:
            raise ValueError(f"group={self.group!r} needs by, the attribute that it is a level of")
        return self

    def draw(self, room: Room, rng: np.random.Generator) -> Ties:
        """Return the ties within the blocs, and those of the bridges."""
        first = self._first(room, rng)
        same = first[:, None] == first[None, :]
        np.fill_diagonal(same, val=False)
        hears, heard = np.nonzero(same)
        one, other = (rng.permutation(np.flatnonzero(side)) for side in (first, ~first))
        bridges = min(self.bridges, len(one), len(other))
        one, other = one[:bridges], other[:bridges]
        return Ties.of(np.concatenate([hears, one, other]), np.concatenate([heard, other, one]))

    def check(self, everybody: Room) -> None:
        """Raise `StudyError` for a group that is no level of the attribute."""
        if self.group is not None and everybody.labels is not None and self.group not in everybody.labels:
            raise StudyError(
                f"topology two-blocs: group={self.group!r} is no group of {self.by!r}; "
                f"groups: {', '.join(np.unique(everybody.labels).tolist())}"
            )

    def _first(self, room: Room, rng: np.random.Generator) -> NDArray[np.bool_]:
        """Return who is of the first bloc: nobody where nobody of the group named is in the room."""
        people = len(room)
        if room.labels is None:
            return np.asarray(rng.permutation(people) < people // 2)
        names, counts = np.unique(room.labels, return_counts=True)
        wanted = self.group if self.group is not None else names[counts.argmax()] if people else ""
        return np.asarray(room.labels == wanted)
