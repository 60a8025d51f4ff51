"""The relative utilitarian welfare function."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.means import mean
from aggregators.options import one_of
from aggregators.profiles import Utilities
from aggregators.rulebook import rule
from aggregators.tally import Tally
from aggregators.ties import RELATIVE_TOLERANCE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

__all__ = ["normalised", "relative_utilitarian"]

_CONSTANT = {"half": 0.5, "zero": 0.0, "one": 1.0, "abstain": np.nan}


@rule(
    "relative_utilitarian",
    kind="welfare",
    reads=Utilities,
    aliases=("normalised_utilitarian",),
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "each voter's range is brought to 0 ... 1": (
            "common-scale",
            "common-translation",
            "individual-scale",
            "individual-translation",
        ),
        "adds up over voters": ("pareto", "participation", "reinforcement", "separability"),
        "clones leave ranges as they are": ("clones",),
        "a share of a range is taken from one when the ballot is turned over": ("reversal-symmetry",),
        "an alternative that rises keeps its lead over any other, as a share of the range": (
            "monotonicity",
            "weak-monotonicity",
        ),
        "implied by pareto": ("unanimity", "weak-pareto"),
    },
    violates=(
        "bounded-influence",
        "common-monotone",
        "condorcet",
        "condorcet-loser",
        "continuity",
        "hammond-equity",
        "iia",
        "immunity-to-spoilers",
        "isda",
        "majority",
        "majority-loser",
        "mutual-majority",
        "pigou-dalton",
        "positive-responsiveness",
        "smith",
        "strategyproofness",
        "strong-monotonicity",
        "weak-pigou-dalton",
    ),
)
def relative_utilitarian(profile: Utilities, weights: FloatArray, constant: str = "half") -> Tally:
    """Maximise the weighted mean of utilities that each voter's own range has been brought to 0 ... 1.

    A voter's worst alternative counts 0 and the best 1, so that nobody weighs more by using a wider scale.
    Stretching or shifting all utilities of one voter changes nothing.

    Parameters
    ----------
    profile : Utilities
        Utilities (n, m), any sign. NaN is left out, of the range and of the mean: a range is over what the voter
        rated, a mean over those who rated the alternative, with their weights renormalised.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own.
    constant : {"half", "zero", "one", "abstain"}
        What a voter says of each alternative rated, who rates all of them alike (or one only) and so has no range.
        It makes no difference to the ranking when no opinion is missing. "abstain" makes it no opinion.

    Returns
    -------
    Outcome or BatchOutcome
        Scores from 0 to 1, higher is better.

    References
    ----------
    Dhillon and Mertens (1999), Relative utilitarianism, who give 0 to those without a range.

    Examples
    --------
    >>> from aggregators import Utilities
    >>> from aggregators.welfare.relative_utilitarian import relative_utilitarian
    >>> print(relative_utilitarian(Utilities([[0, 100, 50], [3, 1, 2], [2, 1, 2]])))
    relative_utilitarian: a (0.6667) = c (0.6667) > b (0.3333)
    """
    one_of("relative_utilitarian", "constant", constant, tuple(_CONSTANT))
    return Tally(scores=mean(profile.derived(normalised, constant), weights))


def normalised(profile: Utilities, constant: str = "half") -> FloatArray:
    """Return (n, m) utilities with each voter's range brought to 0 ... 1; see `relative_utilitarian`."""
    values = profile.values / 4  # so that no difference overflows
    best = np.fmax.reduce(values, axis=1, keepdims=True)
    worst = np.fmin.reduce(values, axis=1, keepdims=True)
    wide = best - worst
    flat = wide <= RELATIVE_TOLERANCE * np.maximum(np.abs(best), np.abs(worst))
    relative: FloatArray = (values - worst) / np.where(flat, 1.0, wide)
    return np.where(flat & ~np.isnan(values), _CONSTANT[constant], relative)
