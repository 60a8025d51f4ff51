"""Justified representation."""

from __future__ import annotations

from aggregators.axioms.base import axiom
from aggregators.axioms.committee.representation import Representation

__all__ = ["JustifiedRepresentation"]


@axiom
class JustifiedRepresentation(Representation):
    """Somebody in each group that is owed a seat approves of a member."""

    name = "jr"
    aliases = ("justified-representation",)
    statement = "of one seat's worth of voters who approve of an alternative in common, one approves of a member"
    formula = "w(N) ≥ w / k, ⋂ A_i ≠ ∅  ⟹  A_i ∩ W ≠ ∅ for some i ∈ N"
    source = (
        "Aziz, Brill, Conitzer, Elkind, Freeman and Walsh (2017), Justified representation in approval-based committee"
        " voting"
    )
    measure = "jr"
