"""Support monotonicity, of one candidate."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from aggregators.axioms.base import Change, Judgement, axiom, expect
from aggregators.axioms.committee.seats import every_size
from aggregators.axioms.editing import raises, replaced, shuffled, voters_of_each_kind
from aggregators.axioms.trial import Trial
from aggregators.axioms.voters import OfVoters
from aggregators.profiles import Approvals, Profile, Rankings

__all__ = ["SupportMonotonicity"]


@axiom
class SupportMonotonicity(OfVoters):
    """Whoever is elected still is when one voter more approves of them, or a voter ranks them higher."""

    name = "support-monotonicity"
    aliases = ("candidate-monotonicity",)
    statement = "a member of some committee is on some committee still when a voter approves of it or puts it higher"
    formula = "c ∈ W ∈ f(P, k), P' = P but i puts c higher  ⟹  c ∈ W' for some W' ∈ f(P', k)"
    source = (
        "Sánchez-Fernández and Fisteus (2019), Monotonicity axioms in approval-based multi-winner voting rules, of one"
        " candidate and without new voters; Elkind, Faliszewski, Skowron and Slinko (2017), Properties of multiwinner"
        " voting rules, for rankings"
    )
    kinds = ("committee",)
    reads = (Approvals, Rankings)

    def changes(self, profile: Profile, rng: np.random.Generator) -> Iterator[Change]:
        """Yield each voter's ways to put each alternative higher, and sizes of the committee."""
        every = [
            {**size, "voter": voter, "raised": raised, "ballot": ballot}
            for voter, raised in product(voters_of_each_kind(profile, rng), profile.alternatives)
            for ballot in raises(profile, voter, raised)
            for size in every_size(profile, rng)
        ]
        yield from shuffled(every, rng)

    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Ask again after the raise."""
        raised, seats = change["raised"], change["seats"]
        if not any(raised in members for members in trial.elect(profile, seats)):
            return None
        after = trial.elect(replaced(profile, change["voter"], change["ballot"]), seats)
        return expect(any(raised in members for members in after), f"{raised} is still on some committee")
