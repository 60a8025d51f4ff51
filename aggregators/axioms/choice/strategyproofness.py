"""Strategy-proofness."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

import numpy as np

from aggregators.axioms.base import Axiom, Change, Judgement, axiom, expect
from aggregators.axioms.editing import ballots_like, better, cells, comparable, replaced, voters_of_each_kind
from aggregators.axioms.trial import Trial
from aggregators.errors import ProfileError
from aggregators.profiles import Profile, Rankings, Utilities

__all__ = ["Strategyproofness"]


@axiom
class Strategyproofness(Axiom):
    """A voter who casts another ballot never gains.

    To gain is to prefer every winner after to every winner before, so that no tie-break can undo it. Utilities are
    misreported within the range of the profile, in the search as values that occur in it.
    """

    name = "strategyproofness"
    statement = "a voter who casts another ballot never gets winners who are all better than all winners before"
    formula = "P' = P but i's ballot: never y >ᵢ x for all y ∈ f(P'), x ∈ f(P)"
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
        voter, ballot = change["voter"], change["ballot"]
        if voter not in range(profile.n_voters) or len(ballot) != profile.n_alternatives:
            return False
        try:
            after = replaced(profile, voter, ballot)
        except ProfileError:
            return False
        if isinstance(profile, Utilities):
            return bool(profile.values.min() <= min(ballot) and max(ballot) <= profile.values.max())
        if isinstance(profile, Rankings) and isinstance(after, Rankings) and profile.strict and not after.strict:
            return False
        return bool(cells(after)[voter].tolist() == list(ballot))

    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Ask again with the other ballot, if there is anything better for that voter."""
        if not comparable(profile):
            return None
        voter = change["voter"]
        wanted = better(profile, voter, trial.decide(profile).winners)
        if not wanted:
            return None
        after = trial.decide(replaced(profile, voter, change["ballot"])).winners
        named = ", ".join(sorted(wanted))
        return expect(not after or not after <= wanted, f"no other ballot gets voter {voter} any of {named} for sure")
