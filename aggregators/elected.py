"""What a committee rule found, before columns become labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

__all__ = ["Elected"]


@dataclass(frozen=True)
class Elected:
    """The committees of one rule.

    Parameters
    ----------
    committees : sequence of tuples of int
        Each a sorted tuple of columns.
    score, gap, complete, details
        As in `aggregators.CommitteeOutcome`.
    """

    committees: Sequence[tuple[int, ...]]
    score: float | None = None
    gap: float | None = None
    complete: bool = True
    details: Mapping[str, float] = field(default_factory=dict)
