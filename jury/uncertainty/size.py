"""The effective size of a jury, as a record with words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from jury.estimates import Estimate

__all__ = ["Basis", "EffectiveSize", "Mix"]

#: Against what jurors are held: people's answers, or one another's.
Basis = Literal["error", "agreement"]


@dataclass(frozen=True, slots=True)
class Mix:
    """How much the errors of jurors of two models, or of one, have in common.

    Attributes
    ----------
    first, second : str
        Models; the same one for the correlation within it.
    correlation : float
        NaN where there are too few jurors.
    jurors : int
        Of both together.
    """

    first: str
    second: str
    correlation: float
    jurors: int


@dataclass(frozen=True, eq=False)
class EffectiveSize:
    """How many independent jurors would be as informative as this jury.

    Attributes
    ----------
    basis : {"error", "agreement"}
        ``error``: jurors are held against people's mean answers, and what they have in common is error. ``agreement``:
        people's answers are not known, and what they have in common is agreement, which may be right or wrong.
    jurors : int
    correlation : Estimate
        Mean correlation between two jurors over the items (intra-class correlation); lower is better.
    kish : float
        Effective size from unequal weights alone, (sum w)^2 / sum w^2.
    size : Estimate
        ``kish / (1 + (kish - 1) correlation)``; a correlation below 0 counts as 0. Higher is better, at most `kish`.
    people : Estimate or None
        Size of a simple random sample of people whose mean answers would be as far from people's as this jury's are,
        infinite where no error can be seen; None for ``agreement``.
    mixes : tuple of Mix
        Within and between models, where several share the jury.
    items, cases : int
    """

    basis: Basis
    jurors: int
    correlation: Estimate
    kish: float
    size: Estimate
    people: Estimate | None
    mixes: tuple[Mix, ...]
    items: int
    cases: int

    @property
    def widening(self) -> float:
        """By how much an interval that takes jurors for independent has to be longer, to speak of what they share too.

        ``sqrt((1 + (kish - 1) rho) / (1 - rho))``: the spread between jurors shows only what they do not share.
        """
        rho = min(max(self.correlation.value, 0.0), 1.0)
        return float(np.sqrt((1 + (self.kish - 1) * rho) / (1 - rho))) if rho < 1 else float("inf")

    def widened(self, estimate: Estimate) -> Estimate:
        """Return an estimate of a mean over the jurors, its interval longer by `widening`.

        Examples
        --------
        >>> one = Estimate(0.1, float("nan"), float("nan"), 6, "cases")
        >>> found = EffectiveSize("error", 21, one, 21.0, one, None, (), 12, 6)
        >>> round(found.widening, 2), found.widened(Estimate(0.5, 0.4, 0.6, 21, "jurors")).words(2)
        (1.83, '0.50 [0.32, 0.68]')
        """
        factor = self.widening
        low = estimate.value - (estimate.value - estimate.low) * factor
        high = estimate.value + (estimate.high - estimate.value) * factor
        return replace(estimate, low=low, high=high)

    def words(self) -> str:
        """Return what it means, in a sentence or two."""
        size = _whole(self.size)
        if self.basis == "error":
            people = "" if self.people is None or np.isnan(self.people.value) else _people_words(self.people)
            return (
                f"{self.jurors} simulated jurors behave like about {size} independent ones (their errors against "
                f"people correlate at {self.correlation.words(2)}).{people}"
            )
        return (
            f"The answers of two jurors correlate at {self.correlation.words(2)}: if all of that were error, the "
            f"{self.jurors} simulated jurors would behave like about {size} independent ones. It is agreement, not "
            "error; how much of it is error only people's answers can tell (`jury validate`)."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain JSON types."""
        widening = self.widening
        return {
            "basis": self.basis,
            "jurors": self.jurors,
            "correlation": self.correlation.to_dict(),
            "kish": self.kish,
            "size": self.size.to_dict(),
            "people": None if self.people is None else self.people.to_dict(),
            "widening": widening if np.isfinite(widening) else None,
            "mixes": [
                {
                    "first": mix.first,
                    "second": mix.second,
                    "correlation": None if np.isnan(mix.correlation) else mix.correlation,
                    "jurors": mix.jurors,
                }
                for mix in self.mixes
            ],
            "items": self.items,
            "cases": self.cases,
            "words": self.words(),
        }


def _whole(size: Estimate) -> str:
    low, high = size.low, size.high
    middle = f"{size.value:.0f}" if size.value >= 10 else f"{size.value:.2g}"
    return middle if np.isnan(low) else f"{middle} [{low:.2g}, {high:.3g}]"


def _people_words(people: Estimate) -> str:
    if np.isinf(people.value):
        return " Their mean answers are as near to people's as any sample of people could be told to be."
    return f" Their mean answers are as far from people's as those of {_whole(people)} people drawn at random would be."
