"""Means and variances of groups under many weightings, nobody's answer being compared with itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jury.validation.sides import Side

__all__ = ["Moments", "group_moments"]

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Moments:
    """Figures of each group and column under b weightings; all (b, g, k), NaN where there is no pair of answers.

    Attributes
    ----------
    mean : FloatArray
    mean_squared : FloatArray
        Unbiased for the square of the group's expectation: the mean product of two different members' answers.
    variance : FloatArray
        Unbiased for the variance of one answer of a member.
    """

    mean: FloatArray
    mean_squared: FloatArray
    variance: FloatArray

    def between(self, shares: FloatArray) -> FloatArray:
        """Return the variance between the groups' expectations, free of sampling noise, (b, k); it may be below 0.

        Parameters
        ----------
        shares : (g,) float array
            Of the groups, adding up to 1.
        """
        column = shares[:, None]
        own = (column * (1 - column) * self.mean_squared).sum(axis=1)
        crossed = (column * self.mean).sum(axis=1) ** 2 - (column**2 * self.mean**2).sum(axis=1)
        found: FloatArray = own - crossed
        return found


def group_moments(side: Side, times: FloatArray, member: FloatArray) -> Moments:
    """Return the moments of each group.

    Parameters
    ----------
    side : Side
    times : (b, n) float array
        How often each one counts, beside the weights.
    member : (g, n) float array
        1 for members, else 0.
    """
    found = [_moments(side, times * side.weights * inside) for inside in member]
    mean, squared, variance = (np.stack(parts, axis=1) for parts in zip(*found, strict=True))
    return Moments(mean, squared, variance)


def _moments(side: Side, mass: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    total = mass @ side.seen
    pairs = total**2 - mass**2 @ side.seen
    sums = mass @ side.first
    enough = pairs > 1e-9 * total**2
    mean = np.divide(sums, total, out=np.full_like(total, np.nan), where=enough)
    products = sums**2 - mass**2 @ side.first**2
    squared = np.divide(products, pairs, out=np.full_like(total, np.nan), where=enough)
    squares = np.divide(mass @ side.second, total, out=np.full_like(total, np.nan), where=enough)
    return mean, squared, squares - squared
