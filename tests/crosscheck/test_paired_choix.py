"""Bradley-Terry strengths and rank centrality against choix."""

from itertools import combinations

import numpy as np
import pytest

from aggregators import Comparisons, RuleError, decide
from aggregators.paired import separated, wins

choix = pytest.importorskip("choix", reason="needs choix >= 0.4.1, the extra 'crosscheck'")

CASES = 60


def drawn(seed):
    """Juries whose comparisons are connected enough for an estimate without a prior, some with pairs left out."""
    rng = np.random.default_rng(seed)
    made = 0
    while made < CASES:
        m, n = int(rng.integers(2, 9)), int(rng.integers(3, 40))
        planted = rng.normal(0, rng.uniform(0, 1.5), m)
        share = rng.uniform(0.2, 1)
        triples = [
            (voter, *((x, y) if rng.random() < 1 / (1 + np.exp(planted[y] - planted[x])) else (y, x)))
            for voter in range(n)
            for x, y in combinations(range(m), 2)
            if rng.random() < share
        ]
        if not triples:
            continue
        jury = Comparisons.from_triples(triples, alternatives=range(m))
        table = wins(jury, jury.weights[None])
        if jury.opinions.any(axis=0).all() and not separated(table)[0]:
            made += 1
            yield jury, [(winner, loser) for _, winner, loser in triples]


def test_bradley_terry_is_the_estimate_of_two_methods_of_choix():
    for jury, data in drawn(1):
        ours = decide(jury, "bradley_terry", prior=0).scores
        np.testing.assert_allclose(ours, choix.ilsr_pairwise(len(ours), data, max_iter=1000), atol=1e-6)
        np.testing.assert_allclose(ours, choix.mm_pairwise(len(ours), data, max_iter=100_000), atol=1e-5)


def test_the_prior_is_comparisons_that_choix_could_be_given():
    for jury, _ in drawn(2):
        table = wins(jury, jury.weights[None])[0]
        m = len(table)
        table = table + 0.3 * table.sum() / (m * (m - 1)) * (1 - np.eye(m))
        ours = decide(jury, "bradley_terry", prior=0.3).scores
        np.testing.assert_allclose(ours, choix.ilsr_pairwise_dense(table, max_iter=1000), atol=1e-6)


def test_weights_are_comparisons_that_come_again():
    rng = np.random.default_rng(3)
    for jury, _ in drawn(3):
        weighted = jury.with_weights(rng.uniform(0.1, 5, jury.n_voters))
        table = np.einsum("n,nij->ij", weighted.weights, weighted.wins)
        ours = decide(weighted, "bradley_terry", prior=0).scores
        np.testing.assert_allclose(ours, choix.ilsr_pairwise_dense(table, max_iter=1000), atol=1e-6)


def test_rank_centrality():
    for jury, data in drawn(4):
        ours = np.log(decide(jury, "rank_centrality", prior=0).scores)
        np.testing.assert_allclose(ours - ours.mean(), choix.rank_centrality(jury.n_alternatives, data), atol=1e-8)


@pytest.mark.parametrize("data", [[(0, 1)], [(0, 1), (1, 2)], [(0, 1), (1, 0), (2, 3), (3, 2)]])
def test_where_choix_finds_nothing_or_nonsense_we_refuse(data):
    m = 1 + max(max(pair) for pair in data)
    jury = Comparisons.from_triples([(0, *pair) for pair in data], alternatives=range(m))
    with pytest.raises(RuleError, match="never lost to the others"):
        decide(jury, "bradley_terry", prior=0)
    with pytest.raises((RuntimeError, ValueError)), np.errstate(all="ignore"):
        choix.ilsr_pairwise(m, data)
