"""Which model is best as aversion to inequality grows from 0 to infinity, and where that changes."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aggregators import AggregatorError, Utilities, decide
from aggregators.outcome import plain
from aggregators.resampling import bootstrap_weights
from jury.errors import MeasureError
from jury.estimates import LEVEL, drawn_estimate
from jury.metrics.jury_ballots import Judged

FloatArray = NDArray[np.float64]
Curve = Callable[[float], FloatArray]

__all__ = ["IsoelasticPath", "Reign", "isoelastic_path"]

_TIE = 1e-11  # of the largest score: as near as this models tie
_NARROW = 1e-12  # two crossings as near as this are one


@dataclass(frozen=True)
class Reign:
    """A stretch of alpha on which the same models are best.

    Attributes
    ----------
    low, high : float
        Its ends; the last goes to infinity.
    winners : tuple of str
        Every tied model.
    """

    low: float
    high: float
    winners: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class IsoelasticPath:
    """The leaderboard along the isoelastic family.

    Attributes
    ----------
    models : tuple of str
    alphas : ndarray of shape (g,)
        From 0 (utilitarian) over 1 (Nash) to infinity (maximin).
    scores : ndarray of shape (g, m)
        Equally distributed equivalents on the scale of the utilities, mean over prompts; higher is better.
    low, high : ndarray of shape (g, m)
        Ends of the intervals over prompts, at each alpha on its own.
    first : ndarray of shape (g, m)
        Share of resamples of the prompts in which the model is best at that alpha, ties shared.
    reigns : tuple of Reign
        In order of alpha; where one ends the next begins.
    prompts, jurors : int
        Behind every figure.
    """

    models: tuple[str, ...]
    alphas: FloatArray
    scores: FloatArray
    low: FloatArray
    high: FloatArray
    first: FloatArray
    reigns: tuple[Reign, ...]
    prompts: int
    jurors: int

    @property
    def breakpoints(self) -> tuple[float, ...]:
        """The alphas at which the winner changes."""
        return tuple(reign.high for reign in self.reigns[:-1])

    def to_dict(self) -> dict[str, Any]:
        """Return the path as plain JSON types; NaN becomes None and infinity "inf"."""
        document = plain({name: getattr(self, name) for name in self.__dataclass_fields__ if name != "reigns"})
        reigns = [plain({name: getattr(reign, name) for name in Reign.__dataclass_fields__}) for reign in self.reigns]
        return {**document, "reigns": reigns}


def isoelastic_path(
    judged: Judged,
    *,
    rng: np.random.Generator,
    alphas: Sequence[float] | None = None,
    disagreement: float = 0.0,
    resamples: int = 1000,
    level: float = LEVEL,
) -> IsoelasticPath:
    """Follow the leaderboard of `jury_pluralistic` along the isoelastic family.

    Parameters
    ----------
    judged : Judged
        Utilities at or above `disagreement`.
    rng : Generator
        For the intervals over prompts.
    alphas : sequence of float, optional
        Ascending, 0 and infinity are added. By default 65, evenly spaced in alpha / (1 + alpha).
    disagreement : float
        The utility of failing to agree; what is averaged is the gain over it.
    resamples : int
    level : float

    Returns
    -------
    IsoelasticPath

    Raises
    ------
    MeasureError
        If a utility is below `disagreement`, alphas are not ascending, or no prompt was judged for all models.

    Notes
    -----
    Between two alphas with different winners the crossing is found as the root of the difference of their scores
    (Brent's method), with anyone who overtakes both in between; breakpoints are exact to about 1e-12 in
    alpha / (1 + alpha). A model that leads only strictly between two neighbouring alphas that have the same winner is
    not seen: give more alphas to look closer.

    References
    ----------
    Atkinson (1970), On the measurement of inequality. Brent (1973), Algorithms for Minimization without Derivatives,
    chapter 4.

    Examples
    --------
    >>> judged = Judged([[[9.0, 1.0]], [[4.0, 4.0]]], ["bold", "mild"])
    >>> path = isoelastic_path(judged, rng=np.random.default_rng(0))
    >>> [reign.winners for reign in path.reigns], round(path.breakpoints[0], 6)
    ([('bold',), ('mild',)], 0.5)
    """
    grid = _grid(alphas)
    heard = np.flatnonzero(judged.heard)
    if not heard.size:
        raise MeasureError("utilities: on no prompt was every model judged by somebody")
    at = _equivalents(judged, heard, disagreement)
    weights = judged.prompt_weights[heard]
    share = weights / weights.sum()
    by_prompt = np.stack([at(alpha) for alpha in _alpha(grid)])
    scores = by_prompt.transpose(0, 2, 1) @ share
    low, high, first = _resampled(by_prompt, weights, resamples, level, rng)
    return IsoelasticPath(
        models=judged.models,
        alphas=_alpha(grid),
        scores=scores,
        low=low,
        high=high,
        first=first,
        reigns=_reigns(lambda t: share @ at(float(_alpha(np.array(t)))), grid, scores, judged.models),
        prompts=len(heard),
        jurors=int((judged.weights > 0).sum()),
    )


def _grid(alphas: Sequence[float] | None) -> FloatArray:
    """Return alpha / (1 + alpha), from 0 to 1."""
    if alphas is None:
        return np.linspace(0, 1, 65)
    given = np.unique(np.concatenate([[0.0], np.asarray(alphas, dtype=float), [np.inf]]))
    if np.isnan(given).any() or (given < 0).any() or np.any(np.diff(np.asarray(alphas, dtype=float)) <= 0):
        raise MeasureError(f"alphas={list(alphas)} must ascend from 0 or more")
    return np.where(np.isinf(given), 1.0, given / np.where(np.isinf(given), 1.0, 1 + given))


def _alpha(grid: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore"):
        return np.asarray(np.where(grid < 1, grid / np.maximum(1 - grid, 0), np.inf))


def _equivalents(judged: Judged, heard: NDArray[np.int64], disagreement: float) -> Callable[[float], FloatArray]:
    """Return the function from alpha to (prompts, models) equally distributed equivalents.

    Nothing couples the alternatives of an isoelastic decision, so that all prompts are decided as one.
    """
    table = judged.utilities[:, heard].transpose(2, 1, 0)
    profile = Utilities(table.reshape(len(table), -1))
    weights = judged.weights[None]  # a batch of one is not ranked, which would take longer than all else

    def at(alpha: float) -> FloatArray:
        try:
            scores = decide(profile, "isoelastic", weights=weights, alpha=alpha, disagreement=disagreement).scores
        except AggregatorError as error:
            raise MeasureError(f"alpha={alpha:g}: {error}") from None
        return np.asarray(scores).reshape(table.shape[1:])

    return at


def _resampled(
    by_prompt: FloatArray, weights: FloatArray, resamples: int, level: float, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray, FloatArray]:
    points, prompts, models = by_prompt.shape
    times = np.concatenate(list(bootstrap_weights(prompts, resamples, rng, weights)))
    drawn = (times / times.sum(axis=1, keepdims=True)) @ by_prompt.transpose(1, 0, 2).reshape(prompts, -1)
    drawn = drawn.reshape(resamples, points, models)
    ends = np.empty((2, points, models))
    for point, model in np.ndindex(points, models):
        found = drawn_estimate(0.0, drawn[:, point, model], prompts, "prompts", level=level)
        ends[:, point, model] = found.low, found.high
    best = drawn.max(axis=2, keepdims=True)
    top = drawn >= best - _TIE * np.abs(best)
    return ends[0], ends[1], np.asarray((top / top.sum(axis=2, keepdims=True)).mean(axis=0))


def _reigns(curve: Curve, grid: FloatArray, scores: FloatArray, models: tuple[str, ...]) -> tuple[Reign, ...]:
    tied = [_leading(row) for row in scores]
    # Where several tie, who leads at the next point is the leader: no crossing is made of a tie.
    leaders = [0] * len(grid)
    for point in reversed(range(len(grid))):
        after = leaders[point + 1] if point + 1 < len(grid) else -1
        leaders[point] = after if after in tied[point] else tied[point][0]
    cuts = [0.0]
    for point in range(len(grid) - 1):
        cuts += _crossings(curve, grid[point], grid[point + 1], leaders[point], leaders[point + 1])
    cuts.append(1.0)
    found: list[Reign] = []
    for low, high in itertools.pairwise(cuts):
        if high - low <= _NARROW:
            continue
        winners = tuple(models[m] for m in _leading(curve((low + high) / 2)))
        ends = float(_alpha(np.array(low))), float(_alpha(np.array(high)))
        if found and found[-1].winners == winners:
            found[-1] = Reign(found[-1].low, ends[1], winners)
        else:
            found.append(Reign(*ends, winners))
    return tuple(found)


def _leading(scores: FloatArray) -> list[int]:
    best = scores.max()
    return [int(m) for m in np.flatnonzero(scores >= best - _TIE * abs(best))]


def _crossings(curve: Curve, low: float, high: float, first: int, last: int) -> list[float]:
    """Return where the lead changes on the way from `first`, who leads at `low`, to `last`, who leads at `high`."""
    from scipy.optimize import brentq

    if first == last or high - low <= _NARROW:
        return []

    def lead(t: float) -> float:
        found = curve(t)
        return float(found[first] - found[last])

    if lead(low) * lead(high) > 0:  # a tie at an end, rounded to the other side
        return [low if abs(lead(low)) < abs(lead(high)) else high]
    root = float(brentq(lead, low, high, xtol=_NARROW))
    there = _leading(curve(root))
    if first in there or last in there:
        return [root]
    return [
        *_crossings(curve, low, root, first, there[0]),
        *_crossings(curve, root, high, there[0], last),
    ]
