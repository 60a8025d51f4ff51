"""Statements for a whole jury: written by a moderator, ranked and criticised by the jurors.

The protocol is that of the Habermas Machine, with one difference: which candidate wins is decided by the rankings that
the simulated jurors give, not by a model of what they would prefer.

References
----------
Tessler et al. (2024), AI can help humans find common ground in democratic deliberation. Science 386, eadq2852.
"""

from __future__ import annotations

import json
from dataclasses import fields

from jury.deliberation.block import StatementBlock
from jury.deliberation.hearing import read_said
from jury.deliberation.statements.counting import candidates, winners
from jury.deliberation.statements.critique import CritiquePlan
from jury.deliberation.statements.drafting import DraftPlan
from jury.deliberation.statements.ranking import RankingPlan
from jury.plan import Plan
from jury.records import Step
from jury.store import Store
from jury.study import Study

__all__ = ["chosen", "statement_plan"]


def statement_plan(plan: Plan, study: Study, store: Store) -> Plan:
    """Return what is asked in the step of `plan`, one of those that lead to a statement.

    Parameters
    ----------
    plan : Plan
        Of the step, as if answers were asked.
    study : Study
    store : Store
        The steps before are over in it.
    """
    block = study.deliberation
    if block is None or block.statement is None:
        raise ValueError(f"{study.name} has no statements, and so no step {plan.step}")
    step = plan.step
    given = {field.name: getattr(plan, field.name) for field in fields(Plan)}
    given |= {"said": read_said(store, Step(step.round - 1)), "length": block.length}
    if step.stage in ("ranking", "final-ranking"):
        drafts = Step(step.round, "draft" if step.stage == "ranking" else "revision")
        return RankingPlan(**given, statements=candidates(store, drafts))
    first = winners(plan, block.statement, store, "draft") if step.stage != "draft" else {}
    if step.stage == "critique":
        return CritiquePlan(**given, statements=first, sentences=block.statement.sentences)
    critiques = read_critiques(store, Step(step.round, "critique")) if step.stage == "revision" else {}
    return DraftPlan(
        **given,
        block=block.statement,
        model=study.moderator.known_as,
        statements=first,
        critiques=critiques,
    )


def chosen(plan: Plan, block: StatementBlock, store: Store) -> dict[tuple[str, int], str]:
    """Return (case, replicate) -> the statement that the jury ranked first in the round of `plan`, in the end."""
    return winners(plan, block, store, "draft") | (winners(plan, block, store, "revision") if block.critique else {})


def read_critiques(store: Store, step: Step) -> dict[tuple[str, int], dict[int, str]]:
    """Return (case, replicate) -> juror -> the critique."""
    found: dict[tuple[str, int], dict[int, str]] = {}
    for row in store.ballot_rows(step):
        if row["status"] == "answered":
            key = row["case_id"], row["replicate"]
            found.setdefault(key, {})[row["juror_id"]] = json.loads(row["answer"])["critique"]
    return found
