"""How far alternatives that carry instructions sway a jury: the injection probe.

Texts of published families of prompt injection are planted into one alternative of each case. The same jurors judge the
case as it is, with each of the texts, and with a harmless one of the same length, in the same orders and with the same
seeds; what they give that alternative is compared pair by pair.

>>> import numpy as np
>>> from jury import Study
>>> from jury.injection import planted
>>> study = planted(Study.load("minimum-wage").changed(model="planted/hash"))
>>> len(study.cases)
13

``simulate`` (or ``await asimulate``) runs that study like any other, and `measure` reads the run; `probe` does both.

What it cannot show: that a jury is safe. The sentences are written by hand; texts that are optimised against a model
(Zou et al. 2023, arXiv:2307.15043; Shi et al. 2024, JudgeDeceiver, arXiv:2403.17710) do more.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jury.injection.families import Family, control_text, families
from jury.injection.measuring import Change, Effect, Probe, measure
from jury.injection.planting import CONTROL, planted
from jury.injection.verdicts import Swing
from jury.simulation import simulate
from jury.study import Study

__all__ = [
    "CONTROL",
    "Change",
    "Effect",
    "Family",
    "Probe",
    "Swing",
    "control_text",
    "families",
    "measure",
    "planted",
    "probe",
]


def probe(study: Study, rng: np.random.Generator, **options: Any) -> Probe:  # noqa: ANN401 - see jury.simulation.Options
    """Plant, ask, and measure.

    Parameters
    ----------
    study : Study
    rng : Generator
        For the intervals; what is asked depends on the study's seed alone.
    **options
        As for `jury.simulate`: ``out``, ``resume``, ``max_cost`` ...

    Returns
    -------
    Probe

    Raises
    ------
    StudyError, ModelError, RunError
        As `planted`, `jury.simulate` and `measure` do.
    """
    return measure(simulate(planted(study), **options), rng)
