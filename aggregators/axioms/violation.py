"""A witness that a rule violates an axiom: what it was asked, what it answered, what should have held."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from aggregators.axioms.editing import cells
from aggregators.axioms.subject import Decision
from aggregators.axioms.trial import Step
from aggregators.errors import ReadError
from aggregators.profiles import Approvals, Profile, Rankings, Utilities

if TYPE_CHECKING:
    from aggregators.axioms.subject import Committees, Testable

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
            "change": dict(self.change),
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
            return cls(data["axiom"], data["statement"], data["rule"], data["change"], steps, data["expected"])
        except (KeyError, TypeError) as error:
            raise ReadError(f"this is no violation as to_dict writes it: {error!r}") from None

    def to_json(self) -> str:
        """Return the witness as one line of JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Violation:
        """Return the witness that `to_json` wrote."""
        return cls.from_dict(json.loads(text))

    def __str__(self) -> str:
        """Return the whole story, some lines long."""
        lines = [f"{self.rule} violates {self.axiom}: {self.statement}"]
        for number, step in enumerate(self.steps):
            if number == 1 and self.change:
                lines.append(f"  change  {self._said_change()}")
            head = "asked" if number == 0 else "then"
            for row, line in enumerate(written(step.profile)):
                lines.append(f"  {head if row == 0 else '':<7} {line}")
            lines.append(f"  {'':<7} → {_answer(step)}")
        if len(self.steps) == 1 and self.change:
            lines.append(f"  change  {self._said_change()}")
        lines.append(f"  should  {self.expected}")
        return "\n".join(lines)

    def _said_change(self) -> str:
        """Return the change in a line, a ballot as ballots are written."""
        shown = dict(self.change)
        if "ballot" in shown:
            shown["ballot"] = _ballot(self.profile, np.asarray(shown["ballot"]))
        return ", ".join(f"{key} {value}" for key, value in shown.items())


def written(profile: Profile) -> list[str]:
    """Return a profile as lines of text, equal ballots together: ``"3: a > b = c"``."""
    weights: dict[str, float] = {}
    for row, weight in zip(cells(profile), profile.weights.tolist(), strict=True):
        ballot = _ballot(profile, row)
        weights[ballot] = weights.get(ballot, 0.0) + weight
    width = max(len(f"{weight:g}") for weight in weights.values())
    return [f"{weight:>{width}g}: {ballot}" for ballot, weight in weights.items()]


def profile_to_dict(profile: Profile) -> dict[str, Any]:
    """Return a profile as plain JSON types, missing opinions as None; groups are left out."""
    rows = cells(profile).tolist()
    if isinstance(profile, Utilities):
        rows = [[None if value != value else value for value in row] for row in rows]
    return {
        "type": type(profile).__name__,
        "ballots": rows,
        "weights": profile.weights.tolist(),
        "alternatives": list(profile.alternatives),
    }


def profile_from_dict(data: Mapping[str, Any]) -> Profile:
    """Return the profile that `profile_to_dict` wrote."""
    kind = _PROFILES[data["type"]]
    dtype = {Utilities: np.float64, Rankings: np.int64, Approvals: np.bool_}[kind]
    return kind(np.array(data["ballots"], dtype=dtype), data["weights"], data["alternatives"])  # type: ignore[call-arg]


def _step_to_dict(step: Step) -> dict[str, Any]:
    shown: dict[str, Any] = {"profile": profile_to_dict(step.profile)}
    if not isinstance(step.answer, Decision):
        shown["seats"] = step.seats
        shown["committees"] = sorted(sorted(committee) for committee in step.answer)
        return shown
    shown["winners"] = sorted(step.answer.winners)
    ranking = step.answer.ranking
    shown["ranking"] = None if ranking is None else [sorted(tier) for tier in ranking]
    return shown


def _step_from_dict(data: Mapping[str, Any]) -> Step:
    profile = profile_from_dict(data["profile"])
    if "committees" in data:
        committees: Committees = frozenset(frozenset(committee) for committee in data["committees"])
        return Step(profile, data["seats"], committees)
    ranking = data["ranking"]
    tiers = None if ranking is None else tuple(frozenset(tier) for tier in ranking)
    return Step(profile, None, Decision(frozenset(data["winners"]), tiers))


def _ballot(profile: Profile, row: np.ndarray[Any, Any]) -> str:
    named = list(zip(profile.alternatives, row.tolist(), strict=True))
    if isinstance(profile, Utilities):
        return ", ".join(f"{label} {value:.6g}" for label, value in named)
    if isinstance(profile, Approvals):
        return "{" + ", ".join(label for label, approved in named if approved) + "}"
    tiers: dict[int, list[str]] = {}
    for label, rank in named:
        if rank:
            tiers.setdefault(rank, []).append(label)
    return " > ".join(" = ".join(tiers[rank]) for rank in sorted(tiers)) or "(nothing ranked)"


def _answer(step: Step) -> str:
    if isinstance(step.answer, Decision):
        return str(step.answer)
    shown = sorted(", ".join(sorted(committee)) for committee in step.answer)
    return f"{step.seats} seats: " + " or ".join(f"{{{committee}}}" for committee in shown)
