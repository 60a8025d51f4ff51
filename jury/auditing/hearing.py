"""The ballots of one case, ready for every question that an audit asks of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from aggregators import AggregatorError, BatchOutcome, Utilities, decide
from aggregators.fates import Standing
from aggregators.scales import Scale, rescaled
from jury.auditing.rules import readable
from jury.elicitation import Mode
from jury.elicitation.base import Profile
from jury.panel import Panel

Unit = Literal["juror", "group"]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

#: Attribute under which each ballot's juror, as a row of the panel, travels through a mode's profile.
_JUROR = "\0juror"
_GROUP_ROWS_AT_ONCE = 256


@dataclass(frozen=True, eq=False)
class Hearing:
    """The ballots of one case.

    Attributes
    ----------
    case : str
        Its id.
    mode : Mode
    profile : Profile
        As asked, one row a juror or a ballot.
    utilities : Utilities
        The same rows.
    jurors : (n,) int array
        The juror of each row, as a row of the panel.
    unit : {"juror", "group"}
        Whose welfare the rules aggregate.
    """

    case: str
    mode: Mode
    profile: Profile
    utilities: Utilities
    jurors: NDArray[np.intp]
    unit: Unit

    @property
    def weights(self) -> FloatArray:
        """(n,) weights of the rows."""
        return self.utilities.weights

    @cached_property
    def _read(self) -> dict[str, Profile]:
        return {}

    def ballots(self, rule: str) -> Profile:
        """Return the ballots that `rule` reads when each juror counts."""
        if rule not in self._read:
            self._read[rule] = readable(self.mode, self.profile, rule)
        return self._read[rule]

    @cached_property
    def _rescaled(self) -> dict[Scale, Utilities]:
        return {}

    def rescaled(self, scale: Scale) -> Utilities:
        """Return the utilities on another scale, one of `aggregators.scales.SCALES`."""
        if scale not in self._rescaled:
            self._rescaled[scale] = rescaled(self.utilities, scale)
        return self._rescaled[scale]

    def winners(self, rule: str, weights: FloatArray) -> BoolArray:
        """Return (b, m) winners where each juror counts, under (b, n) weights; nobody wins where nobody has weight."""
        voted = weights.any(axis=1)
        won = np.zeros((len(weights), self.utilities.n_alternatives), dtype=np.bool_)
        if voted.any():
            won[voted] = _batch(self.ballots(rule), rule, weights[voted])
        return won


def winners_of_groups(rules: Sequence[str | None], means: FloatArray, alternatives: tuple[str, ...]) -> BoolArray:
    """Return (b, r, m) winners by the (b, g, m) means of groups, all groups with the same weight.

    Nobody wins under a rule that is None or cannot decide. Means that differ by which group has them are decided once:
    rules do not know who is who.
    """
    many, groups, columns = means.shape
    order = np.lexsort(np.moveaxis(means, 2, 0), axis=1)
    sorted_means = np.take_along_axis(means, order[:, :, None], axis=1).reshape(many, -1)
    distinct, where = np.unique(sorted_means, axis=0, return_inverse=True, equal_nan=True)
    distinct = distinct.reshape(-1, groups, columns)
    won = np.zeros((len(distinct), len(rules), columns), dtype=np.bool_)
    for place, rule in enumerate(rules):
        if rule is not None:
            with suppress(AggregatorError):  # a drawing that a rule cannot decide says nothing
                won[:, place] = _winners_of_groups(rule, distinct, alternatives)
    return won[where.reshape(-1)]


def _winners_of_groups(rule: str, means: FloatArray, alternatives: tuple[str, ...]) -> BoolArray:
    many, groups, columns = means.shape
    won = np.zeros((many, columns), dtype=np.bool_)
    step = max(1, _GROUP_ROWS_AT_ONCE // groups)
    rows = np.flatnonzero(~np.isnan(means).all(axis=(1, 2)))
    for start in range(0, len(rows), step):
        part = rows[start : start + step]
        # One profile holds the groups of all these rows; each weighting counts those of one row.
        weights = np.repeat(np.eye(len(part)), groups, axis=1)
        profile = Utilities(means[part].reshape(-1, columns), alternatives=alternatives)
        won[part] = _batch(profile, rule, weights)
    return won


def _batch(profile: Profile, rule: str, weights: FloatArray) -> BoolArray:
    outcome = decide(profile, rule, weights=weights)
    if not isinstance(outcome, BatchOutcome):
        raise TypeError("weights of two dimensions gave one outcome")
    return outcome.winner_mask


def of_groups(found: Standing, by: str, labels: Sequence[str], alternatives: tuple[str, ...]) -> Utilities:
    """Return one row a group: its mean utilities, all groups with the same weight."""
    return Utilities(found.welfare[0], alternatives=alternatives, groups={by: np.array(labels, dtype=np.str_)})


def hearings(panel: Panel, by: Sequence[str], unit: Unit) -> Iterator[Hearing]:
    """Yield the ballots of every case that somebody answered, in the order of the cases."""
    labels = {name: panel.group_labels(name) for name in by}
    for case in panel.cases:
        if panel.votes.get(case.id):
            bare = panel.derived(_read, case.id)
            groups = {**{name: label[bare.jurors] for name, label in labels.items()}, **bare.profile.groups}
            profile = bare.profile.with_groups(groups)
            utilities = profile if bare.utilities is bare.profile else bare.utilities.with_groups(groups)
            yield Hearing(case.id, panel.mode, profile, cast("Utilities", utilities), bare.jurors, unit)


def _read(panel: Panel, case_id: str) -> Hearing:
    """Return the ballots of a case without the groups of the jurors."""
    rows = np.arange(len(panel.weights)).astype(np.str_)
    profile = panel.mode.profile(panel.case(case_id), panel.votes[case_id], panel.weights, {_JUROR: rows})
    jurors = np.asarray(profile.groups[_JUROR]).astype(np.intp)
    return Hearing(case_id, panel.mode, profile, panel.mode.utilities(profile), jurors, "juror")
