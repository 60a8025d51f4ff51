"""Trade-offs between objectives, and what came of steering a model to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aggregators.outcome import plain
from jury.errors import MeasureError
from jury.estimates import Estimate

FloatArray = NDArray[np.float64]

__all__ = ["Monotonicity", "SteeredTo", "Tradeoff", "TradeoffSteering"]


@dataclass(frozen=True)
class Tradeoff:
    """A way to make one number of several objectives, to which a model is steered.

    Parameters
    ----------
    name : str
    weights : tuple of float, optional
        What each objective counts: the function is their weighted sum.
    function : callable, optional
        Any commensurating function instead, from (..., k) scores to (...), higher is better.
    requested : tuple of float, optional
        How much of each objective is asked for, for monotonicity: the weights, unless given.

    Raises
    ------
    MeasureError
        Unless there are either weights or a function.

    Examples
    --------
    >>> Tradeoff("mostly helpful", weights=(0.8, 0.2)).value(np.array([1.0, 0.5])).item()
    0.9
    >>> Tradeoff("both", function=lambda scores: scores.min(axis=-1)).value(np.array([1.0, 0.5])).item()
    0.5
    """

    name: str
    weights: tuple[float, ...] | None = None
    function: Callable[[FloatArray], FloatArray] | None = None
    requested: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        if (self.weights is None) == (self.function is None):
            raise MeasureError(f"trade-off {self.name!r}: give either weights or a function")
        if self.weights is not None and not np.isfinite(self.weights).all():
            raise MeasureError(f"trade-off {self.name!r}: weights={list(self.weights)} must be finite")

    def value(self, scores: FloatArray) -> FloatArray:
        """Return what (..., k) scores are worth, shape (...)."""
        if self.weights is not None:
            return np.asarray(scores @ np.array(self.weights))
        if self.function is None:
            raise MeasureError(f"trade-off {self.name!r} has no function")
        found = np.asarray(self.function(scores), dtype=float)
        if found.shape != scores.shape[:-1]:
            raise MeasureError(
                f"trade-off {self.name!r}: its function makes shape {found.shape} of {scores.shape}; it must take the "
                "last axis away"
            )
        return found

    @property
    def asked(self) -> tuple[float, ...] | None:
        """How much of each objective is asked for, if that is known."""
        return self.weights if self.requested is None else self.requested


@dataclass(frozen=True)
class SteeredTo:
    """What came of steering to one trade-off.

    Attributes
    ----------
    tradeoff : str
    achieved : Mapping
        Objective -> mean score.
    score : Estimate
        The trade-off's own value of that; higher is better.
    gain : Estimate
        Score less that of the unsteered model; NaN if it was not given.
    shortfall : Estimate
        Score of the best of all steered (and the unsteered) by this trade-off less its own: 0 if asking for it was
        the best way to get it. As a maximum of noisy figures it errs on the large side.
    best : str
        Which that is; ``"unsteered"`` for the unsteered model.
    """

    tradeoff: str
    achieved: Mapping[str, float]
    score: Estimate
    gain: Estimate
    shortfall: Estimate
    best: str


@dataclass(frozen=True)
class Monotonicity:
    """Whether asking for more of an objective gives more of it.

    Attributes
    ----------
    objective : str
    correlation : Estimate
        Spearman's rank correlation of what was asked for and what was achieved, over trade-offs; 1 is perfect. NaN
        where the same was asked for throughout, or achieved.
    violations, comparisons : int
        Pairs of trade-offs in which the one that asks for more got less, of all pairs that ask for different amounts.
    """

    objective: str
    correlation: Estimate
    violations: int
    comparisons: int


@dataclass(frozen=True, eq=False)
class TradeoffSteering:
    """How well one model is steered along a family of trade-offs.

    Attributes
    ----------
    objectives : tuple of str
    steered : Mapping
        Trade-off -> `SteeredTo`.
    total : Estimate
        Sum over trade-offs of their scores, the benchmark's own figure; higher is better.
    values : ndarray of shape (t, t)
        What the trade-off of the row makes of the model steered to that of the column.
    monotonicity : tuple of Monotonicity
        Of every objective, if what was asked for is known of all trade-offs.
    coverage : Estimate
        Hypervolume of the steered points over that of the attainable ones with them, above the reference; in [0, 1],
        higher is better.
    reached : Estimate
        Share of the points of the attainable front that some steered point equals or dominates; NaN if none was given.
    reference : Mapping
        Objective -> the worst that counts in the hypervolumes.
    questions, questions_left_out : int
        Behind every figure; those with a score missing. 0 where only means were given.
    """

    objectives: tuple[str, ...]
    steered: Mapping[str, SteeredTo]
    total: Estimate
    values: FloatArray
    monotonicity: tuple[Monotonicity, ...]
    coverage: Estimate
    reached: Estimate
    reference: Mapping[str, float]
    questions: int
    questions_left_out: int

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain JSON types."""
        return {
            "objectives": list(self.objectives),
            "steered": [_plain(steered) for steered in self.steered.values()],
            "total": self.total.to_dict(),
            "values": plain(self.values),
            "monotonicity": [_plain(each) for each in self.monotonicity],
            "coverage": self.coverage.to_dict(),
            "reached": self.reached.to_dict(),
            "reference": dict(self.reference),
            "questions": self.questions,
            "questions_left_out": self.questions_left_out,
        }


def _plain(value: object) -> dict[str, Any]:
    fields = {name: getattr(value, name) for name in type(value).__dataclass_fields__}  # type: ignore[attr-defined]
    return {name: held.to_dict() if isinstance(held, Estimate) else plain(held) for name, held in fields.items()}
