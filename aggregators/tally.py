"""What a rule computes before ties are settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

__all__ = ["Tally"]


@dataclass(frozen=True)
class Tally:
    """The counts of one rule for `b` weightings of the same ballots.

    Parameters
    ----------
    scores : (b, m) array or None
        What is reported, higher is better; NaN for an alternative that nobody judged.
    keys : iterable of (b, m) arrays, optional
        What decides when one number does not: compared one after the other, higher is better. It is
        iterated once a tier, so it must be a sequence or start afresh. Default: the scores alone.
    scale : (b, m) array, optional
        Magnitude of the numbers that were added up to give each score, for scores in which positive and
        negative terms cancel; the near-tie tolerance is relative to it. Default: the size of the score.
    scored : (b, m) bool array, optional
        Which alternatives take part at all. Default: those whose score is not NaN.
    eligible : (b, m) bool array, optional
        Which alternatives may win, for rules with a quota; where none is, the jury is hung. Default: all.
    lottery : (b, m) array, optional
        Probabilities, for a rule that draws the winner by lot: the odds of a random tie-break. Default: even.
    details : mapping of str to (b, ...) arrays, optional
        What else is to be reported, for instance the gap of an integer program.
    """

    scores: NDArray[np.float64] | None
    keys: Iterable[NDArray[np.float64]] | None = None
    scale: NDArray[np.float64] | None = None
    scored: NDArray[np.bool_] | None = None
    eligible: NDArray[np.bool_] | None = None
    lottery: NDArray[np.float64] | None = None
    details: Mapping[str, NDArray[Any]] = field(default_factory=dict)

    def taking_part(self) -> NDArray[np.bool_]:
        """Return the (b, m) mask of the alternatives that are scored."""
        if self.scored is not None:
            return self.scored
        if self.scores is None:
            raise TypeError("a tally without scores must say which alternatives are scored")
        return ~np.isnan(self.scores)

    def deciding(self) -> Iterable[NDArray[np.float64]]:
        """Return what is compared, most important first."""
        if self.keys is not None:
            return self.keys
        if self.scores is None:
            raise TypeError("a tally needs scores or keys")
        return (self.scores,)
