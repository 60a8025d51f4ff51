"""Measures of pluralism against POT, pymoo and scikit-learn."""

import numpy as np
import pytest

ot = pytest.importorskip("ot", reason="needs POT >= 0.9.5, the extra 'crosscheck'")
indicators = pytest.importorskip("pymoo.indicators.hv", reason="needs pymoo >= 0.6.1, the extra 'crosscheck'")
cluster = pytest.importorskip("sklearn.cluster", reason="needs scikit-learn >= 1.6, the extra 'crosscheck'")

from sklearn.metrics import silhouette_score  # noqa: E402 - after the skips

from jury.metrics import front, hypervolume, kmeans, silhouette, wasserstein  # noqa: E402


def distributions(rng, k):
    """Two distributions, some options of them empty, some all on one."""
    for _ in range(2):
        drawn = rng.dirichlet(np.full(k, 0.5)) * (rng.random(k) < 0.7)
        yield drawn / drawn.sum() if drawn.sum() > 0 else np.eye(k)[int(rng.integers(k))]


def test_wasserstein_is_the_cost_of_optimal_transport():
    rng = np.random.default_rng(0)
    for _ in range(300):
        k = int(rng.integers(1, 9))
        p, q = distributions(rng, k)
        places = np.sort(rng.normal(0, 3, k))
        cost = np.abs(places[:, None] - places[None, :])
        assert wasserstein(p, q, places) == pytest.approx(ot.emd2(p, q, cost), abs=1e-9)
        assert wasserstein(p, q, places) == pytest.approx(ot.wasserstein_1d(places, places, p, q), abs=1e-9)


def test_hypervolume_and_front_are_pymoos():
    from pymoo.util.nds.non_dominated_sorting import NonDominatedSorting

    rng = np.random.default_rng(1)
    for _ in range(300):
        k, n = int(rng.integers(1, 6)), int(rng.integers(1, 15))
        points = rng.normal(size=(n, k)).round(int(rng.integers(0, 4)))
        reference = rng.normal(-0.5, 0.5, size=k)
        # pymoo minimises.
        assert hypervolume(points, reference) == pytest.approx(indicators.HV(ref_point=-reference)(-points), rel=1e-12)
        best = NonDominatedSorting().do(-points, only_non_dominated_front=True)
        assert np.flatnonzero(front(points)).tolist() == sorted(best.tolist())


def test_kmeans_and_silhouettes_are_scikit_learns():
    rng = np.random.default_rng(2)
    ratios = []
    for seed in range(40):
        k = int(rng.integers(2, 6))
        points = rng.normal(size=(80, 2)) + rng.integers(0, 3, size=(80, 1)) * 2
        weights = rng.uniform(0.2, 3, 80)
        ours = kmeans(points, k, rng, weights=weights)
        theirs = cluster.KMeans(k, n_init=20, random_state=seed).fit(points, sample_weight=weights)
        ratios.append(ours.inertia / theirs.inertia_)
        assert silhouette(points, ours.labels) == pytest.approx(silhouette_score(points, ours.labels), abs=1e-12)
    # Both search, and either can be the luckier one.
    assert abs(np.mean(ratios) - 1) < 0.003
    assert max(ratios) < 1.02
