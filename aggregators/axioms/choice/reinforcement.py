"""Reinforcement."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from aggregators.axioms.base import Axiom, Change, Judgement, axiom, expect
from aggregators.axioms.editing import shuffled
from aggregators.axioms.trial import Trial
from aggregators.profiles import Profile

__all__ = ["Reinforcement"]

_ALL_PARTS_UP_TO = 6
_RANDOM_PARTS = 40


@axiom
class Reinforcement(Axiom):
    """What two parts of the electorate both choose is what they choose together."""

    name = "reinforcement"
    statement = "what two parts of the electorate both choose, if anything, is exactly what they choose together"
    formula = "f(P) ∩ f(Q) ≠ ∅  ⟹  f(P + Q) = f(P) ∩ f(Q)"
    source = "Young (1975), Social choice scoring functions"
    aliases = ("consistency",)

    def changes(self, profile: Profile, rng: np.random.Generator) -> Iterator[Change]:
        """Yield the ways to split few voters in two, random ways to split many."""
        all_count = bool(profile.weights.all())
        for part in _parts(profile.n_voters, rng):
            change = {"first": part}
            if len(part) < profile.n_voters and (all_count or self.allows(profile, change)):
                yield change

    def allows(self, profile: Profile, change: Change) -> bool:
        """Tell whether both parts have voters who count."""
        if change.keys() != {"first"}:
            return False
        first = change["first"]
        if len(set(first)) != len(first) or not set(first) <= set(range(profile.n_voters)):
            return False
        return bool(profile.weights[first].any() and np.delete(profile.weights, first).any())

    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Ask the whole electorate, then each part."""
        first = np.zeros(profile.n_voters, dtype=np.bool_)
        first[change["first"]] = True
        together = trial.decide(profile).winners
        ours = trial.decide(profile.select(first)).winners
        if not ours:
            return None
        both = ours & trial.decide(profile.select(~first)).winners
        if not both:
            return None
        return expect(together == both, f"{' = '.join(sorted(both))}, chosen by both parts, wins the whole alone")


def _parts(voters: int, rng: np.random.Generator) -> Iterator[list[int]]:
    """Yield first parts: voter 0 and any others, as the two parts are not told apart."""
    others = np.arange(1, voters)
    if voters <= _ALL_PARTS_UP_TO:
        masks = list(shuffled(list(product([False, True], repeat=voters - 1)), rng))
    else:
        masks = [tuple(row) for row in rng.random((_RANDOM_PARTS, voters - 1)) < rng.random((_RANDOM_PARTS, 1))]
    for mask in masks:
        yield [0, *others[list(mask)].tolist()]
