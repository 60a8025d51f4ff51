"""The verdict of a supermajority."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from aggregators.errors import RuleError
from aggregators.profiles import Rankings
from aggregators.rulebook import rule
from aggregators.tally import Tally
from aggregators.verdict.majority import verdict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["supermajority"]

_LARGEST_DENOMINATOR = 10_000


@rule(
    "supermajority",
    kind="verdict",
    reads=Rankings,
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "what over half put first wins every duel": (
            "condorcet-loser",
            "majority-loser",
            "pareto",
            "reversal-symmetry",
            "smith",
            "weak-pareto",
        ),
        "of the winner the share does not fall without another alternative": ("immunity-to-spoilers", "isda"),
        "of the winner, put higher, the share does not fall": ("monotonicity", "positive-responsiveness"),
        "two parts of the electorate have the quota together": ("reinforcement",),
        "the winner has over half of the votes, and none of the voter who prefers another": (
            "participation",
            "strategyproofness",
        ),
        "there is never more than one winner": ("resolvability",),
        "all reach any quota": ("unanimity",),
    },
    violates=("clones", "condorcet", "iia", "majority", "mutual-majority"),
)
def supermajority(profile: Rankings, weights: NDArray[np.float64], q: float = 2 / 3) -> Tally:
    """Find for what at least a share q of the jurors put first; without that the jury is hung.

    Parameters
    ----------
    profile : Rankings
        Ranks (n, m), usually of two alternatives such as yes and no. Alternatives tied first share the vote
        equally. A juror who ranks nothing abstains, and the share is of those who do not.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own.
    q : float
        The quota, above 1/2 and at most 1, reached by an equal share; as text also ``"supermajority:q=3/4"``. It is
        the fraction that it prints as or the simplest near it: 2 / 3 is two thirds, 0.6 three fifths, exactly.
        Default: two thirds.

    Returns
    -------
    Outcome or BatchOutcome
        Scores are shares from 0 to 1, higher is better. No winner is a hung jury, ``outcome.hung``.
        ``details["quota"]`` has the quota, and ``details["margin"]`` each share less the quota.

    Raises
    ------
    RuleError
        If `q` is not above 1/2 and at most 1.

    References
    ----------
    May (1952), A set of independent necessary and sufficient conditions for simple majority decision; for quotas,
    Austen-Smith and Banks (1999), Positive Political Theory I, chapter 3.

    Examples
    --------
    >>> from aggregators import Utilities, decide
    >>> jury = Utilities([[1, 0], [1, 0], [0, 1]], alternatives=["yes", "no"])
    >>> decide(jury, "supermajority").winners
    ('yes',)
    >>> outcome = decide(jury, "supermajority:q=3/4")
    >>> outcome.hung, outcome.details["margin"].round(3).tolist()
    (True, [-0.083, -0.417])
    """
    if not 0.5 < q <= 1:
        raise RuleError(f"q={q} of 'supermajority' is no quota; give a share above 1/2 and at most 1")
    simple = Fraction(q).limit_denominator(_LARGEST_DENOMINATOR)
    return verdict(profile, weights, simple if float(simple) == q else Fraction(repr(q)), reached=True)
