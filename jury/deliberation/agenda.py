"""What is asked in each step of a run, from its study and from what the steps before left."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from jury.deliberation.hearing import Hearing
from jury.deliberation.left import Left, read_left
from jury.deliberation.network import who_hears_whom
from jury.deliberation.statements import CritiquePlan, DraftPlan, RankingPlan
from jury.errors import RunError
from jury.plan import Plan
from jury.records import FIRST, Step
from jury.store import Store
from jury.study import Study


def plan_of(study: Study, store: Store, step: Step = FIRST, *, last: bool = True) -> Plan:
    """Return what is asked in one step of a stored run.

    Parameters
    ----------
    study : Study
    store : Store
        Holds the steps before, which are over.
    step : Step
    last : bool
        Whether the run is over after it.
    """
    header = store.header()
    plan = Plan.of(study, header.readout, tuple(store.jurors()), store.cases(), header.layout)
    plan = replace(plan, step=step, last=last)
    return plan if step == FIRST else later_plan(plan, study, read_left(plan, study, store))


def later_plan(plan: Plan, study: Study, left: Left) -> Plan:
    """Return what is asked in the step of `plan`, one after the first, given what the steps before `left`."""
    block = study.deliberation
    if block is None:
        raise RunError(f"{study.name} has no deliberation, and so no round {plan.step.round}")
    stage = plan.step.stage
    if stage == "answer":
        hearing = Hearing(
            block=block,
            mode=plan.mode,
            seed=plan.study_seed,
            round=plan.step.round,
            network=who_hears_whom(block, plan.jurors, plan.study_seed),
            said=left.said,
            statements=left.statement,
        )
        return replace(plan, hearing=hearing)
    if block.statement is None:
        raise RunError(f"{study.name} has no statements, and so no step {stage!r}")
    given: dict[str, Any] = {field.name: getattr(plan, field.name) for field in fields(Plan)}
    given |= {"said": left.said, "length": block.length}
    if stage in ("ranking", "final-ranking"):
        return RankingPlan(
            **given,
            statements=left.candidates,
            first=left.statement,
            critiques=left.critiques,
            sentences=block.statement.sentences,
        )
    if stage == "critique":
        return CritiquePlan(**given, statements=left.statement, sentences=block.statement.sentences)
    return DraftPlan(
        **given,
        block=block.statement,
        model=study.moderator.known_as,
        statements=left.statement,
        critiques=left.critiques,
    )
