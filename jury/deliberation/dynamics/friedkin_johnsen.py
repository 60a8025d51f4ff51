"""``friedkin-johnsen``: averaging by people who hold on to what they thought at first."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from jury.deliberation.dynamics.averaging import averaged, dense_of, largest_moduli, limit, mixed, second_modulus
from jury.deliberation.dynamics.base import Model, State, Step, models
from jury.deliberation.topology import weights_of

if TYPE_CHECKING:
    from scipy import sparse

__all__ = ["FriedkinJohnsen"]

_ONE = 1e-9


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

    def stepper(
        self, start: State, ties: sparse.csr_array, rng: np.random.Generator, dials: NDArray[np.float64]
    ) -> Step:
        """Return one round of averaging and holding on."""
        weights = weights_of(ties, self.self_weight)
        return lambda state: mixed(dials, start, averaged(weights, state))

    def influence(self, ties: sparse.csr_array, dials: ArrayLike | None = None) -> NDArray[np.float64] | None:
        """Return (I - (I - S) W)^-1 S, S holding everybody's stubbornness; of nobody stubborn, the limit of W's powers.

        None where some people hear nobody stubborn, however far around, and others do.
        """
        weights = dense_of(weights_of(ties, self.self_weight))
        held = self.own_dials(len(weights), dials)
        if not held.any():
            return limit(weights)
        damped = (1 - held)[:, None] * weights
        if float(np.abs(np.linalg.eigvals(damped)).max(initial=0.0)) >= 1 - _ONE:
            return None
        return np.asarray(np.linalg.solve(np.eye(len(weights)) - damped, np.diag(held)))

    def rate(self, ties: sparse.csr_array, dials: ArrayLike | None = None) -> float | None:
        """Return the spectral radius of (I - S) W; of nobody stubborn, the rate of `degroot`."""
        from scipy.sparse import csr_array, diags_array

        weights = weights_of(ties, self.self_weight)
        held = self.own_dials(ties.shape[0], dials)
        if not held.any():
            return second_modulus(weights)
        damped = (
            (1 - held)[:, None] * weights
            if isinstance(weights, np.ndarray)
            else csr_array(diags_array(1 - held) @ weights)
        )
        found = largest_moduli(damped, count=1)
        return None if found is None else float(np.abs(found).max(initial=0.0))
