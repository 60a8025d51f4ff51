"""Whether the minority gives way: how many of it move to the majority, against the reverse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from jury.auditing.membership import FEW
from jury.deliberation.changes.drawn import Ratio, beyond, difference
from jury.deliberation.changes.sides import Sides
from jury.estimates import LEVEL, Estimate
from jury.panel import Panel

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["EVERYBODY", "SILENCING_COLUMNS", "silencing_table"]

FloatArray = NDArray[np.float64]

EVERYBODY = "everybody"

#: Estimates of a row; each has columns ``..._low`` and ``..._high`` too.
_FIGURES = ("yielding", "leaving", "silencing", "growth", "minority_gave", "majority_gave", "gave", "moved")
_COUNTS = ("jurors", "few", "minority", "yielded", "majority", "left", "neither")
_OF_CONTROL = ("control", "excess")
SILENCING_COLUMNS = (
    *("attribute", "group"),
    *_COUNTS,
    *(f"{name}{end}" for name in (*_FIGURES, *_OF_CONTROL) for end in ("", "_low", "_high")),
)


def silencing_table(
    panel: Panel,
    found: Sides,
    control: Sides | None,
    by: Sequence[str],
    times: FloatArray,
    level: float = LEVEL,
) -> pd.DataFrame:
    """Return `Change.silencing`: everybody, then each group by each attribute.

    Parameters
    ----------
    panel : Panel
        Whose groups they are.
    found : Sides
        Of deliberation.
    control : Sides or None
        Of jurors asked again who heard nobody.
    by : sequence of str
    times : (1 + b, n) array
        How often each juror counts.
    level : float
    """
    import pandas as pd

    everybody = np.ones(times.shape[1], dtype=np.bool_)
    rows = [_row(EVERYBODY, EVERYBODY, everybody, found, control, times, level)]
    for attribute in dict.fromkeys(by):
        labels = panel.group_labels(attribute)
        rows += [
            _row(attribute, group, labels == group, found, control, times, level)
            for group in np.unique(labels).tolist()
        ]
    return pd.DataFrame(rows, columns=list(SILENCING_COLUMNS))


def _row(
    attribute: str,
    group: str,
    member: NDArray[np.bool_],
    found: Sides,
    control: Sides | None,
    times: FloatArray,
    level: float,
) -> dict[str, Any]:
    jurors = int(np.count_nonzero(found.sums["opinions"][member]))
    row: dict[str, Any] = {"attribute": attribute, "group": group, "jurors": jurors, "few": jurors < FEW}
    for name in ("minority", "yielded", "majority", "left", "neither"):
        row[name] = int(found.counts[name][member].sum())
    yielding, leaving = _shares(found, member, times)
    gave = [_mean(found, f"{side}_gave", side, member, times) for side in ("minority", "majority")]
    told = {
        "yielding": yielding.share(level=level),
        "leaving": leaving.share(level=level),
        "silencing": difference(yielding, leaving, level=level),
        "growth": _growth(found, member, times, level),
        "minority_gave": gave[0].estimate(level=level),
        "majority_gave": gave[1].estimate(level=level),
        "gave": Ratio(gave[0].values - gave[1].values, min(gave[0].count, gave[1].count)).estimate(level=level),
        "moved": _mean(found, "moved", "opinions", member, times).estimate(level=level),
    }
    told |= _against(control, member, times, (yielding, leaving), level)
    for name, estimate in told.items():
        row |= {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}
    return row


def _mean(found: Sides, part: str, whole: str, member: NDArray[np.bool_], times: FloatArray) -> Ratio:
    parts, wholes = found.sums[part], found.sums[whole]
    return Ratio.of(times, np.where(member, parts, 0.0), np.where(member, wholes, 0.0))


def _shares(found: Sides, member: NDArray[np.bool_], times: FloatArray) -> tuple[Ratio, Ratio]:
    return _mean(found, "yielded", "minority", member, times), _mean(found, "left", "majority", member, times)


def _growth(found: Sides, member: NDArray[np.bool_], times: FloatArray, level: float) -> Estimate:
    """Return by how much the majority's share grew: who yielded less who left, among both sides."""
    whole = np.where(member, found.sums["minority"] + found.sums["majority"], 0.0)
    joined, gone = (Ratio.of(times, np.where(member, found.sums[name], 0.0), whole) for name in ("yielded", "left"))
    return difference(joined, gone, level=level)


def _against(
    control: Sides | None,
    member: NDArray[np.bool_],
    times: FloatArray,
    mine: tuple[Ratio, Ratio],
    level: float,
) -> dict[str, Estimate]:
    """Return silencing of those who heard nobody, and how much more there is with hearing."""
    if control is None:
        nothing = Estimate(np.nan, np.nan, np.nan, 0, "jurors", level)
        return dict.fromkeys(_OF_CONTROL, nothing)
    theirs = _shares(control, member, times)
    return {"control": difference(*theirs, level=level), "excess": beyond(mine, theirs, level=level)}
