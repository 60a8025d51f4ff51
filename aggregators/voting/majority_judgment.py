"""Majority Judgment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.pairwise import in_parts
from aggregators.profiles import Utilities
from aggregators.rulebook import rule
from aggregators.tally import Tally
from aggregators.ties import RELATIVE_TOLERANCE, levels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

__all__ = ["majority_judgment"]

_EXACT_BELOW = 2.0**52  # so that twice as much is still whole


@rule(
    "majority_judgment",
    kind="voting",
    reads=Utilities,
    aliases=("majority_judgement",),
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "compares two alternatives by what voters give these two": ("clones", "iia", "immunity-to-spoilers"),
        "only the order of grades counts": ("common-monotone", "common-scale", "common-translation"),
        "Balinski and Laraki (2010), Majority Judgment: a higher grade makes the grades in the middle higher": (
            "monotonicity",
            "pareto",
            "positive-responsiveness",
            "strong-monotonicity",
            "weak-monotonicity",
        ),
        "the median is no lower than the lowest and no higher than the highest of the other two thirds": (
            "bounded-influence",
        ),
        "implied by pareto": ("unanimity", "weak-pareto"),
    },
    violates=(
        "condorcet",
        "condorcet-loser",
        "continuity",
        "hammond-equity",
        "individual-scale",
        "individual-translation",
        "isda",
        "majority",
        "majority-loser",
        "mutual-majority",
        "participation",
        "pigou-dalton",
        "reinforcement",
        "reversal-symmetry",
        "separability",
        "smith",
        "strategyproofness",
        "weak-pigou-dalton",
    ),
)
def majority_judgment(profile: Utilities, weights: NDArray[np.float64]) -> Tally:
    """Elect what has the highest median grade; ties go to the grades around the median.

    Of an even number of grades the median is the lower one in the middle. Where medians tie, one grade at the
    median is taken out of each, again and again, until the medians of the rest differ. With weights, grades are
    taken out by weight: alternatives are compared by the grades that the shares 1/2 - e and 1/2 + e of their
    voters separate, the lower first, at the least e at which they differ. For equal weights this is the same.

    Parameters
    ----------
    profile : Utilities
        Grades (n, m), higher is better; only their order counts, and near-equal ones are one grade. NaN is left
        out: shares are of the weight of those who graded the alternative.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own.

    Returns
    -------
    Outcome or BatchOutcome
        Scores are median grades, higher is better, NaN for what nobody graded; the ranking tells more.

    References
    ----------
    Balinski and Laraki (2010), Majority Judgment: Measuring, Ranking, and Electing, chapters 1 and 14.

    Examples
    --------
    >>> from aggregators import Utilities
    >>> from aggregators.voting.majority_judgment import majority_judgment
    >>> grades = Utilities([[3, 3], [2, 3], [2, 2], [2, 1], [1, 1]])
    >>> print(majority_judgment(grades))
    majority_judgment: a (2) > b (2)
    """
    grades = levels(profile.values) if profile.opinions.any() else np.zeros(1)

    def tally(part: FloatArray) -> Tally:
        middle = _MiddleGrades(profile.values, part, grades)
        scored = middle.answered > 0
        medians = np.where(scored, next(iter(middle)), np.nan)
        return Tally(scores=medians, keys=[-_beaten(middle)], scored=scored)

    return in_parts(tally, weights, profile.n_alternatives * (len(grades) + profile.n_alternatives))


def _beaten(keys: Iterable[FloatArray]) -> FloatArray:
    """Return (b, m) numbers of alternatives with higher keys, compared one key after the other."""
    worse: NDArray[np.bool_] | bool = False
    equal: NDArray[np.bool_] | bool = True
    for key in keys:
        row, column = key[:, :, None], key[:, None, :]
        worse = worse | (equal & (row < column))
        equal = equal & (row == column)
        if not (np.triu(equal, 1)).any():
            break
    beaten: FloatArray = np.asarray(worse).sum(axis=2).astype(np.float64)
    return beaten


class _MiddleGrades:
    """From the middle outwards, the grades below and above: (b, m) each, as long as any of them changes."""

    def __init__(self, values: FloatArray, weights: FloatArray, grades: FloatArray) -> None:
        self._grades = grades
        grade = np.searchsorted(self._grades, values)  # NaN sorts last
        graded = ~np.isnan(values)
        batch, size = len(weights), values.shape[1]
        by_grade = np.zeros((batch, size, len(self._grades)))
        for column in range(size):
            of, order = grade[graded[:, column], column], weights[:, graded[:, column]]
            if batch == 1:
                by_grade[0, column] = np.bincount(of, order[0], len(self._grades))
            else:
                for level in np.unique(of):
                    by_grade[:, column, level] = order[:, of == level].sum(axis=1)
        upto = np.cumsum(by_grade, axis=2)
        self.answered = upto[:, :, -1]
        total = np.where(self.answered > 0, self.answered, 1.0)[:, :, None]
        # From -1, nobody, over 0, half, to 1, everybody. Of whole weights this is one exact division, rounded once, so
        # that equal parts of different totals are equal here.
        self._parts = (2.0 * upto - total) / total
        whole = (weights == np.rint(weights)).all(axis=1) & (self.answered.max(axis=1) < _EXACT_BELOW)
        self._slack = np.where(whole, 0.0, 2 * RELATIVE_TOLERANCE)[:, None]

    def __iter__(self) -> Iterator[FloatArray]:
        parts, slack = self._parts, self._slack
        last = parts.shape[2] - 1
        out = np.zeros((len(parts), 1))  # how far from the middle
        while True:
            low = (parts < (-out - slack)[:, :, None]).sum(axis=2)
            high = (parts <= (out + slack)[:, :, None]).sum(axis=2)
            low, high = np.minimum(low, last), np.minimum(high, last)
            yield self._grades[low]
            yield self._grades[high]
            # the next distance at which a grade changes: where the parts below and above run out
            below = np.take_along_axis(parts, np.maximum(low - 1, 0)[:, :, None], 2)[:, :, 0]
            upto = np.take_along_axis(parts, high[:, :, None], 2)[:, :, 0]
            further = np.concatenate([np.where((low > 0) & (below > -1), -below, np.inf), upto], axis=1)
            further = np.where(further > out + slack, further, np.inf).min(axis=1, keepdims=True)
            if (further >= 1 - slack).all():
                return
            out = np.where(np.isfinite(further), further, out)
