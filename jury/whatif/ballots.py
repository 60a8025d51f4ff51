"""The ballots of one case, as what-ifs read them: what each juror adds to which alternative's score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from aggregators import BatchOutcome, decide
from aggregators.profiles import Profile
from aggregators.scales import Scale, rescaled
from jury.auditing.hearing import Hearing, hearings
from jury.auditing.rules import reads_utilities
from jury.errors import RunError
from jury.panel import Panel
from jury.whatif.rulings import BoolArray, FloatArray, Ruling, Tallied, settle_points
from jury.whatif.scenario import Group

__all__ = ["Heard", "Points", "heard_cases"]

_ROWS_AT_ONCE = 512
_NUMBERS_AT_ONCE = 2**21


@dataclass(frozen=True, eq=False)
class Points:
    """What each ballot adds.

    Attributes
    ----------
    values : (n, m) float array
        0 where a ballot says nothing.
    known : (n, m) bool array
        Where it says something.
    """

    values: FloatArray
    known: BoolArray

    @cached_property
    def complete(self) -> bool:
        """Whether every ballot says something of every alternative."""
        return bool(self.known.all())


@dataclass(frozen=True, eq=False)
class Heard:
    """The ballots of one case.

    Attributes
    ----------
    hearing : Hearing
    panel : Panel
    """

    hearing: Hearing
    panel: Panel
    _points: dict[tuple[str, str], Points] = field(default_factory=dict, repr=False)
    _masks: dict[Group, BoolArray] = field(default_factory=dict, repr=False)
    _profiles: dict[tuple[str, str], Profile] = field(default_factory=dict, repr=False)

    @property
    def case(self) -> str:
        """Its id."""
        return self.hearing.case

    @property
    def alternatives(self) -> tuple[str, ...]:
        """Labels, in the order of the arrays."""
        return self.hearing.utilities.alternatives

    @property
    def rows(self) -> NDArray[np.intp]:
        """(n,) the juror of each ballot, as a row of the panel."""
        return self.hearing.jurors

    @property
    def weights(self) -> FloatArray:
        """(n,) weights of the ballots."""
        return self.hearing.weights

    @cached_property
    def opinionated(self) -> BoolArray:
        """(n,) mask of the ballots that hold an opinion."""
        return ~np.isnan(self.hearing.utilities.values).all(axis=1) & (self.weights > 0)

    def members(self, group: Group) -> BoolArray:
        """Return the (n,) mask of a group's ballots; raises `RunError` for an unknown attribute or group."""
        if group not in self._masks:
            labels = self.panel.group_labels(group[0])
            if not (labels == group[1]).any():
                known = np.unique(labels).tolist()
                told = ", ".join(known[:12]) + (f" ... ({len(known)} in all)" if len(known) > 12 else "")
                raise RunError(f"{self.panel.name}: {group[0]} has no group {group[1]!r}; groups: {told}")
            self._masks[group] = (labels == group[1])[self.rows]
        return self._masks[group]

    def behind(self, mask: BoolArray) -> int:
        """Return how many different jurors with an opinion are among these ballots."""
        return len(np.unique(self.rows[mask & self.opinionated]))

    def points(self, found: Ruling, scale: Scale) -> Points | None:
        """Return what each ballot adds under a rule, or None where its decision is no matter of sums."""
        if found.form == "other":
            return None
        rule = "plurality" if found.form == "verdict" else found.rule
        key = rule, scale
        if key not in self._points:
            profile = self.profile(rule, scale)
            alone = []
            for start in range(0, profile.n_voters, _ROWS_AT_ONCE):
                part = np.arange(start, min(start + _ROWS_AT_ONCE, profile.n_voters))
                weights = np.zeros((len(part), profile.n_voters))
                weights[np.arange(len(part)), part] = 1.0
                alone.append(_batch(profile, rule, weights).scores)
            scores = np.concatenate([each for each in alone if each is not None])
            if found.form == "log":
                with np.errstate(divide="ignore"):
                    scores = np.log(scores)
            known = ~np.isnan(scores)
            if found.form in ("sum", "verdict"):  # a blank ballot adds nothing to a sum, and is no opinion
                known &= np.nan_to_num(scores).any(axis=1)[:, None]
            self._points[key] = Points(np.where(known, scores, 0.0), known)
        found_points = self._points[key]
        return found_points if np.isfinite(found_points.values).all() else None

    def profile(self, rule: str, scale: Scale) -> Profile:
        """Return the ballots that a rule reads, utilities on a scale."""
        key = rule, scale if reads_utilities(rule) else "raw"
        if key not in self._profiles:
            self._profiles[key] = (
                self.hearing.ballots(rule) if key[1] == "raw" else rescaled(self.hearing.utilities, scale)
            )
        return self._profiles[key]

    def decide(self, rule: str, scale: Scale, weights: FloatArray) -> Tallied:
        """Return what any rule decides under weightings (b, n), some at a time; nobody wins where nobody has weight."""
        profile = self.profile(rule, scale)
        many, columns = len(weights), len(self.alternatives)
        winners = np.zeros((many, columns), dtype=np.bool_)
        standing = np.full((many, columns), np.nan)
        step = max(1, _NUMBERS_AT_ONCE // weights.shape[1])
        voted = np.flatnonzero(weights.any(axis=1))
        for start in range(0, len(voted), step):
            part = voted[start : start + step]
            outcome = _batch(profile, rule, weights[part])
            winners[part] = outcome.winner_mask
            if outcome.scores is not None:
                standing[part] = settle_points(outcome.scores).standing
        return Tallied(winners, standing)


def heard_cases(panel: Panel, cases: Sequence[str] | None = None) -> list[Heard]:
    """Return the ballots of every case that somebody answered, or of these; raises `RunError` for an unknown id."""
    wanted = None if cases is None else {panel.case(case).id for case in cases}
    found = [Heard(each, panel) for each in hearings(panel, (), "juror") if wanted is None or each.case in wanted]
    if not found:
        raise RunError(f"{panel.name}: nobody answered {'any case' if wanted is None else 'these cases'}")
    return found


def _batch(profile: Profile, rule: str, weights: FloatArray) -> BatchOutcome:
    outcome = decide(profile, rule, weights=weights)
    if not isinstance(outcome, BatchOutcome):
        raise TypeError("weights of two dimensions gave one outcome")
    return outcome
