"""The search for a case in which a rule violates an axiom: small profiles first, then random, then close ones."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from aggregators.axioms.answers import OutsideDomain
from aggregators.axioms.base import CHANGES_AT_MOST, Axiom, axioms
from aggregators.axioms.deadline import Deadline, OutOfTime
from aggregators.axioms.drawing import drawn
from aggregators.axioms.editing import cells
from aggregators.axioms.shrinking import shrunk
from aggregators.axioms.smallest import smallest
from aggregators.axioms.subject import Subject, subject
from aggregators.axioms.targeted import targeted
from aggregators.axioms.violation import Violation
from aggregators.errors import RuleError
from aggregators.profiles import Profile
from aggregators.registry import UnknownName

if TYPE_CHECKING:
    from aggregators.axioms.subject import Testable

__all__ = ["EXAMPLES", "Domain", "Finding", "Status", "search"]

Domain = Literal["any", "linear"]
"""Of rankings: any, or only those without ties that leave nothing unranked."""

Status = Literal["held", "violated", "not applicable", "never asked"]

EXAMPLES = 4_000
"""Random profiles that are tried."""

_CHANGES_OF_SMALL = 2  # of small profiles altogether, for each random profile
_TARGETED = 20  # random profiles for each that Hypothesis draws: a draw of its own costs as much as some decisions
_PROBED, _CONFIRMED = 5, 3  # profiles that are asked about twice, and how often each answer of a witness is asked again
_BRIEF, _BRIEF_CASES = 12, 5  # changes of a random profile, and those among them of which the axiom asks something


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
        Profiles tried before anything was found.
    cases : int
        Cases in which the axiom asked for something.
    refused : int
        Profiles that the rule refused.
    refusal : str
        What it said when it first did; empty if it never did. Where nothing was ever asked, what it said when it
        refused what a change would have made of a profile.
    violation : Violation or None
        The witness, as small as it got.
    phase : str
        Where it was found: "smallest", "random" or "targeted"; empty if it was not.
    reason : str
        Why the axiom is not applicable, or that the search was stopped: "stopped after 10 s"; empty otherwise.
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
    refusal: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as plain JSON types."""
        return {
            "axiom": self.axiom,
            "rule": self.rule,
            "status": self.status,
            "profiles": self.profiles,
            "cases": self.cases,
            "refused": self.refused,
            "refusal": self.refusal,
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
        tried = f"{self.cases:,} cases on {self.profiles:,} profiles"
        line = f"{self.axiom}: {self.rule} {self.status} in {tried}" + (f", {self.reason}" if self.reason else "")
        if self.refused:
            return f"{line}; it refused {self.refused:,}, the first because: {self.refusal}"
        return f"{line}; it refused every change: {self.refusal}" if self.refusal else line


def search(
    rule: Testable,
    axiom: str | Axiom,
    *,
    domain: Domain = "any",
    examples: int = EXAMPLES,
    seed: int = 0,
    exhaustive: bool = True,
    time_limit: float | None = None,
) -> Finding:
    """Search for a violation of an axiom.

    First small profiles are tried, from the smallest on, then random ones of several kinds of electorate, then some
    that Hypothesis draws towards close decisions. What is found is made smaller, and asked about afresh.

    Parameters
    ----------
    rule : str, Rule or callable
        Whatever `aggregators.axioms.subject` takes.
    axiom : str or Axiom
        Name, alias or the axiom itself.
    domain : {"any", "linear"}
        Of rankings: any, or only those without ties that leave nothing unranked.
    examples : int
        Random profiles; and small ones until twice as many changes of them are tried, and targeted ones, a
        twentieth as many.
    seed : int
        The same seed finds the same.
    exhaustive : bool
        Whether to begin with small profiles.
    time_limit : float, optional
        Seconds after which the search stops, and the finding says so; looked at between questions to the rule. What
        is found then depends on how fast the machine is. Default: none; `Subject.pace` tells how long answers take.

    Raises
    ------
    RuleError
        If there is no such rule or axiom, or the rule fails on a profile, or answers the same question differently.

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
    if time_limit is not None and not time_limit > 0:
        raise RuleError(f"time_limit={time_limit}: give a number of seconds above 0, or None")
    inquiry = _Inquiry(tested, wanted, seed, Deadline(time_limit))
    tested.probe(islice(_drawn(tested, domain, seed), _PROBED))
    phase, found, stopped = "", None, False
    try:
        phase, found = _phases(inquiry, domain, examples, seed, exhaustive)
    except OutOfTime:
        stopped = True
    tally = inquiry.profiles, inquiry.cases, inquiry.refused
    if found is not None:
        found = shrunk(found, inquiry.in_time)
        for step in found.steps:
            tested.confirm(step.profile, *(() if step.seats is None else (step.seats,)), times=_CONFIRMED)
    status: Status = "violated" if found is not None else "held" if inquiry.cases else "never asked"
    reason = f"stopped after {time_limit:g} s" if stopped else ""
    refusal = inquiry.refusal or ("" if inquiry.cases else inquiry.unasked)
    return Finding(wanted.name, tested.name, status, *tally, found, phase, reason, refusal)


def _drawn(tested: Subject, domain: Domain, seed: int) -> Iterator[Profile]:
    return drawn(tested.reads, domain, np.random.default_rng(seed), weighted=tested.weighted)


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
    reads = inquiry.tested.reads
    if exhaustive:
        found = inquiry.first(smallest(reads, domain), _CHANGES_OF_SMALL * examples)
        if found is not None:
            return "smallest", found
    found = inquiry.first(islice(_drawn(inquiry.tested, domain, seed), examples), briefly=True)
    if found is not None:
        return "random", found
    found = targeted(inquiry.tested, domain, inquiry.violation, -(-examples // _TARGETED), seed)
    return ("", None) if found is None else ("targeted", found)


@dataclass
class _Inquiry:
    """One axiom put to one rule on profile after profile, and the tally of it."""

    tested: Subject
    axiom: Axiom
    seed: int
    deadline: Deadline
    profiles: int = 0
    cases: int = 0
    refused: int = 0
    changes: int = 0
    refusal: str = ""
    unasked: str = ""

    def violation(self, profile: Profile, *, briefly: bool = False) -> Violation | None:
        """Return a violation on a profile; the same changes are tried whenever the profile recurs.

        Raises `OutOfTime`. Briefly: a few of them, as another profile is likelier to show a violation than another
        change of this one.
        """
        self.deadline.keep()
        self.profiles += 1
        until = self.cases + (_BRIEF_CASES if briefly else CHANGES_AT_MOST)
        rng = np.random.default_rng([self.seed, zlib.crc32(cells(profile).tobytes())])
        try:
            for case in self.axiom.cases(self.tested, profile, None, rng, _BRIEF if briefly else CHANGES_AT_MOST):
                self.changes += 1
                if isinstance(case, Violation):
                    self.cases += 1
                    return case
                if isinstance(case, OutsideDomain):
                    self.unasked = self.unasked or str(case)
                else:
                    self.cases += case
                if self.cases >= until:
                    break
                self.deadline.keep()
        except OutsideDomain as refusal:
            self.refused += 1
            self.refusal = self.refusal or str(refusal)
        return None

    def in_time(self, profile: Profile) -> Violation | None:
        """Return a violation on a profile, or None once the time is up."""
        try:
            return self.violation(profile)
        except OutOfTime:
            return None

    def first(
        self, profiles: Iterable[Profile], changes: float = math.inf, *, briefly: bool = False
    ) -> Violation | None:
        """Return the first violation, unless so many changes are tried before."""
        until = self.changes + changes
        for profile in profiles:
            found = self.violation(profile, briefly=briefly)
            if found is not None or self.changes >= until:
                return found
        return None
