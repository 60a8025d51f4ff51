"""Extended justified representation."""

from __future__ import annotations

from aggregators.axioms.base import axiom
from aggregators.axioms.committee.representation import Representation

__all__ = ["ExtendedJustifiedRepresentation"]


@axiom
class ExtendedJustifiedRepresentation(Representation):
    """Somebody in each group that is owed l seats approves of l members."""

    name = "ejr"
    aliases = ("extended-justified-representation",)
    statement = "of l seats' worth of voters who approve of l alternatives in common, one approves of l members"
    formula = "w(N) ≥ l w / k, #(⋂ A_i) ≥ l  ⟹  #(A_i ∩ W) ≥ l for some i ∈ N"
    source = (
        "Aziz, Brill, Conitzer, Elkind, Freeman and Walsh (2017), Justified representation in approval-based committee"
        " voting"
    )
    measure = "ejr"
