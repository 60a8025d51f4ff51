"""The persona x persona matrix: whether steering moves a model to the right people and not just anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aggregators.outcome import plain
from jury.errors import MeasureError
from jury.estimates import LEVEL, Estimate, drawn_estimate

FloatArray = NDArray[np.float64]

__all__ = ["PersonaMatrix", "persona_matrix"]


@dataclass(frozen=True, eq=False)
class PersonaMatrix:
    """Every steered model beside every persona's people.

    Attributes
    ----------
    personas : tuple of str
    matrix : ndarray of shape (p, p)
        Mean over questions: row, whom the model was steered to; column, whose answers it is compared with.
    sensitivity : Mapping
        Persona -> percentile of the diagonal in its column: the share of other steerings that serve this persona's
        people worse than steering to it does, ties half. In [0, 1], higher is better, 0.5 is chance.
    specificity : Mapping
        Persona -> percentile of the diagonal in its row: the share of other people that the model steered to this
        persona is further from, ties half. Likewise.
    mean_sensitivity, mean_specificity : Estimate
        Means over personas.
    questions : int
        Behind the matrix; 0 where only means were given.
    """

    personas: tuple[str, ...]
    matrix: FloatArray
    sensitivity: Mapping[str, float]
    specificity: Mapping[str, float]
    mean_sensitivity: Estimate
    mean_specificity: Estimate
    questions: int

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain JSON types."""
        return {
            "personas": list(self.personas),
            "matrix": plain(self.matrix),
            "sensitivity": plain(self.sensitivity),
            "specificity": plain(self.specificity),
            "mean_sensitivity": self.mean_sensitivity.to_dict(),
            "mean_specificity": self.mean_specificity.to_dict(),
            "questions": self.questions,
        }


def persona_matrix(
    matrix: ArrayLike,
    personas: Sequence[str],
    *,
    rng: np.random.Generator,
    lower_is_better: bool = False,
    resamples: int = 1000,
    level: float = LEVEL,
) -> PersonaMatrix:
    """Ask whether steering moves a model to the right people and not just anywhere.

    Parameters
    ----------
    matrix : array_like of shape (p, p) or (questions, p, p)
        How near the model steered to the persona of the row is to the people of the column; NaN for none. Without
        questions there are no intervals.
    personas : sequence of str
    rng : Generator
        For the intervals over questions.
    lower_is_better : bool
        Whether the figures are distances.
    resamples : int
    level : float

    Returns
    -------
    PersonaMatrix

    Raises
    ------
    MeasureError
        If shapes or names do not fit, or there are fewer than two personas.

    Notes
    -----
    A cell is the mean of its own questions. A cell without any leaves its persona's percentile to the other cells; a
    persona without its diagonal has none, and is in no mean.

    References
    ----------
    Sorensen et al. (2024), A roadmap to pluralistic alignment, arXiv:2402.05070, section 3.2.

    Examples
    --------
    >>> found = persona_matrix([[0.9, 0.2], [0.5, 0.4]], ["north", "south"], rng=np.random.default_rng(0))
    >>> found.sensitivity, found.specificity
    ({'north': 1.0, 'south': 1.0}, {'north': 1.0, 'south': 0.0})
    """
    cells = np.asarray(matrix, dtype=float)
    questions = len(cells) if cells.ndim == 3 else 0
    cells = cells[None] if cells.ndim == 2 else cells
    if cells.ndim != 3 or cells.shape[1] != cells.shape[2] or cells.shape[1] < 2 or not len(cells):
        raise MeasureError(f"matrix has shape {cells.shape}; give (questions, p, p) or (p, p) with 2 personas or more")
    if len(personas) != cells.shape[1] or len(set(personas)) < len(personas):
        raise MeasureError(f"personas={list(personas)} must be {cells.shape[1]} distinct names")
    times = np.ones((1, len(cells)))
    if questions > 1:
        drawn = rng.multinomial(questions, np.full(questions, 1 / questions), size=resamples)
        times = np.concatenate([times, drawn])
    known = ~np.isnan(cells)
    size = np.einsum("bq,qij->bij", times, known.astype(float))
    total = np.einsum("bq,qij->bij", times, np.where(known, cells, 0.0))
    means = np.divide(total, size, out=np.full_like(total, np.nan), where=size > 0)
    turned = -means if lower_is_better else means
    sensitivity, specificity = _percentile(turned.transpose(0, 2, 1)), _percentile(turned)
    mean = {
        name: drawn_estimate(found[0], found[1:], questions, "questions", level=level)
        for name, found in (("sensitivity", _nanmean(sensitivity)), ("specificity", _nanmean(specificity)))
    }
    return PersonaMatrix(
        personas=tuple(personas),
        matrix=means[0],
        sensitivity=dict(zip(personas, sensitivity[0].tolist(), strict=True)),
        specificity=dict(zip(personas, specificity[0].tolist(), strict=True)),
        mean_sensitivity=mean["sensitivity"],
        mean_specificity=mean["specificity"],
        questions=questions,
    )


def _percentile(cells: FloatArray) -> FloatArray:
    """Return the (b, p) share of the others in its row that the diagonal exceeds, ties half; higher is better."""
    own = np.diagonal(cells, axis1=1, axis2=2)[:, :, None]
    others = ~np.isnan(cells) & ~np.eye(cells.shape[1], dtype=np.bool_)
    above = ((own > cells) + 0.5 * (own == cells)) * others
    count = others.sum(axis=2)
    known = (count > 0) & ~np.isnan(own[:, :, 0])
    found: FloatArray = np.divide(above.sum(axis=2), count, out=np.full(count.shape, np.nan), where=known)
    return found


def _nanmean(values: FloatArray) -> FloatArray:
    known = ~np.isnan(values)
    count = known.sum(axis=1)
    total = np.where(known, values, 0.0).sum(axis=1)
    found: FloatArray = np.divide(total, count, out=np.full(len(values), np.nan), where=count > 0)
    return found
