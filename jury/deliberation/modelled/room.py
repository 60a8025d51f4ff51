"""Panels as opinions that can be averaged, and back: who is in the room of a case, and what they think."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from jury.auditing.percase import Scale
from jury.cases import Case
from jury.deliberation.changes.polarising import opinions
from jury.elicitation import Mode, Vote, modes
from jury.panel import Panel

__all__ = ["DECIMALS", "READ_AS", "Rooms", "of_cases"]

FloatArray = NDArray[np.float64]

#: To which opinions are rounded once a discussion is over: what is as good as a tie is one.
DECIMALS = 6

#: How the answers of a mode are read, where they are no scores.
READ_AS = {
    "choose": "Choices are read as 1 for what was chosen and 0 for the rest; means of them are shares.",
    "approve": "Approvals are read as 1 and 0; means of them are shares.",
    "distribution": "Predicted shares are averaged as they are.",
    "rank": "Rankings are read as the share of the others that an alternative is ranked above (Borda), for places "
    "cannot be averaged.",
    "pairwise": "Comparisons are read as the share of its comparisons that an alternative won.",
}


class Rooms:
    """Who is in the room of each case, those with a weight who answered it, opinion or not, and what they think.

    Parameters
    ----------
    panel : Panel

    Attributes
    ----------
    panel : Panel
        The answers.
    mode : Mode
        Scores on the scale of the opinions, in which they are written down.
    ends : (float, float)
        Of that scale.
    cases : dict
        Case -> (rows of who answered it, ascending; their (k, m) opinions from 0 to 1, NaN for none).
    """

    def __init__(self, panel: Panel) -> None:
        self.panel = panel
        self.mode = _scores(panel.mode)
        low, high = self.ends = Scale.of(panel.mode).ends
        self.cases: dict[str, tuple[NDArray[np.intp], FloatArray]] = {}
        for case in panel.cases:
            rows, said = opinions(panel, case)
            seated = panel.weights[rows] > 0
            if seated.any():
                # People's tables may hold a score beyond the scale that was asked.
                unit = np.clip((said[seated] - low) / (high - low), 0.0, 1.0)
                self.cases[case.id] = rows[seated], unit

    def write(self, name: str, values: Mapping[str, FloatArray]) -> Panel:
        """Return a panel of the same people with other opinions, by case (k, m) from 0 to 1."""
        votes = {
            case: _votes(self.panel.case(case), rows, self.scores(values[case]))
            for case, (rows, _) in self.cases.items()
        }
        answered = sum(map(len, votes.values()))
        return replace(
            self.panel, name=name, mode=self.mode, votes=votes, counts=Counter(answered=answered), asked=answered
        )

    def scores(self, values: FloatArray) -> FloatArray:
        """Return opinions from 0 to 1 as they are written down."""
        low, high = self.ends
        return np.asarray(np.round(low + values * (high - low), DECIMALS))


def _votes(case: Case, rows: NDArray[np.intp], values: FloatArray) -> list[Vote]:
    names = case.alternative_ids
    return [
        Vote(juror, {"scores": {name: score for name, score in zip(names, scores, strict=True) if score == score}})
        for juror, scores in zip(rows.tolist(), values.tolist(), strict=True)
    ]


def _scores(mode: Mode) -> Mode:
    if mode.mode == "score":
        return mode
    low, high = Scale.of(mode).ends
    return modes["score"].model_validate({"scale": (int(low), int(high))})


def of_cases(panel: Panel, cases: Sequence[str]) -> Panel:
    """Return a panel of some cases only, all if none is named; raises `RunError` for an unknown id."""
    if not cases:
        return panel
    wanted = {panel.case(case).id for case in cases}
    votes = {case: some for case, some in panel.votes.items() if case in wanted}
    answered = sum(map(len, votes.values()))
    return replace(
        panel,
        cases=tuple(case for case in panel.cases if case.id in wanted),
        votes=votes,
        counts=Counter(answered=answered),
        asked=answered,
    )
