"""Strategy-proofness."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

import numpy as np

from aggregators.axioms.base import Axiom, Change, Judgement, axiom
from aggregators.axioms.choice.gaining import no_gain
from aggregators.axioms.editing import ballots_like, fits, is_voter, replaced, voters_of_each_kind
from aggregators.axioms.trial import Trial
from aggregators.profiles import Profile, Utilities

__all__ = ["Strategyproofness"]


@axiom
class Strategyproofness(Axiom):
    """A voter, of any weight, who casts another ballot never gains.

    To gain is to prefer every winner after to every winner before, so that no tie-break can undo it. A voter of
    weight w acts as one, as a bloc of w voters of weight 1 would: by linear orders no voter of weight 1 can
    manipulate plurality for sure, but heavier ones can. Utilities are misreported within the range of the profile, in
    the search as values that occur in it.
    """

    name = "strategyproofness"
    statement = (
        "a voter of any weight who casts another ballot never gets winners who are all better than all winners before"
    )
    formula = "P' = P but i's ballot: never y >ᵢ x for all y ∈ f(P'), x ∈ f(P), whatever wᵢ > 0"
    source = (
        "Gibbard (1973), Manipulation of voting schemes: a general result; "
        "Satterthwaite (1975), Strategy-proofness and Arrow's conditions"
    )
    aliases = ("strategy-proofness",)

    def changes(self, profile: Profile, rng: np.random.Generator) -> Iterator[Change]:
        """Yield one ballot of each kind of voter, then another of each, and so on."""
        voters = voters_of_each_kind(profile, rng)
        for ballots in zip_longest(*(ballots_like(profile, rng) for _ in voters)):
            for voter, ballot in zip(voters, ballots, strict=True):
                yield {"voter": voter, "ballot": ballot}

    def allows(self, profile: Profile, change: Change) -> bool:
        """Tell whether there is such a voter, who may cast such a ballot in this profile."""
        if change.keys() != {"voter", "ballot"} or not is_voter(profile, change["voter"]):
            return False
        ballot = change["ballot"]
        if not fits(profile, ballot):
            return False
        return not isinstance(profile, Utilities) or _within(profile, ballot)

    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Ask again with the other ballot, if there is anything better for that voter."""
        voter = change["voter"]
        return no_gain(trial, profile, voter, replaced(profile, voter, change["ballot"]), "no other ballot gets")


def _within(profile: Utilities, ballot: Sequence[float]) -> bool:
    return bool(profile.values.min() <= min(ballot) and max(ballot) <= profile.values.max())
