"""How the welfare functions relate to each other and to numbers."""

import itertools
import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aggregators import Utilities, decide, rules
from aggregators.strategies import utilities

POSITIVE = utilities(low=0.01, missing=True)


def reference(profile, alpha):
    """Equally distributed equivalents with 60 digits."""
    with localcontext() as context:
        context.prec, context.Emin, context.Emax = 60, -(10**9), 10**9
        power = 1 - Decimal(alpha)
        result = []
        for column in profile.values.T:
            pairs = [
                (Decimal(u), Decimal(w))
                for u, w in zip(column.tolist(), profile.weights.tolist(), strict=True)
                if not math.isnan(u) and w
            ]
            total = sum(w for _, w in pairs)
            if not pairs:
                result.append(math.nan)
            elif power == 0:
                result.append(float((sum(w * u.ln() for u, w in pairs) / total).exp()))
            else:
                mean = sum(w * (power * u.ln()).exp() for u, w in pairs) / total
                result.append(float((mean.ln() / power).exp()))
    return result


@pytest.mark.parametrize("alpha", [0, 0.3, 1 - 1e-9, 1, 1 + 1e-9, 1.001, 2, 7.5, 80, 500])
@given(profile=POSITIVE)
@example(Utilities([[1e-300], [1e300]], weights=[1, 5]))
@example(Utilities([[0.5], [0.500000001]]))
def test_isoelastic_to_twelve_digits(alpha, profile):
    scores = decide(profile, "isoelastic", alpha=alpha).scores
    largest_log = np.nanmax(np.abs(np.log(profile.values)), initial=1)
    np.testing.assert_allclose(scores, reference(profile, alpha), rtol=1e-14 * largest_log * 5)


@given(POSITIVE)
def test_isoelastic_passes_through_its_landmarks(profile):
    for alpha, name in ((0, "utilitarian"), (1, "nash"), (math.inf, "maximin")):
        limit, landmark = decide(profile, "isoelastic", alpha=alpha), decide(profile, name)
        assert limit.ranking == landmark.ranking
        np.testing.assert_array_equal(limit.scores, landmark.scores)
    for alpha, name in ((1e-12, "utilitarian"), (1 + 1e-12, "nash"), (1 - 1e-12, "nash"), (1e6, "maximin")):
        near = decide(profile, "isoelastic", alpha=alpha).scores
        np.testing.assert_allclose(near, decide(profile, name).scores, rtol=1e-5)


@given(utilities(low=0, missing=True))
def test_welfare_never_rises_with_aversion_and_stays_within_the_utilities(profile):
    scores = [decide(profile, "isoelastic", alpha=a).scores for a in (0, 0.5, 1, 2, 30, math.inf)]
    for more, less in itertools.pairwise(scores):
        assert (np.isnan(more) | (less <= more * (1 + 1e-12) + 1e-300)).all()


ON_THE_UTILITY_SCALE = [name for name in rules("welfare") if name != "relative_utilitarian"]  # that one has its own


@pytest.mark.parametrize("name", ON_THE_UTILITY_SCALE)
@given(st.floats(0.01, 100), st.integers(1, 6))
def test_equality_is_worth_what_everyone_has(name, utility, n):
    outcome = decide(Utilities(np.full((n, 2), utility), np.arange(1, n + 1)), name)
    assert len(outcome.ranking) == 1
    if outcome.scores is not None:
        np.testing.assert_allclose(outcome.scores, utility, rtol=1e-13)


@given(utilities(whole=True, missing=True))
def test_leximin_refines_maximin(profile):
    fine = [set(tier) for tier in decide(profile, "leximin").ranking]
    coarse = [set(tier) for tier in decide(profile, "maximin").ranking]
    assert all(sum(tier <= wider for wider in coarse) == 1 for tier in fine)
    assert [label for tier in coarse for label in sorted(tier)] == [
        label for wider in coarse for label in sorted(set().union(*(tier for tier in fine if tier <= wider)))
    ]
    position = {label: place for place, tier in enumerate(coarse) for label in tier}
    assert sorted(position[min(tier)] for tier in fine) == [position[min(tier)] for tier in fine]


@given(utilities(whole=True, weighted=False))
def test_leximin_is_the_order_of_sorted_utilities(profile):
    ranking = sorted(zip(map(sorted, profile.values.T.tolist()), profile.alternatives, strict=True), reverse=True)
    tiers: dict[tuple[float, ...], set[str]] = {}
    for key, label in ranking:
        tiers.setdefault(tuple(key), set()).add(label)
    assert [set(tier) for tier in decide(profile, "leximin").ranking] == list(tiers.values())


@given(utilities(low=-10, high=10, missing=True), st.floats(-100, -11))
def test_a_disagreement_point_moves_utilities_and_score_alike(profile, disagreement):
    shifted = Utilities(profile.values - disagreement, profile.weights)
    for rule in ("nash", "isoelastic:alpha=0.5", "isoelastic:alpha=3"):
        here, there = decide(profile, rule, disagreement=disagreement), decide(shifted, rule)
        np.testing.assert_allclose(here.scores, there.scores + disagreement, atol=1e-9)


@pytest.mark.parametrize("name", rules("welfare"))
@given(utilities(low=0.01, whole=False, weighted=False))
def test_noise_in_the_last_digits_is_a_tie(name, profile):
    noisy = profile.values[:, :1] * (1 + 3e-16)
    pair = Utilities(np.hstack([profile.values[:, :1], noisy]))
    assert decide(pair, name).winners == ("a", "b")
