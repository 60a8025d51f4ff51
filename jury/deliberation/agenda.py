"""What is asked in each step of a run, from its study and from what the steps before left in its file."""

from __future__ import annotations

from dataclasses import replace

from jury.deliberation.hearing import Hearing, read_said, who_hears_whom
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
        Holds the answers of the round before, which is over.
    step : Step
    last : bool
        Whether the run is over after it.
    """
    header = store.header()
    plan = Plan.of(study, header.readout, tuple(store.jurors()), store.cases(), header.layout)
    plan = replace(plan, step=step, last=last)
    if step == FIRST:
        return plan
    if step.stage != "answer":
        from jury.deliberation.statements import statement_plan

        return statement_plan(plan, study, store)
    return replace(plan, hearing=_hearing(plan, study, store, step))


def _hearing(plan: Plan, study: Study, store: Store, step: Step) -> Hearing:
    block = study.deliberation
    if block is None:
        raise RunError(f"{store.path}: the study has no deliberation, and so no round {step.round}")
    statements = {}
    if block.statement is not None:
        from jury.deliberation.statements import chosen

        statements = chosen(plan, block.statement, store)
    return Hearing(
        block=block,
        mode=plan.mode,
        seed=plan.study_seed,
        round=step.round,
        neighbours=who_hears_whom(block, plan.jurors, plan.study_seed),
        said=read_said(store, Step(step.round - 1)),
        statements=statements,
    )
