"""Voting rules on published examples and on cases worked by hand."""

import time

import networkx as nx
import numpy as np
import pytest

from aggregators import Rankings, RuleError, Utilities, decide, rules
from aggregators.tournament import condorcet_winner, majority_graph, margins, support

NAN = float("nan")

TENNESSEE = Rankings.from_orders(
    [
        ("Memphis", "Nashville", "Chattanooga", "Knoxville"),
        ("Nashville", "Chattanooga", "Knoxville", "Memphis"),
        ("Chattanooga", "Knoxville", "Nashville", "Memphis"),
        ("Knoxville", "Chattanooga", "Nashville", "Memphis"),
    ],
    weights=[42, 26, 15, 17],
)

# Schulze (2011), example 1: 45 voters, five alternatives; the paper's ranking is E > A > C > B > D.
SCHULZE = Rankings.from_orders(
    [tuple(order) for order in ("ACBED", "ADECB", "BEDAC", "CABED", "CAEBD", "CBADE", "DCEBA", "EBADC")],
    weights=[5, 5, 8, 3, 7, 2, 7, 8],
)

CYCLE = Rankings.from_orders([tuple("abc"), tuple("bca"), tuple("cab")])


@pytest.mark.parametrize(
    ("rule", "winners"),
    [
        ("plurality", "Memphis"),
        ("antiplurality", "Chattanooga Nashville"),
        ("borda", "Nashville"),
        ("bucklin", "Nashville"),
        ("irv", "Knoxville"),
        ("coombs", "Nashville"),
        ("copeland", "Nashville"),
        ("minimax", "Nashville"),
        ("schulze", "Nashville"),
        ("ranked_pairs", "Nashville"),
        ("split_cycle", "Nashville"),
        ("kemeny", "Nashville"),
        ("black", "Nashville"),
        ("nanson", "Nashville"),
        ("baldwin", "Nashville"),
        ("benham", "Nashville"),
        ("smith", "Nashville"),
        ("uncovered", "Nashville"),
        ("maximal_lotteries", "Nashville"),
        ("random_dictator", "Chattanooga Knoxville Memphis Nashville"),
    ],
)
def test_tennessee(rule, winners):
    assert " ".join(decide(TENNESSEE, rule).winners) == winners


def test_tennessee_in_order():
    order = (("Nashville",), ("Chattanooga",), ("Knoxville",), ("Memphis",))
    for rule in ("kemeny", "schulze", "ranked_pairs", "copeland"):
        assert decide(TENNESSEE, rule).ranking == order
    assert decide(TENNESSEE, "irv").ranking == (("Knoxville",), ("Memphis",), ("Nashville",), ("Chattanooga",))


def test_schulze_with_45_voters():
    assert decide(SCHULZE, "schulze").ranking == (("E",), ("A",), ("C",), ("B",), ("D",))
    assert decide(SCHULZE, "schulze:strength=winning").winners == ("E",)
    table = support(SCHULZE)
    assert table[0].tolist() == [0, 20, 26, 30, 22]  # the paper's first row
    assert table[4].tolist() == [23, 27, 21, 31, 0]


@pytest.mark.parametrize(
    "rule",
    [name for name, rule in rules("voting").items() if rule.reads is Rankings],
)
def test_the_condorcet_paradox_ties_everybody(rule):
    outcome = decide(CYCLE, rule)
    assert outcome.winners == ("a", "b", "c")
    assert outcome.ranking == (("a", "b", "c"),)
    assert condorcet_winner(CYCLE) is None


def test_instant_runoff_may_drop_the_condorcet_winner_and_punish_support():
    # Tideman (2006) and many others: the centre is squeezed out.
    squeezed = Rankings.from_orders([tuple("lcr"), tuple("clr"), tuple("rcl")], weights=[4, 2, 3])
    assert decide(squeezed, "irv").winners == ("l",)
    assert condorcet_winner(squeezed) == "c"
    assert decide(squeezed, "benham").winners == decide(squeezed, "coombs").winners == ("c",)


def test_instant_runoff_follows_every_choice_among_the_tied():
    ballots = Rankings.from_orders([tuple("abc"), tuple("bca"), tuple("cba")], weights=[2, 1, 1])
    # b or c leaves first; the other then ties with a, which makes every one of the three a winner
    assert decide(ballots, "irv").winners == ("a", "b", "c")
    assert decide(ballots, "irv:ties=together").winners == ("a",)


def test_too_many_universes_are_refused_not_guessed():
    m = 18
    even = Rankings(np.array([np.roll(np.arange(1, m + 1), shift) for shift in range(m)]))
    with pytest.raises(RuleError, match="ties='together'"):
        decide(even, "irv")
    assert len(decide(even, "irv:ties=together").winners) == m
    rng = np.random.default_rng(5)
    with pytest.raises(RuleError, match="equally strong"):
        decide(Rankings(rng.permuted(np.tile(np.arange(1, 15), (3, 1)), axis=1)), "ranked_pairs")


def test_a_voter_s_ties_split_and_truncation_exhausts():
    ballots = Rankings.from_orders([(("a", "b"), "c"), ("c",), ("c",), ("b", "a")], weights=[2, 1, 1, 1])
    # first places: a 1, b 2, c 2; then b has 3 against c's 2
    assert decide(ballots, "irv").ranking == (("b",), ("c",), ("a",))


def test_black_falls_back_on_borda():
    ballots = Rankings.from_orders([tuple("abc"), tuple("bca"), tuple("cab")], weights=[3, 3, 2])
    outcome = decide(ballots, "black")
    assert outcome.ranking == (("b",), ("a",), ("c",))
    assert outcome.details["borda"].tolist() == [8, 9, 7]


def test_kemeny_reports_the_distance_and_every_optimal_first():
    outcome = decide(CYCLE, "kemeny")
    assert outcome.details["distance"] == 4
    assert outcome.details["gap"] == 0
    # three optimal rankings, each turned round by one
    assert outcome.scores.tolist() == [2, 2, 2]


def test_kemeny_by_integer_program_agrees_with_the_dynamic_programme(monkeypatch):
    from aggregators.voting import kemeny as module

    rng = np.random.default_rng(3)
    for case in range(25):
        ranks = rng.permuted(np.tile(np.arange(1, 8), (int(rng.integers(3, 9)), 1)), axis=1)
        ballots = Rankings(ranks, rng.integers(1, 4, len(ranks)) / (1 if case % 2 else 3))
        exact = decide(ballots, "kemeny")
        with monkeypatch.context() as patch:
            patch.setattr(module, "MOST_FOR_SUBSETS", 2)
            program = decide(ballots, "kemeny")
        assert program.winners == exact.winners
        assert program.details["distance"] == pytest.approx(exact.details["distance"])
        assert program.details["gap"] == 0


def test_kemeny_of_twenty_alternatives():
    rng = np.random.default_rng(8)
    ranks = rng.permuted(np.tile(np.arange(1, 21), (25, 1)), axis=1)
    before = time.perf_counter()
    outcome = decide(Rankings(ranks), "kemeny")
    assert outcome.details["gap"] == 0
    assert outcome.winners
    assert time.perf_counter() - before < 120


def test_ranked_pairs_and_minimax_differ_from_schulze():
    # Tideman's and Simpson's rules on the example of Schulze (2011).
    assert decide(SCHULZE, "ranked_pairs").winners == ("A",)
    assert decide(SCHULZE, "minimax").scores.tolist() == margins(SCHULZE).min(axis=1).tolist()


def test_winning_votes_and_margins_may_differ():
    # a beats b by 7 to 4, b beats c by 7 to 6, c beats a by 6 to 3: c loses by the least margin, a to the fewest votes
    ballots = Rankings([[2, 2, 1], [1, 2, 1], [1, 2, 3], [0, 1, 2]], weights=[2, 4, 3, 4])
    for rule in ("minimax", "schulze", "ranked_pairs", "split_cycle"):
        assert decide(ballots, f"{rule}:strength=margins").winners == ("c",)
        assert decide(ballots, f"{rule}:strength=winning").winners == ("a",)


def test_unranked_alternatives_are_last_or_ignored():
    ballots = Rankings.from_orders([("a",), ("b", "a")], weights=[2, 1], alternatives=["a", "b"])
    assert margins(ballots).tolist() == [[0, 1], [-1, 0]]
    assert margins(ballots, "ignored").tolist() == [[0, -1], [1, 0]]
    assert decide(ballots, "copeland").winners == ("a",)
    assert decide(ballots, "copeland:unranked=ignored").winners == ("b",)
    with pytest.raises(RuleError, match="one of: last, ignored"):
        decide(ballots, "copeland:unranked=first")


def test_borda_and_scoring_offer_two_readings_of_truncation():
    ballots = Rankings.from_orders([("a",), ("b", "c", "a")], alternatives=["a", "b", "c"])
    assert decide(ballots, "borda").scores.tolist() == [2, 2.5, 1.5]
    assert decide(ballots, "borda:unranked=zero").scores.tolist() == [2, 2, 1]
    assert decide(ballots, "scoring", vector=(3, 1)).scores.tolist() == [3, 3.5, 1.5]
    with pytest.raises(RuleError, match="more than the one before"):
        decide(ballots, "scoring:vector=1|2")
    with pytest.raises(RuleError, match="3\\|2\\|1"):
        decide(ballots, "scoring:vector=x")


def test_noise_neither_makes_nor_hides_a_tie():
    # a > b by 0.1 + 0.2, b > a by 0.3; both against c alike
    ballots = Rankings.from_orders([tuple("abc"), tuple("abc"), tuple("bac")], weights=[0.1, 0.2, 0.3])
    for rule in ("copeland", "minimax", "schulze", "ranked_pairs", "split_cycle", "kemeny", "smith", "irv", "baldwin"):
        assert decide(ballots, rule).winners == ("a", "b"), rule
    sharp = ballots.with_weights([1e12, 2e12, 3e12 + 1])
    for rule in ("copeland", "minimax", "schulze", "ranked_pairs", "kemeny", "smith", "irv", "baldwin", "nanson"):
        assert decide(sharp, rule).winners == ("b",), rule


def test_equally_strong_duels_are_equal_whatever_the_rounding():
    thirds = CYCLE.with_weights([0.1 + 0.2, 0.3, 0.3])
    for rule in ("minimax", "schulze", "ranked_pairs", "split_cycle", "kemeny", "nanson", "irv", "coombs"):
        assert decide(thirds, rule).winners == ("a", "b", "c"), rule
    assert decide(thirds, "maximal_lotteries").scores == pytest.approx([1 / 3] * 3)


def test_smith_and_the_majority_graph_agree():
    rng = np.random.default_rng(4)
    for _ in range(200):
        ballots = Rankings(rng.integers(1, 6, (int(rng.integers(1, 7)), 6)), None)
        graph = majority_graph(ballots)
        weak = nx.complement(graph).reverse()  # an edge where the target does not beat the source
        order = nx.condensation(weak)
        (source,) = [node for node, degree in order.in_degree() if degree == 0]
        assert set(decide(ballots, "smith").winners) == set(order.nodes[source]["members"])
        assert len(order) == len(decide(ballots, "smith").ranking)


def test_coverings_differ_only_with_tied_duels():
    rng = np.random.default_rng(6)
    for _ in range(100):
        ballots = Rankings(rng.permuted(np.tile(np.arange(1, 7), (5, 1)), axis=1))
        sets = {
            decide(ballots, f"uncovered:covering={c}").winners for c in ("gillies", "bordes", "mckelvey", "fishburn")
        }
        assert len(sets) == 1


def test_majority_judgment_takes_out_medians():
    # Balinski and Laraki (2010): of two with the same median, the grades around it decide, the lower one first.
    grades = Utilities([[5, 5], [4, 5], [3, 3], [2, 2], [2, 1]], alternatives=["x", "y"])
    # x without its medians: 3, 2, 4, 2, 5; y: 3, 2, 5, 1, 5
    assert decide(grades, "majority_judgment").ranking == (("y",), ("x",))
    assert decide(grades, "majority_judgment").scores.tolist() == [3, 3]


def by_removal(column):
    """The grades in the order in which medians are taken out."""
    left, taken = sorted(column), []
    while left:
        taken.append(left.pop((len(left) - 1) // 2))
    return taken


def test_majority_judgment_against_removal_one_by_one():
    rng = np.random.default_rng(9)
    for _ in range(400):
        values = rng.integers(0, 4, (int(rng.integers(1, 9)), 4))
        outcome = decide(Utilities(values), "majority_judgment")
        sequences = [by_removal(column) for column in values.T.tolist()]
        best = max(sequences)
        assert outcome.winners == tuple(label for label, s in zip("abcd", sequences, strict=True) if s == best)
        assert len(outcome.ranking) == len(set(map(tuple, sequences)))


def test_star_runs_off_all_who_come_into_question():
    # a leads, b and c tie for the second place: a beats c by 2 to 1 and loses to b by 1 to 2
    grades = Utilities([[1, 3, 5], [2, 3, 1], [5, 1, 1]])
    assert decide(grades, "star").details["average"] == pytest.approx([8 / 3, 7 / 3, 7 / 3])
    assert decide(grades, "star").winners == ("a", "b")


def test_blank_scores_count_nothing_or_what_is_said():
    grades = Utilities([[5, 3], [NAN, 3], [NAN, 3]])
    assert decide(grades, "range").winners == ("a",)
    assert decide(grades, "range:blank=0").winners == ("b",)
    assert decide(grades, "star:blank=0").winners == ("b",)


def test_a_lottery_is_drawn_by_its_odds():
    ballots = Rankings.from_orders([("a", "b"), ("b", "a")], weights=[3, 1])
    outcome = decide(ballots, "random_dictator")
    assert outcome.scores.tolist() == [0.75, 0.25]
    assert outcome.winners == ("a", "b")
    rng = np.random.default_rng(0)
    drawn = [decide(ballots, "random_dictator", tie_break="random", rng=rng).winners for _ in range(2000)]
    assert 0.72 < drawn.count(("a",)) / 2000 < 0.78
    batch = decide(ballots, "random_dictator", weights=np.tile([3.0, 1.0], (4000, 1)), tie_break="random", rng=rng)
    assert 0.72 < batch.winner_mask[:, 0].mean() < 0.78


def test_maximal_lotteries_are_the_most_even_of_several():
    # Two that tie and beat the rest.
    ballots = Rankings.from_orders([tuple("abc"), tuple("bac")])
    assert decide(ballots, "maximal_lotteries").scores.tolist() == [0.5, 0.5, 0]


def test_verdicts_hang_and_tell_by_how_much():
    jury = Utilities([[1, 0]] * 8 + [[0, 1]] * 4, alternatives=["yes", "no"])
    assert decide(jury, "supermajority").winners == ("yes",)  # two thirds reach two thirds
    assert decide(jury, "supermajority:q=2/3").winners == ("yes",)
    hung = decide(jury, "supermajority", q=0.75)
    assert hung.hung
    assert hung.details["margin"] == pytest.approx([8 / 12 - 0.75, 4 / 12 - 0.75])
    assert hung.to_dict()["details"]["quota"] == 0.75
    assert decide(jury, "unanimity").hung
    assert not decide(jury, "majority").hung
    assert decide(jury, "majority").details["margin"] == pytest.approx([1 / 6, -1 / 6])
    assert not decide(Utilities([[NAN, NAN]]), "unanimity").hung  # nobody was of any opinion
    with pytest.raises(RuleError, match="above 1/2"):
        decide(jury, "supermajority:q=0.5")
