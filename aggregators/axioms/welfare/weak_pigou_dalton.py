"""The Pigou-Dalton principle of transfers, weakly."""

from __future__ import annotations

from aggregators.axioms.base import axiom
from aggregators.axioms.welfare.pigou_dalton import PigouDalton

__all__ = ["WeakPigouDalton"]


@axiom
class WeakPigouDalton(PigouDalton):
    """A transfer to a worse-off voter that does not reverse their order makes no alternative worse."""

    name = "weak-pigou-dalton"
    statement = (
        "no alternative gets worse by a transfer of utility from a voter to a worse-off one of the same weight,"
        " who stays no better off than the first"
    )
    formula = "x' = x but u_i + t ≤ u_j - t for two voters with u_i < u_j, t > 0  ⟹  x' ≿ x"
    strictly = False
