"""Resolvability."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from aggregators.axioms.base import Axiom, Change, Judgement, axiom, expect
from aggregators.axioms.editing import ballots_like, cells, liking, remade
from aggregators.axioms.trial import Trial
from aggregators.profiles import Approvals, Profile, Rankings

__all__ = ["Resolvability"]

_ALTERNATIVES_AT_MOST = 4


@axiom
class Resolvability(Axiom):
    """Each of several that tie can be made the only winner by one more voter of weight 1.

    Every ballot is tried, so it speaks of ballots of which there are finitely many, and asks nothing where there are
    more than 4 alternatives.
    """

    name = "resolvability"
    statement = "each of several that tie can be made the only winner by one more voter of weight 1"
    formula = "|f(P)| > 1, x ∈ f(P)  ⟹  f(P + b) = {x} for some ballot b"
    source = "Tideman (1987), Independence of clones as a criterion for voting rules"
    kinds = ("voting", "verdict")
    reads = (Rankings, Approvals)

    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Try every ballot for every winner; a record is kept of one for a winner that none helps."""
        if not 2 <= profile.n_alternatives <= _ALTERNATIVES_AT_MOST:
            return None
        tied = trial.decide(profile).winners
        if len(tied) < 2:
            return None
        ballots = list(ballots_like(profile, np.random.default_rng(0)))
        for winner in sorted(tied):
            joined = [_joined(profile, ballot) for ballot in ballots]
            joined.sort(key=lambda each: _rivals(each, winner))
            if not any(trial.quietly(each).winners == {winner} for each in joined):
                trial.decide(joined[0])
                return expect(False, f"this or another ballot more makes {winner} the only winner; none does")
        return expect(True, "one more ballot makes each the only winner")


def _joined(profile: Profile, ballot: Sequence[Any]) -> Profile:
    return remade(profile, np.vstack([cells(profile), ballot]), np.append(profile.weights, 1.0))


def _rivals(profile: Profile, label: str) -> int:
    """Return how many the last voter likes as much as one alternative; the fewer, the likelier this ballot helps it."""
    likes = liking(profile)[-1]
    return int((likes >= likes[profile.index(label)]).sum())
