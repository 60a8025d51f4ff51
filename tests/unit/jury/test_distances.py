"""Distances and entropy against SciPy and in closed form."""

import numpy as np
import pytest
import scipy.spatial.distance
import scipy.stats
from hypothesis import example, given
from hypothesis import strategies as st

from jury.metrics import entropy, jensen_shannon_distance, total_variation, wasserstein

weights = st.floats(0, 1e6)
tiny = st.sampled_from([0.0, 5e-324, 1e-300, 1.0, 1e300])


@st.composite
def pairs(draw, numbers=weights):
    size = draw(st.integers(1, 7))
    vectors = st.lists(numbers, min_size=size, max_size=size).map(np.array).filter(lambda values: values.sum() > 0)
    return draw(vectors), draw(vectors)


@given(pairs(), st.sampled_from([2.0, np.e, 10.0]))
def test_jensen_shannon_is_scipys(pair, base):
    # Near 0 both are roots of a rounding error, so the squares are compared.
    found = jensen_shannon_distance(*pair, base=base)
    expected = np.nan_to_num(scipy.spatial.distance.jensenshannon(*pair, base=base))
    assert found**2 == pytest.approx(expected**2, abs=1e-12)


@given(pairs())
def test_wasserstein_is_scipys(pair):
    places = np.arange(len(pair[0]), dtype=float)
    assert wasserstein(*pair) == pytest.approx(scipy.stats.wasserstein_distance(places, places, *pair), abs=1e-9)
    apart = places**2
    assert wasserstein(*pair, positions=apart) == pytest.approx(
        scipy.stats.wasserstein_distance(apart, apart, *pair), abs=1e-8
    )


@given(pairs(), st.sampled_from([2.0, np.e]))
def test_entropy_is_scipys(pair, base):
    assert entropy(pair[0], base=base) == pytest.approx(scipy.stats.entropy(pair[0], base=base), abs=1e-9)


@given(pairs(tiny))
@example((np.array([1.0, 5e-324]), np.array([1.0, 0.0])))
def test_extremes_stay_within_bounds(pair):
    for first, second in (pair, pair[::-1]):
        assert 0 <= jensen_shannon_distance(first, second) <= 1 + 1e-12
        assert 0 <= total_variation(first, second) <= 1 + 1e-12
        assert 0 <= entropy(first) <= np.log(len(first)) + 1e-12
        assert jensen_shannon_distance(first, first) == total_variation(first, first) == wasserstein(first, first) == 0


def test_closed_forms():
    assert jensen_shannon_distance([1, 0], [0, 1]) == 1
    assert jensen_shannon_distance([1, 0], [0, 1], base=np.e) == pytest.approx(np.sqrt(np.log(2)))
    assert jensen_shannon_distance([2, 2], [50, 50]) == 0
    assert total_variation([3, 1], [1, 3]) == 0.5
    assert wasserstein([1, 0, 0, 0], [0, 0, 0, 1]) == 3
    assert wasserstein([1, 0, 1], [0, 2, 0]) == 1
    assert entropy([1, 1, 1, 1], base=2) == 2
    assert entropy([0, 7, 0]) == 0


def test_rows_broadcast_and_nobody_is_nan():
    p = np.array([[1.0, 1.0], [1.0, 0.0], [0.0, 0.0]])
    for measure in (jensen_shannon_distance, total_variation, wasserstein):
        rows = measure(p, [1, 1])
        assert rows.shape == (3,)
        assert rows[0] == 0
        assert rows[1] == measure([1, 0], [1, 1])
        assert np.isnan(rows[2])
    assert np.isnan(entropy([0, 0]))
    assert jensen_shannon_distance(p[:, None], p[None, :]).shape == (3, 3)


@pytest.mark.parametrize("measure", [jensen_shannon_distance, total_variation, wasserstein])
@pytest.mark.parametrize(("p", "q"), [([-1, 2], [1, 1]), ([np.inf, 1], [1, 1]), ([1], [1, 1]), ([], []), (1, 1)])
def test_what_is_no_distribution_is_refused(measure, p, q):
    with pytest.raises(ValueError, match=r"must (hold|be)"):
        measure(p, q)


def test_arguments_are_not_changed_and_checked():
    p = np.array([1.0, 3.0])
    jensen_shannon_distance(p, p[::-1])
    assert p.tolist() == [1, 3]
    with pytest.raises(ValueError, match="base"):
        jensen_shannon_distance(p, p, base=1)
    with pytest.raises(ValueError, match="base"):
        entropy(p, base=float("nan"))
    with pytest.raises(ValueError, match="ascending"):
        wasserstein(p, p, positions=[1, 0])
    with pytest.raises(ValueError, match="positions"):
        wasserstein(p, p, positions=[1, 2, 3])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("size", [1e-300, 1e308])
def test_only_proportions_matter_whatever_their_size(size):
    for distance in (jensen_shannon_distance, total_variation, wasserstein):
        assert distance([size, size, 0], [0, 0, 1]) == pytest.approx(distance([1, 1, 0], [0, 0, 1]))
