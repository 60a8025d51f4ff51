"""Random profiles drawn by Hypothesis towards close decisions, where paradoxes live."""

from __future__ import annotations

import math
import random
from contextlib import suppress
from typing import TYPE_CHECKING

from aggregators.axioms.answers import OutsideDomain
from aggregators.axioms.subject import Subject
from aggregators.profiles import Approvals, Profile, Utilities

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

    from aggregators.axioms.search import Domain
    from aggregators.axioms.violation import Violation

__all__ = ["targeted"]


def targeted(
    tested: Subject, domain: Domain, violation: Callable[[Profile], Violation | None], examples: int, seed: int
) -> Violation | None:
    """Return a violation on a profile that Hypothesis draws, climbs towards close decisions and shrinks.

    Parameters
    ----------
    tested : Subject
        The rule.
    domain : {"linear", "any"}
        Of rankings.
    violation : callable
        Looks for a violation on a profile; may raise `OutOfTime`.
    examples : int
        Profiles drawn.
    seed : int
        The same seed draws the same.
    """
    import hypothesis
    from hypothesis.errors import NoSuchExample

    from aggregators.axioms.deadline import OutOfTime

    settings = hypothesis.settings(
        max_examples=examples, database=None, deadline=None, suppress_health_check=list(hypothesis.HealthCheck)
    )

    found: list[Violation] = []

    def violated(profile: Profile) -> bool:
        hypothesis.target(_closeness(tested, profile))
        seen = violation(profile)
        if seen is not None:
            found.append(seen)
        return seen is not None

    with suppress(NoSuchExample, OutOfTime):
        hypothesis.find(
            _profiles(tested.reads, domain),
            violated,
            settings=settings,
            random=random.Random(seed),  # noqa: S311 - no secret
        )
    return min(found, key=lambda each: each.size, default=None)


def _closeness(tested: Subject, profile: Profile) -> float:
    """Return how close a decision is: 0 if two lead, -1 if the leader has all there is or nobody knows.

    Infinite scores are left out, as nothing is close to them.
    """
    if tested.kind == "committee":
        return -1.0
    try:
        scores = tested.decide(profile).scores or {}
    except OutsideDomain:
        return -1.0
    known = sorted(score for score in scores.values() if math.isfinite(score))
    spread = known[-1] - known[0] if known else 0.0
    return (known[-2] - known[-1]) / spread if 0 < spread < math.inf else -1.0


def _profiles(reads: type[Profile], domain: Domain) -> SearchStrategy[Profile]:
    from aggregators import strategies

    if issubclass(reads, Utilities):
        return strategies.utilities(low=1, whole=True, min_alternatives=2, max_voters=9)
    if issubclass(reads, Approvals):
        return strategies.approvals(min_alternatives=2, max_voters=9)
    linear = strategies.rankings(min_alternatives=2, max_voters=9)
    if domain == "linear":
        return linear
    return linear | strategies.rankings(min_alternatives=2, max_voters=9, ties=True, truncated=True)
