"""What the rounds of a stored run changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from jury.auditing.rules import check_rules
from jury.deliberation.change import Change, compare, plain_records, trajectory
from jury.errors import RunError
from jury.records import Stage, Step
from jury.store import reading

if TYPE_CHECKING:
    import pandas as pd

    from jury.panel import Panel
    from jury.run import Run


@dataclass(frozen=True, eq=False)
class Deliberated:
    """A run before anybody was heard and after the last round that was asked.

    Attributes
    ----------
    change : Change
    divisions : DataFrame
        How divided the jury is, round by round: means over cases of the figures of `trajectory`.
    rounds : int
        The last round of which there are answers.
    statements : Mapping
        Case -> the statement that the jury read before it answered last; of several replicates, the first one's.
        Empty without statements.
    """

    change: Change
    divisions: pd.DataFrame
    rounds: int
    statements: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types; NaN becomes None."""
        return {
            "rounds": self.rounds,
            "change": self.change.to_dict(),
            "divisions": plain_records(self.divisions),
            "statements": dict(self.statements),
        }


def deliberated(
    run: Run, rules: Sequence[str] | None = None, by: Sequence[str] | None = None, *, control: Run | None = None
) -> Deliberated | None:
    """Return what the rounds of a run changed, None where there is nothing to compare yet.

    Parameters
    ----------
    run : Run
    rules, by : sequence of str, optional
        The study's own by default.
    control : Run, optional
        The same study with ``hear: 0``: how much answers change when nobody is heard, after as many rounds.

    Raises
    ------
    RunError
        If `control` is a run in which somebody was heard, of fewer rounds, or of other models.
    MeasureError
        If it has other jurors or cases.
    StudyError
        For a rule that cannot decide what was asked.
    """
    number = run.latest_round
    if control is not None:
        _check_control(run, control, number)
    if not number:
        return None
    panels = [run.panel(round=each) for each in range(number + 1)]
    if not _any_pair(panels[0], panels[-1]):
        return None
    if rules:
        check_rules(panels[0].mode, panels[0].cases, rules)
    change = compare(
        panels[0],
        panels[-1],
        rules=rules or run.study.rule_names(),
        by=by or run.study.groups,
        control=None if control is None else (control.panel(round=0), control.panel(round=number)),
        rng=np.random.default_rng(0),
    )
    found = trajectory(panels)
    figures = [name for name in found.columns if name not in ("case", "jurors", "round")]
    return Deliberated(change, found.groupby("round")[figures].mean().reset_index(), number, _statements(run, number))


def _check_control(run: Run, control: Run, number: int) -> None:
    block = control.study.deliberation
    if block is None or not block.is_control:
        raise RunError(f"{control.path}: no control, for jurors heard something; run the study with hear: 0")
    if control.latest_round < number:
        raise RunError(
            f"{control.path}: no control, for its answers end with round {control.latest_round} and those of "
            f"{run.path} with round {number}; run the study with hear: 0 and rounds: {number}"
        )
    asked, again = ([model.asked() for model in each.study.models] for each in (run, control))
    if asked != again:
        raise RunError(
            f"{control.path}: no control, for other models were asked, or with other settings, than in {run.path}; "
            "run the same study with hear: 0"
        )


def _any_pair(before: Panel, after: Panel) -> bool:
    """Return whether anybody answered any case both times."""
    found = [{(case, vote.juror) for case, votes in panel.votes.items() for vote in votes} for panel in (before, after)]
    return bool(found[0] & found[1])


def _statements(run: Run, number: int) -> dict[str, str]:
    found: dict[str, str] = {}
    with reading(run.path) as store:
        stages: tuple[Stage, ...] = ("draft", "revision")  # of which the second counts for more
        for stage in stages:
            for row in store.statement_rows(Step(number, stage)):
                if row["place"] == 1 and row["replicate"] == 0:
                    found[row["case_id"]] = row["text"]
    return found
