"""Monotonicity of the social ranking, strongly."""

from __future__ import annotations

from aggregators.axioms.base import axiom
from aggregators.axioms.welfare.weak_monotonicity import WeakMonotonicity

__all__ = ["StrongMonotonicity"]


@axiom
class StrongMonotonicity(WeakMonotonicity):
    """An alternative that one voter gets more from rises above all that it was not below."""

    name = "strong-monotonicity"
    statement = "an alternative that one voter gets more from comes to be above all that it was above or tied with"
    formula = "x ≿ y at u, u' = u but u'_i(x) > u_i(x)  ⟹  x ≻ y at u'"
    source = "May (1952), A set of independent necessary and sufficient conditions for simple majority decision"
    strictly = True
