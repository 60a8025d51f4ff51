"""What an audit measures of cases: how every group fares under every rule, in arrays over many weightings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aggregators.fates import Standing, fates, standing_abreast, standing_by_labels_abreast
from jury.auditing.bench import Bench
from jury.auditing.hearing import Unit, winners_of_groups
from jury.auditing.membership import Groups

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

#: The rule against which others are priced: it has the greatest sum of utilities.
REFERENCE = "utilitarian"

#: Figures of every group and rule; NaN where a case says nothing.
OF_GROUPS = ("welfare", "regret", "lost", "gain")
#: Figures of every rule.
OF_RULES = ("price",)
#: Figures of every attribute and rule.
OF_ATTRIBUTES = ("worst_gain", "minority_gain")


@dataclass(frozen=True, eq=False)
class Figures:
    """Figures of c cases under b weightings.

    Attributes
    ----------
    values : Mapping of str to arrays
        ``welfare``, ``regret``, ``lost`` (0 or 1) and ``gain`` of shape (b, c, g, r), ``price`` (b, c, r),
        ``worst_gain`` and ``minority_gain`` (b, c, a, r); NaN where a group was not heard or a rule did not decide.
    winners : (b, c, r, m) bool array
        Under each rule.
    """

    values: Mapping[str, FloatArray]
    winners: BoolArray


def bench_figures(bench: Bench, groups: Groups, weights: FloatArray) -> Figures:
    """Return the figures of cases under weightings of their rows.

    Parameters
    ----------
    bench : Bench
    groups : Groups
    weights : (b, n) array
        Of the rows.
    """
    member = groups.member[:, bench.jurors]
    everybody = np.ones((1, len(bench.jurors)), dtype=np.bool_)
    rows = np.concatenate([member, groups.minorities[:, bench.jurors], everybody])
    found = standing_abreast(bench.values, weights, rows)
    grouped, minorities, jury = _parted(found, len(groups))
    winners = _by_groups(bench, grouped) if _unit(bench) == "group" else bench.winners(weights)
    # The greatest mean utility, every tied alternative.
    reference = jury.favourites
    figures = _of_groups(grouped, winners) | {"price": fates(jury, winners).regret[..., 0, :]}
    base = fates(grouped, reference).welfare
    figures["gain"] = figures["welfare"] - base
    figures["minority_gain"] = fates(minorities, winners).welfare - fates(minorities, reference).welfare
    figures["worst_gain"] = _worst(figures["welfare"], groups) - _worst(base, groups)
    return Figures(figures, winners)


def _parted(found: Standing, groups: int) -> tuple[Standing, Standing, Standing]:
    """Return the standing of the groups, of the minorities and of the whole jury."""
    parts = (slice(groups), slice(groups, -1), slice(-1, None))
    grouped, minorities, jury = (Standing(found.welfare[:, :, at], found.favourites[:, :, at]) for at in parts)
    return grouped, minorities, jury


def figures_by_lot(bench: Bench, groups: Groups, winners: BoolArray, codes: NDArray[np.intp]) -> dict[str, FloatArray]:
    """Return ``regret`` and ``lost`` of (b, c, g, r) groups into which the jurors were dealt by lot.

    Parameters
    ----------
    bench : Bench
    groups : Groups
    winners : (c, r, m) bool array
        Who won; the deal changes nothing about it unless groups are the unit.
    codes : (b, a, n) int array
        The group that each juror of the panel was dealt, in each attribute.
    """
    parts = []
    for place, attribute in enumerate(groups.by):
        dealt = codes[:, place][:, bench.jurors]
        size = len(groups.rows(attribute))
        parts.append(standing_by_labels_abreast(bench.values, bench.weights, dealt, size))
    found = Standing(
        np.concatenate([part.welfare for part in parts], axis=2),
        np.concatenate([part.favourites for part in parts], axis=2),
    )
    figures = _of_groups(found, _by_groups(bench, found) if _unit(bench) == "group" else winners[None])
    return {"regret": figures["regret"], "lost": figures["lost"]}


def _unit(bench: Bench) -> Unit:
    return bench.hearings[0].unit


def _by_groups(bench: Bench, found: Standing) -> BoolArray:
    """Return (b, c, r, m) winners where each group counts, by its mean."""
    won = [
        winners_of_groups(bench.rules, found.welfare[:, place], hearing.utilities.alternatives)
        for place, hearing in enumerate(bench.hearings)
    ]
    return np.stack(won, axis=1)


def _of_groups(found: Standing, winners: BoolArray) -> dict[str, FloatArray]:
    """Return figures (b, c, g, r) of groups (b, c, g, m) under winners (b, c, r, m)."""
    fate = fates(found, winners)
    decided = np.asarray(winners.any(axis=-1))[..., None, :] & found.heard[..., None]
    return {"welfare": fate.welfare, "regret": fate.regret, "lost": np.where(decided, fate.loses, np.nan)}


def _worst(welfare: FloatArray, groups: Groups) -> FloatArray:
    """Return (b, c, a, r): the lowest welfare of the groups of each attribute, among those heard."""
    found = np.full((*welfare.shape[:2], len(groups.by), welfare.shape[3]), np.nan)
    for place, attribute in enumerate(groups.by):
        part = welfare[:, :, groups.rows(attribute)]
        known = ~np.isnan(part)
        lowest = np.where(known, part, np.inf).min(axis=2)
        found[:, :, place] = np.where(known.any(axis=2), lowest, np.nan)
    return found
