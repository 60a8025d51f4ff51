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
    aliases=("min-max", "minmax", "rawlsian", "egalitarian"),
    satisfies=("weak-pareto", "common-scale", "common-translation", "common-monotone"),
    violates=("pareto", "individual-scale", "individual-translation", "pigou-dalton"),
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
