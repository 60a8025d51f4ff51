"""Axioms about who wins, by what ballots say and by who else stands: known violations, rules that comply."""

from itertools import chain, combinations

import numpy as np
import pytest

from aggregators import Approvals, Rankings, Utilities
from aggregators.axioms import Decision, OutsideDomain, Violation, axioms, subject
from aggregators.axioms.choice.smith import smith_set
from aggregators.axioms.drawing import drawn
from aggregators.axioms.editing import ballots_like, fits, liking, margins, raises


def rankings(ballots, alternatives="abc"):
    """Rankings from text such as ``"3 abc, 1 cab"``: a weight and an order, one letter each."""
    weights, orders = zip(*(ballot.split() for ballot in ballots.split(", ")), strict=True)
    return Rankings.from_orders(
        [tuple(order) for order in orders], [int(weight) for weight in weights], list(alternatives)
    )


def dictator(profile: Rankings):
    """What the first voter likes best."""
    return {profile.alternatives[column] for column in np.flatnonzero(profile.ranks[0] == 1)}


def everything(profile: Rankings):
    """All alternatives."""
    return set(profile.alternatives)


def nothing(profile: Rankings):
    """A verdict that always hangs."""
    return set()


def first_of_two(profile: Rankings):
    """A verdict that hangs on more than two alternatives."""
    return set(profile.alternatives[:1]) if profile.n_alternatives == 2 else set()


def least(profile: Rankings):
    """What the fewest put first."""
    firsts = profile.weights @ (profile.ranks == 1)
    return {profile.alternatives[column] for column in np.flatnonzero(firsts == firsts.min())}


# a leads by first places, and most put it last
DIVIDED = rankings("4 abc, 3 bca, 3 cba")
# a has half of all and one more; Borda counts 6 for a, 7 for b
NARROW = rankings("3 abc, 2 bca")
# d loses each duel by one vote, and a, b and c go in a circle by more
STRONG_CYCLE = rankings("4 abcd, 3 bcad, 3 cabd, 3 dabc, 3 dbca, 3 dcab", "abcd")
CYCLE = rankings("1 abc, 1 bca, 1 cab")
ROUND = [[0, 1, 2], [1, 2, 0], [2, 0, 1]]
MISSING = Utilities([[5, np.nan, 1], [6, 2, 1]])

VIOLATED = [
    ("weak-pareto", "antiplurality", rankings("1 acb"), {}),
    ("pareto", "maximin", Utilities([[1, 1], [3, 5]]), {}),
    ("pareto", "plurality", Rankings([[1, 1, 2], [2, 3, 1]], [2, 1]), {}),
    ("unanimity", "antiplurality", rankings("1 acb"), {}),
    ("unanimity", nothing, rankings("1 abc, 1 acb"), {}),
    ("condorcet-loser", "plurality", DIVIDED, {}),
    ("condorcet-loser", "minimax", STRONG_CYCLE, {}),
    ("majority", "borda", NARROW, {}),
    ("majority", "supermajority", NARROW, {}),
    ("majority", "utilitarian", Utilities([[2, 1], [2, 1], [1, 4]]), {}),
    ("majority-loser", "plurality", DIVIDED, {}),
    ("majority-loser", "minimax", STRONG_CYCLE, {}),
    ("mutual-majority", "plurality", DIVIDED, {}),
    ("mutual-majority", nothing, DIVIDED, {}),
    ("mutual-majority", everything, Approvals([[1, 1, 0], [1, 1, 0], [0, 0, 1]]), {}),
    ("smith", "minimax", STRONG_CYCLE, {}),
    ("smith", "borda", NARROW, {}),
    ("isda", "minimax", STRONG_CYCLE, {"removed": "d"}),
    ("isda", "borda", NARROW, {"removed": "c"}),
    ("clones", "plurality", rankings("2 ab, 2 ab, 3 ba", "ab"), {"cloned": "a", "places": [[0, 1], [1, 0], [0, 1]]}),
    ("clones", "borda", rankings("3 ab, 2 ba", "ab"), {"cloned": "b", "places": [[0, 1], [0, 1]]}),
    # of the circle, c beats a twice and a beats its own clone, so that b falls behind
    ("clones", "copeland", CYCLE, {"cloned": "a", "places": [[0, 1], [0, 1], [0, 1]]}),
    # each of three a's loses to another as badly as b to them
    ("clones", "minimax", rankings("1 ab, 1 ab, 1 ba", "ab"), {"cloned": "a", "places": ROUND}),
    ("clones", "plurality", Rankings([[1, 1, 2], [2, 2, 1]], [2, 1]), {"cloned": "c", "places": [[0, 0, 0]] * 2}),
    ("iia", "borda", NARROW, {"voter": 1, "ballot": [2, 1, 3], "pair": ["a", "b"]}),
    ("iia", "plurality", DIVIDED, {"voter": 2, "ballot": [3, 1, 2], "pair": ["a", "b"]}),
    (
        "iia",
        "relative_utilitarian",
        Utilities([[5, 1, 1], [1, 3, 2]]),
        {"voter": 0, "ballot": [5, 1, 20], "pair": ["a", "b"]},
    ),
    ("iia", least, rankings("2 abc, 1 bca"), {"voter": 0, "ballot": [2, 1, 3], "pair": ["a", "c"]}),
    # c, who cannot win, takes the votes of b, who beats a and c
    ("immunity-to-spoilers", "plurality", rankings("4 abc, 3 bca, 2 cba"), {"removed": "c"}),
    ("reversal-symmetry", "plurality", DIVIDED, {}),
]


SATISFIED = [
    ("weak-pareto", "plurality", Rankings, "any"),
    ("weak-pareto", "maximin", Utilities, "any"),
    ("pareto", "borda", Rankings, "any"),
    ("pareto", "approval", Approvals, "any"),
    ("unanimity", "irv", Rankings, "any"),
    ("unanimity", "unanimity", Rankings, "any"),
    ("unanimity", "nash", Utilities, "any"),
    ("condorcet-loser", "borda", Rankings, "any"),
    ("condorcet-loser", "irv", Rankings, "linear"),
    ("majority", "plurality", Rankings, "linear"),
    ("majority", "majority", Rankings, "any"),
    ("majority-loser", "borda", Rankings, "any"),
    ("mutual-majority", "irv", Rankings, "linear"),
    ("mutual-majority", "schulze", Rankings, "any"),
    ("smith", "copeland", Rankings, "any"),
    ("isda", "schulze", Rankings, "any"),
    ("clones", "irv", Rankings, "linear"),
    ("clones", "schulze", Rankings, "any"),
    ("clones", "utilitarian", Utilities, "any"),
    ("iia", dictator, Rankings, "linear"),
    ("iia", "utilitarian", Utilities, "any"),
    ("iia", "approval", Approvals, "any"),
    ("immunity-to-spoilers", "split_cycle", Rankings, "any"),
    ("immunity-to-spoilers", "minimax", Rankings, "linear"),
    ("reversal-symmetry", "borda", Rankings, "any"),
    ("reversal-symmetry", "utilitarian", Utilities, "any"),
]

NOTHING_ASKED = [
    ("weak-pareto", "plurality", DIVIDED),
    ("pareto", "plurality", DIVIDED),
    ("unanimity", everything, rankings("9 abc, 1 bac")),
    ("unanimity", everything, Rankings([[1, 1, 2], [1, 2, 3]])),
    ("unanimity", everything, Rankings([[1]])),
    ("condorcet-loser", everything, CYCLE),
    ("condorcet-loser", everything, Rankings([[1]])),
    ("majority", everything, rankings("1 abc, 1 bac")),
    ("majority", everything, Rankings([[1, 1, 2]])),
    ("majority", everything, Rankings([[1, 2], [2, 1]], [0.1 + 0.2, 0.3])),  # half, but for rounding
    ("majority-loser", everything, rankings("1 abc, 1 acb")),
    ("majority-loser", everything, Rankings([[1, 0, 0]])),
    ("mutual-majority", nothing, CYCLE),
    ("mutual-majority", nothing, Rankings([[0, 0, 0]])),
    ("smith", nothing, CYCLE),
    ("isda", everything, CYCLE),
    ("isda", nothing, NARROW),
    ("clones", nothing, CYCLE),
    ("iia", "borda", rankings("1 ab, 1 ba", "ab")),
    ("iia", nothing, NARROW),
    ("immunity-to-spoilers", everything, NARROW),
    ("immunity-to-spoilers", nothing, NARROW),
    ("immunity-to-spoilers", first_of_two, NARROW),
    ("reversal-symmetry", everything, NARROW),
    ("reversal-symmetry", everything, Rankings([[1]])),
]

WITH_PREMISE = [
    "weak-pareto", "pareto", "unanimity", "condorcet-loser", "majority", "majority-loser", "mutual-majority", "smith",
    "isda", "clones", "iia", "immunity-to-spoilers", "reversal-symmetry", "condorcet", "monotonicity",
]  # fmt: skip

ILLEGITIMATE = [
    ("majority", NARROW, {"removed": "c"}),
    ("isda", NARROW, {"removed": "a"}),
    ("isda", CYCLE, {"removed": "c"}),
    ("immunity-to-spoilers", NARROW, {"removed": "a"}),
    ("immunity-to-spoilers", NARROW, {"removed": "d"}),
    ("clones", CYCLE, {"cloned": "d", "places": ROUND}),
    ("clones", CYCLE, {"cloned": "a", "places": ROUND[:2]}),
    ("clones", CYCLE, {"cloned": "a", "places": [[0, 1], [1, 0], [0, 0]]}),  # linear orders stay linear
    ("clones", CYCLE, {"cloned": "a", "places": [[0, 1], [1, 0], [0, 2]]}),
    ("clones", CYCLE, {"cloned": "a", "places": [[0], [0], [0]]}),
    ("clones", CYCLE, {"cloned": "a", "places": []}),
    ("clones", CYCLE, {"cloned": "a"}),
    ("clones", Rankings([[1, 1, 2]]), {"cloned": "a", "places": [[0, 1]]}),
    ("iia", NARROW, {"voter": 1, "ballot": [1, 2, 3], "pair": ["a", "b"]}),
    ("iia", NARROW, {"voter": 1, "ballot": [2, 1, 2], "pair": ["a", "b"]}),  # linear orders stay linear
    ("iia", NARROW, {"voter": 1, "ballot": [2, 1], "pair": ["a", "b"]}),
    ("iia", NARROW, {"voter": 1, "ballot": [2, 1, -1], "pair": ["a", "b"]}),
    ("iia", NARROW, {"voter": 2, "ballot": [2, 1, 3], "pair": ["a", "b"]}),
    ("iia", NARROW, {"voter": 1, "ballot": [2, 1, 3], "pair": ["a", "a"]}),
    ("iia", NARROW, {"voter": 1, "ballot": [2, 1, 3], "pair": ["a", "d"]}),
    ("iia", NARROW, {"voter": 1, "ballot": [2, 1, 3]}),
    ("iia", Rankings([[1, 0, 0]]), {"voter": 0, "ballot": [1, 2, 0], "pair": ["b", "c"]}),  # unranked is last
    ("iia", Utilities([[5, 1, 1]]), {"voter": 0, "ballot": [6, 1, 2], "pair": ["a", "b"]}),
    ("iia", Utilities([[5, 1, 1]]), {"voter": 0, "ballot": [5, 1, np.nan], "pair": ["a", "b"]}),
    ("iia", Approvals([[1, 0, 0]]), {"voter": 0, "ballot": [True, True, False], "pair": ["a", "b"]}),
]

LEGITIMATE = [
    ("isda", NARROW, {"removed": "b"}),
    ("clones", rankings(", ".join(["1 abc"] * 30)), {"cloned": "a", "places": [[0, 1]] * 29 + [[1, 0]]}),
    ("clones", CYCLE, {"cloned": "b", "places": [[3, 2, 1, 0]] * 3}),
    ("iia", Rankings([[1, 0, 0]]), {"voter": 0, "ballot": [0, 1, 1], "pair": ["b", "c"]}),
    ("iia", Rankings([[1, 2, 3, 4, 5, 6]]), {"voter": 0, "ballot": [1, 2, 6, 5, 4, 3], "pair": ["a", "b"]}),
    ("iia", Utilities([[5, 1, 1]]), {"voter": 0, "ballot": [5, 1, 0.25], "pair": ["a", "b"]}),
    ("iia", Approvals([[1, 1, 0]]), {"voter": 0, "ballot": [False, False, True], "pair": ["a", "b"]}),
]


RAISES = [
    (Rankings([[1, 0, 0]]), "b", [[2, 1, 0], [1, 1, 0], [1, 2, 0]]),  # the last ends the ranking, as most raises do
    (Rankings([[1, 2, 0]]), "c", [[2, 3, 1], [1, 2, 1], [1, 3, 2], [1, 2, 2]]),  # alone below b already
    (Rankings([[0, 0, 0]]), "b", [[0, 1, 0]]),
    (Rankings([[1, 2, 2]]), "c", [[2, 3, 1], [1, 2, 1], [1, 3, 2]]),
    (Rankings([[1, 2, 3]]), "c", [[2, 3, 1], [1, 3, 2]]),  # linear orders stay linear
    (Rankings([[0]]), "a", []),
    (Approvals([[1, 0]]), "b", [[True, True]]),
    (Approvals([[1, 0]]), "a", []),
    (Utilities([[5, 1, 2]]), "b", [[5, 2, 2], [5, 5, 2], [5, 6, 2]]),
    (Utilities([[5, 1, np.nan]]), "b", [[5, 5, np.nan], [5, 6, np.nan]]),
    (Utilities([[5, 1, np.nan]]), "c", []),
]


@pytest.mark.parametrize(("profile", "raised", "ballots"), RAISES)
def test_ways_to_put_an_alternative_higher(profile, raised, ballots):
    np.testing.assert_equal(list(raises(profile, 0, raised)), ballots)


def written_last(profile: Rankings):
    """All but those whom somebody ranks last of several."""
    last = (profile.ranks == profile.ranks.max(axis=1, keepdims=True)) & (profile.ranks > 1)
    return {profile.alternatives[column] for column in np.flatnonzero(~last.any(axis=0))}


def test_a_raise_to_the_end_of_a_truncated_ballot_can_harm():
    profile = Rankings([[1, 0, 0]])
    found = axioms["monotonicity"].check(written_last, profile)
    assert found.change["ballot"] in ([1, 2, 0], [1, 0, 2])


def test_ballots_of_many_alternatives_are_drawn_as_they_are_kept():
    profile = Rankings([[1, 2, 3, 3, 0, 0]])
    ballots = ballots_like(profile, np.random.default_rng(0))
    assert all(fits(profile, next(ballots)) for _ in range(20))


@pytest.mark.parametrize("axiom", axioms)
@pytest.mark.parametrize("change", [{}, {"nothing": 1}, {"voter": 0}])
def test_stored_changes_that_lack_something_are_refused(axiom, change):
    reads = axioms[axiom].reads[0]
    profile = reads([[1, 2, 3], [3, 1, 2]]) if reads is not Approvals else reads([[1, 0, 1], [0, 1, 1]])
    every = [*axioms[axiom].changes(profile, np.random.default_rng(0))] if axiom != "strategyproofness" else []
    assert axioms[axiom].allows(profile, change) == (change in every)


@pytest.mark.parametrize("axiom", ["participation", "monotonicity", "positive-responsiveness", "strategyproofness"])
def test_any_voter_of_a_kind_may_be_named(axiom):
    profile = rankings("1 abc, 1 abc, 2 abc, 1 bca")
    every = axioms[axiom].changes(profile, np.random.default_rng(0))
    of_first = next(each for each in every if each["voter"] == 0)
    assert axioms[axiom].allows(profile, of_first)
    assert axioms[axiom].allows(profile, {**of_first, "voter": 1})
    assert not axioms[axiom].allows(profile, {**of_first, "voter": 4})
    assert not axioms[axiom].allows(profile, {**of_first, "voter": "0"})


def on_trial(rule, reads):
    """The rule, reading what is asked."""
    return subject(rule) if isinstance(rule, str) else subject(rule, reads=reads)


@pytest.mark.parametrize(("axiom", "rule", "profile", "change"), VIOLATED)
def test_known_violations(axiom, rule, profile, change):
    put_on_trial = on_trial(rule, type(profile))
    found = axioms[axiom].check(put_on_trial, profile, change=change)
    assert found is not None
    assert found.profile == profile
    assert Violation.from_json(found.to_json()).holds_against(put_on_trial)


@pytest.mark.parametrize(("axiom", "rule", "profile", "change"), VIOLATED)
def test_the_changes_tried_violate_too(axiom, rule, profile, change):
    assert axioms[axiom].check(on_trial(rule, type(profile)), profile, at_most=1000) is not None


@pytest.mark.parametrize(("axiom", "rule", "reads", "domain"), SATISFIED)
def test_satisfied(axiom, rule, reads, domain):
    put_on_trial = on_trial(rule, reads)
    profiles = drawn(reads, domain, np.random.default_rng(0))
    cases = [case for _ in range(80) for case in axioms[axiom].cases(put_on_trial, next(profiles), at_most=8)]
    assert not [case for case in cases if isinstance(case, Violation)]
    assert True in cases  # it was asked


@pytest.mark.parametrize(("axiom", "rule", "profile"), NOTHING_ASKED)
def test_nothing_is_asked(axiom, rule, profile):
    assert not any(axioms[axiom].cases(on_trial(rule, type(profile)), profile))


@pytest.mark.parametrize("axiom", WITH_PREMISE)
def test_nothing_is_asked_about_missing_utilities(axiom):
    assert not any(axioms[axiom].cases(subject("utilitarian"), MISSING))


@pytest.mark.parametrize(("axiom", "profile", "change"), ILLEGITIMATE)
def test_illegitimate_changes(axiom, profile, change):
    rule = {Utilities: "utilitarian", Rankings: "borda", Approvals: "approval"}[type(profile)]
    with pytest.raises(OutsideDomain):
        axioms[axiom].check(rule, profile, change=change)


@pytest.mark.parametrize(("axiom", "profile", "change"), LEGITIMATE)
def test_legitimate_changes(axiom, profile, change):
    assert axioms[axiom].allows(profile, change)


@pytest.mark.parametrize(
    "profile",
    [
        NARROW,
        rankings(", ".join(["1 abc", "1 bca"] * 5)),
        Rankings([[1, 0, 2], [0, 0, 1]]),
        Rankings([[1, 2, 3, 3, 0], [0, 0, 1, 2, 3]]),
        Approvals([[1, 0, 1], [0, 0, 1]]),
        Utilities([[5, 1, 2], [1, 3, 4]]),
    ],
)
@pytest.mark.parametrize("axiom", ["isda", "clones", "iia", "immunity-to-spoilers"])
def test_all_changes_tried_are_legitimate(axiom, profile):
    for change in axioms[axiom].changes(profile, np.random.default_rng(0)):
        assert axioms[axiom].allows(profile, change)


def test_a_weight_counts_as_so_many_voters():
    assert axioms["majority"].check(everything, rankings("3 abc, 1 bca, 1 cba")) is not None
    assert axioms["majority"].check(everything, rankings("2 abc, 1 bca, 1 cba")) is None
    assert axioms["unanimity"].check(everything, Rankings([[1, 2], [2, 1]], [2, 0])) is not None
    assert axioms["pareto"].check(everything, Rankings([[1, 2], [2, 1]], [2, 0])) is not None
    assert axioms["weak-pareto"].check(everything, Rankings([[1, 2], [2, 1]], [2, 0])) is not None


def third_of_more_than_three(profile: Rankings):
    """The third of four or more, else the first."""
    return {profile.alternatives[2 if profile.n_alternatives > 3 else 0]}


@pytest.mark.parametrize(
    ("ranks", "places", "after"),
    [
        ([[1, 2, 3], [3, 2, 1]], [[0, 1], [1, 0]], [[1, 3, 4, 2], [4, 2, 1, 3]]),
        ([[1, 2, 3], [3, 2, 1]], [[1, 2, 0], [2, 0, 1]], [[2, 4, 5, 3, 1], [5, 2, 1, 3, 4]]),
        ([[1, 1, 2], [0, 0, 1]], [[0, 0], [0, 0]], [[1, 1, 2, 1], [0, 0, 1, 0]]),
    ],
)
def test_clones_are_next_to_the_original_and_new_by_name(ranks, places, after):
    profile = Rankings(ranks, alternatives=["a", "a'", "b"])
    change = {"cloned": "a", "places": places}
    found = axioms["clones"].check(third_of_more_than_three, profile, change=change)
    asked = found.steps[1].profile
    assert asked.ranks.tolist() == after
    assert asked.alternatives == ("a", "a'", "b", "a''", "a'''")[: asked.n_alternatives]


@pytest.mark.parametrize("axiom", ["pareto", "weak-pareto"])
def test_what_should_have_held_names_the_offender(axiom):
    found = axioms[axiom].check(lambda profile: {"c"}, Utilities([[3, 2, 1]]))
    assert found.expected.startswith("c does not win")


def subsets(profile):
    labels = profile.alternatives
    return map(frozenset, chain.from_iterable(combinations(labels, size) for size in range(1, len(labels) + 1)))


def profiles_of_all_kinds(count):
    for reads in (Rankings, Approvals, Utilities):
        endless = drawn(reads, "any", np.random.default_rng(count))
        yield from (next(endless) for _ in range(count))


def test_smith_set_is_the_smallest_dominating_one_of_all_subsets():
    for profile in profiles_of_all_kinds(40):
        beats = margins(profile) > 0
        dominating = []
        for members in subsets(profile):
            inside = np.array([label in members for label in profile.alternatives])
            if beats[np.ix_(inside, ~inside)].all():
                dominating.append(members)
        assert smith_set(profile) == min(dominating, key=len)


def test_mutual_majority_asks_for_what_each_set_of_all_subsets_asks_for():
    rng = np.random.default_rng(0)
    verdicts = []
    for profile in profiles_of_all_kinds(40):
        likes = liking(profile)
        winners = frozenset(rng.choice(profile.alternatives, int(rng.integers(1, 3))).tolist())
        wanted = []
        for members in subsets(profile):
            inside = np.array([label in members for label in profile.alternatives])
            if not inside.all():
                solid = likes[:, inside].min(axis=1) > likes[:, ~inside].max(axis=1)
                if 2 * profile.weights @ solid > profile.weights.sum():
                    wanted.append(members)
        put_on_trial = subject(lambda _, won=winners: Decision(won), reads=type(profile))
        (case,) = axioms["mutual-majority"].cases(put_on_trial, profile)
        assert isinstance(case, Violation) == any(not winners <= members for members in wanted)
        assert (case is False) == (not wanted)
        verdicts.append(case if isinstance(case, bool) else None)
    assert {True, False, None} <= set(verdicts)


def test_rounding_noise_is_no_preference():
    profile = Utilities([[0.3, 0.1 + 0.2], [0.3, 0.1 + 0.2]])
    assert axioms["pareto"].check(lambda values: 0, profile) is None
    assert axioms["pareto"].check(lambda values: {0, 1}, profile) is None
