"""Rows collapsed into cells: the same cells whatever way is taken, however many rows and combinations."""

import numpy as np
import pandas as pd
import pytest

from personas import Population, PopulationError, cells
from personas.cells import collapse


def by_hand(codes, weights):
    """Return the sum of weights by combination."""
    found = {}
    for row, weight in zip(zip(*(each.tolist() for each in codes), strict=True), weights.tolist(), strict=True):
        found[row] = found.get(row, 0.0) + weight
    return found


CASES = {
    "few": (500, (4, 3, 2), np.int8),
    "several parts": (200_000, (6, 2, 6, 5, 4), np.int8),
    "half width": (70_000, (40, 40, 40), np.int8),
    "too many to count": (300, (400, 500, 600), np.int16),
    "one": (1, (1,), np.int8),
    "wide codes": (1_000, (5, 7), np.int64),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("skewed", [False, True])
def test_sums_and_spread_are_those_of_each_combination(case, skewed):
    size, widths, kind = CASES[case]
    rng = np.random.default_rng(1)
    codes = [(rng.integers(0, width, size) // (2 if skewed else 1)).astype(kind) for width in widths]
    if size > cells.PART:  # a combination that only the last row has
        last = [width - 1 for width in widths]
        codes = [np.append(np.minimum(each, top - 1), kind(top)) for each, top in zip(codes, last, strict=True)]
    before = [each.copy() for each in codes]
    weights = rng.lognormal(size=codes[0].size)
    found = collapse(codes, widths)
    expected = by_hand(codes, weights)
    combinations = list(zip(*(each.tolist() for each in found.codes), strict=True))
    assert len(combinations) == len(set(combinations)) == len(found) == len(expected)
    assert found.sums(weights) == pytest.approx([expected[cell] for cell in combinations])
    values = rng.random(len(found))
    value_of = dict(zip(combinations, values.tolist(), strict=True))
    rows = zip(*(each.tolist() for each in codes), strict=True)
    assert found.spread(values, weights).tolist() == [
        value_of[row] * weight for row, weight in zip(rows, weights.tolist(), strict=True)
    ]
    for each, copy in zip(codes, before, strict=True):
        assert (each == copy).all()


def test_weights_that_nobody_can_change_are_not_copied_and_others_are():
    frame = pd.DataFrame({"sex": ["Female", "Male"]})
    given = np.ones(2)
    people = Population(frame, given)
    given[0] = 9
    assert people.weights.tolist() == [1, 1]
    again = Population(frame, people.weights)
    assert np.shares_memory(again.weights, people.weights)
    part = np.ones(4)
    view = part[:2]
    view.flags.writeable = False  # which does not keep its owner from writing
    from_view = Population(frame, view)
    part[0] = 9
    assert from_view.weights.tolist() == [1, 1]
    bad = np.array([1, np.nan])
    bad.flags.writeable = False
    with pytest.raises(PopulationError, match="nan in row 2"):
        Population(frame, bad)
