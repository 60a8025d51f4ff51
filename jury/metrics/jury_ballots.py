"""What jurors gave to each model on each prompt, and what welfare functions make of it, many weightings at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aggregators import AggregatorError, BatchOutcome, Utilities, decide
from jury.errors import MeasureError

FloatArray = NDArray[np.float64]

__all__ = ["Judged", "prompt_mean", "scored"]


@dataclass(frozen=True, eq=False)
class Judged:
    """The utilities of a jury for models' outputs on prompts.

    Parameters
    ----------
    utilities : array_like of shape (models, prompts, jurors)
        Higher is better; NaN is no opinion.
    models : sequence of str
    weights : array_like of shape (jurors,), optional
        How much each juror counts; 1 by default.
    prompt_weights : array_like of shape (prompts,), optional
        How much each prompt counts in means; 1 by default.
    groups : Mapping, optional
        Attribute -> group of each juror.

    Raises
    ------
    MeasureError
        If shapes or labels do not fit, a number is infinite, or a weight is negative.

    Examples
    --------
    >>> judged = Judged([[[4.0, 1.0]], [[2.0, 2.0]]], ["bold", "mild"])
    >>> judged.utilities.shape, judged.weights
    ((2, 1, 2), array([1., 1.]))
    """

    utilities: FloatArray
    models: tuple[str, ...]
    weights: FloatArray
    prompt_weights: FloatArray
    groups: Mapping[str, NDArray[np.str_]] = field(default_factory=dict)

    def __init__(
        self,
        utilities: ArrayLike,
        models: Sequence[str],
        weights: ArrayLike | None = None,
        prompt_weights: ArrayLike | None = None,
        groups: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        values = np.asarray(utilities, dtype=float)
        if values.ndim != 3 or 0 in values.shape:
            raise MeasureError(f"utilities have shape {values.shape}; give (models, prompts, jurors), none of them 0")
        if np.isinf(values).any():
            raise MeasureError("utilities must be finite, or NaN for no opinion")
        if len(models) != len(values) or len(set(models)) < len(models):
            raise MeasureError(f"models={list(models)} must be {len(values)} distinct names, one a row of utilities")
        labels = {name: np.asarray(label, dtype=np.str_) for name, label in (groups or {}).items()}
        for name, label in labels.items():
            if label.shape != values.shape[2:]:
                raise MeasureError(f"groups: {name!r} has {label.size} labels for {values.shape[2]} jurors")
        object.__setattr__(self, "utilities", values)
        object.__setattr__(self, "models", tuple(models))
        object.__setattr__(self, "weights", _weights("weights", weights, values.shape[2], "jurors"))
        object.__setattr__(
            self, "prompt_weights", _weights("prompt_weights", prompt_weights, values.shape[1], "prompts")
        )
        object.__setattr__(self, "groups", labels)

    @property
    def heard(self) -> NDArray[np.bool_]:
        """(prompts,) mask of those on which every model was judged by somebody who counts."""
        opinions = ~np.isnan(self.utilities) & (self.weights > 0)
        return np.asarray(opinions.any(axis=2).all(axis=0) & (self.prompt_weights > 0))


def scored(judged: Judged, rule: str, weights: FloatArray) -> tuple[FloatArray, bool]:
    """Return the welfare of every model on every prompt that was heard, under each weighting of the jurors.

    Of a rule without scores, whether the model wins there; tied ones share.

    Parameters
    ----------
    judged : Judged
    rule : str
        Such as ``"nash"``, ``"isoelastic:alpha=2"``, or, without scores, ``"leximin"``.
    weights : ndarray of shape (b, jurors)

    Returns
    -------
    ndarray of shape (prompts heard, b, models)
        Higher is better; NaN where nobody who counts judged.
    bool
        Whether these are shares of wins.

    Raises
    ------
    MeasureError
        If the rule cannot take these utilities.
    """
    found, wins = [], False
    for prompt in np.flatnonzero(judged.heard):
        # Where a juror judged few of many prompts, most rows say nothing.
        said = ~np.isnan(judged.utilities[:, prompt]).all(axis=0)
        own = weights[:, said]
        counted = own.any(axis=1)
        welfare = np.full((len(weights), len(judged.models)), np.nan)
        found.append(welfare)
        if not counted.any():
            continue
        profile = Utilities(judged.utilities[:, prompt, said].T, alternatives=judged.models)
        try:
            outcome = decide(profile, rule, weights=own[counted])
        except AggregatorError as error:
            raise MeasureError(f"rule {rule!r}, prompt {prompt}: {error}") from None
        if outcome.scores is not None:
            welfare[counted] = outcome.scores
        elif isinstance(outcome, BatchOutcome):
            wins = True
            won = outcome.winner_mask
            welfare[counted] = won / np.maximum(won.sum(axis=1, keepdims=True), 1)
    return np.stack(found), wins


def prompt_mean(scores: FloatArray, times: FloatArray) -> FloatArray:
    """Return (b, models) means over prompts of (prompts, b, models) scores, prompts counting (b, prompts) times.

    A prompt on which any model has no score counts for none of them, so that all are compared on the same ones.
    """
    known = ~np.isnan(scores).any(axis=2).T
    mass = np.where(known, times, 0.0)
    total = mass.sum(axis=1, keepdims=True)
    share = np.divide(mass, total, out=np.full_like(mass, np.nan), where=total > 0)
    means: FloatArray = np.einsum("bp,pbm->bm", share, np.nan_to_num(scores))
    return means


def _weights(name: str, given: ArrayLike | None, count: int, unit: str) -> FloatArray:
    found = np.ones(count) if given is None else np.asarray(given, dtype=float)
    if found.shape != (count,) or not np.isfinite(found).all() or (found < 0).any() or not found.any():
        raise MeasureError(f"{name} must be {count} finite numbers, one of the {unit}, not negative and not all 0")
    return found
