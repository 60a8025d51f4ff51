"""Overton score on examples worked by hand."""

import numpy as np
import pytest

from jury.metrics import overton_score

VIEWS = ["l", "l", "l", "r", "r", "c"]


def test_by_hand():
    ratings = [5, 4, 1, 2, 5, 4]  # l: 2 of 3, r: 1 of 2 (not more than half), c: 1 of 1
    assert overton_score([ratings], [VIEWS]) == pytest.approx(2 / 3)
    assert overton_score([ratings], [VIEWS], by="population") == pytest.approx(4 / 6)
    assert overton_score([ratings], [VIEWS], threshold=5) == pytest.approx(0)
    assert overton_score([ratings, [5] * 6], [VIEWS, VIEWS]) == pytest.approx((2 / 3 + 1) / 2)


def test_weights_and_missing_ratings():
    ratings = [5, 1, np.nan, 5, 1, np.nan]  # nobody of c rated
    assert overton_score([ratings], [VIEWS]) == 0
    weights = [2, 1, 9, 3, 1, 9]
    assert overton_score([ratings], [VIEWS], weights=[weights]) == 1
    weights = [2, 1, 9, 1, 3, 9]
    assert overton_score([ratings], [VIEWS], weights=[weights], by="population") == pytest.approx(3 / 7)


@pytest.mark.parametrize(
    ("ratings", "views", "weights"),
    [([], [], None), ([[1]], [], None), ([[1, 2]], [["a"]], None), ([[np.nan]], [["a"]], None), ([[1]], [["a"]], [])],
)
def test_what_cannot_be_scored_is_refused(ratings, views, weights):
    with pytest.raises(ValueError, match=r"match|differ|nobody"):
        overton_score(ratings, views, weights=weights)
