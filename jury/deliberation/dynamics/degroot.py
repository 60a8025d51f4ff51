"""``degroot``: everybody takes the weighted mean of what they hear, again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from jury.deliberation.dynamics.averaging import averaged, dense_of, limit, second_modulus
from jury.deliberation.dynamics.base import Model, State, Step, models
from jury.deliberation.topology import weights_of

if TYPE_CHECKING:
    from scipy import sparse

__all__ = ["DeGroot"]


@models.register("degroot")
class DeGroot(Model):
    """Everybody takes the weighted mean of the own opinion and of those heard: x(t + 1) = W x(t).

    On a connected network with somebody who listens to themselves all come to one opinion, in which everybody's first
    one counts by the left eigenvector of W.

    References
    ----------
    DeGroot (1974), Reaching a consensus, JASA 69. Golub and Jackson (2012), How homophily affects the speed of learning
    and best-response dynamics, Quarterly Journal of Economics 127.
    """

    kind: Literal["degroot"] = "degroot"
    self_weight: float = Field(
        default=0.5, ge=0, le=1, description="Weight of one's own opinion; those heard share the rest."
    )

    def stepper(
        self, start: State, ties: sparse.csr_array, rng: np.random.Generator, dials: NDArray[np.float64]
    ) -> Step:
        """Return one round of averaging."""
        weights = weights_of(ties, self.self_weight)
        return lambda state: averaged(weights, state)

    def influence(self, ties: sparse.csr_array, dials: ArrayLike | None = None) -> NDArray[np.float64] | None:
        """Return the limit of the powers of W; None where opinions go to and fro for ever."""
        return limit(dense_of(weights_of(ties, self.self_weight)))

    def rate(self, ties: sparse.csr_array, dials: ArrayLike | None = None) -> float | None:
        """Return the largest modulus of the eigenvalues of W other than 1; at 1, opinions go to and fro for ever."""
        return second_modulus(weights_of(ties, self.self_weight))
