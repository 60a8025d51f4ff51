"""The steerability index: how far towards its aim a prompt moves a model's profile."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jury.errors import MeasureError
from jury.metrics.distances import wasserstein

FloatArray = NDArray[np.float64]

__all__ = ["answer_profile", "steerability_index"]


def steerability_index(
    base: ArrayLike,
    steered: ArrayLike,
    aim: ArrayLike,
    opposite: ArrayLike,
    *,
    positions: ArrayLike | None = None,
) -> FloatArray | float:
    """Return how far a model moved towards an aim: its way saved, over the way from one extreme to the other.

    Parameters
    ----------
    base, steered : array_like of shape (..., k)
        Profiles of the unsteered and of the steered model: distributions over k ordered options, or those of
        `answer_profile`. Leading axes broadcast: one a steering budget, say.
    aim, opposite : array_like of shape (..., k)
        Profiles of a model steered as far as can be in this direction, and in the other.
    positions : array_like of shape (k,), optional
        Where the options lie; 0, 1, ... by default. Their unit does not matter.

    Returns
    -------
    float or ndarray
        ``(W(base, aim) - W(steered, aim)) / W(aim, opposite)``, W the 1-Wasserstein distance. Higher is more
        steerable; 0 is no move, below 0 a move away. At most ``W(base, aim) / W(aim, opposite)``: a model that
        starts at its aim cannot move there. NaN where aim and opposite are the same.

    References
    ----------
    Miehling et al. (2025), Evaluating the prompt steerability of large language models, NAACL, arXiv:2411.12405.

    Examples
    --------
    >>> steerability_index(base=[0.5, 0.5], steered=[0.25, 0.75], aim=[0, 1], opposite=[1, 0])
    0.25
    """
    started, ended, whole = (
        np.asarray(wasserstein(one, other, positions)) for one, other in ((base, aim), (steered, aim), (aim, opposite))
    )
    found = np.divide(
        started - ended, whole, out=np.full(np.broadcast(started, ended, whole).shape, np.nan), where=whole > 0
    )
    return float(found) if found.ndim == 0 else found


def answer_profile(
    agreed: float, asked: float, *, bins: int = 200, prior: tuple[float, float] = (1.0, 1.0)
) -> FloatArray:
    """Return how often a model answers as a persona would, as far as is known: a distribution over bins of [0, 1].

    Parameters
    ----------
    agreed, asked : float
        Statements that it answered as the persona would, and all that it was asked.
    bins : int
    prior : tuple of two float
        Of the beta distribution; uniform by default.

    Returns
    -------
    ndarray of shape (bins,)
        Of the posterior beta distribution, bins of equal width; adds up to 1. The profile of Miehling et al. (2025)
        for one dimension of a persona; its extremes are ``answer_profile(n, n)`` and ``answer_profile(0, n)``.

    Raises
    ------
    MeasureError
        If more agreed than were asked, or a number is negative.

    Examples
    --------
    >>> base, steered, most, least = (answer_profile(agreed, 20) for agreed in (10, 16, 20, 0))
    >>> round(steerability_index(base, steered, most, least), 3)
    0.3
    """
    from scipy.stats import beta

    if not 0 <= agreed <= asked < np.inf or bins < 1 or min(prior) <= 0:
        raise MeasureError(
            f"agreed={agreed!r} must be from 0 to asked={asked!r}, bins={bins!r} positive and prior={prior!r} too"
        )
    below = beta.cdf(np.linspace(0, 1, bins + 1), prior[0] + agreed, prior[1] + asked - agreed)
    return np.asarray(np.diff(below))
