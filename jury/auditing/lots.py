"""What groups of the same sizes would lose if jurors were dealt into them by lot.

Somebody always loses, small groups are noisy, and noise alone makes groups lose: lots say how much of a loss that is.

Where (nearly) every juror answered every case, jurors are dealt with weight and answers: the exact permutation test of
groups that are all alike. Where each answered some cases only, groups would not keep their sizes in each case that way.
There answers are dealt case by case, which has the right average but takes one juror's answers for those of several; so
deviations are widened by the design effect of jurors, the variance of their mean regrets with all answers of one juror
taken together over the variance with every answer on its own (Kish 1965, Survey Sampling, section 5.4).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aggregators.fates import Standing, fates
from jury.auditing.bench import Bench
from jury.auditing.figures import figures_by_lot
from jury.auditing.hearing import Hearing
from jury.auditing.membership import Groups
from jury.auditing.redrawing import Tried, mean_over_cases, means_of

FloatArray = NDArray[np.float64]

_CELLS_AT_ONCE = 2**21
_COMPLETE = 0.9  # share of juror x case cells that are filled from which on the design counts as complete


@dataclass(frozen=True, eq=False)
class Lots:
    """Figures of groups into which jurors were dealt by lot.

    Attributes
    ----------
    figures : Mapping of str to (b, g, r) arrays
        ``regret`` and ``lost``, means over cases; empty where nothing was dealt. Deviations from their means are
        widened where answers were dealt case by case.
    whole : bool
        Whether jurors were dealt with all their answers.
    """

    figures: Mapping[str, FloatArray]
    whole: bool


def groups_by_lot(tried: Sequence[Tried], groups: Groups, deals: int, rng: np.random.Generator) -> Lots:
    """Deal the jurors into groups of the same sizes by lot; everybody keeps weight and answers.

    Jurors who gave no opinion on any case take no part.
    """
    heard = np.flatnonzero(groups.heard)
    if not len(heard) or not tried or not len(groups) or not deals:
        return Lots({}, whole=True)
    answered = sum(len(np.unique(one.bench.jurors)) * len(one.bench) for one in tried)
    cases = sum(len(one.bench) for one in tried)
    whole = answered >= _COMPLETE * len(heard) * cases
    rows = max(1, _CELLS_AT_ONCE // (len(groups.weights) * len(groups.by)))
    parts = []
    for start in range(0, deals, rows):
        many = min(rows, deals - start)
        dealt = _dealt(groups, heard, many, rng) if whole else None
        parts.append(means_of(_figures(tried, groups, many, dealt, rng)))
    found = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    if not whole:
        effects = design_effects(tried, groups)
        found = {name: _widened(values, np.sqrt(effects[name])) for name, values in found.items()}
    return Lots(found, whole=whole)


def _figures(
    tried: Sequence[Tried], groups: Groups, many: int, dealt: NDArray[np.intp] | None, rng: np.random.Generator
) -> Iterator[Mapping[str, FloatArray]]:
    """Yield figures of all cases under the same deals, or under deals of their own."""
    if dealt is not None:
        for one in tried:
            yield figures_by_lot(one.bench, groups, one.figures.winners[0], dealt)
        return
    for bench, winners in one_by_one(tried):
        own = _dealt(groups, np.unique(bench.jurors), many, rng)
        yield figures_by_lot(bench, groups, winners[None], own)


def one_by_one(tried: Sequence[Tried]) -> Iterator[tuple[Bench, NDArray[np.bool_]]]:
    """Yield each case on a bench of its own, with its (r, m) winners, in the order in which they were heard."""
    alone = [
        (place, hearing, one.bench.rules, won)
        for one in tried
        for place, hearing, won in zip(one.bench.places, one.bench.hearings, one.figures.winners[0], strict=True)
    ]
    for place, hearing, rules, won in sorted(alone, key=lambda case: int(case[0])):
        yield Bench((hearing,), rules, np.array([place])), won


def _widened(values: FloatArray, by: FloatArray) -> FloatArray:
    mean = mean_over_cases(values)
    return np.asarray(mean + (values - mean) * by)


def _dealt(groups: Groups, among: NDArray[np.intp], many: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return (b, a, n) groups in which the jurors `among` have been dealt each other's; the rest keep theirs."""
    order = rng.permuted(np.broadcast_to(among, (many, len(among))), axis=1)
    codes = np.repeat(groups.codes[None], many, axis=0)
    codes[:, :, among] = np.moveaxis(groups.codes[:, order], 0, 1)
    return codes


def design_effects(tried: Sequence[Tried], groups: Groups) -> dict[str, FloatArray]:
    """Return by how much more ``regret`` and ``lost`` of (g, r) groups vary because a juror's answers are alike.

    From the jurors' own regrets and losses, less the mean of everybody on the case and of the group over cases. At
    least 1.
    """
    cases = list(one_by_one(tried))
    heard = [bench.hearings[0] for bench, _ in cases]
    own = [_own(hearing, won) for hearing, (_, won) in zip(heard, cases, strict=True)]
    found = {}
    for name in ("regret", "lost"):
        values = [figures[name] for figures in own]
        found[name] = np.concatenate(
            [
                _effects(heard, values, groups.codes[place], len(groups.rows(attribute)))
                for place, attribute in enumerate(groups.by)
            ]
        )
    return found


def _own(hearing: Hearing, winners: NDArray[np.bool_]) -> dict[str, FloatArray]:
    """Return (n, r) regrets and losses of every ballot of a case, less the mean of all; NaN for no opinion."""
    utilities = hearing.utilities.values
    known = ~np.isnan(utilities)
    top = np.where(known, utilities, -np.inf).max(axis=1, keepdims=True)
    alone = Standing(utilities[None], (known & (utilities >= top))[None])
    fate = fates(alone, winners[None])
    lost = np.where(np.isnan(fate.regret[0]), np.nan, fate.loses[0])
    return {"regret": _centred(fate.regret[0], hearing.weights), "lost": _centred(lost, hearing.weights)}


def _centred(values: FloatArray, weights: FloatArray) -> FloatArray:
    known = ~np.isnan(values) * weights[:, None]
    total = known.sum(axis=0)
    mean = (np.where(np.isnan(values), 0.0, values) * known).sum(axis=0) / np.where(total > 0, total, 1.0)
    return np.asarray(values - mean)


def _effects(heard: Sequence[Hearing], own: Sequence[FloatArray], codes: NDArray[np.intp], size: int) -> FloatArray:
    jurors = np.concatenate([hearing.jurors for hearing in heard])
    values = np.concatenate(own)
    known = ~np.isnan(values)
    values = np.where(known, values, 0.0)
    group = codes[jurors]
    # Each ballot's share of the mean of its group on its case.
    shares = np.concatenate([_shares(hearing, codes, size) for hearing in heard])[:, None] * known
    total = np.stack([np.bincount(group, shares[:, r], minlength=size) for r in range(values.shape[1])], axis=1)
    sums = np.stack(
        [np.bincount(group, shares[:, r] * values[:, r], minlength=size) for r in range(values.shape[1])], axis=1
    )
    mean = np.divide(sums, total, out=np.zeros_like(sums), where=total > 0)
    parts = shares * (values - mean[group])
    effects = np.ones((size, values.shape[1]))
    for r in range(values.shape[1]):
        alone = np.bincount(group, parts[:, r] ** 2, minlength=size)
        of_juror = np.bincount(jurors, parts[:, r], minlength=len(codes))
        clustered = np.bincount(codes, of_juror**2, minlength=size)
        np.divide(clustered, alone, out=effects[:, r], where=alone > 0)
    return np.maximum(effects, 1.0)


def _shares(hearing: Hearing, codes: NDArray[np.intp], size: int) -> FloatArray:
    spoke = hearing.weights * hearing.utilities.opinions.any(axis=1)
    group = codes[hearing.jurors]
    total = np.bincount(group, spoke, minlength=size)[group]
    return np.divide(spoke, total, out=np.zeros_like(spoke), where=total > 0)
