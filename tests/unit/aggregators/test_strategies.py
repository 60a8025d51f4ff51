import numpy as np
import pytest
from hypothesis import find, given, settings

from aggregators.strategies import approvals, rankings, utilities, weights

QUICK = settings(max_examples=2000, database=None)


@given(utilities(min_voters=2, max_voters=3, min_alternatives=2, max_alternatives=4, low=1, high=2, groups=2))
def test_bounds_are_kept(profile):
    assert 2 <= profile.n_voters <= 3
    assert 2 <= profile.n_alternatives <= 4
    assert ((profile.values >= 1) & (profile.values <= 2)).all()
    assert set(profile.groups["group"].tolist()) <= {"g0", "g1"}


@given(rankings())
def test_rankings_are_strict_and_complete_unless_asked(profile):
    assert (np.sort(profile.ranks, axis=1) == np.arange(1, profile.n_alternatives + 1)).all()


@pytest.mark.parametrize(
    ("strategy", "reached"),
    [
        (utilities(missing=True), lambda p: np.isnan(p.values).any() and not np.isnan(p.values).all()),
        (utilities(missing=True), lambda p: np.isnan(p.values).all()),
        (utilities(), lambda p: (p.weights != 1).any()),
        (rankings(ties=True), lambda p: (p.ranks == 1).sum() > p.n_voters),
        (rankings(truncated=True), lambda p: (p.ranks == 0).any() and (p.ranks > 1).any()),
        (rankings(truncated=True), lambda p: not p.ranks.any()),
        (approvals(), lambda p: p.matrix.any() and not p.matrix.all()),
        (weights(3, zero=True), lambda w: (w == 0).sum() == 2),
        (weights(2, whole=False), lambda w: (w % 1).any()),
        (weights(2, batch=3), lambda w: w.shape == (3, 2)),
    ],
)
def test_reaches_what_it_promises(strategy, reached):
    find(strategy, reached, settings=QUICK)


def test_shrinks_to_something_small():
    smallest = find(utilities(missing=True), lambda p: p.n_alternatives >= 2, settings=QUICK)
    assert smallest.values.tolist() == [[0, 0]]
    assert smallest.weights.tolist() == [1]
