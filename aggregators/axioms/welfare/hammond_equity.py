"""Hammond's equity."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from aggregators.axioms.base import Change, Judgement, axiom, expect
from aggregators.axioms.editing import cells
from aggregators.axioms.trial import Trial
from aggregators.axioms.voters import OfVoters
from aggregators.axioms.welfare.variants import poor_and_rich, with_variant
from aggregators.profiles import Profile, Utilities

__all__ = ["HammondEquity"]

_BETWEEN = ((0.25, 0.5), (0.25, 0.75), (0.5, 0.75), (0.01, 0.02))


@axiom
class HammondEquity(OfVoters):
    """What helps the worse-off of two voters, who stays the worse-off, is no worse, whatever it costs the other.

    The two voters weigh the same; all others are indifferent. The other alternative is put beside the first.
    """

    name = "hammond-equity"
    statement = (
        "of two alternatives that differ for two voters of the same weight only, the one that is better for whoever"
        " is worse off in both is ranked no lower"
    )
    formula = "u_i(x) < u_i(y) < u_j(y) < u_j(x), all others indifferent  ⟹  y ≿ x"
    source = "Hammond (1976), Equity, Arrow's conditions, and Rawls' difference principle"
    kinds = ("welfare", "voting")
    reads = (Utilities,)
    named = ("worse", "better")

    def changes(self, profile: Profile, rng: np.random.Generator) -> Iterator[Change]:
        """Yield utilities of two voters between those that they get from an alternative."""
        for label, worse, better in poor_and_rich(profile, rng):
            column = cells(profile)[:, profile.index(label)]
            low, gap = float(column[worse]), float(column[better] - column[worse])
            for part, other in _BETWEEN:
                to = [low + part * gap, low + other * gap]
                yield {"alternative": label, "worse": worse, "better": better, "to": to}

    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Ask with the other alternative beside the first."""
        if not profile.complete:
            return None
        label = change["alternative"]
        low, high = change["to"]
        after, fairer = with_variant(profile, label, {change["worse"]: low, change["better"]: high})
        trial.decide(profile)
        order = trial.decide(after).order(fairer, label)
        return None if order is None else expect(order >= 0, f"{fairer} is ranked no lower than {label}")
