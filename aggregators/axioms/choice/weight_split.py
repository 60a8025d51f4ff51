"""Invariance to splitting a voter's weight."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, islice
from typing import Any

import numpy as np

from aggregators.axioms.base import Axiom, Change, Judgement, axiom, expect
from aggregators.axioms.choice.sameness import ALL_KINDS, decides_alike
from aggregators.axioms.editing import ballots_like, cells, fits, is_voter, remade, voters_of_each_kind
from aggregators.axioms.trial import Trial
from aggregators.profiles import Profile

__all__ = ["WeightSplit"]

_OF_NO_WEIGHT = 3


@axiom
class WeightSplit(Axiom):
    """A voter and two who share the weight and have the same ballot decide the same.

    A voter is split in two, or two with the same ballot are merged into one, which is the same read backwards. Whole
    weights are split into whole parts, so that a voter of weight 1 is not split. Of no voter at all the parts are
    voters of weight 0, whatever their ballot: one joins.
    """

    name = "weight-split"
    statement = (
        "a voter, and two voters of the same ballot who share that weight, decide the same; one more of weight 0"
        " changes nothing"
    )
    formula = "v + w = u, same ballot  ⟹  f(P + v + w) = f(P + u), ≿ the same;  v = 0  ⟹  f(P + v) = f(P)"
    source = "by the meaning of a weight: so many voters of one ballot"
    aliases = ("weight-split-invariance",)
    kinds = ALL_KINDS

    def changes(self, profile: Profile, rng: np.random.Generator) -> Iterator[Change]:
        """Yield unequal and equal parts of each kind of voter, pairs that can be merged, ballots of no weight."""
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
        for ballot in islice(ballots_like(profile, rng), _OF_NO_WEIGHT):
            yield {"absent": ballot}

    def allows(self, profile: Profile, change: Change) -> bool:
        """Tell whether the parts make up the weight, the merged ballots are the same, the absent one fits."""
        if "absent" in change:
            return change.keys() == {"absent"} and fits(profile, change["absent"])
        if "merged" in change:
            return change in [each for each in self.changes(profile, np.random.default_rng(0)) if "merged" in each]
        if change.keys() != {"voter", "parts"} or not is_voter(profile, change["voter"]):
            return False
        parts = np.array(change["parts"])
        return (
            len(parts) == 2
            and bool((parts > 0).all())
            and bool(np.isclose(parts.sum(), profile.weights[change["voter"]], rtol=1e-12))
            and (not _whole(profile) or bool((parts == np.rint(parts)).all()))
        )

    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Ask again with one voter more, or one less."""
        if "absent" in change:
            after, asked = _joined(profile, change["absent"]), "with a voter of weight 0 the decision is the same"
        elif "merged" in change:
            after, asked = _merged(profile, *change["merged"]), "one voter of their joint weight decides the same"
        else:
            after = _split(profile, change["voter"], change["parts"])
            asked = "two voters who share the weight decide the same"
        return expect(decides_alike(trial, profile, after), asked)


def _whole(profile: Profile) -> bool:
    return bool((profile.weights == np.rint(profile.weights)).all())


def _joined(profile: Profile, ballot: Sequence[Any]) -> Profile:
    return remade(profile, np.vstack([cells(profile), ballot]), np.append(profile.weights, 0.0))


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
