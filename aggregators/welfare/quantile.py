"""The quantile welfare function."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.errors import RuleError
from aggregators.options import one_of
from aggregators.profiles import Utilities
from aggregators.rulebook import rule
from aggregators.tally import Tally
from aggregators.ties import exceeds, ties_with

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

__all__ = ["quantile"]

_BETWEEN = ("lower", "midpoint", "upper")


@rule(
    "quantile",
    kind="welfare",
    reads=Utilities,
    columnwise=True,
    aliases=("median",),
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "only the order of utilities counts": ("common-monotone", "common-scale", "common-translation"),
        "the quantile never falls as utilities rise, and changes with them continuously": (
            "continuity",
            "monotonicity",
            "weak-monotonicity",
        ),
        "the median is no lower than the lowest and no higher than the highest of the other two thirds": (
            "bounded-influence",
        ),
        "what all get more from has the higher quantile": ("weak-pareto",),
        "implied by weak-pareto": ("unanimity",),
        "compares two alternatives by what voters give these two": ("clones", "iia", "immunity-to-spoilers"),
    },
    violates=(
        "condorcet",
        "condorcet-loser",
        "hammond-equity",
        "individual-scale",
        "individual-translation",
        "isda",
        "majority",
        "majority-loser",
        "mutual-majority",
        "pareto",
        "participation",
        "pigou-dalton",
        "positive-responsiveness",
        "reinforcement",
        "reversal-symmetry",
        "separability",
        "smith",
        "strategyproofness",
        "strong-monotonicity",
        "weak-pigou-dalton",
    ),
)
def quantile(profile: Utilities, weights: FloatArray, q: float = 0.5, between: str = "lower") -> Tally:
    """Maximise the utility that a given share of the voters do not exceed: by default the median.

    Parameters
    ----------
    profile : Utilities
        Utilities (n, m), any sign. NaN is left out: shares are of the weight of those who rated the alternative.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own.
    q : float
        The share, from 0, which is `maximin`, to 1, the best-off.
    between : {"lower", "midpoint", "upper"}
        Where exactly the share q of the weight lies at or below one utility and the rest at or above another: the
        lower of the two, their mean or the upper one. With "midpoint" equal intervals mean something, and only
        "lower" and "upper" keep their ranking under every increasing map of utilities.

    Returns
    -------
    Outcome or BatchOutcome
        Scores on the utility scale, higher is better.

    Raises
    ------
    RuleError
        If `q` is not from 0 to 1.

    References
    ----------
    Bhattacharya (2009), Quantile maximization in social choice settings; Bassett and Persky (1999), Robust voting.

    Examples
    --------
    >>> from aggregators import Utilities
    >>> from aggregators.welfare.quantile import quantile
    >>> print(quantile(Utilities([[1, 3], [4, 3], [9, 3]])))
    quantile: a (4) > b (3)
    >>> print(quantile(Utilities([[1, 3], [4, 3], [9, 3]]), q=0.25))
    quantile: b (3) > a (1)
    """
    one_of("quantile", "between", between, _BETWEEN)
    if not 0 <= q <= 1:
        raise RuleError(f"q={q!r} of 'quantile' is no share; give a number from 0 to 1")
    columns = [_quantiles(column, weights, q, between) for column in profile.values.T]
    return Tally(scores=np.stack(columns, axis=1))


def _quantiles(utilities: FloatArray, weights: FloatArray, q: float, between: str) -> FloatArray:
    """Return the (b,) quantiles of (n,) utilities."""
    utilities = np.ascontiguousarray(utilities)
    order = np.argsort(utilities)[: np.count_nonzero(~np.isnan(utilities))]  # NaN sorts last
    if not len(order):
        return np.full(len(weights), np.nan)
    ranked = utilities[order]
    below = np.cumsum(np.take(weights, order, axis=1), axis=1)
    total = below[:, -1:]
    wanted = q * total
    # Shares are counted on the way up, so noise is relative to the total; whole weights are counted exactly.
    enough = (below >= wanted) | ties_with(wanted, below, total)
    enough &= below > 0
    beyond = exceeds(below, wanted) & ~ties_with(below, wanted, total)
    beyond |= below == total  # beyond the last there is nothing
    lower = ranked[enough.argmax(axis=1)]
    upper = ranked[beyond.argmax(axis=1)]
    found = {"lower": lower, "upper": upper, "midpoint": lower / 2 + upper / 2}[between]
    return np.where(total[:, 0] > 0, found, np.nan)
