"""Cases with published or hand-computed answers."""

import numpy as np
import pytest

from aggregators import Approvals, Rankings, RuleError, Utilities, decide, elect
from aggregators.voting.plurality import first_places

NAN = float("nan")

# The much-used example of Tennessee choosing its capital: shares of voters around each city.
TENNESSEE = Rankings.from_orders(
    [
        ("Memphis", "Nashville", "Chattanooga", "Knoxville"),
        ("Nashville", "Chattanooga", "Knoxville", "Memphis"),
        ("Chattanooga", "Knoxville", "Nashville", "Memphis"),
        ("Knoxville", "Chattanooga", "Nashville", "Memphis"),
    ],
    weights=[42, 26, 15, 17],
)


def by_label(outcome):
    return dict(zip(outcome.alternatives, outcome.scores.tolist(), strict=True))


def test_tennessee():
    assert by_label(decide(TENNESSEE, "plurality")) == {
        "Memphis": 42,
        "Nashville": 26,
        "Chattanooga": 15,
        "Knoxville": 17,
    }
    assert by_label(decide(TENNESSEE, "borda")) == {
        "Nashville": 194,
        "Chattanooga": 173,
        "Memphis": 126,
        "Knoxville": 107,
    }
    assert decide(TENNESSEE, "majority").winners == ()


def test_borda_on_tied_and_truncated_ballots():
    profile = Rankings.from_orders([("a", ("b", "c"), "d"), ("d",), ()], alternatives=["a", "b", "c", "d"])
    assert decide(profile, "borda").scores.tolist() == [3 + 1 + 1.5, 1.5 + 1 + 1.5, 1.5 + 1 + 1.5, 0 + 3 + 1.5]


def test_plurality_splits_ties_at_the_top_and_lets_abstain():
    profile = Rankings.from_orders([(("a", "b", "c"),), ("b", "a"), ()])
    assert first_places(profile).tolist() == [[1 / 3, 1 / 3, 1 / 3], [0, 1, 0], [0, 0, 0]]
    assert decide(profile, "majority").winners == ("b",)  # 4/3 of 2 votes


def test_approval_counts_weight():
    assert decide(Approvals([[1, 1], [0, 1]], [2, 1]), "approval").scores.tolist() == [2, 3]


@pytest.mark.parametrize(
    ("rule", "utilities", "weights", "score"),
    [
        ("utilitarian", [1, 2, 6], [1, 1, 2], 15 / 4),
        ("utilitarian", [-3, 1], None, -1),
        ("nash", [1, 8], None, 8**0.5),
        ("nash", [2, 16], [1, 2], 8),
        ("nash:disagreement=1", [2, 5], None, 3),
        ("nash", [0, 5], None, 0),
        ("maximin", [3, -2, 7], None, -2),
        ("maximin", [3, -2, 7], [1, 0, 1], 3),
        ("isoelastic:alpha=0.5", [1, 4], None, 2.25),
        ("isoelastic:alpha=0.5", [0, 4], None, 1),
        ("isoelastic:alpha=2", [1, 2, 4], None, 12 / 7),
        ("isoelastic:alpha=2", [0, 2, 4], None, 0),
        ("isoelastic:alpha=3", [1, 2], [1, 3], (16 / 7) ** 0.5),
        ("isoelastic:alpha=0", [-3, 1], None, -1),
        ("isoelastic:alpha=inf", [-3, 1], None, -3),
        ("isoelastic:alpha=500", [0.5, 0.5], None, 0.5),
        ("isoelastic:alpha=500", [1e-300, 1e300], None, 1e-300 * 2 ** (1 / 499)),
        ("isoelastic:alpha=0.01", [1e-300, 1e300], None, 1e300 * 0.5 ** (1 / 0.99)),
        ("isoelastic:alpha=1e308", [1e-5, 1], None, 1e-5),
    ],
)
def test_equally_distributed_equivalents(rule, utilities, weights, score):
    outcome = decide(Utilities(np.array(utilities)[:, None], weights), rule)
    assert outcome.scores == pytest.approx([score], rel=1e-12)


def test_nash_of_five_thousand_does_not_underflow():
    values = np.random.default_rng(0).random((5000, 2))
    assert (np.prod(values, axis=0) == 0).all()
    assert decide(Utilities(values), "nash").scores == pytest.approx([np.exp(-1)] * 2, rel=0.05)


def test_a_batch_that_leaves_out_the_dominating_voter_keeps_its_digits():
    jury = Utilities([[1e-3], [1.0], [2.0]])
    batch = decide(jury, "isoelastic", weights=[[1, 1, 1], [0, 1, 1], [1e-30, 1, 1]], alpha=500)
    assert batch.scores[1] == pytest.approx([(0.5 * (1 + 2.0**-499)) ** (-1 / 499)], rel=1e-12)
    alone = [decide(jury, "isoelastic", weights=w, alpha=500).scores for w in ([0, 1, 1], [1e-30, 1, 1])]
    assert batch.scores[1:] == pytest.approx(np.array(alone), rel=1e-14)


def test_zeros_are_counted_before_the_rest_is_weighed():
    # Caragiannis et al. (2019): first as many people as possible with positive utility, then their product.
    jury = Utilities([[0, 0, 0, 1], [0, 9, 9, 1], [9, 9, 1, 1]], alternatives=["two", "one", "one-", "none"])
    for rule in ("nash", "isoelastic:alpha=2"):
        outcome = decide(jury, rule)
        assert outcome.ranking == (("none",), ("one",), ("one-",), ("two",))
        assert outcome.scores.tolist() == pytest.approx([0, 0, 0, 1])
    heavy = decide(jury, "nash", weights=[1, 1, 5])
    assert heavy.winners == ("none",)
    assert decide(Utilities([[0, 5], [5, 0]], [2, 1]), "nash").winners == ("b",)
    assert decide(Utilities([[0, 0]]), "nash").winners == ("a", "b")


def test_all_at_zero_is_a_tie_whatever_the_rounding_of_weights():
    for seed in range(50):
        weights = np.random.default_rng(seed).random(11)
        outcome = decide(Utilities(np.zeros((11, 2)), weights), "nash")
        assert outcome.winners == ("a", "b")
        assert outcome.scores.tolist() == [0, 0]


def test_a_score_that_cancels_with_the_disagreement_point_still_ties():
    jury = Utilities([[2, 0], [1 / 3 - 1, 0]])
    outcome = decide(jury, "nash", disagreement=-1)
    assert outcome.winners == ("a", "b")
    assert outcome.scores == pytest.approx([0, 0], abs=1e-15)


def test_a_gain_within_noise_of_zero_is_zero():
    assert decide(Utilities([[0.1 + 0.2], [5.0]]), "nash", disagreement=0.3).scores.tolist() == [0.3]


def test_a_negative_utility_without_weight_is_not_looked_at():
    jury = Utilities([[-1, 5], [2, 3]], weights=[0, 1])
    assert decide(jury, "nash").scores == pytest.approx([2, 3])
    with pytest.raises(RuleError, match="juror 0"):
        decide(jury, "nash", weights=[[0, 1], [1, 1]])


def test_missing_opinions_are_left_out_not_zero():
    jury = Utilities([[4, 4, NAN], [NAN, 1, NAN]], weights=[1, 3])
    for rule in ("utilitarian", "nash", "maximin", "isoelastic:alpha=2"):
        outcome = decide(jury, rule)
        assert outcome.winners == ("a",)
        assert outcome.scores[0] == pytest.approx(4)
        assert outcome.unscored == ("c",)
        assert (outcome.asked, outcome.answered.tolist()) == (2, [1, 2, 0])
        assert outcome.answered_weight.tolist() == [1, 4, 0]


def test_leximin_compares_shares_under_weights():
    # a: share 1/3 at 1, rest at 2; b: share 1/2 at 1, rest at 9.
    jury = Utilities([[1, 1], [2, 1], [2, 9]], weights=[2, 1, 3])
    assert decide(jury, "leximin").ranking == (("a",), ("b",))
    assert decide(jury, "maximin").winners == ("a", "b")
    assert decide(jury, "leximin").scores is None
    noisy = Utilities([[0.3, 0.1 + 0.2], [0.1 + 0.2, 0.3]])
    assert decide(noisy, "leximin").winners == ("a", "b")


# The running example of Lackner and Skowron (2023), Multi-Winner Voting with Approval Preferences.
LACKNER_SKOWRON = [("ab", 3), ("ac", 3), ("ad", 2), ("bcf", 1), ("e", 1), ("f", 1), ("g", 1)]


def test_sequential_pav_on_the_running_example():
    matrix = [[label in approved for label in "abcdefg"] for approved, _ in LACKNER_SKOWRON]
    profile = Approvals(matrix, [weight for _, weight in LACKNER_SKOWRON])
    assert elect(profile, "seqpav", seats=4).committees == (frozenset("abcf"),)
    assert elect(profile, "seqpav", seats=2).committees == (frozenset("ab"), frozenset("ac"))
    assert elect(profile, "seqpav", seats=2, tie_break="lexicographic").committees == (frozenset("ab"),)
    seen = {
        elect(profile, "seqpav", seats=2, tie_break="random", rng=np.random.default_rng(s)).committees
        for s in range(20)
    }
    assert seen == {(frozenset("ab"),), (frozenset("ac"),)}


def test_sequential_pav_where_pav_would_elect_others():
    # From the same book: PAV elects {a, c} here, its sequential form {c, d}.
    approved = ["ab", "ad", "b", "c", "cd"]
    profile = Approvals([[label in voter for label in "abcd"] for voter in approved], [3, 6, 4, 5, 5])
    assert elect(profile, "seqpav", seats=2).committees == (frozenset("cd"),)


def test_sequential_pav_ties_exactly():
    # After a, candidate b counts for half of 2e12, and c for 1e12 outright.
    profile = Approvals([[1, 1, 0], [1, 0, 0], [0, 0, 1]], weights=[2e12, 1, 1e12])
    assert elect(profile, "seqpav", seats=2).committees == (frozenset("ab"), frozenset("ac"))
    sharper = profile.with_weights([2e12 + 2, 1, 1e12])
    assert elect(sharper, "seqpav", seats=2).committees == (frozenset("ab"),)


def test_sequential_pav_counts_thirds_of_whole_weights_exactly():
    # The last seat: three thirds of 10**12 + 1 beat 10**12 by one vote in a trillion.
    profile = Approvals([[1, 1, 1, 0]] * 3 + [[0, 0, 0, 1]], weights=[1e12 + 1] * 3 + [1e12])
    assert elect(profile, "seqpav", seats=3).committees == (frozenset("abc"),)


def test_sequential_pav_refuses_to_list_too_many_ties():
    everyone = Approvals(np.ones((1, 30)))
    with pytest.raises(RuleError, match="tie_break='lexicographic'"):
        elect(everyone, "seqpav", seats=8)
    assert elect(everyone, "seqpav", seats=8, tie_break="lexicographic").committees == (frozenset("abcdefgh"),)
