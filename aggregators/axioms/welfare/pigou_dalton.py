"""The Pigou-Dalton principle of transfers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from aggregators.axioms.base import Change, Judgement, axiom, expect
from aggregators.axioms.editing import cells
from aggregators.axioms.trial import Trial
from aggregators.axioms.voters import OfVoters
from aggregators.axioms.welfare.variants import poor_and_rich, with_variant
from aggregators.profiles import Profile, Utilities

__all__ = ["PigouDalton"]


@axiom
class PigouDalton(OfVoters):
    """A transfer to a worse-off voter that does not reverse their order makes an alternative better.

    The two voters weigh the same. The alternative after the transfer is put beside it, as another one.
    """

    name = "pigou-dalton"
    statement = (
        "an alternative gets better by a transfer of utility from a voter to a worse-off one of the same weight,"
        " who stays no better off than the first"
    )
    formula = "x' = x but u_i + t ≤ u_j - t for two voters with u_i < u_j, t > 0  ⟹  x' ≻ x"
    source = "Pigou (1912), Wealth and Welfare; Dalton (1920), The measurement of the inequality of incomes"
    kinds = ("welfare", "voting")
    reads = (Utilities,)

    named = ("from", "to")
    strictly: ClassVar[bool] = True

    def changes(self, profile: Profile, rng: np.random.Generator) -> Iterator[Change]:
        """Yield for each alternative transfers that equalise two voters, and transfers of half as much."""
        for label, poor, rich in poor_and_rich(profile, rng):
            column = cells(profile)[:, profile.index(label)]
            for share in (2, 4):
                amount = float(column[rich] - column[poor]) / share
                yield {"alternative": label, "from": rich, "to": poor, "amount": amount}

    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Ask with the alternative after the transfer beside it."""
        if not profile.complete:
            return None
        label, rich, poor, amount = (change[key] for key in ("alternative", "from", "to", "amount"))
        column = cells(profile)[:, profile.index(label)]
        after, better = with_variant(profile, label, {rich: column[rich] - amount, poor: column[poor] + amount})
        trial.decide(profile)
        order = trial.decide(after).order(better, label)
        if order is None:
            return None
        if self.strictly:
            return expect(order > 0, f"{better} is ranked above {label}")
        return expect(order >= 0, f"{better} is ranked no lower than {label}")
