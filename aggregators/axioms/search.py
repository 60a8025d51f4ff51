"""The search for a case in which a rule violates an axiom: small profiles first, then random, then close ones."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from aggregators.axioms.base import CHANGES_AT_MOST, Axiom, axioms
from aggregators.axioms.editing import cells
from aggregators.axioms.shrinking import shrunk
from aggregators.axioms.smallest import smallest
from aggregators.axioms.subject import OutsideDomain, Subject, subject
from aggregators.axioms.violation import Violation
from aggregators.errors import RuleError
from aggregators.profiles import Approvals, Profile, Rankings, Utilities
from aggregators.registry import UnknownName

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from aggregators.axioms.subject import Testable

__all__ = ["EXAMPLES", "Domain", "Finding", "Status", "search"]

Domain = Literal["any", "linear"]
"""Of rankings: any, or only those without ties that leave nothing unranked."""

Status = Literal["held", "violated", "not applicable", "never asked"]

EXAMPLES = 500
"""Random profiles that are tried, as many again by targeted search."""


@dataclass(frozen=True)
class Finding:
    """What a search found.

    Attributes
    ----------
    axiom, rule : str
        What was searched for, and of whom.
    status : {"held", "violated", "not applicable", "never asked"}
        "held" in every case, which is evidence and no proof; "never asked" if no profile met the axiom's condition.
    profiles : int
        Profiles tried.
    cases : int
        Cases in which the axiom asked for something.
    refused : int
        Profiles that the rule refused.
    violation : Violation or None
        The witness, as small as it got.
    phase : str
        Where it was found: "smallest", "random" or "targeted"; empty if it was not.
    reason : str
        Why the axiom is not applicable; empty otherwise.
    """

    axiom: str
    rule: str
    status: Status
    profiles: int = 0
    cases: int = 0
    refused: int = 0
    violation: Violation | None = None
    phase: str = ""
    reason: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as plain JSON types."""
        return {
            "axiom": self.axiom,
            "rule": self.rule,
            "status": self.status,
            "profiles": self.profiles,
            "cases": self.cases,
            "refused": self.refused,
            "phase": self.phase,
            "reason": self.reason,
            "violation": None if self.violation is None else self.violation.to_dict(),
        }

    def __str__(self) -> str:
        """Return the finding in a line, and the witness below."""
        if self.violation is not None:
            return str(self.violation)
        if self.status == "not applicable":
            return f"{self.axiom} {self.reason}"
        return f"{self.axiom}: {self.rule} {self.status} in {self.cases:,} cases on {self.profiles:,} profiles"


def search(
    rule: Testable,
    axiom: str | Axiom,
    *,
    domain: Domain = "any",
    examples: int = EXAMPLES,
    seed: int = 0,
    exhaustive: bool = True,
) -> Finding:
    """Search for a violation of an axiom.

    First every small profile is tried, then `examples` random ones, drawn and shrunk by Hypothesis, then as many
    again that are drawn towards close decisions, where paradoxes live. What is found is made smaller.

    Parameters
    ----------
    rule : str, Rule or callable
        Whatever `aggregators.axioms.subject` takes.
    axiom : str or Axiom
        Name, alias or the axiom itself.
    domain : {"any", "linear"}
        Of rankings: any, or only those without ties that leave nothing unranked.
    examples : int
        Random profiles of each kind of search.
    seed : int
        The same seed finds the same.
    exhaustive : bool
        Whether to begin with every small profile.

    Raises
    ------
    RuleError
        If there is no such rule or axiom, or the rule fails on a profile.

    Examples
    --------
    >>> from aggregators.axioms import search
    >>> found = search("irv", "monotonicity")
    >>> found.status, found.violation.profile.n_alternatives
    ('violated', 3)
    >>> search("borda", "monotonicity", examples=20).status
    'held'
    """
    tested = subject(rule)
    wanted = _named(axiom)
    reason = wanted.not_applicable(tested)
    if reason is not None:
        return Finding(wanted.name, tested.name, "not applicable", reason=reason)
    inquiry = _Inquiry(tested, wanted, seed)
    phase, found = _phases(inquiry, domain, examples, seed, exhaustive)
    status: Status = "held" if inquiry.cases else "never asked"
    if found is not None:
        status = "violated"
        found = shrunk(found, inquiry.violation)
    return Finding(wanted.name, tested.name, status, inquiry.profiles, inquiry.cases, inquiry.refused, found, phase)


def _named(axiom: str | Axiom) -> Axiom:
    if isinstance(axiom, Axiom):
        return axiom
    try:
        return axioms[axiom]
    except UnknownName as error:
        raise RuleError(str(error)) from None


def _phases(
    inquiry: _Inquiry, domain: Domain, examples: int, seed: int, exhaustive: bool
) -> tuple[str, Violation | None]:
    phases: dict[str, Callable[[], Violation | None]] = {
        "smallest": lambda: inquiry.first(smallest(inquiry.tested.reads, domain)) if exhaustive else None,
        "random": lambda: _random(inquiry, domain, examples, seed, targeted=False),
        "targeted": lambda: _random(inquiry, domain, examples, seed, targeted=True),
    }
    for phase, look in phases.items():
        found = look()
        if found is not None:
            return phase, found
    return "", None


@dataclass
class _Inquiry:
    """One axiom put to one rule on profile after profile, and the tally of it."""

    tested: Subject
    axiom: Axiom
    seed: int
    profiles: int = 0
    cases: int = 0
    refused: int = 0
    last: Violation | None = field(default=None, repr=False)

    def violation(self, profile: Profile) -> Violation | None:
        """Return a violation on a profile; the same changes are tried whenever the profile recurs."""
        self.profiles += 1
        rng = np.random.default_rng([self.seed, zlib.crc32(cells(profile).tobytes())])
        try:
            for case in self.axiom.cases(self.tested, profile, None, rng, CHANGES_AT_MOST):
                if isinstance(case, Violation):
                    self.cases += 1
                    self.last = case
                    return case
                self.cases += case
        except OutsideDomain:
            self.refused += 1
        return None

    def first(self, profiles: Iterable[Profile]) -> Violation | None:
        """Return the first violation."""
        return next((found for found in map(self.violation, profiles) if found is not None), None)

    def closeness(self, profile: Profile) -> float:
        """Return how close the decision is: 0 for a tie, lower the clearer it is."""
        try:
            scores = self.tested.decide(profile).scores if self.axiom.kinds != ("committee",) else None
        except OutsideDomain:
            return -1.0
        known = sorted(score for score in (scores or {}).values() if score == score)
        if len(known) < 2:
            return -1.0
        gap = (known[-1] - known[-2]) / (abs(known[-1]) + abs(known[0]) + 1e-9)
        return -min(1.0, gap)


def _random(inquiry: _Inquiry, domain: Domain, examples: int, seed: int, *, targeted: bool) -> Violation | None:
    """Draw profiles by Hypothesis until one shows a violation, and shrink it."""
    import hypothesis
    from hypothesis.errors import NoSuchExample

    settings = hypothesis.settings(
        max_examples=examples,
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )

    def violated(profile: Profile) -> bool:
        if targeted:
            hypothesis.target(inquiry.closeness(profile))
        return inquiry.violation(profile) is not None

    strategy = _profiles(inquiry.tested.reads, domain)
    try:
        profile = hypothesis.find(strategy, violated, settings=settings, random=random.Random(seed))  # noqa: S311 - no secret
    except NoSuchExample:
        return None
    return inquiry.violation(profile)


def _profiles(reads: type[Profile], domain: Domain) -> SearchStrategy[Any]:
    from aggregators import strategies

    sizes = {"min_alternatives": 2, "max_alternatives": 5, "max_voters": 9}
    if issubclass(reads, Utilities):
        return strategies.utilities(low=1, whole=True, **sizes)  # type: ignore[arg-type]
    if issubclass(reads, Approvals):
        return strategies.approvals(**sizes)  # type: ignore[arg-type]
    if domain == "linear" or not issubclass(reads, Rankings):
        return strategies.rankings(**sizes)  # type: ignore[arg-type]
    return strategies.rankings(**sizes) | strategies.rankings(ties=True, truncated=True, **sizes)  # type: ignore[arg-type]
