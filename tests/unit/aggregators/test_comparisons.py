"""The profile of pairwise comparisons."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregators import Comparisons, ProfileError, Rankings, RuleError, Utilities, decide, elect
from aggregators.strategies import comparisons, rankings
from aggregators.tournament import condorcet_winner, majority_graph, margins

NAN = float("nan")
CYCLE = [(1, "a", "b"), (1, "b", "c"), (1, "c", "a")]
ANYTHING = comparisons(ties=True, missing=True, again=True)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Comparisons([[1, 0]]), r"wins has shape \(1, 2\); give \(voters, alternatives, alternatives\)"),
        (lambda: Comparisons(np.zeros((1, 2, 3))), r"shape \(1, 2, 3\)"),
        (lambda: Comparisons(np.zeros((0, 2, 2))), "one at least"),
        (lambda: Comparisons([[["x"]]]), "wins is not an array of numbers"),
        (lambda: Comparisons([[[0, -1], [0, 0]]]), r"wins\[0, 0, 1\] is -1.0; give how often"),
        (lambda: Comparisons([[[0, NAN], [0, 0]]]), r"wins\[0, 0, 1\] is nan"),
        (lambda: Comparisons([[[0, 1], [0, 2]]]), r"wins\[0, 1, 1\] compares an alternative with itself"),
        (lambda: Comparisons([[[0, 1], [0, 0]]], weights=[1, 2]), r"weights has shape \(2,\)"),
        (lambda: Comparisons.from_triples([]), "empty; give at least one comparison"),
        (lambda: Comparisons.from_triples("abc"), "preferred='abc' is no list"),
        (lambda: Comparisons.from_triples([(1, "a")]), r"preferred\[0\]=\(1, 'a'\) is no triple"),
        (lambda: Comparisons.from_triples(["xab"]), r"preferred\[0\]='xab' is no triple"),
        (lambda: Comparisons.from_triples(CYCLE, ties=[(1, "b", "b")]), r"ties\[0\] compares 'b' with itself"),
        (lambda: Comparisons.from_triples(CYCLE, alternatives="abc"), "one string"),
        (lambda: Comparisons.from_triples(CYCLE, alternatives=["a", "b"]), r"preferred\[1\] names 'c', which alt"),
        (lambda: Comparisons.from_triples(CYCLE, alternatives=["a", "b", "c", "a"]), "'a' twice"),
        (
            lambda: Comparisons.from_triples(CYCLE, voters=[2]),
            r"preferred\[0\] names 1, which voters has not; it has: 2",
        ),
        (lambda: Comparisons.from_triples(CYCLE, voters=[1, 1]), "voters has 1 twice"),
        (lambda: Rankings([[1, 2]]).to_comparisons("averaged"), "unranked='averaged' is not an option"),
        (lambda: Comparisons.from_triples(CYCLE).restrict(["z"]), "'z' is not in this profile"),
    ],
)
def test_bad_input_is_refused_in_one_line(make, says):
    with pytest.raises(ProfileError, match=says) as caught:
        make()
    assert "\n" not in str(caught.value)


def test_triples_are_counted_and_ties_are_halves():
    made = Comparisons.from_triples(
        [(2, "b", "a"), (1, "b", "a"), (2, "b", "a"), (2, "a", "b")],
        ties=[(1, "a", "c")],
        weights=[1, 3],
        groups=["x", "y"],
    )
    assert made.alternatives == ("a", "b", "c")
    assert made.wins.tolist() == [[[0, 1, 0], [2, 0, 0], [0, 0, 0]], [[0, 0, 0.5], [1, 0, 0], [0.5, 0, 0]]]
    assert made.opinions.tolist() == [[True, True, False], [True, True, True]]
    assert (made.n_comparisons, made.complete) == (5, False)
    assert made.groups["group"].tolist() == ["x", "y"]


def test_voters_who_compared_nothing_are_kept():
    made = Comparisons.from_triples(CYCLE, voters=[7, 1], weights=[5, 1], alternatives=["c", "b", "a"])
    assert made.wins[0].tolist() == np.zeros((3, 3)).tolist()
    assert made.wins[1].tolist() == [[0, 0, 1], [1, 0, 0], [0, 1, 0]]
    assert decide(made, "copeland").answered.tolist() == [1, 1, 1]


@given(ANYTHING)
def test_is_made_again_from_what_it_holds(profile):
    assert Comparisons(profile.wins, profile.weights, profile.alternatives) == profile
    assert pickle.loads(pickle.dumps(profile)) == copy.deepcopy(profile) == profile
    assert (profile.pair[:, 0] < profile.pair[:, 1]).all()
    assert not any(each.flags.writeable for each in (profile.voter, profile.pair, profile.counts, profile.wins))


@given(ANYTHING, st.data())
def test_select_and_restrict_do_as_numpy_does(profile, data):
    voters = data.draw(st.lists(st.integers(0, profile.n_voters - 1), min_size=1, max_size=7))
    labels = data.draw(st.permutations(profile.alternatives))[: data.draw(st.integers(1, profile.n_alternatives))]
    columns = [profile.index(label) for label in labels]
    assert np.array_equal(profile.select(voters).wins, profile.wins[voters])
    assert np.array_equal(profile.select(voters).weights, profile.weights[voters])
    assert np.array_equal(profile.restrict(labels).wins, profile.wins[:, columns][:, :, columns])
    mask = np.arange(profile.n_voters) < 1
    assert profile.select(mask) == profile.select([0])


def test_utilities_are_shares_won():
    made = Comparisons.from_triples(
        [("x", "a", "b"), ("x", "a", "b"), ("x", "b", "a"), ("y", "b", "c")], [("x", "a", "c")]
    )
    values = made.to_utilities().values
    np.testing.assert_allclose(values, [[2.5 / 4, 1 / 3, 0.5], [NAN, 1, 0]])
    assert decide(made.to_utilities(), "utilitarian").answered.tolist() == [1, 2, 2]


@given(rankings(ties=True, truncated=True), st.sampled_from(["last", "ignored"]))
def test_of_rankings_by_hand(ballots, unranked):
    made = ballots.to_comparisons(unranked)
    for voter, ranks in enumerate(ballots.ranks.tolist()):
        below = [rank or len(ranks) + 1 for rank in ranks]
        for x, y in np.argwhere(~np.eye(len(ranks), dtype=bool)).tolist():
            asked = any(ranks) and (unranked == "last" or (ranks[x] and ranks[y]))
            won = 1.0 if below[x] < below[y] else 0.5 * (below[x] == below[y])
            assert made.wins[voter, x, y] == (won if asked else 0.0)


def test_a_voter_counts_once_in_a_duel_however_often_asked():
    made = Comparisons.from_triples([(1, "a", "b")] * 3 + [(2, "b", "a"), (3, "b", "a"), (4, "a", "b"), (4, "b", "a")])
    assert margins(made).tolist() == [[0, -1], [1, 0]]
    assert condorcet_winner(made) == "b"
    assert list(majority_graph(made).edges(data="support")) == [("b", "a", 2.0)]
    assert decide(made, "bradley_terry").winners == ("a",)  # each comparison counts: 4 to 3


def test_intransitive_comparisons_are_a_cycle():
    made = Comparisons.from_triples(CYCLE)
    assert decide(made, "smith").winners == ("a", "b", "c")
    assert condorcet_winner(made) is None


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda made: decide(made, "utilitarian"), r"was given Comparisons; .* profile.to_utilities\(\)"),
        (lambda made: decide(made, "irv"), "comparisons may go in circles, so use a rule that reads them"),
        (lambda made: decide(made, "approval"), r"profile.to_utilities\(\).to_approvals\(threshold\)"),
        (lambda made: elect(made, "stv", seats=1), "'stv' reads Rankings and was given Comparisons"),
    ],
)
def test_rules_that_need_more_say_what_to_do(ask, says):
    with pytest.raises(RuleError, match=says):
        ask(Comparisons.from_triples(CYCLE))


def test_utilities_compare_by_way_of_their_order():
    made = Utilities([[3, 1, NAN]]).to_rankings().to_comparisons("ignored")
    assert made.n_comparisons == 1
    assert made.wins[0, 0, 1] == 1
