"""``small-world``: a ring some of whose ties lead far."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field, field_validator

from jury.deliberation.topologies.base import Room, Ties, Topology, everybody, topologies
from jury.deliberation.topologies.ring import even

__all__ = ["SmallWorld"]


@topologies.register("small-world")
class SmallWorld(Topology):
    """A ring, seated by lot, each of whose ties leads to anybody with some probability.

    References
    ----------
    Watts and Strogatz (1998), Collective dynamics of small-world networks, Nature 393.
    """

    kind: Literal["small-world"] = "small-world"
    k: int = Field(default=4, ge=2, description="How many each hears on average, half of them on either side; even.")
    p: float = Field(default=0.1, ge=0, le=1, description="Probability that a tie is rewired to anybody.")

    _even = field_validator("k")(even)

    def draw(self, room: Room, rng: np.random.Generator) -> Ties:
        """Return the ties of a Watts-Strogatz network; of everybody where the room is no larger than that."""
        import networkx as nx

        people = len(room)
        if people <= self.k + 1:
            return everybody(people)
        seats = rng.permutation(people)
        pairs = np.array(nx.watts_strogatz_graph(people, self.k, self.p, seed=rng).edges, dtype=np.intp)
        return Ties.mutual(seats[pairs[:, 0]], seats[pairs[:, 1]])
