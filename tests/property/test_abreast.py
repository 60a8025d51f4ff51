"""Cases decided together are decided as they are one by one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregators import RuleError, Utilities, decide, rules
from aggregators.abreast import Abreast, columnwise
from aggregators.fates import standing, standing_abreast, standing_by_labels, standing_by_labels_abreast

TOGETHER = [name for name, rule in rules().items() if getattr(rule, "columnwise", False)]
PARAMETERS = [
    "isoelastic:alpha=2",
    "isoelastic:alpha=0",
    "isoelastic:alpha=inf",
    "nash:disagreement=-1",
    "gini:delta=3",
]


def drawn(draw, shape, levels):
    """Whole numbers below `levels`, drawn as bytes in one go."""
    size = int(np.prod(shape))
    return np.frombuffer(draw(st.binary(min_size=size, max_size=size)), dtype=np.uint8).reshape(shape) % levels


@st.composite
def juries(draw):
    """Some cases of the same voters, some of whom were silent, and weightings of them, each with somebody in it."""
    cases, voters, alternatives = (draw(st.integers(1, most)) for most in (4, 5, 4))
    shape = (cases, voters, alternatives)
    values = drawn(draw, shape, 6).astype(float)
    values[drawn(draw, shape, 5) == 1] = np.nan
    weights = drawn(draw, (3, voters), 4) / 3
    weights[:, 0] += ~weights.any(axis=1)
    return values, weights


def outcome(values, rule, weights):
    """Winners under weightings, case by case, or None if some case cannot be decided."""
    try:
        return np.stack([decide(Utilities(one), rule, weights=weights).winner_mask for one in values], axis=1)
    except RuleError:
        return None


@pytest.mark.parametrize("rule", [*TOGETHER, *PARAMETERS])
@given(jury=juries(), below=st.sampled_from([0.0, 0.0, 2.0]))
def test_winners_are_those_of_each_case(rule, jury, below):
    values, weights = jury
    wanted = outcome(values - below, rule, weights)
    together = Abreast([Utilities(one) for one in values - below])
    if wanted is None:
        with pytest.raises(RuleError):
            together.winners(rule, weights)
    else:
        np.testing.assert_array_equal(together.winners(rule, weights), wanted)


def test_only_rules_that_look_at_one_alternative_at_a_time_are_taken():
    assert {"utilitarian", "nash", "maximin"} <= set(TOGETHER)
    assert not columnwise("borda")
    two = Abreast([Utilities([[1, 2]]), Utilities([[2, 1]])])
    with pytest.raises(RuleError, match="several alternatives together"):
        two.winners("relative_utilitarian", [[1.0]])
    with pytest.raises(RuleError, match="shapes"):
        Abreast([Utilities([[1, 2]]), Utilities([[1, 2, 3]])])
    with pytest.raises(RuleError, match="shapes"):
        Abreast([])


@given(jury=juries(), below=st.sampled_from([0.0, 2.0]), data=st.data())
def test_standing_is_that_of_each_case(jury, below, data):
    values, weights = jury
    values = values - below
    member = drawn(data.draw, (3, values.shape[1]), 2) > 0
    found = standing_abreast(values, weights, member)
    labels = drawn(data.draw, (2, values.shape[1]), 3).astype(int)
    dealt = standing_by_labels_abreast(values, weights[0], labels, 3)
    for place, one in enumerate(values):
        alone, dealt_alone = standing(one, weights, member), standing_by_labels(one, weights[0], labels, 3)
        np.testing.assert_allclose(found.welfare[:, place], alone.welfare, rtol=1e-12)
        np.testing.assert_array_equal(found.favourites[:, place], alone.favourites)
        np.testing.assert_allclose(dealt.welfare[:, place], dealt_alone.welfare, rtol=1e-12)
        for way, row in enumerate(labels):
            plain = standing(one, weights[:1], row == np.arange(3)[:, None])
            np.testing.assert_allclose(dealt_alone.welfare[way], plain.welfare[0], rtol=1e-12)
            np.testing.assert_array_equal(dealt_alone.favourites[way], plain.favourites[0])
