"""The majority and the minority of each case before, and who of them went where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jury.deliberation.changes.pairing import PairedCase

__all__ = ["Sides", "favourites", "majority_of", "sides"]

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

_NEAR = 1e-9


def favourites(values: FloatArray) -> BoolArray:
    """Return the (n, m) mask of what each likes best, every tied one; nothing for who has no opinion."""
    given = np.where(np.isnan(values), -np.inf, values)
    best = given.max(axis=1, keepdims=True)
    return np.asarray(np.isfinite(best) & (given >= best - _NEAR))


def majority_of(best: BoolArray, weights: FloatArray) -> int | None:
    """Return the alternative that is the favourite of the most weight, ties splitting theirs; None for several."""
    share = best / np.maximum(best.sum(axis=1, keepdims=True), 1)
    points = weights @ share
    top = np.flatnonzero(points >= points.max() - _NEAR * max(1.0, float(points.sum())))
    return int(top[0]) if len(top) == 1 and points[top[0]] > 0 else None


@dataclass(frozen=True, eq=False)
class Sides:
    """Sums over cases, by juror; each counts with the juror's weight.

    A juror is of the minority of a case if what most like best was none of the juror's favourites before, and of the
    majority if it was the only one; with several favourites, that among them, a juror is of neither.

    Attributes
    ----------
    sums : Mapping of str to (n,) float arrays
        - ``minority, majority``: cases on which the juror was of that side;
        - ``yielded, left``: those of them on which what the majority liked best became the juror's only favourite, or
          was none of them any more;
        - ``neither``: cases on which the juror had several favourites, that of the majority among them;
        - ``minority_gave, majority_gave``: share of the gap between the sides' means that the juror closed;
        - ``moved, opinions``: by how much opinions changed in either direction, and how many there were both times.
    counts : Mapping of str to (n,) int arrays
        The first five as numbers of cases, without weights.
    split : int
        Cases on which no one alternative led, which are in none of this but ``moved`` and ``opinions``.
    """

    sums: Mapping[str, FloatArray]
    counts: Mapping[str, NDArray[np.int64]]
    split: int


_COUNTED = ("minority", "majority", "yielded", "left", "neither")
_SUMMED = (*_COUNTED, "minority_gave", "majority_gave")


def sides(cases: Sequence[PairedCase], jurors: int) -> Sides:
    """Return who was of which side and went where, over all cases."""
    sums = {name: np.zeros(jurors) for name in (*_SUMMED, "moved", "opinions")}
    counts = {name: np.zeros(jurors, dtype=np.int64) for name in _COUNTED}
    split = 0
    for one in cases:
        both = one.both
        change = np.where(both, np.abs(one.after - one.before), 0.0).sum(axis=1)
        sums["moved"][one.jurors] += one.weights * change
        sums["opinions"][one.jurors] += one.weights * both.sum(axis=1)
        found = _sides_of(one)
        if found is None:
            split += 1
            continue
        for name in _SUMMED:
            sums[name][one.jurors] += one.weights * found[name]
        for name in _COUNTED:
            counts[name][one.jurors] += found[name] > 0
    return Sides(sums, counts, split)


def _sides_of(one: PairedCase) -> dict[str, FloatArray] | None:
    """Return membership, 0 or 1, and gaps closed, each (k,); None where several alternatives lead."""
    before, after = favourites(one.before), favourites(one.after)
    # Who lost or gained an opinion went nowhere that could be told.
    spoke = before.any(axis=1) & after.any(axis=1)
    leading = majority_of(before, np.where(spoke, one.weights, 0.0))
    if leading is None:
        return None
    minority = spoke & ~before[:, leading]
    majority = spoke & before[:, leading] & (before.sum(axis=1) == 1)
    only = after[:, leading] & (after.sum(axis=1) == 1)
    toward = _toward_the_other_side(one, minority, majority)
    of_side = {
        "minority": minority,
        "majority": majority,
        "yielded": minority & only,
        "left": majority & ~after[:, leading],
        "neither": spoke & ~minority & ~majority,
    }
    found = {name: mask.astype(np.float64) for name, mask in of_side.items()}
    return found | {
        "minority_gave": np.where(minority, toward, 0.0),
        "majority_gave": np.where(majority, -toward, 0.0),
    }


def _toward_the_other_side(one: PairedCase, minority: BoolArray, majority: BoolArray) -> FloatArray:
    """Return (k,) how far each moved from the minority's mean towards the majority's, as a share of the way."""
    both = one.both
    values = np.where(both, one.before, 0.0)
    means = []
    for side in (minority, majority):
        mass = np.where(side, one.weights, 0.0)
        given = mass @ both
        means.append(np.divide(mass @ values, given, out=np.full(given.shape, np.nan), where=given > 0))
    gap = np.nan_to_num(means[1] - means[0])
    length = np.where(both, gap**2, 0.0).sum(axis=1)
    along = np.where(both, (one.after - one.before) * gap, 0.0).sum(axis=1)
    return np.asarray(np.divide(along, length, out=np.zeros_like(along), where=length > 0))
