"""Validation of a stored run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from jury.errors import RunError
from jury.panel import Panel
from jury.validation.gate import Gate, Thresholds
from jury.validation.measuring import validate
from jury.validation.people import own_people, survey_panel
from jury.validation.record import Validation

if TYPE_CHECKING:
    from jury.run import Run
    from personas import Population

__all__ = ["Comparison", "gate_panel", "validate_run"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a run is to be compared.

    Attributes
    ----------
    by : tuple of str or None
        Groups; None takes the study's own.
    rules : tuple of str or None
        Under which verdicts are compared; None takes the study's own.
    ordinal : bool
        Whether the alternatives of every case are a scale in the order given.
    baseline : Run or None
        A run to do better than, such as the same model without personas.
    thresholds : Thresholds
    resamples : int
    round : int
        Whose answers are compared in a run with deliberation: by default those of round 0, before anybody was heard,
        for people in surveys and tables of ratings answered alone.
    """

    by: tuple[str, ...] | None = None
    rules: tuple[str, ...] | None = None
    ordinal: bool = False
    baseline: Run | None = None
    thresholds: Thresholds = Thresholds()  # noqa: RUF009 - frozen
    resamples: int = 500
    round: int = 0


def validate_run(
    run: Run, people: Population | Panel | None = None, how: Comparison | None = None, *, seed: int = 0
) -> Validation:
    """Compare a run with what people said.

    Parameters
    ----------
    run : Run
    people : Population or Panel, optional
        Whose answers to compare with, with their weights; by default those of the very persons whom the jurors were
        made from, if the population's survey had asked them the same questions.
    how : Comparison, optional
    seed : int
        Of the resampling: the same figures every time the same run is read.

    Returns
    -------
    Validation

    Raises
    ------
    RunError
        If people and jurors were asked in ways that cannot be compared, or nobody's answers to the cases are known; for
        a round that the run does not have.
    """
    how = how or Comparison()
    panel = run.panel(round=how.round)
    if people is None:
        human = own_people(panel)
    else:
        human = people if isinstance(people, Panel) else survey_panel(people, panel.cases)
    return validate(
        panel,
        human,
        np.random.default_rng(seed),
        by=run.study.groups if how.by is None else how.by,
        rules=run.study.rule_names() if how.rules is None else how.rules,
        same_people=people is None,
        ordinal=how.ordinal,
        baseline=None if how.baseline is None else how.baseline.panel(round=min(how.round, how.baseline.rounds)),
        thresholds=how.thresholds,
        resamples=how.resamples,
    )


def gate_panel(panel: Panel, by: Sequence[str], rules: Sequence[str], *, resamples: int = 200) -> Gate | None:
    """Return the gate of simulated jurors against the very people whom they were made from.

    For reports that show groups: what validation found belongs beside them.

    Returns
    -------
    Gate or None
        None if those people's answers to these cases are not known.
    """
    try:
        human = own_people(panel)
        rng = np.random.default_rng(0)
        return validate(panel, human, rng, by=by, rules=rules, same_people=True, resamples=resamples).gate
    except RunError:
        return None
