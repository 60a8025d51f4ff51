"""Kemeny's rule, also Kemeny-Young."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from aggregators.errors import RuleError
from aggregators.options import checked_time_limit
from aggregators.pairwise import Duels, duels, in_parts
from aggregators.profiles import Comparisons, Rankings
from aggregators.rulebook import rule
from aggregators.tally import Tally
from aggregators.ties import RELATIVE_TOLERANCE
from aggregators.voting.smith import reaches

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    FloatArray = NDArray[np.float64]

__all__ = ["kemeny"]

MOST_FOR_SUBSETS = 14


@rule(
    "kemeny",
    kind="voting",
    reads=Rankings,
    also_reads=(Comparisons,),
    aliases=("kemeny_young",),
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "Truchon (1998), An extension of the Condorcet criterion and Kemeny orders": ("isda", "smith"),
        "implied by smith": (
            "condorcet",
            "condorcet-loser",
            "majority",
            "majority-loser",
            "mutual-majority",
            "unanimity",
        ),
        "the ballot agrees more with a best ranking that it heads, and with no ranking by more": ("monotonicity",),
        "in a ranking with the dominated one above, to let the two change places is better": ("pareto",),
        "one more ballot like a best ranking makes it the only one": ("resolvability",),
        "the best rankings are turned over with the ballots": ("reversal-symmetry",),
        "implied by pareto": ("weak-pareto",),
    },
    violates=(
        "clones",
        "iia",
        "immunity-to-spoilers",
        "participation",
        "positive-responsiveness",
        "reinforcement",
        "strategyproofness",
    ),
)
def kemeny(
    profile: Rankings | Comparisons,
    weights: NDArray[np.float64],
    time_limit: float = float("inf"),
    unranked: str = "last",
) -> Tally:
    """Find the rankings that contradict the voters in fewest pairs, and elect what one of them puts first.

    Up to 14 alternatives, or 14 in each cycle of majorities, all optimal rankings are found by a dynamic
    programme over sets; beyond, an integer program (HiGHS) finds one, and for each other alternative tells
    whether it comes first in another.

    Parameters
    ----------
    profile : Rankings or Comparisons
        Ranks (n, m), or who preferred which of two. A voter who ranks two alternatives as equal contradicts neither
        order of them.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own.
    time_limit : float
        Seconds for each integer program. Where it runs out, ``details["gap"]`` is positive: the winner is then
        that of the best ranking found, and others may win as well. Default: no limit.
    unranked : {"last", "ignored"}
        Whether alternatives that a voter leaves unranked are tied last, or are compared with nothing.

    Returns
    -------
    Outcome or BatchOutcome
        Scores are the number of other alternatives that are not above it, in the optimal ranking where it stands
        highest; higher is better; m - 1 wins. Where an integer program was needed, the tiers below the winners
        are those of one optimal ranking. ``details["distance"]`` is the total weight of the voters contradicted,
        over all pairs, lower is better; ``details["gap"]`` how much lower, as a share of it, it might yet be: 0
        where the optimum is proven, which for an integer program means to 1e-6 of the weight in its duels.

    Raises
    ------
    RuleError
        If `time_limit` is not positive, or runs out before any ranking is found.

    References
    ----------
    Kemeny (1959), Mathematics without numbers; Young and Levenglick (1978), A consistent extension of
    Condorcet's election principle. Cycles one by one: Truchon (1998), An extension of the Condorcet criterion
    and Kemeny orders. The integer program: Conitzer, Davenport and Kalagnanam (2006), Improved bounds for
    computing Kemeny rankings.

    Examples
    --------
    >>> from aggregators import Rankings
    >>> from aggregators.voting.kemeny import kemeny
    >>> cycle = Rankings.from_orders([("a", "b", "c"), ("b", "c", "a"), ("c", "a", "b")], weights=[4, 3, 2])
    >>> outcome = kemeny(cycle)
    >>> print(outcome)
    kemeny: a (2) > b (1) > c (0)
    >>> float(outcome.details["distance"]), float(outcome.details["gap"])
    (10.0, 0.0)
    """
    checked_time_limit("kemeny", time_limit)
    size = profile.n_alternatives

    def tally(part: FloatArray) -> Tally:
        counted = duels(profile, part, unranked, rule="kemeny")
        agreed = np.minimum(counted.upper, counted.lower).sum(axis=0)  # contradicted by any ranking
        noise = np.zeros(len(part))
        if not counted.exact:
            noise = RELATIVE_TOLERANCE * np.maximum(counted.upper, counted.lower).sum(axis=0)
        if size <= MOST_FOR_SUBSETS:
            above, extra = _by_subsets(np.maximum(counted.margins, 0.0), noise)
            gap = np.zeros(len(part))
        else:
            above, extra, gap = _by_cycles(counted, noise, time_limit)
        distance = agreed + extra
        gap = gap / np.where(distance > 0, distance, 1.0)
        return Tally(scores=(size - 1.0 - above).astype(np.float64), details={"distance": distance, "gap": gap})

    cells = size * 2**size if size <= MOST_FOR_SUBSETS else 4 * size * size
    return in_parts(tally, weights, cells)


@cache
def _sets_by_size(size: int) -> tuple[NDArray[np.intp], ...]:
    """Return the sets of `size` columns, as the bits of numbers, by how many they hold."""
    sets = np.arange(2**size)
    held = sum((sets >> column) & 1 for column in range(size))
    return tuple(np.flatnonzero(held == many) for many in range(size + 1))


def _by_subsets(lost: FloatArray, noise: FloatArray) -> tuple[NDArray[np.int64], FloatArray]:
    """Find all optimal rankings.

    Parameters
    ----------
    lost : (m, m, b) array
        ``lost[x, y]`` is the margin lost by ranking y above x.
    noise : (b,) array
        Totals that differ by no more are equal.

    Returns
    -------
    (b, m) int array, (b,) array
        The fewest alternatives above each one over the optimal rankings, and the margins that these lose.
    """
    size, _, batch = lost.shape
    # The margin lost to each alternative by ranking it above all of a set.
    above_all = np.zeros((size, 2**size, batch))
    for column in range(size):
        bit = 1 << column
        above_all[:, bit : 2 * bit] = above_all[:, :bit] + lost[column][:, None]
    best = np.full((2**size, batch), np.inf)  # of ranking the set
    best[0] = 0.0
    by_size = _sets_by_size(size)
    for sets in by_size[1:]:
        for column in range(size):
            held = sets[(sets >> column) & 1 == 1]
            rest = held ^ (1 << column)
            best[held] = np.minimum(best[held], best[rest] + above_all[column, rest])
    above = np.full((size, batch), size)
    optimal = np.zeros((2**size, batch), dtype=np.bool_)  # the set is the lower end of an optimal ranking
    optimal[-1] = True
    for many in range(size, 0, -1):
        sets = by_size[many][optimal[by_size[many]].any(axis=1)]
        for column in range(size):
            held = sets[(sets >> column) & 1 == 1]
            rest = held ^ (1 << column)
            next_ = optimal[held] & (best[rest] + above_all[column, rest] <= best[held] + noise)
            optimal[rest] |= next_
            above[column] = np.where(next_.any(axis=0), np.minimum(above[column], size - many), above[column])
    return above.T, best[-1]


def _by_cycles(
    counted: Duels, noise: FloatArray, time_limit: float
) -> tuple[NDArray[np.int64], FloatArray, FloatArray]:
    """Rank cycle after cycle: an optimal ranking puts each set that beats all the rest above the rest."""
    size, batch = counted.size, counted.upper.shape[1]
    reached = reaches(counted.beats).sum(axis=1)  # (m, b): alternatives in one cycle reach as many
    above = np.zeros((batch, size), dtype=np.int64)
    extra, gap = np.zeros(batch), np.zeros(batch)
    for row in range(batch):
        for level in np.unique(reached[:, row]):
            cycle = np.flatnonzero(reached[:, row] == level)
            margins = counted.margins[np.ix_(cycle, cycle)][:, :, row : row + 1]
            higher = size - level
            if len(cycle) <= MOST_FOR_SUBSETS:
                places, lost = _by_subsets(np.maximum(margins, 0.0), noise[row : row + 1])
                above[row, cycle] = higher + places[0]
                extra[row] += lost[0]
            else:
                found = _Program(margins[:, :, 0], time_limit).solve(noise[row])
                above[row, cycle] = higher + found.above
                extra[row] += found.lost
                gap[row] += found.gap
    return above, extra, gap


@dataclass(frozen=True)
class _Solution:
    above: NDArray[np.int64]
    lost: float
    gap: float


class _Program:
    """The integer program of one cycle: for each pair x < y, whether x is above y; no three in a circle."""

    def __init__(self, margins: FloatArray, time_limit: float) -> None:
        self.margins = margins
        self.time_limit = time_limit
        self.size = len(margins)
        self.rows, self.columns = np.triu_indices(self.size, 1)
        self.pair = np.zeros((self.size, self.size), dtype=np.int64)
        self.pair[self.rows, self.columns] = np.arange(len(self.rows))
        self.unit = 1.0 if (margins == np.rint(margins)).all() else np.abs(margins).max() / 1e4

    def solve(self, noise: float) -> _Solution:
        """Find an optimal ranking, then who else comes first in one."""
        order, gap = self._ranking(None)
        lost = self._lost(order)
        above = np.empty(self.size, dtype=np.int64)
        above[order] = np.arange(self.size)
        if gap <= max(noise, 1e-6 * np.abs(self.margins).sum()):
            # What loses more margin than it wins would do better last than first.
            hopeful = self.margins.sum(axis=1) >= -noise
            for first in np.flatnonzero(hopeful).tolist():
                if first == order[0]:
                    continue
                other, unproven = self._ranking(first)
                if self._lost(other) <= lost + noise:
                    above[first] = 0
                elif self._lost(other) - unproven <= lost + noise:
                    gap = max(gap, unproven)
        return _Solution(above, lost, gap)

    def _ranking(self, first: int | None) -> tuple[NDArray[np.intp], float]:
        """Return the best ranking found, of those with an alternative first, and how much better one might be."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        low, high = np.zeros(len(self.rows)), np.ones(len(self.rows))
        if first is not None:
            low[self.rows == first] = 1.0
            high[self.columns == first] = 0.0
        result = milp(
            -self.margins[self.rows, self.columns] / self.unit,
            integrality=np.ones(len(self.rows), dtype=np.int64),
            bounds=Bounds(low, high),
            constraints=LinearConstraint(self._circles(), 0.0, 1.0),
            options={"mip_rel_gap": 0.0, **({"time_limit": self.time_limit} if np.isfinite(self.time_limit) else {})},
        )
        if result.x is None:
            raise RuleError(f"time_limit={self.time_limit} of 'kemeny' ran out before any ranking was found; give more")
        ahead = np.zeros((self.size, self.size), dtype=np.bool_)
        chosen = np.rint(result.x) == 1
        ahead[self.rows, self.columns] = chosen
        ahead[self.columns, self.rows] = ~chosen
        gap = max(0.0, float(result.fun - result.mip_dual_bound)) * self.unit if result.status != 0 else 0.0
        return np.argsort(-ahead.sum(axis=1), kind="stable"), gap

    def _circles(self) -> csr_array:
        """Return the rows x_ij + x_jk - x_ik of all i < j < k."""
        from itertools import combinations

        from scipy.sparse import coo_array

        triples = np.array(list(combinations(range(self.size), 3)))
        i, j, k = triples.T
        entries = np.concatenate([self.pair[i, j], self.pair[j, k], self.pair[i, k]])
        signs = np.repeat([1.0, 1.0, -1.0], len(triples))
        at = np.tile(np.arange(len(triples)), 3)
        return coo_array((signs, (at, entries)), shape=(len(triples), len(self.rows))).tocsr()

    def _lost(self, order: NDArray[np.intp]) -> float:
        """Return the margins that a ranking loses."""
        ranked = self.margins[np.ix_(order, order)]
        return float(np.maximum(-np.triu(ranked, 1), 0.0).sum())
