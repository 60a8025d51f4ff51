"""The trade-off steerable benchmark: whether a model goes where on the front it is asked to go."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jury.errors import MeasureError
from jury.estimates import LEVEL, Estimate, drawn_estimate
from jury.metrics.dominance import front, hypervolume
from jury.metrics.tradeoff import Monotonicity, SteeredTo, Tradeoff, TradeoffSteering

FloatArray = NDArray[np.float64]

__all__ = ["tradeoff_steering"]


def tradeoff_steering(
    achieved: ArrayLike,
    family: Sequence[Tradeoff],
    objectives: Sequence[str],
    *,
    reference: Sequence[float],
    rng: np.random.Generator,
    unsteered: ArrayLike | None = None,
    attainable: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    resamples: int = 1000,
    level: float = LEVEL,
) -> TradeoffSteering:
    """Judge how a model answers when it is steered to each of a family of trade-offs.

    Parameters
    ----------
    achieved : array_like of shape (t, questions, k) or (t, k)
        Scores of the model steered to each trade-off, on every objective, higher is better. Without questions there
        are no intervals. Questions with a missing score count for none of the trade-offs.
    family : sequence of t Tradeoff
    objectives : sequence of k str
    reference : sequence of k float
        For each objective the worst that counts in hypervolumes.
    rng : Generator
    unsteered : array_like of shape (questions, k) or (k,), optional
        The same model without steering.
    attainable : array_like of shape (p, k), optional
        Points that can be reached, by other models or settings; their front is what is to be covered. By default only
        what this model reached itself, with the unsteered one.
    weights : array_like of shape (questions,), optional
    resamples : int
        Of the questions.
    level : float

    Returns
    -------
    TradeoffSteering

    Raises
    ------
    MeasureError
        If shapes or names do not fit, or every question has a missing score.

    Notes
    -----
    Scores of nonlinear trade-offs are of mean achievements, not means of the scores of each question. Coverage counts
    as attainable what was steered to as well, so that it is never above 1.

    Validated against SciPy (rank correlation) and closed forms.

    References
    ----------
    Sorensen et al. (2024), A roadmap to pluralistic alignment, arXiv:2402.05070, section 4.2.

    Examples
    --------
    >>> family = [Tradeoff("kind", weights=(0.2, 0.8)), Tradeoff("frank", weights=(0.8, 0.2))]
    >>> found = tradeoff_steering(
    ...     [[0.3, 0.9], [0.8, 0.4]], family, ["frankness", "kindness"], reference=[0, 0], rng=np.random.default_rng(0)
    ... )
    >>> round(found.total.value, 2), [each.violations for each in found.monotonicity]
    (1.5, [0, 0])
    """
    points, base, mass, dropped = _checked(achieved, family, objectives, reference, unsteered, weights)
    questions = points.shape[1] if np.ndim(achieved) == 3 else 0
    worst, others = np.asarray(reference, dtype=float), _attainable(attainable, len(objectives))
    times = mass[None]
    if questions > 1:
        counts = rng.multinomial(questions, np.full(questions, 1 / questions), size=resamples) * mass
        times = np.concatenate([times, counts[counts.any(axis=1)]])
    share = times / times.sum(axis=1, keepdims=True)
    means = np.einsum("bq,tqk->btk", share, points)
    unled = None if base is None else share @ base
    candidates = means if unled is None else np.concatenate([means, unled[:, None]], axis=1)

    def estimate(draws: FloatArray) -> Estimate:
        return drawn_estimate(float(draws[0]), draws[1:], questions, "questions", level=level)

    values = np.stack([tradeoff.value(candidates) for tradeoff in family], axis=1)
    own = np.diagonal(values[:, :, : len(family)], axis1=1, axis2=2)
    names = [*(tradeoff.name for tradeoff in family), "unsteered"]
    return TradeoffSteering(
        objectives=tuple(objectives),
        steered={
            tradeoff.name: SteeredTo(
                tradeoff=tradeoff.name,
                achieved=dict(zip(objectives, means[0, row].tolist(), strict=True)),
                score=estimate(own[:, row]),
                gain=estimate(own[:, row] - (np.nan if unled is None else values[:, row, -1])),
                shortfall=estimate(values[:, row].max(axis=1) - own[:, row]),
                best=names[row if own[0, row] == values[0, row].max() else int(values[0, row].argmax())],
            )
            for row, tradeoff in enumerate(family)
        },
        total=estimate(own.sum(axis=1)),
        values=values[0, :, : len(family)],
        monotonicity=_monotone(means, family, objectives, estimate),
        coverage=estimate(
            np.array([_covered(held, all_, others, worst) for held, all_ in zip(means, candidates, strict=True)])
        ),
        reached=estimate(_reached(means, others)),
        reference=dict(zip(objectives, worst.tolist(), strict=True)),
        questions=questions,
        questions_left_out=dropped,
    )


def _checked(
    achieved: ArrayLike,
    family: Sequence[Tradeoff],
    objectives: Sequence[str],
    reference: Sequence[float],
    unsteered: ArrayLike | None,
    weights: ArrayLike | None,
) -> tuple[FloatArray, FloatArray | None, FloatArray, int]:
    points = np.asarray(achieved, dtype=float)
    points = points[:, None, :] if points.ndim == 2 else points
    k = len(objectives)
    if points.ndim != 3 or points.shape[0] != len(family) or points.shape[2] != k or 0 in points.shape:
        raise MeasureError(
            f"achieved has shape {points.shape}; give ({len(family)} trade-offs, questions, {k} objectives)"
        )
    names = [tradeoff.name for tradeoff in family]
    if len(set(names)) < len(names) or "unsteered" in names:
        raise MeasureError(f"family: names {names} must be distinct, none of them 'unsteered'")
    for tradeoff in family:
        if len(tradeoff.asked or objectives) != k or len(tradeoff.weights or objectives) != k:
            raise MeasureError(f"trade-off {tradeoff.name!r} must have a number for each of {k} objectives")
    if len(reference) != k or not np.isfinite(reference).all():
        raise MeasureError(f"reference={list(reference)} must be {k} finite numbers, one an objective")
    base = None if unsteered is None else np.asarray(unsteered, dtype=float).reshape(-1, k)
    if base is not None and len(base) != points.shape[1]:
        raise MeasureError(f"unsteered has {len(base)} questions and achieved {points.shape[1]}; give the same ones")
    mass = np.ones(points.shape[1]) if weights is None else np.asarray(weights, dtype=float)
    if mass.shape != points.shape[1:2] or not np.isfinite(mass).all() or (mass < 0).any():
        raise MeasureError(f"weights must be {points.shape[1]} finite numbers that are not negative, one a question")
    known = np.isfinite(points).all(axis=(0, 2)) & (mass > 0)
    known = np.asarray(known if base is None else known & np.isfinite(base).all(axis=1))
    if not known.any():
        raise MeasureError("achieved: every question lacks a score")
    dropped = int(known.size - known.sum())
    return points[:, known], None if base is None else base[known], mass[known], dropped


def _attainable(given: ArrayLike | None, k: int) -> FloatArray:
    points = np.empty((0, k)) if given is None else np.asarray(given, dtype=float)
    if points.ndim != 2 or points.shape[1] != k or not np.isfinite(points).all():
        raise MeasureError(f"attainable has shape {points.shape}; give finite points with {k} objectives")
    return points


def _covered(steered: FloatArray, reached: FloatArray, others: FloatArray, worst: FloatArray) -> float:
    whole = hypervolume(np.concatenate([reached, others]), worst)
    return hypervolume(steered, worst) / whole if whole > 0 else np.nan


def _reached(means: FloatArray, others: FloatArray) -> FloatArray:
    if not len(others):
        return np.full(len(means), np.nan)
    goal = others[front(others)]
    near = np.asarray(means[:, :, None, :] >= goal - 1e-12).all(axis=-1)
    found: FloatArray = np.asarray(np.any(near, axis=1)).mean(axis=-1)
    return found


def _monotone(
    means: FloatArray,
    family: Sequence[Tradeoff],
    objectives: Sequence[str],
    estimate: Callable[[FloatArray], Estimate],
) -> tuple[Monotonicity, ...]:
    from scipy.stats import rankdata

    asked = [tradeoff.asked for tradeoff in family]
    if any(each is None for each in asked):
        return ()
    requested = np.array(asked, dtype=float)
    found = []
    for column, objective in enumerate(objectives):
        wanted = requested[:, column]
        ranks = rankdata(means[:, :, column], axis=1)
        centred, goal = ranks - ranks.mean(axis=1, keepdims=True), rankdata(wanted) - (len(wanted) + 1) / 2
        size = np.sqrt((centred**2).sum(axis=1) * (goal**2).sum())
        correlation = np.divide(centred @ goal, size, out=np.full(len(size), np.nan), where=size > 0)
        more = wanted[:, None] > wanted[None, :]
        got = means[0, :, column]
        less = got[:, None] < got[None, :]
        found.append(Monotonicity(objective, estimate(correlation), int((more & less).sum()), int(more.sum())))
    return tuple(found)
