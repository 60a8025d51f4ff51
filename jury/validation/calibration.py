"""Calibration: whether three in ten people would where jurors say that three in ten would."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jury.estimates import Estimate, drawn_estimate

__all__ = ["Calibration", "calibrated"]

FloatArray = NDArray[np.float64]

_BINS = 10


@dataclass(frozen=True, eq=False)
class Calibration:
    """People's shares where jurors' shares were alike.

    Attributes
    ----------
    error : Estimate
        Expected calibration error: the mean over ten bins of equal width of how far the people's mean share is from
        the jurors', bins weighing as much as they hold; lower is better, 0 is calibrated.
    slope : Estimate
        Of people's shares on jurors': 1 is calibrated; below 1 jurors exaggerate; at 0 their shares tell nothing.
    bins : tuple of (float, float, int)
        Jurors' mean share, people's, and the number of shares in it.
    """

    error: Estimate
    slope: Estimate
    bins: tuple[tuple[float, float, int], ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        return {
            "error": self.error.to_dict(),
            "slope": self.slope.to_dict(),
            "bins": [{"jurors": one, "people": other, "shares": count} for one, other, count in self.bins],
        }


def calibrated(
    jurors: FloatArray, people: FloatArray, cases: NDArray[np.intp], rng: np.random.Generator, *, resamples: int = 500
) -> Calibration:
    """Compare shares of answers.

    Parameters
    ----------
    jurors, people : (k,) float arrays
        Shares of the same answers, of everybody or of a group.
    cases : (k,) int array
        Case of each; the intervals redraw cases, whose shares belong together.
    rng : Generator
    resamples : int

    References
    ----------
    Naeini, Cooper and Hauskrecht (2015), Obtaining well calibrated probabilities using Bayesian binning, AAAI.

    Examples
    --------
    >>> shares = np.array([0.1, 0.9, 0.3, 0.7])
    >>> found = calibrated(shares, shares, np.array([0, 0, 1, 1]), np.random.default_rng(0))
    >>> found.error.value, round(found.slope.value, 3)
    (0.0, 1.0)
    """
    bins = np.minimum((jurors * _BINS).astype(np.intp), _BINS - 1)
    many = int(cases.max()) + 1
    times = np.concatenate([np.ones((1, many)), rng.multinomial(many, np.full(many, 1 / many), size=resamples)])
    mass = times[:, cases]
    member = np.eye(_BINS)[bins]
    size = mass @ member
    means = [(mass * part) @ member for part in (jurors, people)]
    error = np.abs(means[0] - means[1]).sum(axis=1) / size.sum(axis=1)
    slope = _slope(jurors, people, mass)
    used = len(np.unique(cases))
    held = size[0] > 0
    found = [
        (float(one / count), float(other / count), int(count))
        for one, other, count in zip(means[0][0][held], means[1][0][held], size[0][held], strict=True)
    ]
    estimates = [
        drawn_estimate(float(values[0]), values[1:] if used > 1 else [], used, "cases") for values in (error, slope)
    ]
    return Calibration(estimates[0], estimates[1], tuple(found))


def _slope(jurors: FloatArray, people: FloatArray, mass: FloatArray) -> FloatArray:
    total = mass.sum(axis=1)
    centre = [(mass @ part) / total for part in (jurors, people)]
    covariance = (mass @ (jurors * people)) / total - centre[0] * centre[1]
    variance = (mass @ jurors**2) / total - centre[0] ** 2
    slope: FloatArray = np.divide(covariance, variance, out=np.full_like(variance, np.nan), where=variance > 1e-12)
    return slope
