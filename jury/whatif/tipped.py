"""A tipping point, as it was found and in sentences."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

__all__ = ["TippingPoint"]


@dataclass(frozen=True, slots=True)
class TippingPoint:
    """From which value of a key on a case's verdict is another.

    Attributes
    ----------
    key, case : str
    start, end : float
        The range that was looked at.
    before, after : str
        The verdict at the start, and just past the tipping point; "hung" for none.
    value : float
        The tipping point; infinite if the verdict is the same over the whole range.
    low, high : float
        Its interval of 95 %, from bootstraps of the jurors; infinite where it may lie beyond the range.
    flips : float
        Share of bootstraps in which the verdict at the start is left somewhere in the range.
    changes : int
        How often the verdict changes over the range: with one the answer is monotone.
    present : float or None
        The value as it is.
    resamples, jurors : int
        Bootstraps, and jurors with an opinion.
    note : str
        Why there is no answer, or ``""``.
    """

    key: str
    case: str
    start: float
    end: float
    before: str = ""
    after: str = ""
    value: float = math.nan
    low: float = math.nan
    high: float = math.nan
    flips: float = math.nan
    changes: int = 0
    present: float | None = None
    resamples: int = 0
    jurors: int = 0
    note: str = ""

    @property
    def monotone(self) -> bool:
        """Whether the verdict changes once at most."""
        return self.changes <= 1

    def words(self) -> str:
        """Return the tipping point in sentences."""
        head = f"{self.case}, {self.key}"
        if self.note:
            return f"{head}: not answered, {self.note}."
        basis = f"({self.jurors} jurors, {self.resamples} bootstraps)"
        share, within = f"{100 * self.flips:.0f}% of bootstraps", f"between {self.start:g} and {self.end:g}"
        if math.isinf(self.value):
            return f"{head}: the verdict is {self.before} everywhere {within}; in {share} it changes there {basis}."
        present = "" if self.present is None else f"; as it is, the value is {_told(self.present)}"
        told = (
            f"{head}: from {_told(self.value)} [{_told(self.low)}, {_told(self.high)}] on the verdict is {self.after} "
            f"instead of {self.before}{present}. It flips {within} in {share} {basis}."
        )
        return (
            told if self.monotone else f"{told} Not monotone: the verdict changes {self.changes} times over the range."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the tipping point as plain JSON types; what is not finite becomes None."""
        document: dict[str, Any] = {name: getattr(self, name) for name in self.__dataclass_fields__}
        for name in ("value", "low", "high", "flips"):
            document[name] = document[name] if math.isfinite(document[name]) else None
        return document | {"monotone": self.monotone, "words": self.words()}


def _told(value: float) -> str:
    return "beyond the range" if math.isinf(value) else f"{value:.3g}"
