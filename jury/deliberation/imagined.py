"""Later steps of a run that has not been asked yet, with made-up words in the place of what nobody has said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from jury.backends.base import Reply
from jury.deliberation.agenda import later_plan
from jury.deliberation.hearing import Said
from jury.deliberation.left import Left
from jury.elicitation import Mode, Showing
from jury.plan import Plan
from jury.records import FIRST, Step
from jury.study import Study

#: The longest character in UTF-8: arguments are cut after so many characters, and paid for by the byte at most.
LONGEST = "\U0001f5e3"


def imagined_plan(plan: Plan, study: Study, step: Step, words: str) -> Plan:
    """Return what a step asks if every opinion, statement and critique is `words`."""
    plan = replace(plan, step=step)
    if step == FIRST:
        return plan
    block = None if study.deliberation is None else study.deliberation.statement
    keys = [(case.id, replicate) for case in plan.cases for replicate in range(plan.mode.replicates)]
    values = {case.id: _answer(plan.mode, Showing.plain(case)) for case in plan.cases}
    jurors = [juror.id for juror in plan.jurors]
    said = {key: dict.fromkeys(jurors, Said(words, values[key[0]], "…")) for key in keys}
    if block is None:
        return later_plan(plan, study, Left(said))
    candidates = dict.fromkeys(keys, dict.fromkeys(range(block.candidates), words))
    spoken = dict.fromkeys(keys, dict.fromkeys(jurors, words))
    critiques = spoken if step.stage in ("revision", "final-ranking") else {}
    return later_plan(plan, study, Left(said, candidates, dict.fromkeys(keys, words), critiques))


def _answer(mode: Mode, showing: Showing) -> Mapping[str, Any]:
    """Return an answer that somebody could give."""
    held = {name: place / len(showing.order) for place, name in enumerate(showing.order)}
    replies = [Reply(str(question.as_if(held))) for question in mode.questions(showing)]
    return mode.read(showing, replies, np.random.default_rng(0)).values
