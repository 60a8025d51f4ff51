# ruff: noqa: ANN401, D103 - it runs where our types are not
"""Other libraries on the same ballots, each in a process of its own.

Run as a script by `benchmarks.aggregators`, perhaps by another Python that has the library: it imports nothing of ours.

    python peers.py LIBRARY RULE INPUT.npz REPEATS

prints one JSON line: processor seconds of each repeat, all of construction and count included; the winners of each
profile as lists of columns; how many of the resamples were done; peak memory.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import warnings
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

Winners = list[int]


def elsim(rule: str) -> Callable[[Any], Winners]:
    from elsim import methods

    count = {"borda": methods.borda, "irv": methods.irv}[rule]

    def decide(orders: Any) -> Winners:
        return [int(count(orders, tiebreaker="order"))]

    return decide


def svvamp(rule: str) -> Callable[[Any], Winners]:
    from svvamp import Profile, RuleBorda, RuleCopeland, RuleIRV, RuleSchulze

    made = {"borda": RuleBorda, "irv": RuleIRV, "copeland": RuleCopeland, "schulze": RuleSchulze}[rule]
    return lambda orders: [int(made()(Profile(preferences_rk=orders)).w_)]


def pref_voting(rule: str) -> Callable[[Any], Winners]:
    from pref_voting import voting_methods
    from pref_voting.profiles import Profile

    name = {"borda": "borda", "irv": "instant_runoff_put", "copeland": "copeland", "schulze": "beat_path"}[rule]
    method = getattr(voting_methods, name)
    return lambda orders: [int(winner) for winner in method(Profile(orders.tolist()))]


def votekit(rule: str) -> Callable[[Any], Winners]:
    from votekit.ballot import RankBallot
    from votekit.elections import IRV, Borda, Schulze
    from votekit.pref_profile import RankProfile

    def decide(orders: Any) -> Winners:
        ballots = tuple(RankBallot(ranking=tuple(frozenset({str(c)}) for c in order)) for order in orders.tolist())
        profile = RankProfile(ballots=ballots, candidates=tuple(str(c) for c in range(orders.shape[1])))
        try:
            if rule == "irv":
                election = IRV(profile, tiebreak="first_place")
            else:
                election = {"borda": Borda, "schulze": Schulze}[rule](profile, n_seats=1)
        except ValueError:
            return []  # refuses a tie
        return [int(label) for elected in election.get_elected() for label in elected]

    return decide


def abcvoting(rule: str) -> Callable[[Any], Any]:
    from abcvoting import abcrules
    from abcvoting.preferences import Profile

    name = {"mes": "equal-shares", "phragmen": "seqphragmen"}.get(rule, rule)

    def elect(matrix: Any) -> Any:
        profile = Profile(matrix.shape[1])
        profile.add_voters([np.flatnonzero(row).tolist() for row in matrix])
        with_solver = {"algorithm": "branch-and-bound"} if rule == "pav" else {}
        (committee,) = abcrules.compute(name, profile, committeesize=5, resolute=True, **with_solver)
        return sorted(int(member) for member in committee)

    return elect


LIBRARIES = {"elsim": elsim, "svvamp": svvamp, "pref_voting": pref_voting, "votekit": votekit, "abcvoting": abcvoting}
AT_MOST = {"pref_voting": 200, "votekit": 200}  # resamples: the rest would take minutes or hours


def profiles(orders: Any, counts: Any | None) -> Iterable[Any]:
    if counts is None:
        yield orders
        return
    for row in counts:
        yield np.repeat(orders, row, axis=0)


def main() -> None:
    library, rule, path, repeats = sys.argv[1:]
    warnings.simplefilter("ignore")
    data = np.load(path)
    decide = LIBRARIES[library](rule)
    if "approvals" in data:
        cases, counts = data["approvals"], None
    else:
        cases = data["ranks"].argsort(axis=1)
        counts = data["counts"][: AT_MOST.get(library)] if "counts" in data else None
    for orders in list(profiles(cases[:50], None if counts is None else counts[:1, :50])):
        decide(orders)  # what is compiled on first use is compiled
    seconds = []
    for _ in range(int(repeats)):
        started = time.process_time()
        winners = [decide(orders) for orders in profiles(cases, counts)]
        seconds.append(time.process_time() - started)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "winners": winners[:200], "done": len(winners), "memory": memory}))


if __name__ == "__main__":
    main()
