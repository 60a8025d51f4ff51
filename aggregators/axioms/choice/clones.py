"""Independence of clones."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from aggregators.axioms.base import Axiom, Change, Judgement, axiom, expect
from aggregators.axioms.editing import cloned, comparable, shuffled
from aggregators.axioms.trial import Trial
from aggregators.profiles import Profile, Rankings

__all__ = ["Clones"]

_ALL_PATTERNS_UP_TO = 7
_PATTERNS = 2**_ALL_PATTERNS_UP_TO


@axiom
class Clones(Axiom):
    """A clone of an alternative, next to it on every ballot, changes nothing for the others."""

    name = "clones"
    aliases = ("independence-of-clones",)
    statement = (
        "with a clone next to an alternative on every ballot the other winners stay, and one of the two wins "
        "exactly if the alternative won alone"
    )
    formula = "P' = P with a clone x' of x  ⟹  f(P') - {x, x'} = f(P) - {x},  x ∈ f(P) ⟺ f(P') ∩ {x, x'} ≠ ∅"
    source = "Tideman (1987), Independence of clones as a criterion for voting rules"

    def changes(self, profile: Profile, rng: np.random.Generator) -> Iterator[Change]:
        """Yield each alternative with who ranks its clone above it; of many voters, random ones."""
        if not _is_linear(profile):
            for label in shuffled(profile.alternatives, rng):
                yield {"cloned": label, "above": [False] * profile.n_voters}
            return
        if profile.n_voters <= _ALL_PATTERNS_UP_TO:
            patterns = [list(above) for above in product((False, True), repeat=profile.n_voters)]
        else:
            patterns = rng.integers(0, 2, (_PATTERNS, profile.n_voters)).astype(bool).tolist()
        for label, above in shuffled(list(product(profile.alternatives, patterns)), rng):
            yield {"cloned": label, "above": above}

    def allows(self, profile: Profile, change: Change) -> bool:
        """Accept an alternative of the profile, and a side for each voter; only linear orders leave a choice."""
        above = change.get("above")
        return (
            change.keys() == {"cloned", "above"}
            and change["cloned"] in profile.alternatives
            and isinstance(above, list)
            and len(above) == profile.n_voters
            and all(isinstance(side, bool) for side in above)
            and (_is_linear(profile) or not any(above))
        )

    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Ask again with the clone."""
        if not comparable(profile):
            return None
        before = trial.decide(profile).winners
        if not before:
            return None
        original = change["cloned"]
        clone = _new_label(profile, original)
        after = trial.decide(cloned(profile, original, change["above"], clone)).winners
        pair = {original, clone}
        others = sorted(before - pair)
        expected = [f"{original} or {clone}" if original in before else "", ", ".join(others)]
        return expect(
            after - pair == before - pair and bool(after & pair) == (original in before),
            f"the winners are {' and '.join(filter(None, expected))}, as before",
        )


def _is_linear(profile: Profile) -> bool:
    return isinstance(profile, Rankings) and profile.strict


def _new_label(profile: Profile, label: str) -> str:
    while label in profile.alternatives:
        label += "'"
    return label
