"""Independence of irrelevant alternatives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, islice, product
from typing import Any

import numpy as np

from aggregators.axioms.base import Axiom, Change, Judgement, axiom, expect
from aggregators.axioms.editing import (
    ballots_like,
    cells,
    comparable,
    fits,
    is_voter,
    replaced,
    shuffled,
    voters_of_each_kind,
)
from aggregators.axioms.trial import Trial
from aggregators.profiles import Profile, Rankings, Utilities

__all__ = ["IndependenceOfIrrelevantAlternatives"]

Row = list[Any]

_BALLOTS = 200

_SAID = {1: "ranked above", 0: "tied with", -1: "ranked below"}


@axiom
class IndependenceOfIrrelevantAlternatives(Axiom):
    """How a voter likes the others does not matter for the order of two."""

    name = "iia"
    aliases = ("independence-of-irrelevant-alternatives",)
    statement = "the order of two alternatives stays when a voter changes the ballot but not on these two"
    formula = "P' = P but for i's ballot, on {x, y} the same  ⟹  (x ≿ y at P' ⟺ x ≿ y at P)"
    source = "Arrow (1951), Social choice and individual values; of utilities, Sen (1970), Collective choice"

    def changes(self, profile: Profile, rng: np.random.Generator) -> Iterator[Change]:
        """Yield other ballots of each voter, with each pair on which they are the same."""
        if not comparable(profile) or profile.n_alternatives < 3:
            return
        voters = voters_of_each_kind(profile, rng)
        pairs = list(combinations(profile.alternatives, 2))
        for drawn in islice(ballots_like(profile, rng), _BALLOTS):
            for voter, pair in product(voters, shuffled(pairs, rng)):
                ballot = _with_own_utilities(profile, voter, drawn, pair)
                if ballot != cells(profile)[voter].tolist() and _same_on(profile, voter, ballot, pair):
                    yield {"voter": voter, "ballot": ballot, "pair": list(pair)}

    def allows(self, profile: Profile, change: Change) -> bool:
        """Accept a ballot of the same domain that is the same on the pair."""
        if change.keys() != {"voter", "ballot", "pair"} or not comparable(profile):
            return False
        voter, ballot, pair = change["voter"], change["ballot"], change["pair"]
        if not is_voter(profile, voter) or len(set(pair)) != 2 or not set(pair) <= set(profile.alternatives):
            return False
        return fits(profile, ballot) and _same_on(profile, voter, ballot, pair)

    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Ask again with the other ballot."""
        x, y = change["pair"]
        before = trial.decide(profile).order(x, y)
        if before is None:
            return None
        after = trial.decide(replaced(profile, change["voter"], change["ballot"])).order(x, y)
        return None if after is None else expect(after == before, f"{x} is still {_SAID[before]} {y}")


def _with_own_utilities(profile: Profile, voter: int, ballot: Row, pair: Sequence[str]) -> Row:
    """Return the ballot with the voter's own utilities of a pair; one that is not of utilities as it is."""
    if not isinstance(profile, Utilities):
        return ballot
    kept = [profile.index(label) for label in pair]
    return [float(profile.values[voter, column]) if column in kept else value for column, value in enumerate(ballot)]


def _same_on(profile: Profile, voter: int, ballot: Row, pair: Sequence[str]) -> bool:
    """Tell whether a ballot orders a pair as the voter does; of utilities, whether it gives the same."""
    x, y = (profile.index(label) for label in pair)
    own = cells(profile)[voter].tolist()
    if isinstance(profile, Utilities):
        return bool(own[x] == ballot[x] and own[y] == ballot[y])
    return _order(profile, own, x, y) == _order(profile, ballot, x, y)


def _order(profile: Profile, ballot: Row, x: int, y: int) -> int:
    """Return 1, 0 or -1 as a ranking or approvals put x above, beside or below y; unranked is last."""
    if isinstance(profile, Rankings):
        last = profile.n_alternatives + 1
        x_place, y_place = ballot[x] or last, ballot[y] or last
        return int(y_place > x_place) - int(y_place < x_place)
    return int(ballot[x]) - int(ballot[y])
