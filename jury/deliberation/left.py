"""What the steps of a run leave for those that follow."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from jury.deliberation.hearing import Said, read_said
from jury.deliberation.statements.counting import candidates, count
from jury.plan import Plan
from jury.records import Stage, Step
from jury.store import Store
from jury.study import Study

Key = tuple[str, int]
"""A case, and a replicate."""


@dataclass(frozen=True, eq=False)
class Left:
    """What has been said by the time that a step begins, by case and replicate.

    Attributes
    ----------
    said : Mapping
        juror -> opinion and answer, of the round before.
    candidates : Mapping
        number -> statement, of those that are to be ranked now.
    statement : Mapping
        The statement that the jury ranks first by now.
    critiques : Mapping
        juror -> critique of it.
    """

    said: Mapping[Key, Mapping[int, Said]]
    candidates: Mapping[Key, Mapping[int, str]] = field(default_factory=dict)
    statement: Mapping[Key, str] = field(default_factory=dict)
    critiques: Mapping[Key, Mapping[int, str]] = field(default_factory=dict)


def read_left(plan: Plan, study: Study, store: Store) -> Left:
    """Return what a run file holds for the step of `plan`; the places of statements are noted in it on the way."""
    step = plan.step
    said = read_said(store, Step(step.round - 1))
    block = None if study.deliberation is None else study.deliberation.statement
    if block is None or step.stage == "draft":
        return Left(said)
    if step.stage == "ranking":
        return Left(said, candidates(store, Step(step.round, "draft")))
    ranked = candidates(store, Step(step.round, "revision")) if step.stage == "final-ranking" else {}
    counted: tuple[Stage, ...] = ("draft", "revision") if block.critique and step.stage == "answer" else ("draft",)
    first: dict[Key, str] = {}
    for stage in counted:
        written = candidates(store, Step(step.round, stage))
        order = count(plan, block, store, Step(step.round, stage))
        first |= {key: written[key][numbers[0]] for key, numbers in order.items()}
    heard = step.stage in ("revision", "final-ranking")
    return Left(said, ranked, first, _critiques(store, Step(step.round, "critique")) if heard else {})


def _critiques(store: Store, step: Step) -> dict[Key, dict[int, str]]:
    found: dict[Key, dict[int, str]] = {}
    for row in store.ballot_rows(step):
        if row["status"] == "answered":
            key = row["case_id"], row["replicate"]
            found.setdefault(key, {})[row["juror_id"]] = json.loads(row["answer"])["critique"]
    return found
