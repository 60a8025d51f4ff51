"""A sweep, as it was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from jury.whatif.engine import Draws
from jury.whatif.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Sweep"]


@dataclass(frozen=True, eq=False)
class Sweep:
    """What would have been decided.

    Attributes
    ----------
    frame : DataFrame
        One row a scenario and case; see `sweep`.
    at_baseline : DataFrame
        The baseline, one row a case, in the same columns.
    baseline : Scenario
    fresh : tuple of Scenario
        Those that only new ballots can answer; they are in no row.
    keys : tuple of str
        What was varied.
    comparisons : int
        How many differences the intervals ``together`` cover at once.
    draws : Draws
    caveat : str or None
        Of the panel.
    complete : bool
        False if it was interrupted: what was not reached says so in its note.
    met : Mapping of str to tuple of str
        By population, the attributes on which the panel was raked to it; of all others it is as it was.
    """

    frame: pd.DataFrame
    at_baseline: pd.DataFrame
    baseline: Scenario
    fresh: tuple[Scenario, ...]
    keys: tuple[str, ...]
    comparisons: int
    draws: Draws
    caveat: str | None
    complete: bool = True
    met: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def supported(self) -> pd.DataFrame:
        """Rows that enough jurors stand behind."""
        return self.frame[self.frame["note"] == ""]

    def _repr_html_(self) -> str:
        from jury.notebook import sweep_html

        return sweep_html(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the sweep as plain JSON types; NaN becomes None."""
        return {
            "baseline": {"rule": self.baseline.rule, **self.baseline.settings, "cases": _records(self.at_baseline)},
            "keys": list(self.keys),
            "rows": _records(self.frame),
            "needs_new_ballots": [dict(each.settings) for each in self.fresh],
            "comparisons": self.comparisons,
            "draws": {name: getattr(self.draws, name) for name in self.draws.__dataclass_fields__},
            "caveat": self.caveat,
            "complete": self.complete,
            "populations_met_on": {name: list(on) for name, on in self.met.items()},
        }


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in _plain(frame).to_dict("records")]


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.astype(object).where(frame.notna(), None)
