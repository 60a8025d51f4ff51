"""Separability: no say for those whom it does not concern."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product

import numpy as np

from aggregators.axioms.base import Change, Judgement, axiom, expect
from aggregators.axioms.editing import cells, remade, shuffled, voters_of_each_kind
from aggregators.axioms.trial import Trial
from aggregators.axioms.voters import OfVoters
from aggregators.profiles import Profile, Utilities

__all__ = ["Separability"]


@axiom
class Separability(OfVoters):
    """How well off a voter is who is indifferent between two alternatives makes no difference to their order."""

    name = "separability"
    aliases = ("independence-of-unconcerned-individuals",)
    statement = (
        "the order of two alternatives stays when a voter who is indifferent between them gets more or less from both,"
        " the same from each"
    )
    formula = "u_i(x) = u_i(y), u'_i(x) = u'_i(y), u' = u otherwise  ⟹  x ≿ y at u just if x ≿ y at u'"
    source = (
        "d'Aspremont and Gevers (1977), Equity and the informational basis of collective choice; Deschamps and Gevers"
        " (1978), Leximin and utilitarian rules: a joint characterization"
    )
    kinds = ("welfare", "voting")
    reads = (Utilities,)

    def changes(self, profile: Profile, rng: np.random.Generator) -> Iterator[Change]:
        """Yield for each voter and pair of alternatives that are equal to the voter other utilities of both."""
        values = cells(profile)
        occurring = np.unique(values).tolist()
        pairs = combinations(range(profile.n_alternatives), 2)
        others = [occurring[0] / 2, *occurring, 2 * occurring[-1]]
        every = product(voters_of_each_kind(profile, rng), pairs, others)
        asked = [(i, x, y, to) for i, (x, y), to in every if values[i, x] == values[i, y] != to]
        for voter, x, y, to in shuffled(asked, rng):
            yield {"voter": voter, "pair": [profile.alternatives[x], profile.alternatives[y]], "to": to}

    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Ask again after the move."""
        if not profile.complete:
            return None
        voter, (x, y), to = change["voter"], change["pair"], change["to"]
        before = trial.decide(profile).order(x, y)
        if before is None:
            return None
        values = cells(profile).copy()
        values[voter, [profile.index(x), profile.index(y)]] = to
        after = trial.decide(remade(profile, values)).order(x, y)
        where = {1: "ranked above", 0: "tied with", -1: "ranked below"}[before]
        return None if after is None else expect(after == before, f"{x} is still {where} {y}")
