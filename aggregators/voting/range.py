"""Range voting, also score voting."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.errors import RuleError
from aggregators.profiles import Utilities
from aggregators.rulebook import rule
from aggregators.tally import Tally

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["average_scores", "range"]

NAN = float("nan")


@rule(
    "range",
    kind="voting",
    reads=Utilities,
    aliases=("score",),
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "adds up utilities over voters": (
            "continuity",
            "monotonicity",
            "pareto",
            "participation",
            "positive-responsiveness",
            "reinforcement",
            "separability",
            "strong-monotonicity",
            "weak-monotonicity",
        ),
        "a transfer leaves the total as it is": ("weak-pigou-dalton",),
        "a change of origin or of the common unit changes all totals alike": (
            "common-scale",
            "common-translation",
            "individual-translation",
        ),
        "a ballot turned over is one of the opposite utilities, but for a constant": ("reversal-symmetry",),
        "compares two alternatives by what voters give these two": ("clones", "iia", "immunity-to-spoilers"),
        "implied by pareto": ("unanimity", "weak-pareto"),
    },
    violates=(
        "bounded-influence",
        "common-monotone",
        "condorcet",
        "condorcet-loser",
        "hammond-equity",
        "individual-scale",
        "isda",
        "majority",
        "majority-loser",
        "mutual-majority",
        "pigou-dalton",
        "smith",
        "strategyproofness",
    ),
)
def range(  # noqa: A001 - the rule goes by this name
    profile: Utilities, weights: NDArray[np.float64], blank: float = NAN
) -> Tally:
    """Elect what has the highest average score.

    Parameters
    ----------
    profile : Utilities
        Scores (n, m), any sign, higher is better.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own.
    blank : float
        What a missing score counts as. Default: NaN, that is nothing: the average is over those who gave a score.

    Returns
    -------
    Outcome or BatchOutcome
        Scores are weighted averages, higher is better; NaN for what nobody scored.

    Raises
    ------
    RuleError
        If `blank` is infinite.

    References
    ----------
    Smith (2000), Range voting.

    Examples
    --------
    >>> from aggregators import Utilities, decide
    >>> ballots = Utilities([[5, 3, float("nan")], [0, 3, 4]])
    >>> print(decide(ballots, "range"))
    range: c (4) > b (3) > a (2.5)
    >>> print(decide(ballots, "range:blank=0"))
    range: b (3) > a (2.5) > c (2)
    """
    averages, magnitudes = average_scores(profile, weights, blank, rule="range")
    return Tally(scores=averages, scale=magnitudes)


def average_scores(
    profile: Utilities, weights: NDArray[np.float64], blank: float, *, rule: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return (b, m) average scores, NaN for what nobody scored, and the averages of their sizes."""
    if np.isinf(blank):
        raise RuleError(f"blank={blank} of {rule!r} is no score; give a finite one, or NaN to leave blanks out")
    missing = np.isnan(profile.values)
    counted = ~missing | (not np.isnan(blank))
    values = np.where(missing, blank if not np.isnan(blank) else 0.0, profile.values)
    answered = weights @ counted
    total = np.where(answered > 0, answered, 1.0)
    averages = np.where(answered > 0, weights @ values / total, np.nan)
    return averages, weights @ np.abs(values) / total
