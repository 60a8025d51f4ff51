"""Krippendorff's alpha against the package krippendorff."""

import numpy as np
import pytest

krippendorff = pytest.importorskip("krippendorff", reason="needs krippendorff, of the extra crosscheck")

from jury.metrics.agreement import krippendorff_alpha  # noqa: E402 - after the check


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
@pytest.mark.parametrize("seed", range(20))
def test_alpha_is_that_of_the_package(level, seed):
    rng = np.random.default_rng(seed)
    ratings = rng.integers(1, 6, (int(rng.integers(2, 8)), 40)).astype(float)
    ratings[1:] = np.where(rng.random(ratings[1:].shape) < 0.5, ratings[0], ratings[1:])
    ratings[rng.random(ratings.shape) < 0.3] = np.nan
    expected = krippendorff.alpha(reliability_data=ratings, level_of_measurement=level)
    assert krippendorff_alpha(ratings, level) == pytest.approx(expected, abs=1e-12)
