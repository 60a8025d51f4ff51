"""Continuity."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import permutations, product

import numpy as np

from aggregators.axioms.base import Change, Judgement, axiom, expect
from aggregators.axioms.editing import cells, remade, shuffled, voters_of_each_kind
from aggregators.axioms.subject import Decision
from aggregators.axioms.trial import Trial
from aggregators.axioms.voters import OfVoters
from aggregators.profiles import Profile, Utilities
from aggregators.ties import RELATIVE_TOLERANCE

__all__ = ["Continuity"]

_SHARES = (1e-1, 1e-3, 1e-5, 1e-7)  # the last still well above what counts as a tie
_CLEARLY = 1e-5  # of scores: well above what the last share changes, so that steps however small are smaller still


@axiom
class Continuity(OfVoters):
    """What is ranked above something still is after small changes.

    One utility is raised or lowered by a tenth, then by less and less; of two alternatives the higher one must not
    be tied with the other, or below it, after each of these changes. Where there are scores, it must be the higher by
    more than such changes make of a continuous score, or nothing is asked.
    """

    name = "continuity"
    statement = (
        "of two alternatives the higher one is still the higher, neither tied nor lower, after changes of a utility"
        " that are small enough"
    )
    formula = "y ≿ x at uᵏ for all k, uᵏ → u  ⟹  y ≿ x at u"
    source = "Maskin (1978), A theorem on utilitarianism; Bossert and Weymark (2004), Utility in social choice"
    kinds = ("welfare", "voting")
    reads = (Utilities,)

    def changes(self, profile: Profile, rng: np.random.Generator) -> Iterator[Change]:
        """Yield each utility of each voter and a direction."""
        every = list(product(voters_of_each_kind(profile, rng), profile.alternatives, (1, -1)))
        for voter, label, direction in shuffled(every, rng):
            yield {"voter": voter, "alternative": label, "direction": direction}

    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Ask again closer and closer by."""
        if not profile.complete:
            return None
        voter, column = change["voter"], profile.index(change["alternative"])
        here = trial.decide(profile)
        lost = [pair for pair in permutations(profile.alternatives, 2) if _clearly_above(here, *pair)]
        if not lost:
            return None
        for share in _SHARES:
            values = cells(profile).copy()
            values[voter, column] *= 1 + change["direction"] * share
            near = trial.decide(remade(profile, values))
            lost = [pair for pair in lost if near.order(*pair) in {0, -1}]
            if not lost:
                return expect(True, "the order is the same close by")
        above, below = lost[0]
        return expect(False, f"{above} is ranked above {below} close by, as it is at the first profile")


def _clearly_above(decision: Decision, x: str, y: str) -> bool:
    """Tell whether x is above y, and not by scores that are almost a tie; those that tie leave it to something else."""
    if decision.order(x, y) != 1:
        return False
    scores = decision.scores
    if scores is None or not (math.isfinite(scores[x]) and math.isfinite(scores[y])):
        return True
    lead, scale = scores[x] - scores[y], max(abs(scores[x]), abs(scores[y]))
    return not RELATIVE_TOLERANCE * scale < lead <= _CLEARLY * scale
