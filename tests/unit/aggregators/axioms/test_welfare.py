"""Axioms of welfare: a rule that violates each on a known profile, one that satisfies it, and when it asks nothing."""

import numpy as np
import pytest

from aggregators import Utilities
from aggregators.axioms import Decision, OutsideDomain, Violation, axioms, fanatic_influence, subject

NAN = float("nan")
RICH_AND_POOR = Utilities([[1, 3], [9, 4]])
# the median of a falls from 5 to 3 when the middle voter gives 2 to the poorest
MIDDLE_GIVES = Utilities([[1, 1], [5, 1], [9, 1]])

VIOLATED = [
    ("common-scale", "prioritarian", RICH_AND_POOR, {"factor": 0.01}),
    ("common-translation", "nash", RICH_AND_POOR, {"shift": 20.0}),
    ("individual-scale", "utilitarian", Utilities([[3, 1], [1, 2]]), {"voter": 1, "factor": 4.0}),
    ("individual-translation", "maximin", RICH_AND_POOR, {"voter": 0, "shift": 20.0}),
    ("common-monotone", "utilitarian", Utilities([[4, 2], [1, 2]]), {"map": [[1, 1], [2, 8], [4, 9]]}),
    ("pigou-dalton", "utilitarian", RICH_AND_POOR, {"alternative": "a", "from": 1, "to": 0, "amount": 4.0}),
    ("weak-pigou-dalton", "quantile", MIDDLE_GIVES, {"alternative": "a", "from": 1, "to": 0, "amount": 2.0}),
    (
        "hammond-equity",
        "utilitarian",
        RICH_AND_POOR,
        {"alternative": "a", "worse": 0, "better": 1, "to": [3.0, 5.0]},
    ),
    ("strong-monotonicity", "maximin", Utilities([[1, 1], [3, 3]]), {"voter": 1, "raised": "a", "ballot": [4.0, 3.0]}),
    ("separability", "maximin", Utilities([[1, 1], [5, 3]]), {"voter": 0, "pair": ["a", "b"], "to": 5.0}),
    (
        "continuity",
        "leximin",
        Utilities([[1, 1], [2, 4]]),
        {"voter": 0, "alternative": "a", "direction": 1},
    ),
    (
        "bounded-influence",
        "utilitarian",
        Utilities([[2, 1], [2, 1], [2, 1], [2, 1]]),
        {"voter": 0, "pair": ["a", "b"], "report": [1e-6, 1e6], "others counted": 1},
    ),
]


def drawn(count):
    """Draw profiles; with few levels of utility, so that ties and indifference are frequent."""
    rng = np.random.default_rng(count)
    for _ in range(count):
        voters, alternatives = rng.integers(2, 6), rng.integers(2, 4)
        yield Utilities(rng.integers(1, 6, (voters, alternatives)), rng.integers(1, 3, voters))


def everybody(values):
    """A rule by which all tie, always."""
    return np.zeros(values.shape[1])


def least_of_squares(values):
    """A rule that falls where somebody's utility rises."""
    return -(values**2).sum(axis=0)


def majority(values):
    """The winner of a duel of two; a fanatic counts for one."""
    ahead = np.sign(values[:, :1] - values).sum(axis=0) - np.sign(values[:, 1:2] - values).sum(axis=0)
    return np.where(np.arange(values.shape[1]) < 2, ahead, -len(values) - 1.0)


SATISFIED = [
    ("common-scale", "utilitarian"),
    ("common-translation", "gini"),
    ("individual-scale", "nash"),
    ("individual-translation", "utilitarian"),
    ("common-monotone", "leximin"),
    ("pigou-dalton", "isoelastic"),
    ("weak-pigou-dalton", "maximin"),
    ("hammond-equity", "leximin"),
    ("weak-monotonicity", "relative_utilitarian"),
    ("strong-monotonicity", "nash"),
    ("separability", "prioritarian"),
    ("continuity", "maximin"),
]


@pytest.mark.parametrize(("name", "rule", "profile", "change"), VIOLATED)
def test_known_violations(name, rule, profile, change):
    found = axioms[name].check(rule, profile, change=change)
    assert found is not None
    assert found.axiom == name
    assert found.profile == profile
    assert Violation.from_json(found.to_json()).holds_against(rule)


@pytest.mark.parametrize(("name", "rule", "profile"), [case[:3] for case in VIOLATED])
def test_the_changes_of_the_profile_show_them(name, rule, profile):
    assert axioms[name].check(rule, profile) is not None


@pytest.mark.parametrize(("name", "rule"), SATISFIED)
def test_satisfied(name, rule):
    cases = [case for profile in drawn(20) for case in axioms[name].cases(subject(rule), profile)]
    assert not any(isinstance(case, Violation) for case in cases)
    assert cases.count(True) > 50


@pytest.mark.parametrize("name", [name for name, *_ in VIOLATED])
def test_nothing_is_asked_where_opinions_are_missing(name):
    profile = Utilities([[1, NAN], [9, 4], [5, 6], [2, 1]])
    assert not any(axioms[name].cases(subject(everybody), profile))


@pytest.mark.parametrize("name", [name for name, *_ in VIOLATED])
def test_whoever_ties_everything_violates_only_what_asks_for_a_strict_preference(name):
    violated = any(axioms[name].check(everybody, profile) for profile in drawn(20))
    assert violated == (name in {"pigou-dalton", "strong-monotonicity"})


def test_weak_monotonicity_is_violated_by_what_punishes_utility():
    change = {"voter": 0, "raised": "a", "ballot": [4.0, 3.0]}
    found = axioms["weak-monotonicity"].check(least_of_squares, Utilities([[3, 3], [2, 2]]), change=change)
    assert found is not None
    assert found.expected == "a is ranked no lower than b"


def test_a_winner_takes_no_more_than_a_majority_of_two():
    profile = Utilities([[2, 1], [2, 1], [2, 1], [2, 1]])
    assert axioms["bounded-influence"].check(majority, profile) is None
    assert any(case is True for case in axioms["bounded-influence"].cases(subject(everybody), profile))


@pytest.mark.parametrize(
    ("name", "profile", "change"),
    [
        ("common-scale", RICH_AND_POOR, {"factor": -1.0}),
        ("common-translation", RICH_AND_POOR, {"factor": 2.5}),
        ("individual-scale", RICH_AND_POOR, {"voter": 2, "factor": 4.0}),
        ("individual-translation", RICH_AND_POOR, {"voter": 0, "shift": -10.0}),
        ("common-monotone", RICH_AND_POOR, {"map": [[1, 2], [3, 1], [4, 3], [9, 4]]}),
        ("common-monotone", RICH_AND_POOR, {"map": [[1, 1], [3, 2], [9, 4]]}),
        ("common-monotone", RICH_AND_POOR, {"map": [[1, 1], [3, 1 + 1e-12], [4, 3], [9, 4]]}),
        ("pigou-dalton", RICH_AND_POOR, {"alternative": "a", "from": 1, "to": 0, "amount": 5.0}),
        ("pigou-dalton", RICH_AND_POOR, {"alternative": "a", "from": 0, "to": 1, "amount": 1.0}),
        (
            "pigou-dalton",
            RICH_AND_POOR.with_weights([1, 2]),
            {"alternative": "a", "from": 1, "to": 0, "amount": 4.0},
        ),
        (
            "pigou-dalton",
            RICH_AND_POOR.with_weights([0, 1]),
            {"alternative": "a", "from": 1, "to": 0, "amount": 4.0},
        ),
        ("hammond-equity", RICH_AND_POOR, {"alternative": "a", "worse": 0, "better": 1, "to": [5.0, 3.0]}),
        ("weak-monotonicity", RICH_AND_POOR, {"voter": 0, "raised": "a", "ballot": [0.5, 3.0]}),
        ("strong-monotonicity", RICH_AND_POOR.with_weights([0, 1]), {"voter": 0, "raised": "a", "ballot": [3.0, 3.0]}),
        ("separability", RICH_AND_POOR, {"voter": 0, "pair": ["a", "b"], "to": 4.0}),
        ("continuity", RICH_AND_POOR, {"voter": 0, "alternative": "a", "direction": 2}),
        (
            "bounded-influence",
            RICH_AND_POOR,
            {"voter": 0, "pair": ["a", "b"], "report": [1e-6, 1e6], "others counted": 1},
        ),
        (
            "bounded-influence",
            Utilities([[2, 1], [1, 2], [2, 1], [2, 1]]),
            {"voter": 3, "pair": ["a", "b"], "report": [1e-6, 1e6], "others counted": 1},
        ),
    ],
)
def test_other_changes_are_refused(name, profile, change):
    assert not axioms[name].allows(profile, change)
    with pytest.raises(OutsideDomain, match="does not speak of the change"):
        axioms[name].check("utilitarian", profile, change=change)


def no_poor(values):
    """One point for what leaves nobody below 3."""
    return (values.min(axis=0) >= 3).astype(float)


def test_a_tie_close_by_is_no_lead():
    found = axioms["continuity"].check(no_poor, Utilities([[3, 2]]))
    assert found.expected == "a is ranked above b close by, as it is at the first profile"
    assert found.holds_against(no_poor)


@pytest.mark.parametrize("rule", ["utilitarian", "maximin", "nash", "isoelastic:alpha=5"])
@pytest.mark.parametrize("lead", [5e-9, 5e-8, 5e-7, 5e-6, 5e-5])
def test_a_continuous_rule_is_not_blamed_for_a_lead_that_a_small_change_makes_up_for(rule, lead):
    assert axioms["continuity"].check(rule, Utilities([[1 + lead, 1], [2, 2]])) is None
    assert axioms["continuity"].check(rule, Utilities([[5 + lead, 5], [7, 7 * (1 + 1e-7)]])) is None


def test_a_third_of_the_weight_is_not_less_than_a_third():
    profile = Utilities([[2, 1], [2, 1], [2, 1]])
    changes = list(axioms["bounded-influence"].changes(profile, np.random.default_rng(0)))
    assert changes
    assert all(change["others counted"] == 2 for change in changes)


def test_any_increasing_map_is_allowed():
    change = {"map": [[1, 0.5], [3, 7], [4, 7.25], [9, 1000]]}
    assert axioms["common-monotone"].allows(RICH_AND_POOR, change)
    assert axioms["common-monotone"].check("maximin", RICH_AND_POOR, change=change) is None


def test_a_variant_never_takes_a_label_that_there_is():
    profile = Utilities([[1, 3], [9, 4]], alternatives=["a", "a'"])
    change = {"alternative": "a", "from": 1, "to": 0, "amount": 4.0}
    found = axioms["pigou-dalton"].check("utilitarian", profile, change=change)
    assert found.steps[1].profile.alternatives == ("a", "a'", "a''")


def test_of_a_rule_that_names_winners_only_what_they_show_is_asked():
    def first(profile: Utilities):
        return Decision(frozenset(profile.alternatives[:1]))

    change = {"alternative": "a", "from": 1, "to": 0, "amount": 4.0}
    assert axioms["pigou-dalton"].check(first, RICH_AND_POOR, change=change) is not None
    on_a_loser = {"alternative": "b", "from": 1, "to": 0, "amount": 0.5}
    assert list(axioms["pigou-dalton"].cases(subject(first), RICH_AND_POOR, on_a_loser)) == [False]


@pytest.mark.parametrize("jurors", [2, 3, 5, 8])
def test_a_juror_moves_a_mean_by_at_most_a_share(jurors):
    values = np.random.default_rng(jurors).uniform(0, 10, (jurors, 3))
    low, high = values.min(), values.max()
    furthest = np.maximum(values - low, high - values).max() / jurors
    assert fanatic_influence("utilitarian", Utilities(values)) == pytest.approx(furthest / (high - low))
    assert fanatic_influence("utilitarian", Utilities(values)) <= 1 / jurors + 1e-12


def test_a_heavy_juror_moves_a_mean_by_the_share_of_the_weight():
    jury = Utilities([[0, 10], [10, 0]], weights=[3, 1])
    assert fanatic_influence("utilitarian", jury) == pytest.approx(3 / 4)


def test_influence_on_the_lowest_and_the_median():
    jury = Utilities([[1, 4], [10, 5], [10, 5], [10, 6], [11, 8]])
    assert fanatic_influence("maximin", jury) == pytest.approx(0.9)  # the first juror lifts a from 1 to 10
    assert fanatic_influence("quantile", jury) == pytest.approx(0.1)  # a juror with 5 lifts the median of b to 6


def test_influence_where_there_is_no_range_or_no_score():
    assert fanatic_influence("utilitarian", Utilities([[2, 2], [2, 2]])) == 0
    with pytest.raises(OutsideDomain, match="gives no scores"):
        fanatic_influence("leximin", RICH_AND_POOR)
    with pytest.raises(OutsideDomain, match="reads Rankings"):
        fanatic_influence("borda", RICH_AND_POOR)


def test_influence_of_many_alternatives_and_missing_opinions():
    values = np.full((4, 9), 5.0)
    values[0, 0], values[1, 8] = 0.0, 10.0
    assert fanatic_influence("utilitarian", Utilities(values)) == pytest.approx(1 / 4)
    values[:, 3] = NAN
    values[:3, 4] = NAN
    assert fanatic_influence("utilitarian", Utilities(values)) == pytest.approx(1 / 2)
