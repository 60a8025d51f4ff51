"""Designs of comparisons: connected, balanced, and fair to every pair of alternatives over a jury."""

from collections import Counter
from itertools import combinations, permutations

import networkx as nx
import pytest

from aggregators import AggregatorError
from aggregators.designs import comparison_design
from jury.elicitation.order import balanced_latin_square

DESIGNS = [
    *((m, k) for m in range(2, 11) for k in range(m - 1, m * (m - 1) // 2 + 1)),
    *((m, k) for m in (12, 15, 16, 20) for k in (m - 1, m, 3 * m // 2, 2 * m, 3 * m + 1)),
]


@pytest.mark.parametrize(("m", "k"), DESIGNS)
def test_a_design_connects_and_balances_positions(m, k):
    design = comparison_design(m, k)
    graph = nx.Graph(design)
    assert len(design) == graph.number_of_edges() == k
    assert len(graph) == m
    assert nx.is_connected(graph)
    degrees = dict(graph.degree)
    assert max(degrees.values()) - min(degrees.values()) <= 1
    first = Counter(one for one, _ in design)
    assert all(abs(2 * first[position] - degrees[position]) <= 1 for position in range(m))


def compared(m, k, turned=False):
    """How often each ordered pair of alternatives is compared over a square, or over two, the second turned round."""
    design, square = comparison_design(m, k), balanced_latin_square(m)
    found = Counter(dict.fromkeys(permutations(range(m), 2), 0))
    for row in square:
        found.update((row[one], row[other]) for one, other in design)
        if turned:
            found.update((row[other], row[one]) for one, other in design)
    return found


def test_every_pair_of_alternatives_is_compared_about_equally_often_over_a_square():
    spreads = Counter()
    for m, k in DESIGNS:
        found = compared(m, k)
        often = [found[pair] + found[pair[::-1]] for pair in combinations(range(m), 2)]
        spread, left = divmod(max(often) - min(often), len(balanced_latin_square(m)) // m)
        assert not left
        spreads[spread] += 1
    assert max(spreads) <= 3
    assert spreads[0] + spreads[1] >= 7 / 8 * len(DESIGNS)


@pytest.mark.parametrize(("m", "k"), [(5, 6), (7, 10), (6, 9), (10, 20)])
def test_either_alternative_of_a_pair_is_shown_first_equally_often(m, k):
    found = compared(m, k, turned=m % 2 == 0)
    assert all(found[pair] == found[pair[::-1]] for pair in found)


@pytest.mark.parametrize("m", [8, 10, 12])
def test_another_regular_design_would_not_be_fair(m):
    ring = [(position, (position + step) % m) for position in range(m) for step in (1, 2)]
    often = Counter(dict.fromkeys(map(frozenset, combinations(range(m), 2)), 0))
    often.update(frozenset((row[one], row[other])) for row in balanced_latin_square(m) for one, other in ring)
    assert max(often.values()) - min(often.values()) >= m - 2


@pytest.mark.parametrize("m", [8, 12, 16, 20])
def test_a_few_more_pairs_than_a_path_bring_all_close(m):
    assert nx.diameter(nx.Graph(comparison_design(m, m - 1))) == m - 1
    assert nx.diameter(nx.Graph(comparison_design(m, 3 * m // 2))) <= m // 2
    assert nx.diameter(nx.Graph(comparison_design(m, 2 * m))) <= 4


def test_by_default_all_pairs():
    assert {frozenset(pair) for pair in comparison_design(7)} == set(map(frozenset, combinations(range(7), 2)))


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ((1,), "alternatives=1 cannot"),
        ((True,), "alternatives=True"),
        ((5, 3), "pairs=3 of 5 alternatives is no design; give a whole number from 4, .* to 10"),
        ((5, 11), "pairs=11"),
        ((5, 4.0), "pairs=4.0"),
    ],
)
def test_designs_that_there_are_not(asked, message):
    with pytest.raises(AggregatorError, match=message):
        comparison_design(*asked)
