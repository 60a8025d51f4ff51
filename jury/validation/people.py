"""People's answers to a run's cases, as a panel: of a survey, or of the very people whom the jurors were made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from jury.elicitation import Vote, modes
from jury.errors import RunError
from jury.panel import Panel

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from jury.cases import Case
    from personas import Population

__all__ = ["own_people", "survey_panel"]


def survey_panel(people: Population, cases: Sequence[Case]) -> Panel:
    """Return what the people of a survey chose on cases that are its items, with their weights and attributes.

    Raises
    ------
    RunError
        If the survey holds no answers, or none to these cases.
    """
    if people.answers is None:
        raise RunError(f"{people.name}: holds no answers; its codebook needs `items:`")
    answers = [{str(name): said for name, said in row.items()} for row in people.answers.to_dict("records")]
    who = f"the {len(answers)} people of {people.name}"
    return _panel(who, cases, answers, people.frame, people.weights)


def own_people(panel: Panel) -> Panel:
    """Return what the very people had said whom the jurors of `panel` were made from, juror by juror.

    Raises
    ------
    RunError
        If that is not known, or was on other questions.
    """
    stored = panel.survey_answers
    if all(answers is None for answers in stored):
        raise RunError(f"{panel.name}: the jurors' own survey answers are not known; name a survey with --human FILE")
    who = f"the {len(stored)} people that the jurors were made from"
    return _panel(who, panel.cases, [answers or {} for answers in stored], panel.jurors, panel.weights)


def _panel(
    name: str,
    cases: Sequence[Case],
    answers: Sequence[Mapping[str, object]],
    people: pd.DataFrame,
    weights: NDArray[np.float64],
) -> Panel:
    votes: dict[str, list[Vote]] = {}
    for case in cases:
        given = [
            Vote(row, {"choice": said[case.id]})
            for row, said in enumerate(answers)
            if said.get(case.id) in case.alternative_ids
        ]
        if given:
            votes[case.id] = given
    if not votes:
        raise RunError(f"no case has answers of {name}; are they the questions that the survey asked?")
    asked = sum(map(len, votes.values()))
    mode = modes["choose"].model_validate({})
    counts = Counter(answered=asked)
    return Panel(name, mode, tuple(cases), people, np.asarray(weights, dtype=float), votes, counts, asked)
