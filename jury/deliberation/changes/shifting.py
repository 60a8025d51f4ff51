"""How far the welfare of each alternative moved, overall and by group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from jury.deliberation.changes.pairing import Paired, PairedCase
from jury.deliberation.changes.silencing import EVERYBODY
from jury.estimates import LEVEL

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SHIFT_COLUMNS", "shift_table"]

FloatArray = NDArray[np.float64]

SHIFT_COLUMNS = (
    *("attribute", "group", "case", "alternative", "jurors", "before", "after"),
    *("shift", "shift_low", "shift_high"),
)


def shift_table(paired: Paired, by: Sequence[str], level: float = LEVEL) -> pd.DataFrame:
    """Return `Change.shifts`: mean utility before and after, and the mean of the jurors' own changes.

    Intervals are of Student's t from the paired differences, with as many degrees of freedom as Kish's effective number
    of jurors less one, and cover all groups of one attribute and all alternatives of one case together (Bonferroni).
    """
    import pandas as pd

    everybody = np.full(len(paired.before.weights), EVERYBODY)
    labels = {EVERYBODY: everybody} | {name: paired.before.group_labels(name) for name in dict.fromkeys(by)}
    parts = [_of_case(one, name, groups, level) for one in paired.cases for name, groups in labels.items()]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in SHIFT_COLUMNS}
    return pd.DataFrame(columns)


def _of_case(one: PairedCase, attribute: str, labels: NDArray[np.str_], level: float) -> dict[str, NDArray[np.generic]]:
    from scipy import stats

    names, code = np.unique(labels[one.jurors], return_inverse=True)
    member = np.equal.outer(np.arange(len(names)), code)
    both = one.both
    mass = member[:, :, None] * (one.weights[:, None] * both)  # (g, k, m)
    total = mass.sum(axis=1, keepdims=True)
    share = np.divide(mass, total, out=np.zeros_like(mass), where=total > 0)
    means = {
        name: _mean(share, np.where(both, values, 0.0), total)
        for name, values in (("before", one.before), ("after", one.after), ("shift", one.after - one.before))
    }
    jurors = ((mass > 0).sum(axis=1)).astype(np.int64)
    squares = (share**2).sum(axis=1)
    effective = np.divide(1.0, squares, out=np.zeros_like(squares), where=squares > 0)
    apart = np.where(both, one.after - one.before, 0.0) - np.nan_to_num(means["shift"])[:, None, :]
    enough = (jurors > 1) & (effective > 1 + 1e-9)
    variance = ((share * apart) ** 2).sum(axis=1) * np.divide(
        jurors, jurors - 1, out=np.full(jurors.shape, np.nan), where=enough
    )
    point = 1 - (1 - level) / 2 / jurors.size
    reach = np.where(enough, stats.t.ppf(point, np.where(enough, effective - 1, 1.0)), np.nan) * np.sqrt(variance)
    shape = (len(names), both.shape[1])
    alternatives = np.broadcast_to(np.array(one.case.alternative_ids), shape)
    found = {
        "attribute": np.full(shape, attribute),
        "group": np.broadcast_to(names[:, None], shape),
        "case": np.full(shape, one.case.id),
        "alternative": alternatives,
        "jurors": jurors,
        **means,
        "shift_low": means["shift"] - reach,
        "shift_high": means["shift"] + reach,
    }
    return {name: np.asarray(values).reshape(-1) for name, values in found.items()}


def _mean(share: FloatArray, values: FloatArray, total: FloatArray) -> FloatArray:
    found = np.einsum("gkm,km->gm", share, values)
    return np.where(total[:, 0] > 0, found, np.nan)
