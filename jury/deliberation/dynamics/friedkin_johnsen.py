"""``friedkin-johnsen``: averaging by people who hold on to what they thought at first."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from jury.deliberation.dynamics.averaging import averaged, dense_of, largest_moduli, limit, mixed, second_modulus
from jury.deliberation.dynamics.base import Model, State, Step, models
from jury.deliberation.topology import weights_of

if TYPE_CHECKING:
    from scipy import sparse

__all__ = ["FriedkinJohnsen"]


@models.register("friedkin-johnsen")
class FriedkinJohnsen(Model):
    """A share of the first opinion, and for the rest the mean heard: x(t + 1) = (1 - s) W x(t) + s x(0).

    With stubbornness s above 0 opinions settle without agreeing; with 0 this is `degroot`, with 1 nobody moves. Who had
    no opinion at first has nothing to hold on to.

    References
    ----------
    Friedkin and Johnsen (1990), Social influence and opinions, Journal of Mathematical Sociology 15.
    """

    dial: ClassVar[str | None] = "stubbornness"

    kind: Literal["friedkin-johnsen"] = "friedkin-johnsen"
    stubbornness: float = Field(
        default=0.3,
        ge=0,
        le=1,
        description="Weight of one's first opinion in every round; 1: nobody is moved. From 0.5 on nobody who had to "
        "choose between two changes sides.",
    )
    self_weight: float = Field(
        default=0.0, ge=0, le=1, description="Weight of one's present opinion in the mean heard; others share the rest."
    )

    def stepper(self, start: State, ties: sparse.csr_array, rng: np.random.Generator) -> Step:
        """Return one round of averaging and holding on."""
        weights = weights_of(ties, self.self_weight)
        return lambda state: mixed(self.stubbornness, start, averaged(weights, state))

    def influence(self, ties: sparse.csr_array) -> NDArray[np.float64] | None:
        """Return (I - (1 - s) W)^-1 s; of nobody stubborn, the limit of the powers of W."""
        weights = dense_of(weights_of(ties, self.self_weight))
        if self.stubbornness == 0:
            return limit(weights)
        people = len(weights)
        found = np.linalg.solve(np.eye(people) - (1 - self.stubbornness) * weights, self.stubbornness * np.eye(people))
        return np.asarray(found)

    def rate(self, ties: sparse.csr_array) -> float | None:
        """Return the spectral radius of (1 - s) W, which is 1 - s; of nobody stubborn, that of `degroot`."""
        weights = weights_of(ties, self.self_weight)
        if self.stubbornness == 0:
            return second_modulus(weights)
        found = largest_moduli((1 - self.stubbornness) * weights, count=1)
        return None if found is None else float(np.abs(found).max(initial=0.0))
