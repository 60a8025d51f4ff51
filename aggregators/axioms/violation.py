"""A witness that a rule violates an axiom: what it was asked, what it answered, what should have held."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from aggregators.axioms.answers import Decision
from aggregators.axioms.editing import cells, is_voter
from aggregators.axioms.trial import Step
from aggregators.axioms.writing import ballot, escaped, named, number, written
from aggregators.errors import AggregatorError, ReadError
from aggregators.profiles import Approvals, Profile, Rankings, Utilities

if TYPE_CHECKING:
    from aggregators.axioms.answers import Committees
    from aggregators.axioms.subject import Testable

__all__ = ["Violation", "profile_from_dict", "profile_to_dict", "written"]

_PROFILES: dict[str, type[Profile]] = {each.__name__: each for each in (Utilities, Rankings, Approvals)}


@dataclass(frozen=True)
class Violation:
    """One case in which a rule does not do what an axiom asks; print it to read it.

    Attributes
    ----------
    axiom, statement : str
        What is violated.
    rule : str
        By whom.
    change : mapping
        What was done to the first profile, in plain JSON types; empty where nothing was.
    steps : tuple of Step
        The profiles in the order asked, with what the rule answered. The first is the profile itself.
    expected : str
        What should have held of the last answer.
    """

    axiom: str
    statement: str
    rule: str
    change: Mapping[str, Any]
    steps: tuple[Step, ...]
    expected: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "change", _plain(self.change))

    @property
    def profile(self) -> Profile:
        """The profile."""
        return self.steps[0].profile

    @property
    def size(self) -> tuple[int, float, int]:
        """Alternatives, total weight and distinct ballots of the profile; smaller is easier to read."""
        ballots = Counter(row.tobytes() for row in cells(self.profile))
        return self.profile.n_alternatives, float(self.profile.weights.sum()), len(ballots)

    @property
    def linear(self) -> bool:
        """Whether the profile is of linear orders: rankings without ties that leave nothing unranked."""
        return isinstance(self.profile, Rankings) and self.profile.strict

    def holds_against(self, rule: Testable) -> bool:
        """Tell whether a rule, asked again, violates the axiom by the same change of the same profile."""
        from aggregators.axioms.base import axioms

        return axioms[self.axiom].check(rule, self.profile, change=self.change) is not None

    def to_dict(self) -> dict[str, Any]:
        """Return the witness as plain JSON types."""
        return {
            "axiom": self.axiom,
            "statement": self.statement,
            "rule": self.rule,
            "change": _without_nan(self.change),
            "steps": [_step_to_dict(step) for step in self.steps],
            "expected": self.expected,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Violation:
        """Return the witness that `to_dict` wrote.

        Raises
        ------
        ReadError
            If it is not one; the message names what is missing.
        """
        try:
            steps = tuple(_step_from_dict(step) for step in data["steps"])
            change = {key: _with_nan(value) for key, value in data["change"].items()}
            return cls(data["axiom"], data["statement"], data["rule"], change, steps, data["expected"])
        except (KeyError, TypeError, ValueError, AttributeError, AggregatorError) as error:
            raise ReadError(f"this is no violation as to_dict writes it: {error!r}") from None

    def to_json(self) -> str:
        """Return the witness as one line of JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Violation:
        """Return the witness that `to_json` wrote; raises as `from_dict` does."""
        try:
            data = json.loads(text)
        except json.JSONDecodeError as error:
            raise ReadError(f"this is no JSON: {error}") from None
        return cls.from_dict(data)

    def __str__(self) -> str:
        """Return the whole story, some lines long. Voters are counted from 0; who acts has a line of their own."""
        lines = [f"{escaped(self.rule)} violates {self.axiom}: {self.statement}"]
        acting = self._acting()
        first = written(self.profile, acting)
        for index, step in enumerate(self.steps):
            if index == 1 and self.change:
                lines.append(f"  change  {self._said_change()}")
            head = "asked" if index == 0 else "then"
            shown = written(step.profile, acting if step.profile.n_voters == self.profile.n_voters else ())
            if index and shown == written(self.profile) and step.profile != self.profile:  # equal ballots were parted
                shown = written(step.profile, together=False)
            for row, line in enumerate(first if index == 0 else shown):
                lines.append(f"  {head if row == 0 else '':<7} {line}")
            lines.append(f"  {'':<7} → {_answer(step)}")
        if len(self.steps) == 1 and self.change:
            lines.append(f"  change  {self._said_change()}")
        lines.append(f"  should  {escaped(self.expected)}")
        return "\n".join(lines)

    def _acting(self) -> list[int]:
        """Return the voters whom the change names."""
        from aggregators.axioms.base import axioms

        keys = {"voter", *getattr(axioms.get(self.axiom), "named", ())}
        voters = [*(self.change[key] for key in self.change if key in keys), *self.change.get("merged", ())]
        return [voter for voter in voters if is_voter(self.profile, voter)]

    def _said_change(self) -> str:
        """Return the change in a line, a ballot as ballots are written."""
        return ", ".join(f"{key} {self._said(key, value)}" for key, value in self.change.items())

    def _said(self, key: str, value: object) -> str:
        if key in {"ballot", "absent"} and isinstance(value, list) and len(value) == self.profile.n_alternatives:
            return ballot(self.profile, np.asarray(value))
        if isinstance(value, str):
            return named(value)
        if isinstance(value, float):
            return number(value)
        return f"[{', '.join(self._said('', each) for each in value)}]" if isinstance(value, list) else str(value)


def profile_to_dict(profile: Profile) -> dict[str, Any]:
    """Return a profile as plain JSON types, missing opinions as None."""
    rows = cells(profile).tolist()
    if isinstance(profile, Utilities):
        rows = [[None if value != value else value for value in row] for row in rows]
    found = {
        "type": type(profile).__name__,
        "ballots": rows,
        "weights": profile.weights.tolist(),
        "alternatives": list(profile.alternatives),
    }
    return found | ({"groups": {key: each.tolist() for key, each in profile.groups.items()}} if profile.groups else {})


def profile_from_dict(data: Mapping[str, Any]) -> Profile:
    """Return the profile that `profile_to_dict` wrote."""
    kind = _PROFILES[data["type"]]
    dtype = {Utilities: np.float64, Rankings: np.int64, Approvals: np.bool_}[kind]
    ballots: np.ndarray[Any, Any] = np.array(data["ballots"], dtype=dtype)
    return kind(ballots, data["weights"], data["alternatives"], data.get("groups"))  # type: ignore[call-arg]


def _step_to_dict(step: Step) -> dict[str, Any]:
    shown: dict[str, Any] = {"profile": profile_to_dict(step.profile)}
    if not isinstance(step.answer, Decision):
        shown["seats"] = step.seats
        shown["committees"] = sorted(sorted(committee) for committee in step.answer)
        return shown
    shown["winners"] = sorted(step.answer.winners)
    ranking = step.answer.ranking
    shown["ranking"] = None if ranking is None else [sorted(tier) for tier in ranking]
    scores = step.answer.scores
    shown["scores"] = None if scores is None else {label: _stored(score) for label, score in scores.items()}
    return shown


def _step_from_dict(data: Mapping[str, Any]) -> Step:
    profile = profile_from_dict(data["profile"])
    if "committees" in data:
        committees: Committees = frozenset(frozenset(committee) for committee in data["committees"])
        return Step(profile, data["seats"], committees)
    ranking = data["ranking"]
    tiers = None if ranking is None else tuple(frozenset(tier) for tier in ranking)
    stored = data.get("scores")  # older files have none
    scores = None if stored is None else {label: _restored(score) for label, score in stored.items()}
    return Step(profile, None, Decision(frozenset(data["winners"]), tiers, scores))


def _stored(score: float) -> float | str | None:
    """Return a score as JSON has it, which knows neither NaN nor infinities."""
    if math.isfinite(score):
        return score
    return None if math.isnan(score) else str(score)


def _restored(score: float | str | None) -> float:
    return math.nan if score is None else float(score)


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a change holds
    """Return a change in plain JSON types, with one and the same NaN, so that equal changes compare equal."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (np.ndarray, np.generic)):
        return _plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return math.nan if isinstance(value, float) and value != value else value


def _without_nan(value: Any) -> Any:  # noqa: ANN401 - as above
    """Return a change as JSON has it: no opinion, in a ballot, is None."""
    if isinstance(value, dict):
        return {key: _without_nan(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_without_nan(each) for each in value]
    return None if isinstance(value, float) and value != value else value


def _with_nan(value: Any) -> Any:  # noqa: ANN401 - as above
    if isinstance(value, list):
        return [math.nan if each is None else _with_nan(each) for each in value]
    return value


def _answer(step: Step) -> str:
    if isinstance(step.answer, Decision):
        return str(step.answer)
    shown = sorted(", ".join(map(named, sorted(committee))) for committee in step.answer)
    return f"{step.seats} seats: " + " or ".join(f"{{{committee}}}" for committee in shown)
