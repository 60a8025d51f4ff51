"""Independence of clones of losers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from aggregators.axioms.base import Axiom, Change, Judgement, axiom, expect
from aggregators.axioms.committee.seats import every_size
from aggregators.axioms.editing import cloned, fresh_labels, is_linear, shuffled
from aggregators.axioms.trial import Trial
from aggregators.profiles import Approvals, Profile, Rankings

__all__ = ["LosingClones"]


@axiom
class LosingClones(Axiom):
    """A clone of a loser changes nothing.

    The same voters approve of it; on linear orders it is next to the loser, above or below; otherwise tied with it.
    """

    name = "losing-clones"
    statement = "a clone of an alternative that is on no committee leaves the committees as they are"
    formula = "c ∉ W for all W ∈ f(P, k), P' = P and a clone of c  ⟹  f(P', k) = f(P, k)"
    source = (
        "after Tideman (1987), Independence of clones as a criterion for voting rules; for committees Neveling and"
        " Rothe (2020), The complexity of cloning candidates in multiwinner elections"
    )
    kinds = ("committee",)
    reads = (Approvals, Rankings)

    def changes(self, profile: Profile, rng: np.random.Generator) -> Iterator[Change]:
        """Yield sizes of the committee, and who is cloned; of linear orders also who puts the clone above."""
        voters = profile.n_voters
        for size, label in shuffled(list(product(every_size(profile, rng), profile.alternatives)), rng):
            if not is_linear(profile):
                yield {**size, "cloned": label, "above": []}
                continue
            for above in ([False] * voters, (rng.random(voters) < 0.5).tolist()):
                yield {**size, "cloned": label, "above": above}

    def allows(self, profile: Profile, change: Change) -> bool:
        """Tell whether it is a clone and a size; any voters may put the clone above."""
        if change.keys() != {"seats", "cloned", "above"} or change["cloned"] not in profile.alternatives:
            return False
        said = len(change["above"]) == (profile.n_voters if is_linear(profile) else 0)
        return said and change["seats"] in range(1, profile.n_alternatives)

    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Ask again with the clone."""
        label, seats = change["cloned"], change["seats"]
        before = trial.elect(profile, seats)
        if not before or any(label in members for members in before):
            return None
        names = [label, *fresh_labels(profile, label)]
        places = [[1, 0] if above else [0, 1] for above in change["above"]]
        after = trial.elect(cloned(profile, names, places), seats)
        return expect(after == before, "the committees stay as they were")
