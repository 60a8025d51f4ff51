"""Proportionality for solid coalitions."""

from __future__ import annotations

from aggregators.axioms.base import axiom
from aggregators.axioms.committee.representation import Representation
from aggregators.profiles import Rankings

__all__ = ["SolidCoalitions"]


@axiom
class SolidCoalitions(Representation):
    """Solid coalitions have as many members as they hold Droop quotas, of those who rank something."""

    name = "solid-coalitions"
    aliases = ("psc",)
    statement = (
        "more than l Droop quotas, of the voters who rank something, who rank one set above all else have l members of"
        " it, or all of it if it is smaller"
    )
    formula = (
        "w(N) > l w / (k + 1), all i ∈ N rank S above all else  ⟹  #(W ∩ S) ≥ min(l, #S), w of those who rank something"
    )
    source = (
        "Dummett (1984), Voting Procedures; Woodall (1994), Properties of preferential election rules; of those who"
        " rank something, which asks for no less than of all as in Aziz and Lee (2020), The expanding approvals rule"
    )
    reads = (Rankings,)
    measure = "psc"
