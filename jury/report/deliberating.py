"""What hearing each other changed, in a run with rounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jury.auditing import Audit
from jury.deliberation.live import deliberated

if TYPE_CHECKING:
    from jury.run import Run

__all__ = ["deliberation"]


def deliberation(run: Run, found: Audit) -> dict[str, Any] | None:
    """Return the jury before anybody was heard and after the last round; None for a run without rounds.

    Parameters
    ----------
    run : Run
    found : Audit
        Whose rules and groups are compared; itself of the last round.
    """
    by = tuple(dict.fromkeys(map(str, found.groups["attribute"])))
    told = deliberated(run, found.rules, by)
    if told is None:
        return None
    change = told.change.to_dict()
    shown = ("said", "cautions", "verdicts", "silencing", "jurors", "resamples", "level", "cases")
    return {
        "rounds": told.rounds,
        "of": run.rounds,
        "divisions": told.to_dict()["divisions"],
        **{name: change[name] for name in shown},
    }
