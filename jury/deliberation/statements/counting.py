"""Which of a moderator's candidates the jury put first."""

from __future__ import annotations

import json
from collections import defaultdict

import numpy as np

from aggregators import Rankings, decide
from jury.deliberation.block import StatementBlock
from jury.plan import Plan
from jury.records import Stage, Step
from jury.store import Store

_LOT = 5  # a stream of the study's seed

#: Where the rankings of what a moderator wrote are.
RANKED_IN: dict[Stage, Stage] = {"draft": "ranking", "revision": "final-ranking"}

Key = tuple[str, int]


def candidates(store: Store, step: Step) -> dict[Key, dict[int, str]]:
    """Return (case, replicate) -> number -> the statement, of those that the moderator did write."""
    found: dict[Key, dict[int, str]] = defaultdict(dict)
    for row in store.statement_rows(step):
        if row["status"] == "answered":
            found[row["case_id"], row["replicate"]][row["number"]] = row["text"]
    return found


def count(plan: Plan, block: StatementBlock, store: Store, step: Step) -> dict[Key, list[int]]:
    """Return (case, replicate) -> the numbers of the candidates, the first first, and note their places in the run.

    Jurors count by their weights. Ties, and candidates that nobody ranked, are put in order by lot, from the seed.
    """
    rankings: dict[Key, list[tuple[int, list[list[str]]]]] = defaultdict(list)
    for row in store.ballot_rows(Step(step.round, RANKED_IN[step.stage])):
        if row["status"] == "answered":
            said = row["juror_id"], json.loads(row["answer"])["ranking"]
            rankings[row["case_id"], row["replicate"]].append(said)
    weights = {juror.id: juror.weight for juror in plan.jurors}
    positions = {case.id: position for position, case in enumerate(plan.cases)}
    found: dict[Key, list[int]] = {}
    for key, written in candidates(store, step).items():
        spawn = (_LOT, positions[key[0]], key[1], step.round, int(step.stage == "revision"))
        lots = np.random.default_rng(np.random.SeedSequence(plan.study_seed, spawn_key=spawn))
        found[key] = _ordered(sorted(written), rankings[key], weights, block.rule, lots)
    noted = {(row["case_id"], row["replicate"], row["number"], row["place"]) for row in store.statement_rows(step)}
    places = {(*key, number, place) for key, order in found.items() for place, number in enumerate(order, start=1)}
    if new := places - noted:
        store.place(step, sorted(new))
    return found


def _ordered(
    numbers: list[int],
    rankings: list[tuple[int, list[list[str]]]],
    weights: dict[int, float],
    rule: str,
    lots: np.random.Generator,
) -> list[int]:
    """Return the candidates' numbers in the order of the jury."""
    drawn = [int(number) for number in lots.permutation(numbers)]
    if len(numbers) == 1 or not rankings:
        return drawn
    ids = [statement_id(number) for number in numbers]
    ranks = np.zeros((len(rankings), len(ids)), dtype=int)
    for row, (_, tiers) in enumerate(rankings):
        for place, tier in enumerate(tiers, start=1):
            ranks[row, [ids.index(name) for name in tier]] = place
    profile = Rankings(ranks, weights=[weights[juror] for juror, _ in rankings], alternatives=ids)
    decided = decide(profile, rule).ranking
    tier_of = {name: place for place, tier in enumerate(decided) for name in tier}
    return sorted(drawn, key=lambda number: tier_of.get(statement_id(number), len(ids)))


def statement_id(number: int) -> str:
    """Return what a candidate is called in rankings."""
    return f"statement-{number}"
