"""The maximin (Rawlsian, egalitarian, "min-max") welfare function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregators.means import lowest
from aggregators.profiles import Utilities
from aggregators.rulebook import rule
from aggregators.tally import Tally

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["maximin"]


@rule(
    "maximin",
    kind="welfare",
    reads=Utilities,
    columnwise=True,
    aliases=("min-max", "minmax", "rawlsian", "egalitarian"),
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "only the order of utilities counts": ("common-monotone", "common-scale", "common-translation"),
        "the lowest utility never falls as utilities rise, and changes with them continuously": (
            "continuity",
            "monotonicity",
            "weak-monotonicity",
        ),
        "the lowest utility does not fall by what is better for the worse-off of two": (
            "hammond-equity",
            "weak-pigou-dalton",
        ),
        "a voter's utility lowers the lowest of what the voter prefers by less, if at all": ("participation",),
        "what all get more from has the higher lowest utility": ("weak-pareto",),
        "implied by weak-pareto": ("unanimity",),
        "compares two alternatives by what voters give these two": ("clones", "iia", "immunity-to-spoilers"),
    },
    violates=(
        "bounded-influence",
        "condorcet",
        "condorcet-loser",
        "individual-scale",
        "individual-translation",
        "isda",
        "majority",
        "majority-loser",
        "mutual-majority",
        "pareto",
        "pigou-dalton",
        "positive-responsiveness",
        "reinforcement",
        "reversal-symmetry",
        "separability",
        "smith",
        "strategyproofness",
        "strong-monotonicity",
    ),
)
def maximin(profile: Utilities, weights: NDArray[np.float64]) -> Tally:
    """Maximise the utility of the worst-off voter.

    A weight only says whether a voter counts at all: weight 0 is absence, any other weight is presence. See
    `leximin`, which breaks this rule's ties by the next worst-off.

    Parameters
    ----------
    profile : Utilities
        Utilities (n, m), any sign. NaN is left out: the minimum is over those who rated the alternative.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own.

    Returns
    -------
    Outcome or BatchOutcome
        Scores on the utility scale, higher is better.

    References
    ----------
    Rawls (1971), A Theory of Justice. The limit of the isoelastic family as alpha grows without bound.

    Examples
    --------
    >>> from aggregators import Utilities
    >>> from aggregators.welfare.maximin import maximin
    >>> maximin(Utilities([[9, 3], [1, 2]])).ranking
    (('b',), ('a',))
    """
    return Tally(scores=lowest(profile.values, weights))
