"""Random profiles drawn by Hypothesis towards close decisions, where paradoxes live."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from aggregators.axioms.subject import OutsideDomain, Subject
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
        Looks for a violation on a profile.
    examples : int
        Profiles drawn.
    seed : int
        The same seed draws the same.
    """
    import hypothesis
    from hypothesis.errors import NoSuchExample

    settings = hypothesis.settings(
        max_examples=examples, database=None, deadline=None, suppress_health_check=list(hypothesis.HealthCheck)
    )

    def violated(profile: Profile) -> bool:
        hypothesis.target(_closeness(tested, profile))
        return violation(profile) is not None

    try:
        found = hypothesis.find(
            _profiles(tested.reads, domain),
            violated,
            settings=settings,
            random=random.Random(seed),  # noqa: S311 - no secret
        )
    except NoSuchExample:
        return None
    return violation(found)


def _closeness(tested: Subject, profile: Profile) -> float:
    """Return how close a decision is: 0 if two lead, -1 if the leader has all there is or nobody knows."""
    if tested.kind == "committee":
        return -1.0
    try:
        scores = tested.decide(profile).scores or {}
    except OutsideDomain:
        return -1.0
    known = sorted(score for score in scores.values() if score == score)
    spread = known[-1] - known[0] if known else 0.0
    return -1.0 if spread <= 0 else (known[-2] - known[-1]) / spread


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
