"""How polarised and how divided a jury is, before and after, or round by round."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from aggregators.polarisation import esteban_ray
from jury.auditing.percase import Scale
from jury.cases import Case
from jury.deliberation.changes.drawn import Ratio
from jury.deliberation.changes.pairing import Paired
from jury.deliberation.changes.sides import favourites
from jury.elicitation.pooling import mean_utilities
from jury.estimates import LEVEL
from jury.panel import Panel

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "DIVISIONS",
    "TRAJECTORY_COLUMNS",
    "divided",
    "divided_row",
    "division_table",
    "group_means",
    "opinions",
    "trajectory",
]

FloatArray = NDArray[np.float64]

#: What is told of how divided a jury is; of all of them lower is more at one.
DIVISIONS = ("polarisation", "variance", "disagreement")

_FINEST = 20  # steps between the ends of a scale, at least, at which polarisation is measured

TRAJECTORY_COLUMNS = ("round", "case", "jurors", *DIVISIONS)


def opinions(panel: Panel, case: Case) -> tuple[NDArray[np.intp], FloatArray]:
    """Return who answered a case, as rows of the panel, and their (k, m) utilities, replicates averaged."""
    votes = panel.votes.get(case.id, ())
    rows = np.array(sorted({vote.juror for vote in votes}), dtype=np.intp)
    values = mean_utilities(votes, panel.mode.utilities_of, case, panel.weights, {}).values if len(rows) else None
    return rows, np.zeros((0, len(case.alternatives))) if values is None else values


def divided(values: FloatArray, weights: FloatArray, scale: Scale) -> dict[str, FloatArray]:
    """Return how divided jurors are, under many weightings.

    Parameters
    ----------
    values : (n, m) array
        Utilities; NaN is left out.
    weights : (b, n) array
    scale : Scale

    Returns
    -------
    dict of str to (b,) arrays
        ``polarisation``: Esteban and Ray's index, mean over alternatives, 0 to 1. ``variance``: of utilities on a scale
        from 0 to 1, mean over alternatives; at most 1/4. ``disagreement``: probability that two jurors drawn with
        replacement have different favourites, ties splitting theirs (Gini and Simpson). NaN without opinions.
    """
    low, high = scale.ends
    unit = (values - low) / (high - low)
    known = ~np.isnan(unit)
    filled = np.where(known, unit, 0.0)
    mass = weights @ known
    with np.errstate(invalid="ignore"):
        mean = np.divide(weights @ filled, mass, out=np.full(mass.shape, np.nan), where=mass > 0)
        square = np.divide(weights @ filled**2, mass, out=np.full(mass.shape, np.nan), where=mass > 0)
    best = favourites(values)
    share = weights @ (best / np.maximum(best.sum(axis=1, keepdims=True), 1))
    spoke = share.sum(axis=1, keepdims=True)
    share = np.divide(share, spoke, out=np.full(share.shape, np.nan), where=spoke > 0)
    return {
        "polarisation": _mean(esteban_ray(_levels(values, weights, scale))),
        "variance": _mean(np.maximum(square - mean**2, 0.0)),
        "disagreement": 1 - (share**2).sum(axis=1),
    }


def _levels(values: FloatArray, weights: FloatArray, scale: Scale) -> FloatArray:
    """Return (b, m, k) weight on each of k levels, among which are those of the scale.

    Finer ones lie between, for means of several answers.
    """
    low, high = scale.ends
    steps = (scale.levels - 1) * -(-_FINEST // (scale.levels - 1))
    known = ~np.isnan(values)
    place = np.rint(np.clip(np.where(known, (values - low) / (high - low), 0.0), 0, 1) * steps).astype(np.intp)
    at = (place[:, :, None] == np.arange(steps + 1)) & known[:, :, None]
    return np.asarray(np.tensordot(weights, at.astype(np.float64), axes=1))


def _mean(found: FloatArray) -> FloatArray:
    """Return the mean over alternatives that anybody judged."""
    known = ~np.isnan(found)
    count = known.sum(axis=1)
    total = np.where(known, found, 0.0).sum(axis=1)
    return np.asarray(np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0))


def division_table(paired: Paired, times: FloatArray, level: float = LEVEL) -> pd.DataFrame:
    """Return `Change.divisions`: each figure before, after and its change, means over the cases."""
    import pandas as pd

    total: dict[str, FloatArray] = {}
    count: dict[str, NDArray[np.int64]] = {}
    for one in paired.cases:
        weights = times[:, one.jurors] * one.weights
        found = [divided(values, weights, paired.scale) for values in (one.before, one.after)]
        for name in DIVISIONS:
            both = np.stack([found[0][name], found[1][name]])
            known = ~np.isnan(both).any(axis=0)
            total[name] = total.get(name, np.zeros(both.shape)) + np.where(known, both, 0.0)
            count[name] = count.get(name, np.zeros(len(times), dtype=np.int64)) + known
    jurors = len(np.unique(np.concatenate([one.jurors for one in paired.cases])))
    most = {"polarisation": 1.0, "variance": 0.25, "disagreement": _most_disagreement(paired)}
    rows: list[dict[str, Any]] = []
    for name in DIVISIONS:
        both = np.divide(total[name], count[name], out=np.full(total[name].shape, np.nan), where=count[name] > 0)
        before, after = _unshrunk(both, most[name])
        row: dict[str, Any] = {"figure": name, "cases": int(count[name][0]), "jurors": jurors}
        told = {"before": before, "after": after, "change": after - before}
        for figure, drawn in told.items():
            estimate = Ratio(drawn, jurors).estimate(level=level)
            row |= {figure: estimate.value, f"{figure}_low": estimate.low, f"{figure}_high": estimate.high}
        rows.append(row)
    return pd.DataFrame(rows)


def _most_disagreement(paired: Paired) -> float:
    return float(np.mean([1 - 1 / one.before.shape[1] for one in paired.cases]))


def _unshrunk(both: FloatArray, most: float) -> FloatArray:
    """Return a figure before and after (2, 1 + b), its drawings as large on average as the figure itself.

    A jury drawn again is less varied than the jury itself, so that drawings of a variance lie too low by a share. It is
    made up for by one factor before and after, so that what did not change does not in any drawing.
    """
    drawn = both[:, 1:]
    if np.isnan(drawn).all() or np.isnan(both[:, 0]).any() or np.nansum(drawn) <= 0:
        return both
    factor = float(both[:, 0].sum() / np.nanmean(drawn, axis=1).sum())
    return np.concatenate([both[:, :1], np.minimum(drawn * factor, most)], axis=1)


def trajectory(panels: Sequence[Panel]) -> pd.DataFrame:
    """Return how divided the jury is on each case, round by round.

    Parameters
    ----------
    panels : sequence of Panel
        One a round, of the same jurors and cases; the first is before anybody was heard.

    Returns
    -------
    DataFrame
        One row a round and case: ``round`` (from 0), ``case``, ``jurors`` (with an opinion), and ``polarisation``,
        ``variance`` and ``disagreement`` as `divided` has them. Everybody who answered in a round counts in it.
    """
    import pandas as pd

    rows = [
        divided_row(number, case, *_weighted(panel, case), Scale.of(panel.mode))
        for number, panel in enumerate(panels)
        for case in panel.cases
        if panel.votes.get(case.id)
    ]
    return pd.DataFrame(rows, columns=list(TRAJECTORY_COLUMNS))


def _weighted(panel: Panel, case: Case) -> tuple[FloatArray, FloatArray]:
    rows, values = opinions(panel, case)
    return values, panel.weights[rows]


def divided_row(number: int, case: Case, values: FloatArray, weights: FloatArray, scale: Scale) -> dict[str, Any]:
    """Return the row of `trajectory` for a round of a case: (k, m) utilities of jurors with (k,) weights."""
    found = divided(values, weights[None], scale)
    jurors = int((~np.isnan(values).all(axis=1)).sum())
    return {"round": number, "case": case.id, "jurors": jurors, **{name: float(found[name][0]) for name in DIVISIONS}}


def group_means(panels: Sequence[Panel], by: str | None = None) -> pd.DataFrame:
    """Return the mean utility of each alternative, by group, round by round.

    Parameters
    ----------
    panels : sequence of Panel
        One a round, of the same jurors and cases.
    by : str, optional
        An attribute; everybody together by default.

    Returns
    -------
    DataFrame
        One row a round, case, group and alternative: ``round, case, group, alternative, jurors, welfare``.
    """
    import pandas as pd

    found = []
    for number, panel in enumerate(panels):
        labels = np.full(len(panel.weights), "everybody") if by is None else panel.group_labels(by)
        for case in panel.cases:
            rows, values = opinions(panel, case)
            for group in np.unique(labels[rows]).tolist():
                inside = labels[rows] == group
                known = ~np.isnan(values[inside])
                mass = panel.weights[rows][inside] @ known
                total = panel.weights[rows][inside] @ np.where(known, values[inside], 0.0)
                welfare = np.divide(total, mass, out=np.full(mass.shape, np.nan), where=mass > 0)
                found += [
                    {
                        "round": number,
                        "case": case.id,
                        "group": group,
                        "alternative": name,
                        "jurors": int(n),
                        "welfare": w,
                    }
                    for name, n, w in zip(case.alternative_ids, known.sum(axis=0), welfare.tolist(), strict=True)
                ]
    return pd.DataFrame(found, columns=["round", "case", "group", "alternative", "jurors", "welfare"])
