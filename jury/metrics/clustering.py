"""k-means with weights, and silhouettes: clusters of points, and how well they are apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jury.errors import MeasureError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

__all__ = ["Clustering", "best_kmeans", "kmeans", "silhouette"]

_ROWS_AT_ONCE = 1024


@dataclass(frozen=True, eq=False)
class Clustering:
    """Points in clusters.

    Attributes
    ----------
    labels : ndarray of shape (n,)
        Cluster of each point, 0 for the heaviest.
    centres : ndarray of shape (k, d)
    inertia : float
        Weighted sum of squared distances to the centres; lower is tighter.
    """

    labels: IntArray
    centres: FloatArray
    inertia: float


def kmeans(
    points: ArrayLike,
    k: int,
    rng: np.random.Generator,
    *,
    weights: ArrayLike | None = None,
    starts: int = 20,
    iterations: int = 300,
) -> Clustering:
    """Cluster points around k means: Lloyd's steps from several greedy k-means++ starts, the tightest kept.

    Parameters
    ----------
    points : array_like of shape (n, d)
    k : int
        At most the number of distinct points of positive weight.
    rng : Generator
    weights : array_like of shape (n,), optional
        A point of weight 2 is two points.
    starts, iterations : int

    Returns
    -------
    Clustering

    Raises
    ------
    MeasureError
        If `k` is below 1 or above the number of distinct points.

    Notes
    -----
    Each further seed is the best of a few drawn, as in scikit-learn. Validated against that and exhaustive search; like
    any k-means it can miss the tightest clustering.

    References
    ----------
    Lloyd (1982), Least squares quantization in PCM. Arthur and Vassilvitskii (2007), k-means++: the advantages of
    careful seeding.

    Examples
    --------
    >>> found = kmeans([[0.0], [1.0], [9.0]], 2, np.random.default_rng(0))
    >>> found.labels.tolist(), found.centres.tolist(), found.inertia
    ([0, 0, 1], [[0.5], [9.0]], 0.5)
    """
    places = np.asarray(points, dtype=float)
    mass = np.ones(len(places)) if weights is None else np.asarray(weights, dtype=float)
    distinct = len(np.unique(places[mass > 0], axis=0))
    if not 1 <= k <= distinct:
        raise MeasureError(f"k={k} must be from 1 to {distinct}, the number of distinct points")
    best = min((_once(places, mass, k, rng, iterations) for _ in range(starts)), key=lambda found: found.inertia)
    heaviest = np.argsort(-np.bincount(best.labels, weights=mass, minlength=k), kind="stable")
    rank = np.empty(k, dtype=np.int64)
    rank[heaviest] = np.arange(k)
    return Clustering(rank[best.labels], best.centres[heaviest], best.inertia)


def best_kmeans(
    points: ArrayLike,
    rng: np.random.Generator,
    *,
    weights: ArrayLike | None = None,
    most: int = 5,
    starts: int = 20,
) -> tuple[IntArray, dict[int, float]]:
    """Cluster points around as many means as the best silhouette says: people on a map of votes, embeddings of texts.

    Parameters
    ----------
    points : array_like of shape (n, d)
    rng : Generator
    weights : array_like of shape (n,), optional
    most : int
        Largest number of clusters that is tried; 2 is the smallest.
    starts : int
        Of each k-means.

    Returns
    -------
    labels : ndarray of shape (n,)
        Cluster of each point, 0 for the heaviest; all 0 where there is but one place.
    silhouettes : dict of int to float
        Number of clusters -> mean silhouette, higher is better apart. The best of several is never shown to be good by
        being the best: below about 0.25 clusters are hardly apart (Kaufman and Rousseeuw 1990).

    Examples
    --------
    >>> labels, silhouettes = best_kmeans([[0.0], [1.0], [2.0], [9.0], [10.0]], np.random.default_rng(0), most=3)
    >>> labels.tolist(), max(silhouettes, key=silhouettes.get)
    ([0, 0, 0, 1, 1], 2)
    """
    places = np.asarray(points, dtype=float)
    mass = np.ones(len(places)) if weights is None else np.asarray(weights, dtype=float)
    distinct = len(np.unique(places[mass > 0].round(12), axis=0))
    best, found = np.zeros(len(places), dtype=np.int64), {}
    for k in range(2, min(most, distinct) + 1):
        labels = kmeans(places, k, rng, weights=mass, starts=starts).labels
        found[k] = silhouette(places, labels, mass)
        if found[k] == max(found.values()) and list(found.values()).count(found[k]) == 1:
            best = labels
    return best, found


def silhouette(points: ArrayLike, labels: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Return the mean silhouette: how much nearer points are to their own cluster than to the next; in [-1, 1].

    Parameters
    ----------
    points : array_like of shape (n, d)
    labels : array_like of shape (n,)
        Cluster of each point.
    weights : array_like of shape (n,), optional
        Of the points in all means; a point is never its own neighbour, however much it weighs.

    Returns
    -------
    float
        Higher is better separated; a cluster of one point counts 0. NaN for fewer than two clusters.

    References
    ----------
    Rousseeuw (1987), Silhouettes, Journal of Computational and Applied Mathematics 20: 53-65.

    Examples
    --------
    >>> round(silhouette([[0.0], [1.0], [9.0], [10.0]], [0, 0, 1, 1]), 3)
    0.889
    """
    from scipy.spatial.distance import cdist

    places = np.asarray(points, dtype=float)
    mass = np.ones(len(places)) if weights is None else np.asarray(weights, dtype=float)
    places, own = places[mass > 0], np.unique(np.asarray(labels)[mass > 0], return_inverse=True)[1]
    mass = mass[mass > 0]
    k = int(own.max(initial=-1)) + 1
    if k < 2:
        return float("nan")
    member = (own[:, None] == np.arange(k)) * mass[:, None]
    total, widths = member.sum(axis=0), np.empty(len(places))
    for start in range(0, len(places), _ROWS_AT_ONCE):
        rows = np.arange(start, min(start + _ROWS_AT_ONCE, len(places)))
        apart = cdist(places[rows], places) @ member
        others = total[own[rows]] - mass[rows]
        alone = others <= 1e-12 * total[own[rows]]
        inside = apart[np.arange(len(rows)), own[rows]] / np.where(alone, 1.0, others)
        outside = apart / total
        outside[np.arange(len(rows)), own[rows]] = np.inf
        nearest = outside.min(axis=1)
        larger = np.maximum(inside, nearest)
        widths[rows] = np.where(alone | (larger == 0), 0.0, (nearest - inside) / np.where(larger == 0, 1.0, larger))
    return float(np.average(widths, weights=mass))


def _once(places: FloatArray, mass: FloatArray, k: int, rng: np.random.Generator, iterations: int) -> Clustering:
    centres = _seeded(places, mass, k, rng)
    labels = np.full(len(places), -1)
    for _ in range(iterations):
        apart = _squared(places, centres)
        nearest = apart.argmin(axis=1)
        if np.array_equal(nearest, labels):
            break
        labels = nearest
        member = (labels[:, None] == np.arange(k)) * mass[:, None]
        total = member.sum(axis=0)
        centres = np.where(total[:, None] > 0, member.T @ places / np.maximum(total, 1e-300)[:, None], centres)
        for empty in np.flatnonzero(total == 0):  # the worst placed point starts a cluster of its own
            centres[empty] = places[int((mass * apart.min(axis=1)).argmax())]
    apart = _squared(places, centres)
    return Clustering(apart.argmin(axis=1), centres, float(mass @ apart.min(axis=1)))


def _seeded(places: FloatArray, mass: FloatArray, k: int, rng: np.random.Generator) -> FloatArray:
    chosen = [int(rng.choice(len(places), p=mass / mass.sum()))]
    nearest = _squared(places, places[chosen])[:, 0]
    while len(chosen) < k:
        chance = mass * nearest
        tried = rng.choice(len(places), size=2 + int(np.log(k)), p=chance / chance.sum())
        left = np.minimum(nearest[:, None], _squared(places, places[tried]))
        best = int((mass @ left).argmin())
        chosen.append(int(tried[best]))
        nearest = left[:, best]
    return places[chosen]


def _squared(places: FloatArray, centres: FloatArray) -> FloatArray:
    found: FloatArray = ((places[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
    return found
