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

_LOOK_FIRST = 256
_FEW = 4


@rule(
    "leximin",
    kind="welfare",
    reads=Utilities,
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "d'Aspremont and Gevers (1977), Equity and the informational basis of collective choice": ("separability",),
        "Hammond (1976), Equity, Arrow's conditions, and Rawls' difference principle": ("hammond-equity",),
        "only the order of utilities counts": ("common-monotone", "common-scale", "common-translation"),
        "weights at or below each level add up over voters": ("participation", "reinforcement"),
        "a higher utility leaves less weight at the lowest level that changes": (
            "monotonicity",
            "pareto",
            "positive-responsiveness",
            "strong-monotonicity",
            "weak-monotonicity",
        ),
        "a transfer leaves less weight at the lowest level that changes": ("pigou-dalton", "weak-pigou-dalton"),
        "compares two alternatives by what voters give these two": ("clones", "iia", "immunity-to-spoilers"),
        "implied by pareto": ("unanimity", "weak-pareto"),
    },
    violates=(
        "bounded-influence",
        "condorcet",
        "condorcet-loser",
        "continuity",
        "individual-scale",
        "individual-translation",
        "isda",
        "majority",
        "majority-loser",
        "mutual-majority",
        "reversal-symmetry",
        "smith",
        "strategyproofness",
    ),
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
    keys = _SharesBelow(profile, weights)
    return Tally(scores=None, keys=keys, scored=keys.answered > 0)


class _SharesBelow:
    """For each level of utility, lowest first, less the share of weight at or below it: (b, m) a level.

    Where nobody's opinion is missing the weights stand for the shares, so that whole ones are compared exactly.
    """

    def __init__(self, profile: Utilities, weights: FloatArray) -> None:
        self.profile, self.weights = profile, weights
        mass = weights.sum(axis=1, keepdims=True) if profile.complete else weights @ profile.opinions
        self.answered = np.broadcast_to(mass, (len(weights), profile.n_alternatives))
        self._mass = None if profile.complete else np.where(mass > 0, mass, 1.0)

    def __iter__(self) -> Iterator[FloatArray]:
        below = np.zeros(self.answered.shape)  # yielded again and again: whoever keeps a key copies it
        for voters, columns in _by_level(self.profile):
            if len(voters) <= _FEW:
                for voter, column in zip(voters.tolist(), columns.tolist(), strict=True):
                    below[:, column] -= self.weights[:, voter]
            else:
                who, where = np.unique(voters, return_inverse=True)
                mask = np.zeros((len(who), self.profile.n_alternatives))
                mask[where, columns] = 1.0
                below -= self.weights[:, who] @ mask
            yield below if self._mass is None else below / self._mass


def _by_level(profile: Utilities) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Yield the voters and columns of the utilities at each level, lowest first."""
    most, done = _LOOK_FIRST, 0
    while True:
        voters, columns, ends, every = profile.derived(_lowest, most)
        for level in range(done, len(ends)):
            entries = slice(ends[level - 1] if level else 0, ends[level])
            yield voters[entries], columns[entries]
        if every:
            return
        most, done = 32 * most, len(ends)


def _lowest(profile: Utilities, most: int) -> tuple[NDArray[np.intp], NDArray[np.intp], list[int], bool]:
    """Return whose the `most` lowest utilities are, of what, where each level ends, and whether that is all."""
    values = profile.values
    flat = values.reshape(-1) if profile.complete else values[profile.opinions]
    every = flat.size <= most
    bound = np.inf if every else np.partition(flat, most)[most]
    voters, columns = np.nonzero(values <= bound)
    near = values[voters, columns]
    steps = levels(near)
    if not every:
        steps = steps[:-1]  # the last may go on beyond what was looked at
    order = np.argsort(near, kind="stable")
    ends = np.searchsorted(near[order], steps, side="right")
    return voters[order], columns[order], ends.tolist(), every
