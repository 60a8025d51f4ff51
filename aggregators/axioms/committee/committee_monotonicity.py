"""Committee monotonicity."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from aggregators.axioms.base import Axiom, Change, Judgement, axiom, expect
from aggregators.axioms.committee.seats import every_size
from aggregators.axioms.trial import Trial
from aggregators.profiles import Approvals, Profile, Rankings

__all__ = ["CommitteeMonotonicity"]


@axiom
class CommitteeMonotonicity(Axiom):
    """With one more seat, committees grow and nobody loses a seat."""

    name = "committee-monotonicity"
    aliases = ("enlargement-consistency", "house-monotonicity")
    statement = (
        "each committee is part of one with a seat more, and each committee with a seat more contains one that is"
        " elected with a seat less"
    )
    formula = "W ∈ f(P, k)  ⟹  W ⊂ W' ∈ f(P, k + 1) for some W', and each W' ∈ f(P, k + 1) contains such a W"
    source = (
        "Barberà and Coelho (2008), How to choose a non-controversial list with k names; Elkind, Faliszewski, Skowron"
        " and Slinko (2017), Properties of multiwinner voting rules"
    )
    kinds = ("committee",)
    reads = (Approvals, Rankings)

    def changes(self, profile: Profile, rng: np.random.Generator) -> Iterator[Change]:
        """Yield sizes of the smaller committee."""
        return every_size(profile, rng)

    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Ask for a seat more."""
        smaller = trial.elect(profile, change["seats"])
        larger = trial.elect(profile, change["seats"] + 1)
        if not smaller or not larger:
            return None
        for members in sorted(smaller, key=sorted):
            if not any(members <= more for more in larger):
                return expect(False, f"{{{', '.join(sorted(members))}}} is part of some committee with a seat more")
        for members in sorted(larger, key=sorted):
            if not any(fewer <= members for fewer in smaller):
                return expect(False, f"{{{', '.join(sorted(members))}}} contains some committee with a seat less")
        return expect(True, "the committees with a seat more contain those with a seat less")
