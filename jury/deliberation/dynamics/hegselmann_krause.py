"""``hegselmann-krause``: averaging among those whose opinions are near enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from jury.deliberation.dynamics.averaging import with_oneself
from jury.deliberation.dynamics.base import Model, State, Step, models

if TYPE_CHECKING:
    from scipy import sparse

__all__ = ["HegselmannKrause"]

_ROUNDING = 1e-12


@models.register("hegselmann-krause", aliases=("bounded-confidence",))
class HegselmannKrause(Model):
    """Everybody takes the mean of the own opinion and of those heard that are no farther away than epsilon.

    Opinions end in clusters more than epsilon apart. Who has no opinion takes the mean of all that is heard. Answers
    that are all or nothing, such as choices, are as far apart as can be: nobody is moved unless epsilon is 1.

    References
    ----------
    Hegselmann and Krause (2002), Opinion dynamics and bounded confidence: models, analysis and simulation, Journal of
    Artificial Societies and Social Simulation 5 (3).
    """

    dial: ClassVar[str | None] = "epsilon"

    kind: Literal["hegselmann-krause"] = "hegselmann-krause"
    epsilon: float = Field(
        default=0.25, ge=0, le=1, description="Distance, as a share of the scale, up to which others are listened to."
    )

    def stepper(
        self, start: State, ties: sparse.csr_array, rng: np.random.Generator, dials: NDArray[np.float64]
    ) -> Step:
        """Return one round, everybody at once."""
        from scipy import sparse

        heard = with_oneself(ties)
        hears = np.repeat(np.arange(heard.shape[0]), np.diff(heard.indptr))
        reach = dials[hears] + _ROUNDING

        def step(state: State) -> State:
            values, owed = np.empty_like(state.values), np.empty_like(state.owed)
            for column, opinions in enumerate(state.values.T):
                theirs, mine = opinions[heard.indices], opinions[hears]
                near = (np.abs(theirs - mine) <= reach) | np.isnan(mine)
                listened = (near & ~np.isnan(theirs)).astype(np.float64)
                chosen = sparse.csr_array((listened, heard.indices, heard.indptr), shape=heard.shape)
                number = np.bincount(hears, weights=listened, minlength=len(opinions))
                told = np.column_stack([np.nan_to_num(opinions), state.owed[:, column]])
                mean = np.divide(chosen @ told, number[:, None], out=np.zeros(told.shape), where=number[:, None] > 0)
                values[:, column] = np.where(number > 0, mean[:, 0], np.nan)
                owed[:, column] = mean[:, 1:]
            return State(values, owed)

        return step
