"""The gate: what a run has to show before anybody draws conclusions about groups from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from jury.estimates import Estimate

__all__ = ["CLOSED", "Check", "Gate", "Thresholds"]

CLOSED = "Do not draw conclusions about groups from this run."


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What is asked of a run; conventions of this project, to be set by whoever has reasons for others.

    Attributes
    ----------
    level : float
        A difference counts as shown where its interval of this confidence leaves out 0. (Intervals are of that level.)
    least_variance, most_variance : float
        Between which the ratio of standard deviations within groups has to lie. A ratio of .7 means that jurors have
        half of people's variance.
    least_inflation, most_inflation : float
        Between which the ratio of standard deviations between groups has to lie: gaps half as large are missed, gaps
        twice as large are caricatures.
    most_flipped : float
        Largest share of flipped signs among the coefficients that are settled for people. Random signs give .5; Bisbee
        et al. (2024) found .32 among the coefficients that differ.
    least_effective : float
        Smallest effective number of independent jurors.
    """

    level: float = 0.95
    least_variance: float = 0.7
    most_variance: float = 1 / 0.7
    least_inflation: float = 0.5
    most_inflation: float = 2.0
    most_flipped: float = 0.15
    least_effective: float = 5.0


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that a run has to show.

    Attributes
    ----------
    name : str
    asked : str
        What is asked, with the threshold.
    found : Estimate or None
        None where there is nothing to measure.
    passed : bool or None
        None where it cannot be told.
    words : str
        What was found, or why it cannot be told, in a sentence.
    sure : bool
        Whether its whole interval is where it was asked to be, and not its value only. Without an interval it is not.
    """

    name: str
    asked: str
    found: Estimate | None
    passed: bool | None
    words: str
    sure: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        return {
            "name": self.name,
            "asked": self.asked,
            "found": None if self.found is None else self.found.to_dict(),
            "passed": self.passed,
            "words": self.words,
            "sure": self.sure,
        }


@dataclass(frozen=True, eq=False)
class Gate:
    """Whether conclusions about groups may be drawn from a run.

    Attributes
    ----------
    checks : tuple of Check
    thresholds : Thresholds
    """

    checks: tuple[Check, ...]
    thresholds: Thresholds

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that failed."""
        return tuple(check for check in self.checks if check.passed is False)

    @property
    def untold(self) -> tuple[Check, ...]:
        """The checks that could not be made."""
        return tuple(check for check in self.checks if check.passed is None)

    @property
    def open(self) -> bool:
        """Whether every check was made and passed: what is not shown is not assumed.

        Ratios, signs and the effective size pass by their value; whether their intervals do too is `Check.sure`.
        """
        return all(check.passed for check in self.checks)

    def words(self) -> list[str]:
        """Return the verdict and its reasons, a sentence each."""
        if self.open:
            verdict = f"This run passes all {len(self.checks)} checks that conclusions about groups rest on."
            unsure = [check.name for check in self.checks if not check.sure]
            beyond = f"By its value only, with an interval that reaches beyond what is asked: {', '.join(unsure)}."
            return [verdict, *([beyond] if unsure else [])]
        return [CLOSED, *(check.words for check in (*self.failed, *self.untold))]

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        return {
            "open": self.open,
            "words": self.words(),
            "checks": [check.to_dict() for check in self.checks],
            "thresholds": asdict(self.thresholds),
        }


def closer(name: str, than: str, difference: Estimate, wanted: str) -> Check:
    """Check that a difference of distances is shown to be below 0."""
    asked = f"distance to people less that of {than}: interval below 0"
    if np.isnan(difference.value):
        return Check(name, asked, None, None, f"Whether jurors are closer to people than {than} cannot be told.")
    alone = difference.count < 2
    # Cases that are all alike have no interval either, and show nothing of others.
    passed = None if alone else bool(difference.high < 0)
    found = f"{difference.words()}, over {difference.count} {difference.unit}"
    if passed is None:
        words = f"One case cannot show that jurors are closer to people than {than} is."
    elif passed:
        words = f"Jurors are closer to people than {than} ({found})."
    else:
        words = f"Jurors are not shown to be closer to people than {than} ({found}): {wanted}."
    return Check(name, asked, difference, passed, words, sure=bool(passed))


def within(name: str, what: str, found: Estimate, low: float, high: float, meanings: Sequence[str]) -> Check:
    """Check that a ratio lies between two numbers; `meanings` say what it means to lie below, and above."""
    asked = f"{what}: between {low:.2g} and {high:.2g}"
    if np.isnan(found.value):
        return Check(name, asked, None, None, f"{what} cannot be told: {meanings[2]}.")
    passed = low <= found.value <= high
    sure = low <= found.low and found.high <= high
    verdict = "as asked" if passed else meanings[0] if found.value < low else meanings[1]
    return Check(name, asked, found, passed, f"{what} is {found.words(2)}: {verdict}.", sure=sure)


def above(name: str, what: str, found: Estimate, meaning: str, untold: str) -> Check:
    """Check that a correlation is shown to be above 0."""
    asked = f"{what}: interval above 0"
    if np.isnan(found.value):
        return Check(name, asked, None, None, f"{what} cannot be told: {untold}.")
    passed = bool(found.low > 0) if not np.isnan(found.low) else None
    verdict = "above 0" if passed else meaning
    return Check(name, asked, found, passed, f"{what} is {found.words(2)}: {verdict}.", sure=bool(passed))
