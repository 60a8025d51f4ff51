"""The multi-objective benchmark: which models no other beats in everything, and how much of what is good they reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aggregators.outcome import plain
from jury.errors import MeasureError
from jury.estimates import LEVEL, Estimate, drawn_estimate, mean_estimate
from jury.metrics.dominance import dominates, front, hypervolume

FloatArray = NDArray[np.float64]

__all__ = ["ParetoModel", "ParetoReport", "pareto"]


@dataclass(frozen=True)
class ParetoModel:
    """One model among others.

    Attributes
    ----------
    model : str
    scores : Mapping
        Objective -> `Estimate`, mean over the questions that count.
    on_front : bool
        Whether no other model dominates it.
    membership : float
        Share of resamples of the questions in which it is on the front; NaN without questions to resample.
    dominated_by : tuple of str
        Models that are at least as good in every objective and better in one.
    """

    model: str
    scores: Mapping[str, Estimate]
    on_front: bool
    membership: float
    dominated_by: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the model's place as plain JSON types."""
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "scores"}
        document: dict[str, Any] = plain(fields)
        return {**document, "scores": {name: score.to_dict() for name, score in self.scores.items()}}


@dataclass(frozen=True, eq=False)
class ParetoReport:
    """Models by several objectives.

    Attributes
    ----------
    objectives : tuple of str
    minimised : frozenset of str
        Objectives of which less is better; scores are as given.
    models : Mapping
        Model -> `ParetoModel`.
    reference : Mapping
        Objective -> the worst that counts in the hypervolume.
    hypervolume : Estimate
        Of all models together, above the reference; higher is better.
    questions : int
        Behind every figure; 0 where only means were given.
    questions_left_out : int
        Those on which some compared model lacks a score, or without weight.
    left_out : Mapping
        Model that could not be compared -> the reason.
    """

    objectives: tuple[str, ...]
    minimised: frozenset[str]
    models: Mapping[str, ParetoModel]
    reference: Mapping[str, float]
    hypervolume: Estimate
    questions: int
    questions_left_out: int
    left_out: Mapping[str, str]

    @property
    def front(self) -> tuple[str, ...]:
        """The models that none dominates."""
        return tuple(name for name, model in self.models.items() if model.on_front)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain JSON types."""
        return {
            "objectives": list(self.objectives),
            "minimised": sorted(self.minimised),
            "front": list(self.front),
            "models": [model.to_dict() for model in self.models.values()],
            "reference": dict(self.reference),
            "hypervolume": self.hypervolume.to_dict(),
            "questions": self.questions,
            "questions_left_out": self.questions_left_out,
            "left_out": dict(self.left_out),
        }


def pareto(
    scores: ArrayLike,
    models: Sequence[str],
    objectives: Sequence[str],
    *,
    reference: Sequence[float],
    rng: np.random.Generator,
    minimise: Sequence[str] = (),
    weights: ArrayLike | None = None,
    resamples: int = 1000,
    level: float = LEVEL,
) -> ParetoReport:
    """Compare models by several objectives at once, none traded for another.

    Parameters
    ----------
    scores : array_like of shape (models, questions, objectives) or (models, objectives)
        NaN for none. Without questions there are no intervals.
    models, objectives : sequence of str
    reference : sequence of float
        For each objective the worst that counts in the hypervolume, on the scale of the scores: the lowest score that
        is possible, or that of a model that knows nothing.
    rng : Generator
    minimise : sequence of str
        Objectives of which less is better.
    weights : array_like of shape (questions,), optional
        How much each counts in means; 1 by default.
    resamples : int
        Of the questions.
    level : float

    Returns
    -------
    ParetoReport

    Raises
    ------
    MeasureError
        If shapes or names do not fit, or no model has a score in every objective.

    Notes
    -----
    A model without any score in some objective cannot be compared and is left out. All others are compared on the
    questions on which each of them has every score.

    A front of noisy means is too generous: with many objectives or models most are on it by luck. `membership` says
    how often.

    References
    ----------
    Sorensen et al. (2024), A roadmap to pluralistic alignment, arXiv:2402.05070, section 4.1. Hypervolume: see
    `hypervolume`.

    Examples
    --------
    >>> scores = [[0.9, 0.2], [0.5, 0.5], [0.4, 0.4]]
    >>> found = pareto(
    ...     scores, ["a", "b", "c"], ["helpful", "fair"], reference=[0, 0], rng=np.random.default_rng(0)
    ... )
    >>> found.front, found.models["c"].dominated_by, round(found.hypervolume.value, 2)
    (('a', 'b'), ('b',), 0.33)
    """
    values, mass = _checked(scores, models, objectives, reference, minimise, weights)
    signs = np.array([-1.0 if name in minimise else 1.0 for name in objectives])
    worst = np.asarray(reference, dtype=float) * signs
    usable = np.asarray((~np.isnan(values)).any(axis=1).all(axis=-1))
    if not usable.any():
        raise MeasureError("scores: no model has a score in every objective")
    left_out = {name: "no score in some objective" for name, ok in zip(models, usable, strict=True) if not ok}
    known = np.asarray(~np.isnan(values[usable]).any(axis=(0, 2)) & (mass > 0))
    if not known.any():
        raise MeasureError("scores: on no question does every model have every score")
    values, mass = values[usable][:, known] * signs, mass[known]
    names = [name for name, ok in zip(models, usable, strict=True) if ok]
    questions = values.shape[1] if np.ndim(scores) == 3 else 0
    means = np.average(values, axis=1, weights=mass)
    drawn = _resampled(values, mass, resamples, rng) if questions > 1 else np.empty((0, *means.shape))
    volumes = [hypervolume(points, worst) for points in drawn]
    beaten, best = dominates(means), front(means)
    membership = front(drawn).mean(axis=0) if len(drawn) else np.full(len(names), np.nan)

    def estimate(row: int, column: int) -> Estimate:
        if questions:
            return mean_estimate(signs[column] * values[row, :, column], "questions", weights=mass, level=level)
        return Estimate(float(signs[column] * means[row, column]), np.nan, np.nan, 0, "questions", level)

    return ParetoReport(
        objectives=tuple(objectives),
        minimised=frozenset(minimise),
        models={
            name: ParetoModel(
                model=name,
                scores={objective: estimate(row, column) for column, objective in enumerate(objectives)},
                on_front=bool(best[row]),
                membership=float(membership[row]),
                dominated_by=tuple(names[other] for other in np.flatnonzero(beaten[:, row])),
            )
            for row, name in enumerate(names)
        },
        reference=dict(zip(objectives, map(float, reference), strict=True)),
        hypervolume=drawn_estimate(hypervolume(means, worst), volumes, questions, "questions", level=level),
        questions=questions,
        questions_left_out=int(known.size - known.sum()),
        left_out=left_out,
    )


def _checked(
    scores: ArrayLike,
    models: Sequence[str],
    objectives: Sequence[str],
    reference: Sequence[float],
    minimise: Sequence[str],
    weights: ArrayLike | None,
) -> tuple[FloatArray, FloatArray]:
    values = np.asarray(scores, dtype=float)
    values = values[:, None, :] if values.ndim == 2 else values
    if values.ndim != 3 or 0 in values.shape or np.isinf(values).any():
        raise MeasureError(f"scores have shape {values.shape}; give finite (models, questions, objectives)")
    for name, labels, size in (("models", models, len(values)), ("objectives", objectives, values.shape[2])):
        if len(labels) != size or len(set(labels)) < size:
            raise MeasureError(f"{name}={list(labels)} must be {size} distinct names, as scores have")
    if len(reference) != len(objectives) or not np.isfinite(reference).all():
        raise MeasureError(f"reference={list(reference)} must be {len(objectives)} finite numbers, one an objective")
    if not set(minimise) <= set(objectives):
        raise MeasureError(f"minimise={list(minimise)} must be among the objectives {list(objectives)}")
    mass = np.ones(values.shape[1]) if weights is None else np.asarray(weights, dtype=float)
    if mass.shape != values.shape[1:2] or not np.isfinite(mass).all() or (mass < 0).any():
        raise MeasureError(f"weights must be {values.shape[1]} finite numbers that are not negative, one a question")
    return values, mass


def _resampled(values: FloatArray, mass: FloatArray, resamples: int, rng: np.random.Generator) -> FloatArray:
    """Return (b, models, objectives) means of resamples of the questions."""
    count = len(mass)
    times = rng.multinomial(count, np.full(count, 1 / count), size=resamples) * mass
    times = times[times.any(axis=1)]
    drawn: FloatArray = np.einsum("bq,mqk->bmk", times / times.sum(axis=1, keepdims=True), values)
    return drawn
