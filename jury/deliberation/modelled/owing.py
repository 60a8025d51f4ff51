"""Who moved whom: how much of the final opinions of each group is owed to the first opinions of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from jury.deliberation.changes.silencing import EVERYBODY

if TYPE_CHECKING:
    import pandas as pd

    from jury.deliberation.modelled.simulating import Discussed

__all__ = ["owed_table"]

FloatArray = NDArray[np.float64]

_COLUMNS = ("attribute", "hearing", "heard", "share", "share_low", "share_high", "voice")
_KEYS = ["attribute", "hearing", "heard"]


def owed_table(found: Discussed, repeats: Sequence[Discussed] = ()) -> pd.DataFrame:
    """Return `Deliberation.owed`.

    Parameters
    ----------
    found : Discussed
        Over the first network.
    repeats : sequence of Discussed
        Over other ones; the ends of ``share_low, share_high`` hold the middle 95 % of all of them.
    """
    import pandas as pd

    table = pd.DataFrame(list(_rows(found)), columns=["attribute", "hearing", "heard", "share", "voice"])
    every = [table.set_index(_KEYS)["share"]]
    every += [pd.DataFrame(list(_rows(other))).set_index(_KEYS)["share"] for other in repeats if found.marks]
    if len(every) > 1 and len(table):
        drawn = np.stack([column.to_numpy() for column in every])
        ends = np.quantile(drawn, [0.025, 0.975], axis=0)
    else:
        ends = np.full((2, len(table)), np.nan)
    return table.assign(share_low=ends[0], share_high=ends[1])[list(_COLUMNS)]


def _rows(found: Discussed) -> Iterator[dict[str, Any]]:
    """Yield shares summed over people, alternatives and cases, by weight."""
    panel = found.rooms.panel
    for attribute in dict.fromkeys(name for name, _ in found.marks):
        places = [place for place, (name, _) in enumerate(found.marks) if name == attribute]
        groups = [found.marks[place][1] for place in places]
        labels = panel.group_labels(attribute)
        received = np.zeros((len(groups), len(groups)))
        voice = np.zeros(len(groups))
        for case, (people, values) in found.rooms.cases.items():
            member = np.equal.outer(np.array(groups), labels[people])  # (g, k)
            weights = panel.weights[people]
            owed = found.discussions[case].owed[:, :, places].sum(axis=1)  # (k, g), over alternatives
            received += (member * weights) @ owed
            voice += (member * weights) @ (~np.isnan(values)).sum(axis=1)
        yield from _shares(attribute, groups, received, voice / max(float(voice.sum()), np.finfo(np.float64).tiny))


def _shares(attribute: str, groups: list[str], received: FloatArray, voice: FloatArray) -> Iterator[dict[str, Any]]:
    rows = np.concatenate([received.sum(axis=0, keepdims=True), received])
    total = rows.sum(axis=1, keepdims=True)
    share = np.divide(rows, total, out=np.full(rows.shape, np.nan), where=total > 0)
    for hearing, row in zip([EVERYBODY, *groups], share.tolist(), strict=True):
        for heard, value, own in zip(groups, row, voice.tolist(), strict=True):
            yield {"attribute": attribute, "hearing": hearing, "heard": heard, "share": value, "voice": own}
