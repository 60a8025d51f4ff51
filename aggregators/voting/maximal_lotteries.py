"""Maximal lotteries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.errors import RuleError
from aggregators.options import one_of
from aggregators.pairwise import duels, duels_in_parts
from aggregators.profiles import Comparisons, Rankings
from aggregators.rulebook import rule
from aggregators.tally import Tally
from aggregators.voting.random_dictator import lottery

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["maximal_lotteries"]

TOLERANCE = 1e-9
_PROVEN = 1e-12


@rule(
    "maximal_lotteries",
    kind="voting",
    reads=Rankings,
    also_reads=(Comparisons,),
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "an outsider loses on average to any lottery that is maximal within the Smith set": ("isda", "smith"),
        "implied by smith": (
            "condorcet",
            "condorcet-loser",
            "majority",
            "majority-loser",
            "mutual-majority",
            "unanimity",
        ),
        "against a maximal lottery it does worse than what dominates it, which does not win on average": ("pareto",),
        "Brandl, Brandt and Hofbauer (2019), Welfare maximization entices participation": ("participation",),
        "alone it must beat all, as the most even lottery gives a part to what ties with it": ("reversal-symmetry",),
        "implied by pareto": ("weak-pareto",),
    },
    violates=("clones", "iia", "positive-responsiveness", "reinforcement", "resolvability"),
    unsettled=("immunity-to-spoilers", "monotonicity", "strategyproofness"),
)
def maximal_lotteries(
    profile: Rankings | Comparisons, weights: NDArray[np.float64], strength: str = "margins", unranked: str = "last"
) -> Tally:
    """Draw by a lottery that no other lottery beats in the expected margin.

    These are the optimal mixed strategies of the game in which two players name alternatives and the margin is
    paid. Where several lotteries are maximal, the most even one is returned, which has the least sum of squares;
    a linear program alone would return any corner of them, by the order of the alternatives.

    Parameters
    ----------
    profile : Rankings or Comparisons
        Ranks (n, m), or who preferred which of two. A voter who ranks two alternatives as equal counts for neither
        side of their duel.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own.
    strength : {"margins", "majorities"}
        What is paid: the margin, or 1 for any duel won (then also known as the bipartisan set).
    unranked : {"last", "ignored"}
        Whether alternatives that a voter leaves unranked are tied last, or take no part in that voter's duels.

    Returns
    -------
    Outcome or BatchOutcome
        A lottery: scores are the probabilities, which add up to 1, and the winners are all alternatives with a
        positive one. ``tie_break="random"`` draws one by these probabilities. Below 1e-9 a probability is zero.

    Raises
    ------
    RuleError
        If the lottery found falls short of maximal by more than 1e-9 of the largest margin.

    Notes
    -----
    Axioms about winners speak of all alternatives that may be drawn. So reinforcement is violated, although the
    lotteries themselves satisfy it: what is maximal in two parts of the electorate is so in the whole (Brandl, Brandt
    and Seedig 2016, population-consistency). Where several lotteries are maximal, claims are of the most even one, in
    which clones can change who may be drawn; the set of all maximal lotteries they do not change.

    References
    ----------
    Fishburn (1984), Probabilistic social choice based on simple voting comparisons; Brandl, Brandt and Seedig
    (2016), Consistent probabilistic social choice. The most even one: Wolfe (1976), Finding the nearest point in
    a polytope; Lawson and Hanson (1974), Solving least squares problems, chapter 23.

    Examples
    --------
    >>> from aggregators import Rankings
    >>> from aggregators.voting.maximal_lotteries import maximal_lotteries
    >>> cycle = Rankings.from_orders([("a", "b", "c"), ("b", "c", "a"), ("c", "a", "b")], weights=[4, 3, 2])
    >>> maximal_lotteries(cycle).scores.round(3).tolist()
    [0.556, 0.111, 0.333]
    """
    one_of("maximal_lotteries", "strength", strength, ("margins", "majorities"))
    size = profile.n_alternatives

    def tally(part: NDArray[np.float64]) -> Tally:
        counted = duels(profile, part, unranked, rule="maximal_lotteries")
        paid = counted.margins if strength == "margins" else np.sign(counted.margins)
        odds = (counted.beats.sum(axis=1) == size - 1).T.astype(np.float64)
        for row in np.flatnonzero(odds.sum(axis=1) == 0).tolist():
            odds[row] = _most_even(paid[:, :, row])
        return lottery(odds)

    return duels_in_parts(tally, weights, size)


def _most_even(margins: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the maximal lottery of a skew-symmetric matrix that has the least sum of squares."""
    size = len(margins)
    largest = np.abs(margins).max()
    if largest == 0:
        return np.full(size, 1.0 / size)
    paid = margins / largest
    nearest = _nearest(paid)
    chance = _polished(_from_corners(paid) if nearest is None else nearest, paid)
    if (chance @ paid).min() < -TOLERANCE:
        raise RuleError("'maximal_lotteries' found no lottery that is maximal to 1e-9; scale the weights alike")
    return chance


def _nearest(paid: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Return the maximal lottery of the least sum of squares by least squares, or None where that loses its way.

    Of all points p with p >= 0, p @ paid >= 0 and a sum of 1 at least, the nearest to the origin has a sum of 1. Its
    multipliers solve a non-negative least-squares problem, which is many times quicker than linear programs are, and
    what is found proves itself: by duality nothing that keeps to the constraints is nearer.
    """
    from scipy.optimize import nnls

    size = len(paid)
    constraints = np.hstack([np.eye(size), paid, np.ones((size, 1))])
    bounds = np.append(np.zeros(2 * size), 1.0)
    aim = np.append(np.zeros(size), 1.0)
    try:
        multipliers = nnls(np.vstack([constraints, bounds]), aim)[0]
    except RuntimeError:  # too many steps
        return None
    left = 1.0 - multipliers[-1]
    if left <= 0:
        return None
    multipliers /= left
    point: NDArray[np.float64] = constraints @ multipliers
    slack = point @ constraints - bounds
    proven = slack.min() >= -_PROVEN and abs(multipliers @ slack) <= _PROVEN
    return point if proven else None


def _from_corners(paid: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the same by linear programs, one where there is but one maximal lottery."""
    corner = _maximal(paid, np.zeros(len(paid)))
    drawn = corner > TOLERANCE
    # An alternative outside that is beaten on average is in no maximal lottery; inside, one equation is spare.
    unique = ((corner @ paid)[~drawn] > TOLERANCE).all() and _rank(paid[np.ix_(drawn, drawn)]) == drawn.sum() - 1
    return corner if unique else _shortest(paid, corner)


def _rank(matrix: NDArray[np.float64]) -> int:
    return int(np.linalg.matrix_rank(matrix, tol=TOLERANCE))


def _maximal(paid: NDArray[np.float64], cost: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a maximal lottery of least cost, at a corner of the set of all."""
    from scipy.optimize import linprog

    size = len(paid)
    found = linprog(cost, -paid.T, np.zeros(size), np.ones((1, size)), [1.0], method="highs-ds")
    if found.x is None:
        raise RuleError(f"'maximal_lotteries' found no lottery: {found.message}; scale the weights alike")
    corner: NDArray[np.float64] = np.where(found.x > TOLERANCE, found.x, 0.0)
    return corner


def _shortest(paid: NDArray[np.float64], start: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the maximal lottery nearest to the origin, by Wolfe's algorithm from corner to corner."""
    corners, shares = start[None, :], np.ones(1)
    for _ in range(20 * len(paid)):
        nearest = shares @ corners
        corner = _maximal(paid, nearest)
        if nearest @ corner >= nearest @ nearest - TOLERANCE:
            break
        corners, shares = np.vstack([corners, corner]), np.append(shares, 0.0)
        while True:
            wanted = _nearest_affine(corners)
            if wanted.min() > TOLERANCE:
                shares = wanted
                break
            falling = wanted <= TOLERANCE
            step = (shares[falling] / np.maximum(shares[falling] - wanted[falling], TOLERANCE)).min()
            shares = shares + min(1.0, step) * (wanted - shares)
            kept = shares > TOLERANCE
            corners, shares = corners[kept], shares[kept] / shares[kept].sum()
            if len(shares) == 1:
                break
    return shares @ corners


def _nearest_affine(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the shares, with any sign, of the point nearest to the origin among mixtures of corners."""
    many = len(corners)
    system = np.ones((many + 1, many + 1))
    system[0, 0] = 0.0
    system[1:, 1:] = corners @ corners.T
    shares: NDArray[np.float64] = np.linalg.lstsq(system, np.append(1.0, np.zeros(many)), rcond=None)[0][1:]
    return shares


def _polished(chance: NDArray[np.float64], paid: NDArray[np.float64]) -> NDArray[np.float64]:
    """Solve the equations that hold at `chance` once more, to the precision of the numbers."""
    drawn = chance > TOLERANCE
    tight = np.abs(chance @ paid) <= 1e-8
    equations = np.vstack([paid[np.ix_(drawn, tight)].T, np.ones(drawn.sum())])
    exact = np.zeros(len(chance))
    exact[drawn] = np.linalg.lstsq(equations, np.append(np.zeros(tight.sum()), 1.0), rcond=None)[0]
    worse = (exact @ paid).min() < min(-1e-12, (chance @ paid).min())
    if exact.min() < 0 or worse or np.abs(exact - chance).max() > 1e-6:
        exact = np.where(drawn, chance, 0.0)
    exact[exact <= TOLERANCE] = 0.0
    whole: NDArray[np.float64] = exact / exact.sum()
    return whole
