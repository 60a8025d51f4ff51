"""Anonymity."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from aggregators.axioms.base import Axiom, Change, Judgement, axiom, expect
from aggregators.axioms.choice.sameness import ALL_KINDS, decides_alike
from aggregators.axioms.editing import cells
from aggregators.axioms.trial import Trial
from aggregators.profiles import Profile

__all__ = ["Anonymity"]

_RANDOM_ORDERS = 3


@axiom
class Anonymity(Axiom):
    """The order of the voters does not matter."""

    name = "anonymity"
    statement = "the order of the voters does not matter"
    formula = "P' = P with its voters in another order  ⟹  f(P') = f(P), ≿' = ≿"
    source = "May (1952), A set of independent necessary and sufficient conditions for simple majority decision"
    kinds = ALL_KINDS

    def changes(self, profile: Profile, rng: np.random.Generator) -> Iterator[Change]:
        """Yield the reversal, the rotations and a few random orders."""
        voters = list(range(profile.n_voters))
        yield {"order": voters[::-1]}
        for start in voters[1:]:
            yield {"order": voters[start:] + voters[:start]}
        for _ in range(_RANDOM_ORDERS):
            yield {"order": rng.permutation(profile.n_voters).tolist()}

    def allows(self, profile: Profile, change: Change) -> bool:
        """Tell whether every voter comes once."""
        return change.keys() == {"order"} and sorted(change["order"]) == list(range(profile.n_voters))

    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Ask again in the other order."""
        order = change["order"]
        ballots = cells(profile)
        if np.array_equal(ballots[order], ballots) and (profile.weights[order] == profile.weights).all():
            return None
        same = decides_alike(trial, profile, profile.select(order))
        return expect(same, "the decision is the same in whatever order the voters come")
