"""Jurors beside people: every measure of one comparison, and the gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from jury.metrics.agreement import Level
from jury.panel import Panel
from jury.panels.summary import agreement
from jury.uncertainty.effective import effective_size
from jury.validation.calibration import Calibration, calibrated
from jury.validation.coefficients import compare_coefficients
from jury.validation.distances import distance_rows, together
from jury.validation.gate import Thresholds
from jury.validation.gating import Measures, gate
from jury.validation.pairing import hits
from jury.validation.record import Validation
from jury.validation.sides import beside
from jury.validation.spread import Drawings, group_spread, grouping, item_correlation
from jury.validation.verdicts import verdict_agreement

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["validate"]


def validate(
    jurors: Panel,
    people: Panel,
    rng: np.random.Generator,
    *,
    by: Sequence[str] = (),
    rules: Sequence[str] | None = None,
    same_people: bool = False,
    ordinal: bool = False,
    baseline: Panel | None = None,
    thresholds: Thresholds | None = None,
    resamples: int = 500,
) -> Validation:
    """Compare what simulated jurors said with what people said.

    Parameters
    ----------
    jurors : Panel
        Of a run: choices, predicted distributions of choices, scores, approvals, rankings or comparisons.
    people : Panel
        Human answers in the same mode (or choices, for predicted distributions), with weights: of `read_panel`,
        `survey_panel` or `own_people`.
    rng : Generator
    by : sequence of str
        Attributes, or crossings of them, that both sides have: the groups that are compared.
    rules : sequence of str, optional
        Under which verdicts are compared; by default those usual for the mode.
    same_people : bool
        Whether juror i was made from person i. Then people are all there are and have no sampling noise, and the two
        are redrawn together.
    ordinal : bool
        Whether the alternatives of every case are a scale in the order given.
    baseline : Panel, optional
        A run to do better than, such as the same model without personas.
    thresholds : Thresholds, optional
        Of the gate.
    resamples : int
        For the intervals.

    Returns
    -------
    Validation

    Raises
    ------
    RunError
        If the two share no case, were asked in ways that cannot be compared, or lack an attribute.
    StudyError
        For a rule that does not exist.

    Notes
    -----
    Distances are of the samples as they are, so that noise adds to them: ``floor`` beside them is what a perfect
    model would get from as many jurors. Ratios of variances are free of sampling noise. Intervals of means of
    distances are over cases, and hold for all groups at once; others redraw jurors, people and cases together, which is
    conservative.

    References
    ----------
    Bisbee et al. (2024), Synthetic replacements for human survey data? Political Analysis 32. Santurkar et al. (2023),
    Whose opinions do language models reflect? ICML. Argyle et al. (2023), Out of one, many, Political Analysis 31.
    """
    import pandas as pd

    pair = beside(jurors, people, same_people=same_people, ordinal=ordinal)
    based = None if baseline is None else beside(baseline, people, ordinal=ordinal)
    groups = [grouping(pair, name) for name in by]
    table = pd.DataFrame(list(distance_rows(pair, groups, rng, based)))
    case_of = {unit.name: unit.case for unit in pair.units}
    figures = together(table, case_of, rng)
    drawings = Drawings.of(pair, resamples, rng)
    spread = (
        group_spread(pair, None, drawings),
        *(group_spread(pair, one, drawings) for one in groups if len(one.labels) > 1),
    )
    case_ids = tuple(case.id for case in pair.cases)
    found_hits = hits(pair) if same_people else None
    coefficients = compare_coefficients(pair, by, rng) if by else None
    size = effective_size(jurors, rng, human=people, same_people=same_people, resamples=resamples)
    correlation = item_correlation(pair, drawings)
    measures = Measures(figures, spread, correlation, coefficients, size, found_hits, tuple(by))
    return Validation(
        humans=people.name,
        same_people=same_people,
        table=table,
        distances=figures,
        spread=spread,
        correlation=correlation,
        coefficients=coefficients,
        calibration=_calibration(table, case_of, rng),
        alpha_people=agreement(people, rng, _level(people, ordinal=ordinal), resamples=resamples),
        alpha_jurors=agreement(jurors, rng, _level(jurors, ordinal=ordinal), resamples=resamples),
        size=size,
        verdicts=verdict_agreement(
            jurors, people, case_ids, jurors.mode.default_rules if rules is None else rules, rng, baseline=baseline
        ),
        hits=found_hits,
        gate=gate(measures, thresholds or Thresholds()),
        left_out=tuple(case.id for case in jurors.cases if case.id not in case_ids),
        cases=len(case_ids),
        comparisons=sum(len(one.labels) for one in groups),
    )


def _level(panel: Panel, *, ordinal: bool) -> Level:
    """Return the level of measurement of what a panel was asked."""
    if panel.mode.mode == "choose":
        return "ordinal" if ordinal else "nominal"
    return "nominal" if panel.mode.mode == "approve" else "interval"


def _calibration(table: pd.DataFrame, case_of: Mapping[str, int], rng: np.random.Generator) -> Calibration | None:
    used = table[~table["tv"].isna()]
    used = used[used["attribute"] != ""] if (used["attribute"] != "").any() else used
    if used.empty:
        return None
    shares = [np.concatenate([list(row.values()) for row in used[side]]) for side in ("model", "human")]
    cases = np.concatenate(
        [np.full(len(row), case_of[name]) for row, name in zip(used["model"], used["case"], strict=True)]
    )
    _, codes = np.unique(cases, return_inverse=True)
    return calibrated(shares[0], shares[1], codes.astype(np.intp), rng)
