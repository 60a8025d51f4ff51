"""Proportional justified representation."""

from __future__ import annotations

from aggregators.axioms.base import axiom
from aggregators.axioms.committee.representation import Representation

__all__ = ["ProportionalJustifiedRepresentation"]


@axiom
class ProportionalJustifiedRepresentation(Representation):
    """Groups that are owed l seats approve of l members between them."""

    name = "pjr"
    aliases = ("proportional-justified-representation",)
    statement = "l seats' worth of voters who approve of l alternatives in common approve of l members between them"
    formula = "w(N) ≥ l w / k, #(⋂ A_i) ≥ l  ⟹  #{c ∈ W : c ∈ A_i for some i ∈ N} ≥ l"
    source = (
        "Sánchez-Fernández, Elkind, Lackner, Fernández, Fisteus, Basanta Val and Skowron (2017), Proportional justified"
        " representation"
    )
    measure = "pjr"
