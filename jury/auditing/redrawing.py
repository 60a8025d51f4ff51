"""What else might have come out: other jurors drawn, other cases asked, groups dealt by lot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aggregators.resampling import bootstrap_weights
from jury.auditing.figures import Figures, case_figures, figures_by_lot
from jury.auditing.hearing import Hearing
from jury.auditing.membership import Groups

FloatArray = NDArray[np.float64]

_CELLS_AT_ONCE = 2**21
_COMPLETE = 0.9  # share of juror x case cells that are filled from which on the design counts as complete


@dataclass(frozen=True, eq=False)
class Tried:
    """One case as it was decided.

    Attributes
    ----------
    hearing : Hearing
    rules : tuple of r str or None
        None for a rule that could not decide this case.
    figures : Figures
        Under the weights as they are, b = 1.
    """

    hearing: Hearing
    rules: tuple[str | None, ...]
    figures: Figures


def by_case(tried: Sequence[Tried]) -> dict[str, FloatArray]:
    """Return every figure with the cases as the first axis."""
    names = tried[0].figures.values if tried else ()
    return {name: np.concatenate([one.figures.values[name] for one in tried]) for name in names}


def mean_over_cases(values: FloatArray) -> FloatArray:
    """Return the mean over the first axis of what is not NaN; NaN where nothing is left."""
    known = ~np.isnan(values)
    count = known.sum(axis=0)
    total = np.where(known, values, 0.0).sum(axis=0)
    return np.asarray(np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 0))


def jurors_redrawn(
    tried: Sequence[Tried], groups: Groups, resamples: int, rng: np.random.Generator
) -> dict[str, FloatArray]:
    """Return the means over cases under each of b drawings of the jurors with replacement.

    A juror who is drawn twice counts twice in every case; each drawing is decided anew.
    """
    heard = np.flatnonzero(groups.heard)
    if not len(heard) or not tried:
        return {}
    largest = max(len(one.hearing.jurors) for one in tried)
    rows = max(1, _CELLS_AT_ONCE // max(len(groups.weights), largest))
    parts = []
    for drawn in bootstrap_weights(len(heard), resamples, rng, rows=rows):
        times = np.zeros((len(drawn), len(groups.weights)))
        times[:, heard] = drawn
        parts.append(_means(_refigured(tried, groups, times)))
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _refigured(tried: Sequence[Tried], groups: Groups, times: FloatArray) -> Iterator[dict[str, FloatArray]]:
    for one in tried:
        weights = times[:, one.hearing.jurors] * one.hearing.weights
        yield dict(case_figures(one.hearing, groups, one.rules, weights).values)


def cases_redrawn(figures: dict[str, FloatArray], resamples: int, rng: np.random.Generator) -> dict[str, FloatArray]:
    """Return the means over cases under each of b drawings of the cases with replacement, the jurors as they are."""
    many = len(next(iter(figures.values()), ()))
    if many < 2:  # one case cannot be drawn in another way
        return {}
    times = rng.multinomial(many, np.full(many, 1 / many), size=resamples).astype(np.float64)
    found = {}
    for name, values in figures.items():
        flat = values.reshape(many, -1)
        known = ~np.isnan(flat)
        count = times @ known.astype(np.float64)
        total = times @ np.where(known, flat, 0.0)
        mean = np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 0)
        found[name] = mean.reshape(resamples, *values.shape[1:])
    return found


@dataclass(frozen=True, eq=False)
class Lots:
    """Figures of groups into which jurors were dealt by lot.

    Attributes
    ----------
    figures : Mapping of str to (b, g, r) arrays
        ``regret`` and ``lost``, means over cases; empty where nothing was dealt.
    whole : bool
        Whether jurors were dealt with all their answers, so that the deals are those of an exact permutation test.
        Where each answered some cases only, groups would not keep their sizes in each case that way: there the answers
        are dealt case by case, which gives what groups of such sizes lose on average and no test.
    """

    figures: dict[str, FloatArray]
    whole: bool


def groups_by_lot(tried: Sequence[Tried], groups: Groups, deals: int, rng: np.random.Generator) -> Lots:
    """Deal the jurors into groups of the same sizes by lot; everybody keeps weight and answers.

    Jurors who gave no opinion on any case take no part.
    """
    heard = np.flatnonzero(groups.heard)
    if not len(heard) or not tried or not len(groups) or not deals:
        return Lots({}, whole=True)
    answered = sum(len(np.unique(one.hearing.jurors)) for one in tried)
    whole = answered >= _COMPLETE * len(heard) * len(tried)
    rows = max(1, _CELLS_AT_ONCE // (len(groups.weights) * len(groups.by)))
    parts = []
    for start in range(0, deals, rows):
        many = min(rows, deals - start)
        dealt = _dealt(groups, heard, many, rng) if whole else None
        figures = (
            figures_by_lot(
                one.hearing,
                groups,
                one.rules,
                one.figures.winners[0],
                _dealt(groups, np.unique(one.hearing.jurors), many, rng) if dealt is None else dealt,
            )
            for one in tried
        )
        parts.append(_means(figures))
    return Lots({name: np.concatenate([part[name] for part in parts]) for name in parts[0]}, whole=whole)


def _dealt(groups: Groups, among: NDArray[np.intp], many: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return (b, a, n) groups in which the jurors `among` have been dealt each other's; the rest keep theirs."""
    order = rng.permuted(np.broadcast_to(among, (many, len(among))), axis=1)
    codes = np.repeat(groups.codes[None], many, axis=0)
    codes[:, :, among] = np.moveaxis(groups.codes[:, order], 0, 1)
    return codes


def _means(of_cases: Iterator[dict[str, FloatArray]]) -> dict[str, FloatArray]:
    """Return means over cases of what is not NaN, without keeping the cases."""
    total: dict[str, FloatArray] = {}
    count: dict[str, FloatArray] = {}
    for figures in of_cases:
        for name, values in figures.items():
            known = ~np.isnan(values)
            filled = np.where(known, values, 0.0)
            if name in total:
                total[name] += filled
                count[name] += known
            else:
                total[name], count[name] = filled, known.astype(np.float64)
    return {
        name: np.divide(total[name], count[name], out=np.full(total[name].shape, np.nan), where=count[name] > 0)
        for name in total
    }
