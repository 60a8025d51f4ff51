"""What an audit says of single cases: who was pivotal, what fanatics can do, polarisation, consensus, scales."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aggregators import AggregatorError, Comparisons, Outcome, Utilities, decide
from aggregators.consensus import group_informed_consensus
from aggregators.fanatics import fanatic_sensitivity
from aggregators.fates import Standing, standing
from aggregators.pivotality import decided_without, pivotality
from aggregators.polarisation import polarisation
from aggregators.scales import SCALES
from jury.auditing.hearing import Hearing, of_groups
from jury.auditing.membership import Groups
from jury.elicitation import Mode

BoolArray = NDArray[np.bool_]

_MOST_LEVELS = 11


@dataclass(frozen=True)
class Scale:
    """The scale of a mode's utilities.

    Attributes
    ----------
    ends : (float, float)
        Lowest and highest.
    levels : int
        Levels at which polarisation is measured.
    """

    ends: tuple[float, float]
    levels: int

    @classmethod
    def of(cls, mode: Mode) -> Scale:
        """Return the scale that was asked; utilities that a mode makes of other answers go from 0 to 1."""
        low, high = getattr(mode, "scale", (0, 1))
        whole = mode.mode in {"score", "choose", "approve"}
        return cls((float(low), float(high)), min(high - low + 1, _MOST_LEVELS) if whole else _MOST_LEVELS)

    @property
    def middle(self) -> float:
        """Who gives more agrees."""
        return sum(self.ends) / 2


@dataclass(frozen=True, eq=False)
class Contests:
    """What groups wanted of one case, and whether others wanted it too.

    Attributes
    ----------
    favourites : (g, m) bool array
    contested : (g,) bool array
        Whether none of a group's favourites is one of everybody else's.
    voice : (g,) float array
        Share of the weight of those who gave an opinion on the case.
    """

    favourites: BoolArray
    contested: BoolArray
    voice: NDArray[np.float64]


def contests(hearing: Hearing, groups: Groups) -> Contests:
    """Return which groups wanted something else than everybody outside them."""
    member = groups.member[:, hearing.jurors]
    both = standing(hearing.utilities.values, hearing.weights[None, :], np.concatenate([member, ~member])).favourites[0]
    own, others = both[: len(groups)], both[len(groups) :]
    heard = hearing.weights * hearing.utilities.opinions.any(axis=1)
    voice = member @ heard / max(float(heard.sum()), np.finfo(np.float64).tiny)
    return Contests(own, own.any(axis=1) & others.any(axis=1) & ~(own & others).any(axis=1), voice)


def pivots(hearing: Hearing, rule: str, groups: Groups, means: Standing, scale: Scale) -> tuple[BoolArray, BoolArray]:
    """Return, for each group, whether it decided by taking part, and whether it lost what it would have won as one."""
    ballots = hearing.ballots(rule)
    if hearing.unit == "group":
        return _pivots_of_means(rule, groups, means, hearing.utilities.alternatives, scale)
    if isinstance(ballots, Comparisons):
        nobody = np.zeros(len(groups), dtype=np.bool_)
        return nobody, nobody
    member, wanted = groups.member[:, hearing.jurors], means.favourites[0]
    winners, without, united = decided_without(ballots, rule, member, wanted, scale=scale.ends)
    return (without != winners).any(axis=1), ~(wanted & winners).any(axis=1) & (wanted & united).any(axis=1)


def _pivots_of_means(
    rule: str, groups: Groups, means: Standing, alternatives: tuple[str, ...], scale: Scale
) -> tuple[BoolArray, BoolArray]:
    """Return the same where each group has one vote, by its mean."""
    pivotal, held_back = np.zeros((2, len(groups)), dtype=np.bool_)
    voters = of_groups(means, groups.by[0], groups.labels, alternatives)
    found = pivotality(voters, rule, voters, groups.by[0], scale=scale.ends)
    rows = [groups.labels.index(label) for label in found.labels]
    pivotal[rows], held_back[rows] = found.pivotal, found.held_back
    return pivotal, held_back


def fanatic(hearing: Hearing, rule: str, scale: Scale) -> dict[str, Any] | None:
    """Return what one extreme juror can do; None where ballots have no extremes or groups are the unit."""
    ballots = hearing.ballots(rule)
    if hearing.unit == "group" or isinstance(ballots, Comparisons):
        return None
    found = fanatic_sensitivity(ballots, rule, scale=scale.ends)
    shift = float("nan") if found.shift is None else float(np.max(found.shift, initial=0.0))
    return {"changes": found.changes, "share": found.share, "shift": shift}


def alternatives_of(hearing: Hearing, scale: Scale) -> list[dict[str, Any]]:
    """Return welfare, agreement and polarisation of every alternative of a case."""
    utilities = hearing.utilities
    mass = utilities.weights @ utilities.opinions
    agree = utilities.weights @ np.greater(utilities.values, scale.middle)
    total = utilities.weights @ np.where(utilities.opinions, utilities.values, 0.0)
    split = polarisation(utilities, scale.ends, levels=scale.levels)
    answered = [len(np.unique(hearing.jurors[column])) for column in utilities.opinions.T]
    return [
        {
            "alternative": name,
            "answered": answered[index],
            "welfare": total[index] / mass[index] if mass[index] > 0 else float("nan"),
            "agree": agree[index] / mass[index] if mass[index] > 0 else float("nan"),
            "polarisation": float(split[index]),
        }
        for index, name in enumerate(utilities.alternatives)
    ]


def consensus_of(hearing: Hearing, by: Sequence[str], scale: Scale) -> list[dict[str, Any]]:
    """Return the group-informed consensus of every alternative, a juror of mean weight counting as one."""
    mean = float(hearing.weights[hearing.weights > 0].mean())
    utilities = hearing.utilities.with_weights(hearing.weights / mean)
    rows = []
    for attribute in by:
        found = group_informed_consensus(utilities, attribute, agrees_above=scale.middle)
        rows += [
            {"attribute": attribute, "alternative": name, "consensus": float(value)}
            for name, value in zip(utilities.alternatives, found, strict=True)
        ]
    return rows


def winners_by_scale(
    hearing: Hearing, rule: str, groups: Groups, decided: Outcome
) -> Mapping[str, frozenset[str] | None]:
    """Return who wins on each scale of utilities, `decided` being the raw one; None where the rule cannot decide."""
    found: dict[str, frozenset[str] | None] = {}
    for scale in SCALES:
        if scale == "raw" and isinstance(hearing.ballots(rule), Utilities):
            found[scale] = frozenset(decided.winners)
            continue
        utilities = hearing.rescaled(scale)
        if hearing.unit == "group":
            means = standing(utilities.values, hearing.weights[None, :], groups.member[:, hearing.jurors])
            utilities = of_groups(means, groups.by[0], groups.labels, utilities.alternatives)
        try:
            found[scale] = frozenset(decide(utilities, rule).winners)
        except AggregatorError:
            found[scale] = None
    return found
