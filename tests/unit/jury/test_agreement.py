"""Krippendorff's alpha: worked examples, its definition, and the published figures."""

import gzip
import json

import numpy as np
import pytest

from jury.metrics.agreement import krippendorff_alpha, krippendorff_estimate

NAN = float("nan")
#: Four observers, twelve units (Krippendorff's own worked example).
EXAMPLE = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
    [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN],
]


@pytest.mark.parametrize(("level", "value"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_the_worked_example_of_the_book(level, value):
    assert krippendorff_alpha(EXAMPLE, level) == pytest.approx(value, abs=5e-4)


def by_pairs(ratings, weights, distance):
    """Alpha straight from its definition: pairs of ratings within units against all pairs."""
    ratings = np.asarray(ratings, dtype=float)
    units = [np.flatnonzero(~np.isnan(column)) for column in ratings.T]
    observed = total = 0.0
    values, mass = [], []
    for unit, raters in enumerate(units):
        if len(raters) < 2:
            continue
        pairs = [(i, j) for i in raters for j in raters if i != j]
        weight = sum(weights[i] * weights[j] for i, j in pairs)
        size = weights[raters].sum()
        observed += (
            size
            * sum(weights[i] * weights[j] * distance(ratings[i, unit], ratings[j, unit]) for i, j in pairs)
            / weight
        )
        total += size
        values += ratings[raters, unit].tolist()
        mass += weights[raters].tolist()
    indices = range(len(values))
    expected = sum(mass[i] * mass[j] * distance(values[i], values[j]) for i in indices for j in indices if i != j)
    return 1 - (observed / total) / (expected / sum(mass[i] * mass[j] for i in indices for j in indices if i != j))


@pytest.mark.parametrize(
    ("level", "distance"), [("nominal", lambda a, b: float(a != b)), ("interval", lambda a, b: (a - b) ** 2)]
)
def test_weights_by_the_definition(level, distance):
    rng = np.random.default_rng(0)
    ratings = rng.integers(1, 5, (5, 8)).astype(float)
    ratings[rng.random(ratings.shape) < 0.3] = NAN
    weights = rng.lognormal(0, 0.7, 5)
    assert krippendorff_alpha(ratings, level, weights=weights) == pytest.approx(by_pairs(ratings, weights, distance))
    assert krippendorff_alpha(ratings, level, weights=7 * weights) == pytest.approx(
        by_pairs(ratings, weights, distance)
    )


def test_a_rater_without_weight_is_not_there():
    found = krippendorff_alpha(EXAMPLE, "ordinal", weights=[1, 1, 0, 1])
    assert found == pytest.approx(krippendorff_alpha([EXAMPLE[0], EXAMPLE[1], EXAMPLE[3]], "ordinal"))


@pytest.mark.parametrize("ratings", [[[1, 2, 3]], [[1, 1], [1, 1]], [[1, NAN], [NAN, 2]]])
def test_no_disagreement_to_expect_is_no_agreement(ratings):
    assert np.isnan(krippendorff_alpha(ratings))


def test_faults_are_named():
    with pytest.raises(ValueError, match="level='ratio' is not known; use nominal, ordinal, interval"):
        krippendorff_alpha([[1], [2]], "ratio")
    with pytest.raises(ValueError, match="weights must be 2 finite numbers"):
        krippendorff_alpha([[1], [2]], weights=[1, -1])
    with pytest.raises(ValueError, match="must be \\(raters, units\\)"):
        krippendorff_alpha([1, 2])


def test_the_interval_covers():
    """Two raters, each wrong with probability .15 on a fair coin: alpha is (1 - 2 * .15) ** 2 = .49 in the long run."""
    rng = np.random.default_rng(1)
    held = []
    for _ in range(300):
        signal = rng.integers(0, 2, 80)
        ratings = np.where(rng.random((2, 80)) < 0.15, 1 - signal, signal)
        found = krippendorff_estimate(ratings, rng, resamples=300)
        held.append(found.low <= 0.49 <= found.high)
    # Three standard errors of .95 over 300 trials are .038.
    assert 0.91 <= np.mean(held) <= 0.985
    assert (found.count, found.unit) == (80, "units")


def test_hs_brexit_has_the_published_agreement(shared_data):
    said = []
    for part in ("train", "dev"):
        with gzip.open(shared_data / "hs_brexit" / f"HS-Brexit_{part}.json.gz", "rt", encoding="utf-8") as file:
            said += [list(map(int, item["annotations"].split(","))) for item in json.load(file).values()]
    assert len(said) == 952
    assert krippendorff_alpha(np.array(said).T) == pytest.approx(0.347, abs=5e-4)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
@pytest.mark.parametrize("size", [1e-200, 1e200])
def test_only_the_proportions_of_weights_and_of_distances_matter(level, size):
    ratings, weights = np.array([[1.0, 2, 1, 3], [1, 2, 2, 3], [1, 1, 2, 3]]), np.array([1.0, 2, 1])
    plain = krippendorff_alpha(ratings, level, weights=weights)
    assert krippendorff_alpha(ratings, level, weights=weights * size) == pytest.approx(plain)
    assert krippendorff_alpha(ratings * size, level, weights=weights) == pytest.approx(plain)
    assert np.isnan(krippendorff_alpha([[1.0, 2.0]], level))
