"""Continuity."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations, product

import numpy as np

from aggregators.axioms.base import Change, Judgement, axiom, expect
from aggregators.axioms.editing import cells, remade, shuffled, voters_of_each_kind
from aggregators.axioms.trial import Trial
from aggregators.axioms.voters import OfVoters
from aggregators.profiles import Profile, Utilities

__all__ = ["Continuity"]

_SHARES = (1e-1, 1e-3, 1e-5, 1e-7)  # the last still well above what counts as a tie


@axiom
class Continuity(OfVoters):
    """What is ranked above something is not below it after changes however small.

    One utility is raised or lowered by a tenth, then by less and less; the order of two alternatives must not be
    turned round by all of these changes.
    """

    name = "continuity"
    statement = "of two alternatives the higher one is not ranked lower after changes of a utility, however small"
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
        turned = [pair for pair in permutations(profile.alternatives, 2) if here.order(*pair) == 1]
        if not turned:
            return None
        for share in _SHARES:
            values = cells(profile).copy()
            values[voter, column] *= 1 + change["direction"] * share
            near = trial.decide(remade(profile, values))
            turned = [pair for pair in turned if near.order(*pair) == -1]
            if not turned:
                return expect(True, "the order is the same close by")
        above, below = turned[0]
        return expect(False, f"{above} is not ranked below {below} close by, being above it at the first profile")
