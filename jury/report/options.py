"""What a report is asked to show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jury.panel import Panel
    from jury.validation import Comparison
    from personas import Population

__all__ = ["Options"]


@dataclass(frozen=True, eq=False)
class Options:
    """What a report is asked to show.

    Attributes
    ----------
    rules : tuple of str
        Rules that decide; those of the study, or usual for the mode, if empty.
    by : tuple of str
        Attributes to tell groups apart by; those of the study if empty.
    people : Population or Panel or None
        Whose answers to compare with. Without, those of the very persons behind the jurors, where they are known.
    comparison : Comparison or None
        How they are compared, if not in the usual way.
    vary : tuple of str
        What-ifs to answer, such as ``"jurors=6,12"``; the study's scenarios, or sizes and seats, if empty.
    what_if : bool
        Whether any what-if is answered.
    ballots : int
        Most ballots to put into the page; of more, as many drawn by lot.
    """

    rules: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    people: Population | Panel | None = None
    comparison: Comparison | None = None
    vary: tuple[str, ...] = ()
    what_if: bool = True
    ballots: int = 20_000
