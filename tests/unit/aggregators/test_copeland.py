import tracemalloc

import numpy as np
import pytest

from aggregators import Rankings, decide


@pytest.mark.parametrize("alpha", [0.0, 0.3, 0.5, 1.0])
def test_copeland_counts_duels_one_by_one(alpha):
    rng = np.random.default_rng(7)
    profile = Rankings(rng.integers(0, 5, (6, 5)))
    weightings = rng.integers(0, 3, (20, 6)) + np.eye(20, 6)
    batch = decide(profile, "copeland", alpha=alpha, weights=weightings)
    for weights, scores in zip(weightings, batch.scores, strict=True):
        lead = np.zeros((5, 5))
        for ballot, weight in zip(np.where(profile.ranks == 0, 9, profile.ranks), weights, strict=True):
            lead += weight * np.sign(ballot[None, :] - ballot[:, None])
        expected = (lead > 0).sum(axis=1) + alpha * ((lead == 0).sum(axis=1) - 1)
        assert scores == pytest.approx(expected)
        assert decide(profile, "copeland", alpha=alpha, weights=weights).scores == pytest.approx(expected)


def test_copeland_keeps_no_table_of_alternatives_by_duels():
    profile = Rankings(np.tile(np.arange(1, 251), (2, 1)))
    decide(profile, "copeland")
    tracemalloc.start()
    try:
        decide(profile, "copeland")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 30 * 8 * 250**2  # some numbers for each of 250 * 250 pairs, where that table has 125 for each
