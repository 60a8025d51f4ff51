"""Figures of a panel of raters, with the conventions that published figures differ in as arguments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from jury.auditing.hearing import hearings
from jury.auditing.rules import check_rule
from jury.errors import RunError
from jury.estimates import Estimate, mean_estimate
from jury.metrics.agreement import Level, krippendorff_estimate, unit_columns
from jury.panel import Panel
from jury.uncertainty.flips import share_estimate
from jury.uncertainty.responses import responses

__all__ = ["GroupsAgree", "agreement", "groups_agree", "mean_utility"]

FloatArray = NDArray[np.float64]

_CHOICES = "choose"


def agreement(panel: Panel, rng: np.random.Generator, level: Level = "nominal", *, resamples: int = 1000) -> Estimate:
    """Return Krippendorff's alpha among the raters of a panel, weights included.

    Parameters
    ----------
    panel : Panel
        Units are cases, where raters chose (``nominal`` compares the choices; the other levels take the alternatives'
        order for the scale); otherwise every alternative of every case is a unit, rated by its utility.
    rng : Generator
    level : {"nominal", "ordinal", "interval"}
    resamples : int

    Returns
    -------
    Estimate
        Interval over units. Answers without an opinion are no rating. A rater's second rating of a unit is one more.

    References
    ----------
    Krippendorff (2019), Content Analysis, 4th edition, chapter 12.
    """
    matrix = unit_columns(_units(panel), len(panel.weights))
    depth = len(matrix) // len(panel.weights) if len(panel.weights) else 1
    return krippendorff_estimate(matrix, rng, level, weights=np.tile(panel.weights, depth), resamples=resamples)


def _units(panel: Panel) -> Iterator[tuple[NDArray[np.intp], FloatArray]]:
    if panel.mode.mode == _CHOICES:
        for case in panel.cases:
            place = {name: float(position) for position, name in enumerate(case.alternative_ids)}
            said = [(vote.juror, vote.values["choice"]) for vote in panel.votes.get(case.id, ())]
            given = [(juror, place[choice]) for juror, choice in said if choice is not None]
            yield np.array([juror for juror, _ in given], dtype=np.intp), np.array([value for _, value in given])
        return
    table = responses(panel)
    order = np.argsort(table.items, kind="stable")
    ends = np.searchsorted(table.items[order], np.arange(int(table.items.max(initial=-1)) + 2))
    for start, end in pairwise(ends.tolist()):
        rows = order[start:end]
        yield table.jurors[rows], table.values[rows]


def mean_utility(panel: Panel, alternative: str, *, over: Literal["items", "raters", "ratings"] = "items") -> Estimate:
    """Return the mean utility of an alternative that many cases share; of a choice, the share that chose it.

    Parameters
    ----------
    panel : Panel
    alternative : str
    over : {"items", "raters", "ratings"}
        What counts alike: each item with the weighted mean of its ratings; each rater with the mean of theirs, by
        weight; or each rating, by its rater's weight. They differ where some items have more raters than others.

    Returns
    -------
    Estimate
        Interval over the units that count; for ``ratings`` over raters, whose ratings belong together.

    Raises
    ------
    RunError
        If no case has the alternative, or `over` is not known.
    """
    if over not in ("items", "raters", "ratings"):
        raise RunError(f"over={over!r} is not known; use items, raters or ratings")
    table = responses(panel)
    column = _columns(panel, alternative)
    kept = np.isin(table.items, column)
    jurors, items, values = table.jurors[kept], table.items[kept], table.values[kept]
    weights = panel.weights[jurors]
    if over == "items":
        total = np.bincount(items, weights)
        used = total > 0
        means = np.bincount(items, weights * values)[used] / total[used]
        return mean_estimate(means, "cases")
    count = np.bincount(jurors, minlength=len(panel.weights)).astype(float)
    used = (count > 0) & (panel.weights > 0)
    means = np.bincount(jurors, values, minlength=len(count))[used] / count[used]
    mass = panel.weights[used] * (count[used] if over == "ratings" else 1.0)
    return mean_estimate(means, "raters", weights=mass)


def _columns(panel: Panel, alternative: str) -> NDArray[np.intp]:
    found, offset = [], 0
    for case in panel.cases:
        if case.variant_of is None:
            found += [offset + place for place, name in enumerate(case.alternative_ids) if name == alternative]
            offset += len(case.alternatives)
    if not found:
        raise RunError(f"{panel.name}: no case has an alternative {alternative!r}")
    return np.array(found, dtype=np.intp)


@dataclass(frozen=True, slots=True)
class GroupsAgree:
    """On how many cases all groups decide alike.

    Attributes
    ----------
    by, rule : str
    groups : tuple of str
    alike : Estimate
        Share of the cases, with Wilson's interval.
    differ : int
        Number of cases on which they do not.
    left_out : int
        Cases on which some group gave no opinion, or that the rule could not decide; they are in no figure.
    """

    by: str
    rule: str
    groups: tuple[str, ...]
    alike: Estimate
    differ: int
    left_out: int

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain JSON types."""
        return {
            "by": self.by,
            "rule": self.rule,
            "groups": list(self.groups),
            "alike": self.alike.to_dict(),
            "differ": self.differ,
            "left_out": self.left_out,
        }


def groups_agree(panel: Panel, by: str, *, rule: str = "plurality") -> GroupsAgree:
    """Return on how many cases the groups of an attribute, each deciding for itself, have the same winners.

    Parameters
    ----------
    panel : Panel
    by : str
        Attribute, or a crossing of several.
    rule : str
        How a group decides, individuals counting by weight; ties are a set of winners of their own. Of choices
        between two, ``plurality`` is the majority.

    Raises
    ------
    RunError
        For an unknown attribute.
    StudyError
        For a rule that does not exist or elects committees.
    """
    check_rule(rule)
    labels = panel.group_labels(by)
    groups = np.unique(labels)
    alike = differ = left_out = 0
    for hearing in hearings(panel, (), "juror"):
        opinion = ~np.isnan(hearing.utilities.values).all(axis=1)
        member = (labels[hearing.jurors][None, :] == groups[:, None]) & opinion & (hearing.weights > 0)
        if not member.any(axis=1).all():
            left_out += 1
            continue
        won = hearing.winners(rule, member * hearing.weights)
        same = bool((won == won[0]).all())
        alike, differ = alike + same, differ + (not same)
    left_out += sum(not panel.votes.get(case.id) for case in panel.cases)
    return GroupsAgree(
        by, rule, tuple(groups.tolist()), share_estimate(alike, alike + differ, "cases"), differ, left_out
    )
