"""The leximin welfare ordering."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.profiles import Utilities
from aggregators.rulebook import rule
from aggregators.tally import Tally
from aggregators.ties import levels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

__all__ = ["leximin"]


@rule(
    "leximin",
    kind="welfare",
    reads=Utilities,
    satisfies=("pareto", "common-scale", "common-translation", "common-monotone", "pigou-dalton"),
    violates=("individual-scale", "individual-translation"),
)
def leximin(profile: Utilities, weights: FloatArray) -> Tally:
    """Maximise the utility of the worst-off, then of the next worst-off, and so on.

    With weights, alternatives are compared by their distributions of utility: at the lowest level at which
    the shares of voters at or below it differ, the smaller share wins. With equal weights and no missing
    opinions this is the usual comparison of sorted utilities.

    Parameters
    ----------
    profile : Utilities
        Utilities (n, m), any sign; near-equal ones count as one level. NaN is left out: shares are of the
        weight of those who rated the alternative.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own.

    Returns
    -------
    Outcome or BatchOutcome
        Without scores: no single number represents leximin.

    References
    ----------
    Sen (1970), Collective Choice and Social Welfare, chapter 9; d'Aspremont and Gevers (1977), Equity and the
    informational basis of collective choice.

    Examples
    --------
    >>> from aggregators import Utilities
    >>> from aggregators.welfare.leximin import leximin
    >>> print(leximin(Utilities([[1, 1, 1], [2, 3, 3], [5, 3, 4]])))
    leximin: c > b > a
    """
    keys = _SharesBelow(profile.values, weights)
    return Tally(scores=None, keys=keys, scored=keys.answered > 0)


class _SharesBelow:
    """For each level of utility, lowest first, less the share of weight at or below it: (b, m) a level."""

    def __init__(self, values: FloatArray, weights: FloatArray) -> None:
        order = np.argsort(values, axis=0)  # NaN sorts last
        present = ~np.isnan(np.take_along_axis(values, order, axis=0))
        cumulative = np.cumsum(weights[:, order] * present, axis=1)  # (b, n, m)
        self.answered = cumulative[:, -1]
        shares = cumulative / np.where(self.answered > 0, self.answered, 1.0)[:, None]
        self._shares = np.concatenate([np.zeros_like(shares[:, :1]), shares], axis=1)
        steps = levels(values)
        ranked = np.sort(values, axis=0)
        self._counts = np.stack([np.searchsorted(column, steps, side="right") for column in ranked.T], axis=1)

    def __iter__(self) -> Iterator[FloatArray]:
        columns = np.arange(self._counts.shape[1])
        for counts in self._counts:
            yield -self._shares[:, counts, columns]
