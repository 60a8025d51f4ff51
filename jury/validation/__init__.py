"""Simulated jurors beside people: whether they deserve belief, and a gate before conclusions about groups.

One file a question: `sides` (answers of both as arrays), `people` (surveys, and the very people behind a run),
`distances` (how far the answers spread apart), `spread` (variance within and between groups), `coefficients`
(regressions side by side), `calibration`, `verdicts` (whether they decide alike), `pairing` (juror and person), `gate`
and `gating` (what a run has to show), `measuring` (all of it, in a `record`), `running` (of a run file).
"""

from __future__ import annotations

from jury.validation.gate import Check, Gate, Thresholds
from jury.validation.measuring import validate
from jury.validation.people import own_people, survey_panel
from jury.validation.record import Validation
from jury.validation.running import Comparison, gate_panel, validate_run

__all__ = [
    "Check",
    "Comparison",
    "Gate",
    "Thresholds",
    "Validation",
    "gate_panel",
    "own_people",
    "survey_panel",
    "validate",
    "validate_run",
]
