"""What the rounds of a stored run changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from jury.deliberation.change import Change, compare, trajectory
from jury.errors import MeasureError

if TYPE_CHECKING:
    import pandas as pd

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
    """

    change: Change
    divisions: pd.DataFrame
    rounds: int

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        return {
            "rounds": self.rounds,
            "change": self.change.to_dict(),
            "divisions": self.divisions.to_dict("records"),
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
        The same study with ``hear: 0``: how much answers change when nobody is heard.
    """
    number = run.latest_round
    if not number:
        return None
    panels = [run.panel(round=each) for each in range(number + 1)]
    try:
        change = compare(
            panels[0],
            panels[-1],
            rules=rules or run.study.rule_names(),
            by=by or run.study.groups,
            control=None if control is None else control.panel(),
            rng=np.random.default_rng(0),
        )
    except MeasureError:
        return None  # nobody answered both times
    found = trajectory(panels)
    figures = [name for name in found.columns if name not in ("case", "jurors", "round")]
    return Deliberated(change, found.groupby("round")[figures].mean().reset_index(), number)
