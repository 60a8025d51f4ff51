"""Polarisation, agreement, consensus, scales and inequity against published numbers and definitions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregators import ProfileError, Rankings, RuleError, Utilities, decide
from aggregators.consensus import group_informed_consensus
from aggregators.minority import sigma_inequity
from aggregators.polarisation import agreement, esteban_ray, level_weights, polarisation
from aggregators.proportionality import unrepresented
from aggregators.scales import rescaled
from aggregators.strategies import utilities

SHARES = st.lists(st.integers(0, 9), min_size=2, max_size=7).filter(any)


def test_agreement_of_the_r_package_agrmt():
    # the example of its manual, version 1.42
    assert agreement([30, 40, 210, 130, 530, 50, 10]) == pytest.approx(0.6113333, abs=5e-8)
    assert agreement([[3, 3], [6, 0]]).tolist() == [0, 1]
    assert np.isnan(agreement([[0, 0], [0, 0]])).all()


@given(SHARES)
def test_agreement_is_bounded_and_symmetric(shares):
    found = float(agreement(shares))
    assert -1 - 1e-12 <= found <= 1 + 1e-12
    assert agreement(shares[::-1]) == pytest.approx(found)
    assert agreement([7 * share for share in shares]) == pytest.approx(found)


@given(SHARES, st.sampled_from([0.25, 1.0, 1.6]))
def test_esteban_and_ray_by_the_definition(shares, alpha):
    total, ends = sum(shares), len(shares) - 1
    expected = sum(
        (a / total) ** (1 + alpha) * (b / total) * abs(i - j) / ends
        for i, a in enumerate(shares)
        for j, b in enumerate(shares)
    ) * 2 ** (1 + alpha)
    found = float(esteban_ray(shares, alpha))
    assert found == pytest.approx(expected)
    assert -1e-12 <= found <= 1 + 1e-9
    assert esteban_ray(shares[::-1], alpha) == pytest.approx(found)


@pytest.mark.parametrize("alpha", [1.0, 1.6])
def test_camps_are_more_polarised_than_a_spread(alpha):
    apart, nearer, spread, one = esteban_ray(
        [[1, 0, 0, 0, 1], [0, 1, 0, 1, 0], [1, 1, 1, 1, 1], [0, 0, 1, 0, 0]], alpha
    )
    assert apart == pytest.approx(1)
    assert apart > nearer > spread > one == 0


def test_levels_and_weights():
    jury = Utilities([[1, 2.4], [5, 2.6], [np.nan, 9], [0, np.nan]], weights=[2, 1, 5, 1])
    assert level_weights(jury, (1, 5), 5).tolist() == [[3, 0, 0, 0, 1], [0, 2, 1, 0, 5]]
    assert polarisation(jury, (1, 5), levels=5)[0] == pytest.approx(4 * 0.75 * 0.25)
    assert np.isnan(polarisation(Utilities([[np.nan]]), (0, 1)))
    twice = Utilities(np.repeat(jury.values, [2, 1, 5, 1], axis=0))
    np.testing.assert_allclose(polarisation(jury, (1, 5)), polarisation(twice, (1, 5)))


def test_group_informed_consensus_by_the_definition():
    votes = np.array([[1, 1, np.nan], [1, -1, 0], [0, 1, np.nan], [-1, 1, np.nan], [1, 1, 1]])
    labels = ["n", "n", "s", "s", "s"]
    found = group_informed_consensus(Utilities(votes, groups=labels), agrees_above=0)
    assert found == pytest.approx([3 / 4 * 2 / 5, 2 / 4 * 4 / 5, 1 / 3 * 2 / 3])
    mean = group_informed_consensus(Utilities(votes, groups=labels), agrees_above=0, per_group=True)
    assert mean == pytest.approx(np.sqrt(found))
    doubled = Utilities(votes, weights=[2, 1, 1, 1, 3], groups=labels)
    rows = [0, 0, 1, 2, 3, 4, 4, 4]
    again = Utilities(votes[rows], groups=[labels[row] for row in rows])
    assert group_informed_consensus(doubled, agrees_above=0) == pytest.approx(
        group_informed_consensus(again, agrees_above=0)
    )


@given(utilities(missing=True))
def test_ranges_are_what_relative_utilitarianism_takes(profile):
    expected = decide(profile, "relative_utilitarian")
    found = decide(rescaled(profile, "range"), "utilitarian")
    np.testing.assert_allclose(found.scores, expected.scores)
    assert found.winners == expected.winners


@given(utilities(min_alternatives=2))
def test_ranks_are_points_of_borda(profile):
    borda = decide(profile, "borda").scores
    found = decide(rescaled(profile, "rank"), "utilitarian").scores
    np.testing.assert_allclose(found * profile.weights.sum() * (profile.n_alternatives - 1), borda, rtol=1e-9)


def test_scales_by_hand():
    jury = Utilities([[1, np.nan, 3, 3], [7, np.nan, np.nan, np.nan], [2, 2, 2, 2]])
    nan = np.nan
    np.testing.assert_array_equal(
        rescaled(jury, "rank").values, [[0, nan, 0.75, 0.75], [0.5, nan, nan, nan], [0.5] * 4]
    )
    np.testing.assert_array_equal(rescaled(jury, "range").values, [[0, nan, 1, 1], [0.5, nan, nan, nan], [0.5] * 4])
    assert rescaled(jury, "raw") is jury
    with pytest.raises(RuleError, match=r"scale='log' .* choose one of: raw, range, rank"):
        rescaled(jury, "log")


def test_sigma_inequity_by_hand():
    assert sigma_inequity({"a": [0, 1], "b": [0.5, 0.5, np.nan], "c": [1]}) == pytest.approx(0.25)
    assert np.isnan(sigma_inequity({"c": [1]}))


@given(utilities(max_voters=7, min_alternatives=2, whole=True, missing=True), st.data())
def test_local_stability_by_the_definition(profile, data):
    ranked = profile.to_rankings()
    committee = data.draw(st.sets(st.sampled_from(ranked.alternatives), min_size=1, max_size=3))
    quota = data.draw(st.sampled_from(["droop", "hare"]))
    votes = (ranked.ranks > 0).any(axis=1)
    places = np.where(ranked.ranks > 0, ranked.ranks, 99)
    best = places[:, [ranked.index(label) for label in committee]].min(axis=1)
    total = (ranked.weights * votes).sum()
    parts = len(committee) + (quota == "droop")
    support = ranked.weights @ (places < best[:, None])
    found = unrepresented(ranked, committee, "local", quota=quota)
    assert (found is not None) == (support.max() * parts > total * (1 + 1e-9))
    if found is not None:
        assert found.weight == pytest.approx(support.max())
        assert set(found.voters) <= set(np.flatnonzero(places[:, ranked.index(found.alternatives[0])] < best))


def test_a_majority_that_would_rather_have_another():
    votes = Rankings.from_orders([("a", "b"), ("b", "a")], weights=[50, 50])
    assert unrepresented(votes, ["a"], "local") is None
    found = unrepresented(votes.with_weights([49, 51]), ["a"], "local")
    assert (found.alternatives, found.weight, found.needed) == (("b",), 51, 50)
    with pytest.raises(RuleError, match="quota='imperiali'"):
        unrepresented(votes, ["a"], "local", quota="imperiali")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: esteban_ray([1, 1], alpha=2), "alpha=2"),
        (lambda: polarisation(Utilities([[1]]), (1, 1)), "give low < high"),
        (lambda: group_informed_consensus(Utilities([[1]]), agrees_above=0), "by='group' is not an attribute"),
        (lambda: group_informed_consensus(Utilities([[1]], groups=["g"]), agrees_above=np.nan), "agrees_above=nan"),
    ],
)
def test_slips_are_named(call, message):
    with pytest.raises(ProfileError, match=message):
        call()
