"""Registered rules as parts of those with a bug."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.outcome import Outcome
from aggregators.rulebook import DecisionRule, rules

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from aggregators.profiles import Profile

__all__ = ["outcome", "scores", "winners"]


def outcome(name: str, profile: Profile) -> Outcome:
    """Return what a registered rule decides."""
    rule = rules()[name]
    if not isinstance(rule, DecisionRule):
        raise TypeError(f"{name} elects committees")
    found = rule(profile)
    if not isinstance(found, Outcome):
        raise TypeError(f"{name} decided several profiles at once")
    return found


def scores(name: str, profile: Profile) -> NDArray[np.float64]:
    """Return the (m,) scores that a registered rule gives."""
    return np.asarray(outcome(name, profile).scores, dtype=np.float64)


def winners(name: str, profile: Profile) -> frozenset[str]:
    """Return the winners of a registered rule, all that tie."""
    return frozenset(outcome(name, profile).winners)
