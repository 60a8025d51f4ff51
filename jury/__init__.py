"""Jury simulation: personas prompt models as jurors, and what they say becomes profiles for social choice.

::

    from jury import Study, audit, simulate

    study = Study.load("minimum-wage").changed(model="null/uniform", jurors=12)
    run = simulate(study, out="runs/first.sqlite")
    run.ballots()                                                  # a DataFrame
    audit(run.panel(), rules=["nash", "maximin"], by=["race"]).groups

Names are imported when first asked for, so that importing the package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jury.auditing import Audit, audit
    from jury.deliberation.modelled import Deliberation, deliberate
    from jury.errors import JuryError, ModelError, RequestError, RunError, StudyError, TransientError
    from jury.panel import Panel
    from jury.run import Run, open_run
    from jury.simulation import asimulate, simulate
    from jury.study import Study
    from jury.whatif import sweep, tipping_point

_HOMES = {
    "auditing": ("Audit", "audit"),
    "deliberation.modelled": ("Deliberation", "deliberate"),
    "errors": ("JuryError", "ModelError", "RequestError", "RunError", "StudyError", "TransientError"),
    "panel": ("Panel",),
    "run": ("Run", "open_run"),
    "simulation": ("asimulate", "simulate"),
    "study": ("Study",),
    "whatif": ("sweep", "tipping_point"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [  # noqa: RUF022 - grouped by what they are for
    "Study", "simulate", "asimulate", "Run", "open_run", "Panel", "Audit", "audit", "sweep", "tipping_point",
    "Deliberation", "deliberate",
    "JuryError", "StudyError", "ModelError", "RunError", "RequestError", "TransientError",
]  # fmt: skip


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
