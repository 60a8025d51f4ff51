"""Bradley-Terry strengths and rank centrality: closed forms, planted truths, and where strengths are infinite."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from aggregators import Comparisons, Rankings, RuleError, decide
from aggregators.designs import comparison_design
from aggregators.paired import compared, separated, wins
from aggregators.strategies import comparisons, rankings

MODELS = pytest.mark.parametrize("rule", ["bradley_terry", "rank_centrality"])
CHAIN = Comparisons.from_triples([(1, "a", "b"), (1, "b", "c"), (1, "a", "c")])


def of_table(table, **kwargs):
    return Comparisons([table], **kwargs)


@given(st.integers(1, 50), st.integers(1, 50), st.floats(0, 2))
def test_two_alternatives_are_a_log_odds(won, lost, prior):
    duel = of_table([[0, won], [lost, 0]])
    # a tie of `prior` of all comparisons more
    ahead, behind = won + prior * (won + lost) / 2, lost + prior * (won + lost) / 2
    strengths = decide(duel, "bradley_terry", prior=prior).scores
    assert strengths[0] - strengths[1] == pytest.approx(np.log(ahead / behind), abs=1e-9)
    assert strengths.sum() == pytest.approx(0, abs=1e-12)
    time = decide(duel, "rank_centrality", prior=prior).scores
    assert time == pytest.approx(np.array([ahead, behind]) / (ahead + behind))


def test_unanimity_of_two_has_the_size_of_the_prior():
    outcome = decide(of_table([[0, 9], [0, 0]]), "bradley_terry")
    assert outcome.scores[0] - outcome.scores[1] == pytest.approx(np.log(1.0005 / 0.0005))
    assert outcome.details["separated"]
    assert not decide(of_table([[0, 9], [1, 0]]), "bradley_terry").details["separated"]


@MODELS
def test_exact_proportions_give_the_strengths_back(rule):
    planted = np.array([1.5, 0.5, 0.0, -0.4, -1.6])
    chances = 1 / (1 + np.exp(planted[None, :] - planted[:, None]))
    met = np.array([[0, 3, 1, 0, 2], [3, 0, 5, 1, 1], [1, 5, 0, 2, 0], [0, 1, 2, 0, 4], [2, 1, 0, 4, 0]])
    scores = decide(of_table(met * chances), rule, prior=0).scores
    found = np.log(scores) - np.log(scores).mean() if rule == "rank_centrality" else scores
    np.testing.assert_allclose(found, planted, atol=1e-9)


@MODELS
def test_planted_strengths_are_recovered_from_a_budgeted_design(rule):
    rng = np.random.default_rng(20)
    m, n, planted = 10, 3000, np.linspace(1.2, -1.2, 10)
    found = []
    for voter in range(n):
        at = rng.permutation(m)
        for one, other in comparison_design(m, 15):
            x, y = (
                (at[one], at[other])
                if rng.random() < 1 / (1 + np.exp(planted[at[other]] - planted[at[one]]))
                else (
                    at[other],
                    at[one],
                )
            )
            found.append((voter, int(x), int(y)))
    jury = Comparisons.from_triples(found)
    scores = decide(jury, rule).scores
    strengths = np.log(scores) - np.log(scores).mean() if rule == "rank_centrality" else scores
    # 15 pairs of 45 a voter: each pair 1,000 times, so that a strength has a standard error of about 0.02
    np.testing.assert_allclose(strengths, planted, atol=0.1)
    assert [tier[0] for tier in decide(jury, rule).ranking] == [str(x) for x in range(m)]


@given(comparisons(ties=True, missing=True, again=True, min_alternatives=2), st.floats(1e-3, 1))
def test_nothing_is_likelier_than_the_strengths(profile, prior):
    outcome = decide(profile, "bradley_terry", prior=prior)
    table = wins(profile, profile.weights[None])
    if not table.any():
        assert outcome.winners == ()
        return
    part = compared(table)[0]
    table = table[0][np.ix_(part, part)]
    size = len(table)
    table = table + prior * table.sum() / (size * (size - 1)) * (1 - np.eye(size))

    def unlikely(strengths):
        return (table * np.logaddexp(0, strengths[None, :] - strengths[:, None])).sum() / table.sum()

    found = outcome.scores[part]
    assert found.sum() == pytest.approx(0, abs=1e-9)
    best = minimize(unlikely, np.zeros(size), tol=1e-12)
    assert unlikely(found) <= best.fun + 1e-12


@given(comparisons(ties=True, missing=True, again=True, min_alternatives=2))
def test_the_walk_stays_as_it_is(profile):
    outcome = decide(profile, "rank_centrality", prior=0.01)
    table = wins(profile, profile.weights[None])
    part = compared(table)[0]
    if not part.any():
        return
    table = table[0][np.ix_(part, part)]
    met = table + table.T
    rates = np.where(met > 0, table / np.where(met > 0, met, 1), 0).T + 0.005
    np.fill_diagonal(rates, 0)
    np.fill_diagonal(rates, -rates.sum(axis=1))
    time = outcome.scores[part]
    np.testing.assert_allclose(time @ rates, 0, atol=1e-12)
    assert time.sum() == pytest.approx(1)


@given(rankings(ties=True, truncated=True))
def test_rankings_are_in_the_order_of_borda(ballots):
    assert decide(ballots, "bradley_terry").ranking == decide(ballots, "borda").ranking


def test_comparisons_that_are_left_out_are_no_ties():
    # b beat a, and lost to c as often as c to b; a was never compared with c
    jury = of_table([[0, 10, 0], [30, 0, 20], [0, 20, 0]])
    strengths = decide(jury, "bradley_terry", prior=0).scores
    np.testing.assert_allclose(strengths - strengths[1], [-np.log(3), 0, 0], atol=1e-12)
    time = decide(jury, "rank_centrality", prior=0).scores
    np.testing.assert_allclose(time / time[1], [1 / 3, 1, 1])


@MODELS
@pytest.mark.parametrize(
    ("table", "who"),
    [
        ([[0, 2, 2], [0, 0, 1], [0, 1, 0]], "a"),
        ([[0, 2, 2], [1, 0, 1], [0, 0, 0]], "a, b"),
        ([[0, 2, 0, 0], [2, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]], "a, b"),  # two parts that never met
    ],
)
def test_without_a_prior_infinite_strengths_are_refused(rule, table, who):
    jury = of_table(table)
    with pytest.raises(RuleError, match=f"prior=0 of '{rule}' leaves strengths infinite, because {who} never lost"):
        decide(jury, rule, prior=0)
    with pytest.raises(RuleError, match="under weighting 1; give a prior above 0"):
        decide(Comparisons([table, np.ones_like(table) - np.eye(len(table))]), rule, prior=0, weights=[[1, 1], [1, 0]])
    outcome = decide(jury, rule)
    assert outcome.details["separated"]
    assert np.isfinite(outcome.scores).all()


def test_parts_that_never_met_are_level_on_average():
    jury = of_table([[0, 3, 0, 0], [1, 0, 0, 0], [0, 0, 0, 3], [0, 0, 1, 0]])
    outcome = decide(jury, "bradley_terry")
    assert outcome.ranking == (("a", "c"), ("b", "d"))
    assert outcome.scores[0] == pytest.approx(np.log(3) / 2, abs=0.01)


@given(comparisons(ties=True, missing=True, again=True))
def test_separated_is_what_networkx_calls_not_strongly_connected(profile):
    import networkx as nx

    table = wins(profile, profile.weights[None])
    graph = nx.from_numpy_array(table[0] > 0, create_using=nx.DiGraph)
    graph.remove_nodes_from(np.flatnonzero(~compared(table)[0]).tolist())
    assert separated(table)[0] == (len(graph) > 0 and not nx.is_strongly_connected(graph))


@MODELS
@pytest.mark.parametrize("prior", [-0.1, float("inf"), float("nan")])
def test_priors_that_are_none(rule, prior):
    with pytest.raises(RuleError, match=f"prior={prior} of '{rule}'"):
        decide(CHAIN, rule, prior=prior)


@MODELS
def test_hard_cases_are_solved(rule):
    m = 60
    chain = np.triu(np.full((m, m), 1e6), 1)
    assert len(decide(of_table(chain), rule).ranking) == m
    path = np.diag(np.ones(m - 1), 1)
    assert decide(of_table(path), rule, prior=1e-6).winners == ("a",)
    uneven = of_table([[0, 1e12, 1], [1e-3, 0, 0], [1e9, 1e-6, 0]])
    assert decide(uneven, rule, prior=0).scores is not None


@MODELS
def test_what_counts_of_a_pair(rule):
    often = of_table([[0, 20, 1], [10, 0, 1], [2, 2, 0]])
    once = of_table([[0, 2, 1], [1, 0, 1], [2, 2, 0]])
    same = np.allclose(decide(often, rule).scores, decide(once, rule).scores)
    assert same == (rule == "rank_centrality")


def test_unranked_alternatives_are_last_or_left_out():
    ballots = Rankings([[1, 2, 0], [2, 1, 0], [1, 2, 0], [0, 2, 1]])
    assert decide(ballots, "bradley_terry").ranking[-1] == ("c",)
    assert decide(ballots, "bradley_terry:unranked=ignored").winners == ("c",)
    with pytest.raises(RuleError, match="unranked='averaged' of 'rank_centrality'"):
        decide(ballots, "rank_centrality:unranked=averaged")
