"""Independence of clones."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from aggregators.axioms.base import Axiom, Change, Judgement, axiom, expect
from aggregators.axioms.editing import cloned, comparable, fresh_labels, is_linear, shuffled
from aggregators.axioms.trial import Trial
from aggregators.profiles import Profile

__all__ = ["Clones"]

_SIZES = (2, 3)  # of three, each can beat one and lose to one: what sinks minimax, which withstands every pair
_ROUNDS = 100


@axiom
class Clones(Axiom):
    """Clones of an alternative, next to it on every ballot, change nothing for the others."""

    name = "clones"
    aliases = ("independence-of-clones",)
    statement = (
        "with clones next to an alternative on every ballot the other winners stay, and one of the clones or the "
        "alternative wins exactly if the alternative won before"
    )
    formula = "P' = P with x cloned into X  ⟹  f(P') - X = f(P) - {x},  x ∈ f(P) ⟺ f(P') ∩ X ≠ ∅"
    source = "Tideman (1987), Independence of clones as a criterion for voting rules"

    def changes(self, profile: Profile, rng: np.random.Generator) -> Iterator[Change]:
        """Yield each alternative with the places of itself and of one or two clones among each other on each ballot.

        Those who are indifferent between alternatives are so between clones; in linear orders, first all rank the
        clones alike, then at random.
        """
        linear = is_linear(profile)
        for turn in range(_ROUNDS if linear else 1):
            for label in shuffled(profile.alternatives, rng):
                for size in _SIZES:
                    places = np.tile(np.arange(size) if linear else np.zeros(size, int), (profile.n_voters, 1))
                    if turn > 0:
                        places = rng.permuted(places, axis=1)
                    yield {"cloned": label, "places": places.tolist()}

    def allows(self, profile: Profile, change: Change) -> bool:
        """Accept an alternative of the profile, and an order of all clones, or none, on each ballot."""
        if change.keys() != {"cloned", "places"} or change["cloned"] not in profile.alternatives:
            return False
        places = change["places"]
        size = len(places[0]) if places else 0
        expected = list(range(size)) if is_linear(profile) else [0] * size
        return size > 1 and len(places) == profile.n_voters and all(sorted(row) == expected for row in places)

    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Ask again with the clones."""
        if not comparable(profile):
            return None
        before = trial.decide(profile).winners
        if not before:
            return None
        original, places = change["cloned"], change["places"]
        names = [original, *fresh_labels(profile, original, len(places[0]) - 1)]
        after = trial.decide(cloned(profile, names, places)).winners
        others = before - {original}
        wanted = [" or ".join(names)] * (original in before) + sorted(others)
        return expect(
            after - set(names) == others and bool(after & set(names)) == (original in before),
            f"the winners are {' and '.join(wanted)}",
        )
