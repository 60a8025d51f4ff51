"""Invariance to splitting a voter's weight."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from aggregators.axioms.base import Axiom, Change, Judgement, axiom, expect
from aggregators.axioms.editing import cells, remade, voters_of_each_kind
from aggregators.axioms.trial import Trial
from aggregators.profiles import Profile

__all__ = ["WeightSplit"]


@axiom
class WeightSplit(Axiom):
    """A voter and two who share the weight and have the same ballot decide the same.

    A voter is split in two, or two with the same ballot are merged into one, which is the same read backwards. Whole
    weights are split into whole parts, so that a voter of weight 1 is not split.
    """

    name = "weight-split"
    statement = "a voter, and two voters of the same ballot who share that weight, decide the same"
    formula = "v + w = u, same ballot  ⟹  f(P + v + w) = f(P + u), ≿ the same"
    source = "by the meaning of a weight: so many voters of one ballot"
    aliases = ("weight-split-invariance",)

    def changes(self, profile: Profile, rng: np.random.Generator) -> Iterator[Change]:
        """Yield unequal and equal parts of each kind of voter, then the pairs that can be merged."""
        whole = _whole(profile)
        for voter in voters_of_each_kind(profile, rng):
            weight = float(profile.weights[voter])
            parts = (1.0, weight // 2) if whole else (weight / 3, weight / 2)
            for part in dict.fromkeys(parts):
                if 0 < part < weight:
                    yield {"voter": voter, "parts": [part, weight - part]}
        ballots = [row.tobytes() for row in cells(profile)]
        for pair in combinations(range(profile.n_voters), 2):
            if ballots[pair[0]] == ballots[pair[1]]:
                yield {"merged": list(pair)}

    def allows(self, profile: Profile, change: Change) -> bool:
        """Tell whether the parts make up the weight, or the merged ballots are the same."""
        if "merged" in change:
            return change in [each for each in self.changes(profile, np.random.default_rng(0)) if "merged" in each]
        parts = np.array(change["parts"])
        return (
            change["voter"] in range(profile.n_voters)
            and len(parts) == 2
            and bool((parts > 0).all())
            and bool(np.isclose(parts.sum(), profile.weights[change["voter"]], rtol=1e-12))
            and (not _whole(profile) or bool((parts == np.rint(parts)).all()))
        )

    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Ask again with one voter more, or one less."""
        before = trial.decide(profile)
        if "merged" in change:
            after = trial.decide(_merged(profile, *change["merged"]))
            return expect(after.same_as(before), "one voter of their joint weight decides the same")
        after = trial.decide(_split(profile, change["voter"], change["parts"]))
        return expect(after.same_as(before), "two voters who share the weight decide the same")


def _whole(profile: Profile) -> bool:
    return bool((profile.weights == np.rint(profile.weights)).all())


def _split(profile: Profile, voter: int, parts: list[float]) -> Profile:
    """Return the profile with the second part next to the first."""
    ballots = np.insert(cells(profile), voter, cells(profile)[voter], axis=0)
    weights = np.insert(profile.weights, voter, parts[0])
    weights[voter + 1] = parts[1]
    return remade(profile, ballots, weights)


def _merged(profile: Profile, kept: int, gone: int) -> Profile:
    weights = profile.weights.copy()
    weights[kept] += weights[gone]
    return remade(profile, np.delete(cells(profile), gone, axis=0), np.delete(weights, gone))
