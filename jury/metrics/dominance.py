"""Which points are dominated, and the hypervolume that a set of points dominates, exactly."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jury.errors import MeasureError

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

__all__ = ["dominates", "front", "hypervolume"]


def dominates(points: ArrayLike) -> BoolArray:
    """Return which point dominates which: at least as good in every objective, better in one.

    Parameters
    ----------
    points : array_like of shape (..., n, k)
        Higher is better; a point with NaN dominates nothing and is not dominated.

    Returns
    -------
    ndarray of shape (..., n, n)
        True where the point of the row dominates that of the column.

    Examples
    --------
    >>> dominates([[1, 1], [2, 1], [0, 3]]).tolist()
    [[False, False, False], [True, False, False], [False, False, False]]
    """
    values = np.asarray(points, dtype=float)
    one, other = values[..., :, None, :], values[..., None, :, :]
    return np.asarray((one >= other).all(axis=-1) & (one > other).any(axis=-1))


def front(points: ArrayLike) -> BoolArray:
    """Return the (..., n) mask of the points that none dominates; equal points are all on it, those with NaN not.

    Examples
    --------
    >>> front([[1, 1], [2, 1], [0, 3], [np.nan, 9]]).tolist()
    [False, True, True, False]
    """
    values = np.asarray(points, dtype=float)
    return np.asarray(~dominates(values).any(axis=-2) & ~np.isnan(values).any(axis=-1))


def hypervolume(points: ArrayLike, reference: ArrayLike) -> float:
    """Return the volume of everything that some point dominates and that dominates the reference point.

    Parameters
    ----------
    points : array_like of shape (n, k)
        Higher is better. Points that do not exceed the reference in every objective add nothing, nor do those with
        NaN.
    reference : array_like of shape (k,)
        The worst that counts. Volumes can be compared only with the same one, and only where the scales of the
        objectives are the same.

    Returns
    -------
    float
        Higher is better, 0 if no point exceeds the reference.

    Raises
    ------
    MeasureError
        If the reference is not finite or does not fit the points.

    Notes
    -----
    A sweep in two dimensions; in more, the exclusive volume of each point in turn (While, Bradstreet and Barone),
    exponential in the worst case and quick for the few dozen points of a benchmark. Validated against pymoo, a grid
    and inclusion and exclusion.

    References
    ----------
    Zitzler and Thiele (1998), Multiobjective optimization using evolutionary algorithms. While, Bradstreet and Barone
    (2012), A fast way of calculating exact hypervolumes, IEEE Transactions on Evolutionary Computation 16: 86-95.

    Examples
    --------
    >>> hypervolume([[1, 3], [2, 2], [3, 1]], [0, 0])
    6.0
    """
    values, lowest = np.asarray(points, dtype=float), np.asarray(reference, dtype=float)
    if values.ndim != 2 or lowest.shape != values.shape[1:] or not np.isfinite(lowest).all() or not lowest.size:
        raise MeasureError(
            f"reference={lowest.tolist()} must be {values.shape[-1] if values.ndim else 0} finite numbers, one an "
            "objective of points with shape (n, k)"
        )
    above = values[(values > lowest).all(axis=1)] - lowest
    return _volume(above) if len(above) else 0.0


def _volume(points: FloatArray) -> float:
    """Return the volume that points dominate above the origin."""
    points = np.unique(points, axis=0)
    points = points[front(points)]
    if points.shape[1] == 1:
        return float(points.max())
    if len(points) == 1:
        return float(points.prod())
    if points.shape[1] == 2:
        falling = points[np.argsort(-points[:, 0])]
        risen = np.diff(falling[:, 1], prepend=0.0)
        return float(falling[:, 0] @ risen)
    points = points[np.argsort(points[:, -1], kind="stable")]
    total = 0.0
    for place, point in enumerate(points):
        # Those after it reach at least as high in the last objective: their shared part is a slab of its height.
        shared = np.minimum(points[place + 1 :, :-1], point[:-1])
        overlap = _volume(shared) if len(shared) else 0.0
        total += float(point[-1]) * (float(point[:-1].prod()) - overlap)
    return total
