"""What an audit measures of each case: how every group fares under every rule, in arrays over many weightings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aggregators import AggregatorError
from aggregators.fates import Standing, fates, standing, standing_by_labels
from jury.auditing.hearing import Hearing, winners_of_groups
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
    """Figures of one case under b weightings.

    Attributes
    ----------
    values : Mapping of str to arrays
        ``welfare``, ``regret``, ``lost`` (0 or 1) and ``gain`` of shape (b, g, r), ``price`` (b, r), ``worst_gain`` and
        ``minority_gain`` (b, a, r); NaN where a group was not heard or a rule did not decide.
    winners : (b, r, m) bool array
        Under each rule.
    """

    values: Mapping[str, FloatArray]
    winners: BoolArray


def case_figures(hearing: Hearing, groups: Groups, rules: Sequence[str | None], weights: FloatArray) -> Figures:
    """Return the figures of a case under weightings of its rows.

    Parameters
    ----------
    hearing : Hearing
    groups : Groups
    rules : sequence of r str or None
        None for one that could not decide this case.
    weights : (b, n) array
        Of the rows.
    """
    values, member = hearing.utilities.values, groups.member[:, hearing.jurors]
    everybody = np.ones((1, len(hearing.jurors)), dtype=np.bool_)
    rows = np.concatenate([member, groups.minorities[:, hearing.jurors], everybody])
    found = standing(values, weights, rows)
    grouped = Standing(found.welfare[:, : len(groups)], found.favourites[:, : len(groups)])
    minorities = Standing(found.welfare[:, len(groups) : -1], found.favourites[:, len(groups) : -1])
    jury = Standing(found.welfare[:, -1:], found.favourites[:, -1:])
    if hearing.unit == "group":
        winners = winners_of_groups(rules, grouped.welfare, hearing.utilities.alternatives)
    else:
        winners = np.zeros((len(weights), len(rules), values.shape[1]), dtype=np.bool_)
        for place, rule in enumerate(rules):
            if rule is not None:
                with suppress(AggregatorError):  # a drawing that a rule cannot decide says nothing
                    winners[:, place] = hearing.winners(rule, weights)
    # The greatest mean utility, every tied alternative.
    reference = jury.favourites
    figures = _of_groups(grouped, winners) | {"price": fates(jury, winners).regret[:, 0]}
    base = fates(grouped, reference).welfare
    figures["gain"] = figures["welfare"] - base
    figures["minority_gain"] = fates(minorities, winners).welfare - fates(minorities, reference).welfare
    figures["worst_gain"] = _worst(figures["welfare"], groups) - _worst(base, groups)
    return Figures(figures, winners)


def figures_by_lot(
    hearing: Hearing, groups: Groups, rules: Sequence[str | None], winners: BoolArray, codes: NDArray[np.intp]
) -> dict[str, FloatArray]:
    """Return ``regret`` and ``lost`` of (b, g, r) groups into which the jurors were dealt by lot.

    Parameters
    ----------
    hearing : Hearing
    groups : Groups
    rules : sequence of r str or None
    winners : (r, m) bool array
        Who won; the deal changes nothing about it unless groups are the unit.
    codes : (b, a, n) int array
        The group that each juror of the panel was dealt, in each attribute.
    """
    parts = []
    for place, attribute in enumerate(groups.by):
        dealt = codes[:, place][:, hearing.jurors]
        parts.append(standing_by_labels(hearing.utilities.values, hearing.weights, dealt, len(groups.rows(attribute))))
    found = Standing(
        np.concatenate([part.welfare for part in parts], axis=1),
        np.concatenate([part.favourites for part in parts], axis=1),
    )
    won = np.broadcast_to(winners, (len(codes), *winners.shape))
    if hearing.unit == "group":
        won = winners_of_groups(rules, found.welfare, hearing.utilities.alternatives)
    figures = _of_groups(found, won)
    return {"regret": figures["regret"], "lost": figures["lost"]}


def _of_groups(found: Standing, winners: BoolArray) -> dict[str, FloatArray]:
    """Return figures (b, g, r) of groups (b, g, m) under winners (b, r, m)."""
    fate = fates(found, winners)
    decided = np.asarray(winners.any(axis=2))[:, None] & found.heard[..., None]
    return {"welfare": fate.welfare, "regret": fate.regret, "lost": np.where(decided, fate.loses, np.nan)}


def _worst(welfare: FloatArray, groups: Groups) -> FloatArray:
    """Return (b, a, r): the lowest welfare of the groups of each attribute, among those heard."""
    found = np.full((len(welfare), len(groups.by), welfare.shape[2]), np.nan)
    for place, attribute in enumerate(groups.by):
        part = welfare[:, groups.rows(attribute)]
        known = ~np.isnan(part)
        lowest = np.where(known, part, np.inf).min(axis=1)
        found[:, place] = np.where(known.any(axis=1), lowest, np.nan)
    return found
