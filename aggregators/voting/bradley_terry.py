"""The model of Bradley and Terry."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from aggregators.errors import RuleError
from aggregators.paired import compared, refuse_separated, separated, wins
from aggregators.pairwise import in_parts
from aggregators.profiles import Comparisons, Rankings
from aggregators.rulebook import rule
from aggregators.tally import Tally

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

__all__ = ["bradley_terry"]

PRIOR = 0.001

_STEPS = 200
_LONGEST = 5.0
_CLOSE = 1e-9  # after a step of this size the next one is beyond what a float can hold


@rule(
    "bradley_terry",
    kind="voting",
    reads=Rankings,
    also_reads=(Comparisons,),
    aliases=("bt",),
    satisfies={
        "sees only what share of the weight each ballot has": ("anonymity", "homogeneity", "weight-split"),
        "treats all alternatives alike": ("neutrality",),
        "all pairs of a ranking compared equally often, strengths are in the order of total wins, which is Borda's": (
            "condorcet-loser",
            "monotonicity",
            "pareto",
            "participation",
            "positive-responsiveness",
            "reinforcement",
            "resolvability",
            "reversal-symmetry",
        ),
        "implied by condorcet-loser": ("majority-loser",),
        "implied by pareto": ("unanimity", "weak-pareto"),
    },
    violates=(
        "clones",
        "condorcet",
        "iia",
        "immunity-to-spoilers",
        "isda",
        "majority",
        "mutual-majority",
        "smith",
        "strategyproofness",
    ),
)
def bradley_terry(
    profile: Rankings | Comparisons, weights: FloatArray, prior: float = PRIOR, unranked: str = "last"
) -> Tally:
    """Elect what is strongest by the model of Bradley and Terry.

    The strengths are those under which the comparisons were likeliest, where x is preferred to y with the probability
    1 / (1 + exp(strength of y - strength of x)), in every comparison alike.

    Parameters
    ----------
    profile : Rankings or Comparisons
        Who preferred which of two, each comparison counting as often as it was made; or ranks (n, m), which compare
        every pair once. A tie is half a win on both sides.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own.
    prior : float
        Weight of comparisons that are added, as a share of the weight of all comparisons, from 0: ties, spread evenly
        over all pairs of the alternatives compared. They keep strengths finite where some alternatives never lost to
        the others, or never met them. As a share, so that only relative weights decide. At 0 such comparisons are
        refused.
    unranked : {"last", "ignored"}
        Whether alternatives that a voter leaves unranked are tied last, or compared with nothing. Says nothing of
        comparisons.

    Returns
    -------
    Outcome or BatchOutcome
        Scores are the strengths, in natural log-odds with a mean of 0, higher is better; NaN for what nobody compared.
        ``details["separated"]`` is true where strengths would be infinite without the prior: their size is then that
        of the prior, and differences between such alternatives say who won, not by how much.

    Raises
    ------
    RuleError
        If `prior` is negative or not finite, or is 0 and some alternatives never lost to the others.

    Notes
    -----
    Found by Newton's method, all weightings at once. Rankings compare every pair equally often, and then strengths are
    in the order of the Borda count; what the model adds is their size. Validation: against choix, against closed
    forms, and by recovery of planted strengths.

    References
    ----------
    Bradley and Terry (1952), Rank analysis of incomplete block designs: the method of paired comparisons. When finite
    strengths exist: Ford (1957), Solution of a ranking problem from binary comparisons. Computation and penalties:
    Hunter (2004), MM algorithms for generalized Bradley-Terry models.

    Examples
    --------
    >>> from aggregators import Comparisons
    >>> from aggregators.voting.bradley_terry import bradley_terry
    >>> jury = Comparisons.from_triples([(1, "a", "b"), (2, "a", "b"), (3, "a", "b"), (4, "b", "a")])
    >>> bradley_terry(jury, prior=0).scores.round(3).tolist()  # the log of 3 to 1, halved on each side
    [0.549, -0.549]
    """
    if not 0 <= prior < math.inf:
        raise RuleError(f"prior={prior} of 'bradley_terry' is no share of the comparisons; give a number from 0 on")
    size = profile.n_alternatives

    def tally(part: FloatArray) -> Tally:
        table = wins(profile, part, unranked, rule="bradley_terry")
        if prior == 0:
            refuse_separated("bradley_terry", table, profile.alternatives)
        taking_part = compared(table)
        strengths = _strengths(_with_ties(table, taking_part, prior), taking_part)
        scale = np.broadcast_to(np.maximum(1.0, np.abs(strengths).max(axis=1, keepdims=True)), strengths.shape)
        return Tally(
            scores=np.where(taking_part, strengths, np.nan), scale=scale, details={"separated": separated(table)}
        )

    return in_parts(tally, weights, 6 * size * size)


def _with_ties(table: FloatArray, taking_part: NDArray[np.bool_], prior: float) -> FloatArray:
    """Return wins as shares of all of them, with the ties that are added."""
    total = table.sum(axis=(1, 2), keepdims=True)
    pairs = taking_part[:, :, None] & taking_part[:, None, :] & ~np.eye(table.shape[1], dtype=np.bool_)
    sides = np.maximum(pairs.sum(axis=(1, 2), keepdims=True), 1)
    shares: FloatArray = table / np.where(total > 0, total, 1.0) + pairs * (prior / sides)
    return shares


def _strengths(shares: FloatArray, taking_part: NDArray[np.bool_]) -> FloatArray:
    """Return the (b, m) strengths under which (b, m, m) wins are likeliest; 0 for what takes no part."""
    strengths = _guess(shares, taking_part)
    likely, chance = _likelihood(shares, strengths)
    open_ = np.arange(len(shares))
    for _ in range(_STEPS):
        at, won = strengths[open_], shares[open_]
        step = _step(won, chance, taking_part[open_])
        # A longer step leads where the model bends otherwise, or hardly at all.
        step *= np.minimum(1.0, _LONGEST / np.maximum(np.abs(step).max(axis=1, keepdims=True), _LONGEST))
        after, likely, chance = _held_back(won, at, step, likely)
        strengths[open_] = after
        going_on = np.abs(step).max(axis=1) > _CLOSE * np.maximum(1.0, np.abs(after).max(axis=1))
        if not going_on.any():
            return np.where(taking_part, strengths - _mean(strengths, taking_part), 0.0)
        if not going_on.all():
            open_, likely, chance = open_[going_on], likely[going_on], chance[going_on]
    raise RuleError("'bradley_terry' found no strengths in 200 steps; give a larger prior")


def _guess(shares: FloatArray, taking_part: NDArray[np.bool_]) -> FloatArray:
    """Return the (b, m) log odds of winning: strengths as they would be if all had met opponents like themselves."""
    won, lost = shares.sum(axis=2), shares.sum(axis=1)
    odds = np.divide(won, lost, out=np.ones_like(won), where=taking_part & (won > 0) & (lost > 0))
    odds_in_log: FloatArray = np.clip(np.log(odds), -_LONGEST, _LONGEST)
    return odds_in_log


def _step(won: FloatArray, chance: FloatArray, taking_part: NDArray[np.bool_]) -> FloatArray:
    """Return Newton's step, whose mean is 0, from where rows beat columns with these chances."""
    size = won.shape[1]
    upset = chance.swapaxes(1, 2)
    # Surprises on either side, which are both small where one side always wins: their difference is exact there.
    slope = (won * upset - won.swapaxes(1, 2) * chance).sum(axis=2)
    curve = -(won + won.swapaxes(1, 2)) * chance * upset
    bend = -curve.sum(axis=2)
    curve[:, np.arange(size), np.arange(size)] += np.where(taking_part, bend, 1.0)
    # The model leaves the mean open; the added plane settles it and changes nothing else.
    plane = np.where(size > 1, bend.max(axis=1), 1.0)
    curve += (taking_part[:, :, None] & taking_part[:, None, :]) * plane[:, None, None] / size
    return np.linalg.solve(curve, slope[:, :, None])[:, :, 0]


def _held_back(
    won: FloatArray, at: FloatArray, step: FloatArray, likely: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return where the step leads, halved until it does not lead down, with likelihoods and chances there."""
    share = np.ones((len(at), 1))
    while True:
        after = at + share * step
        fits, chance = _likelihood(won, after)
        falls = fits < likely - 1e-12 * np.abs(likely)
        if not falls.any() or share.min() < 1e-6:
            return after, fits, chance
        share[falls] /= 2


def _likelihood(won: FloatArray, strengths: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the (b,) log-likelihoods, and the (b, m, m) chances of rows against columns."""
    lead = strengths[:, :, None] - strengths[:, None, :]
    odds = np.exp(-np.abs(lead))  # of the weaker one
    likelihood: FloatArray = (won * (np.minimum(lead, 0.0) - np.log1p(odds))).sum(axis=(1, 2))
    return likelihood, np.where(lead < 0, odds, 1.0) / (1 + odds)


def _mean(strengths: FloatArray, taking_part: NDArray[np.bool_]) -> FloatArray:
    many = np.maximum(taking_part.sum(axis=1, keepdims=True), 1)
    mean: FloatArray = np.where(taking_part, strengths, 0.0).sum(axis=1, keepdims=True) / many
    return mean
