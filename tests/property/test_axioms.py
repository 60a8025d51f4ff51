"""Every axiom that a rule says it satisfies is tried; for every one it violates an example is kept.

An axiom is a strategy for (profile, extra) and a predicate on (rule, profile, extra).
"""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from aggregators import Approvals, Rankings, Utilities, rules
from aggregators.strategies import approvals, rankings, utilities


def ballots(rule, **kwargs):
    if rule.reads is Utilities:
        return utilities(low=1, whole=True, **kwargs)  # positive and complete: what Nash asks for
    if rule.reads is Rankings:
        return rankings(ties=True, truncated=True, **kwargs)
    return approvals(**kwargs)


def preference(profile):
    """Numbers that grow with preference, whatever the ballots."""
    if isinstance(profile, Rankings):
        return -np.where(profile.ranks > 0, profile.ranks, profile.n_alternatives + 1)
    return profile.values if isinstance(profile, Utilities) else profile.matrix.astype(int)


def pairs(profile):
    liking = preference(profile)
    for x, y in permutations(range(profile.n_alternatives), 2):
        yield x, y, liking[:, x], liking[:, y]


def profile_only(rule):
    return st.tuples(ballots(rule), st.none())


def pareto(rule, profile, _):
    winners = rule(profile).winners
    beaten = [y for _, y, u, v in pairs(profile) if (u >= v).all() and (u > v).any()]
    return not any(profile.alternatives[y] in winners for y in beaten)


def weak_pareto(rule, profile, _):
    winners = rule(profile).winners
    beaten = [y for _, y, u, v in pairs(profile) if (u > v).all()]
    return not any(profile.alternatives[y] in winners for y in beaten)


def unchanged(transform):
    def predicate(rule, profile, extra):
        after = Utilities(transform(profile.values, extra), profile.weights)
        return rule(after).ranking == rule(profile).ranking

    return predicate


def with_extra(strategy):
    return lambda rule: ballots(rule).flatmap(lambda profile: st.tuples(st.just(profile), strategy(profile.n_voters)))


def per_voter(element):
    return lambda n: st.lists(element, min_size=n, max_size=n)


def increasing_maps(_):
    """Tables of a strictly increasing map of 0, ..., 10."""
    return st.lists(st.integers(1, 50), min_size=11, max_size=11).map(np.cumsum)


@st.composite
def transfers(draw, _rule):
    """From a to b, one voter gives some utility to a worse-off one without overtaking."""
    before = np.array(draw(st.lists(st.integers(1, 20), min_size=2, max_size=6)), dtype=float)
    poor, rich = int(before.argmin()), int(before.argmax())
    most = int((before[rich] - before[poor]) // 2)
    assume(most >= 1)
    after = before.copy()
    gift = draw(st.integers(1, most))
    after[[poor, rich]] += [gift, -gift]
    return Utilities(np.stack([before, after], axis=1)), None


def pigou_dalton(rule, profile, _):
    return rule(profile).ranking == (("b",), ("a",))


def weight_above(profile, x, y):
    liking = preference(profile)
    return profile.weights @ (liking[:, x] > liking[:, y])


def majority(rule, profile, _):
    top = [
        label
        for x, label in enumerate(profile.alternatives)
        if profile.weights @ ((profile.ranks[:, x] == 1) & ((profile.ranks == 1).sum(axis=1) == 1))
        > profile.weights.sum() / 2
    ]
    return not top or rule(profile).winners == tuple(top)


def condorcet(rule, profile, _):
    columns = range(profile.n_alternatives)
    if len(columns) == 1:
        return True  # nobody is compared, and perhaps nobody spoke
    best = [
        label
        for x, label in enumerate(profile.alternatives)
        if all(weight_above(profile, x, y) > weight_above(profile, y, x) for y in columns if y != x)
    ]
    return not best or rule(profile).winners == tuple(best)


def monotonicity(rule, profile, voter):
    return all(label in rule(raised(profile, voter, label)).winners for label in rule(profile).winners)


def raised(profile, voter, label):
    """Put one alternative above all others on one ballot."""
    column = profile.index(label)
    if isinstance(profile, Approvals):
        matrix = profile.matrix.copy()
        matrix[voter, column] = True
        return Approvals(matrix, profile.weights)
    ranks = profile.ranks.copy()
    ranks[voter] = np.where(ranks[voter] > 0, ranks[voter] + 1, 0)
    ranks[voter, column] = 1
    return Rankings(ranks, profile.weights)


@st.composite
def two_electorates(draw, rule):
    first = draw(ballots(rule))
    m = first.n_alternatives
    return first, draw(ballots(rule, min_alternatives=m, max_alternatives=m))


def reinforcement(rule, first, second):
    common = [label for label in rule(first).winners if label in rule(second).winners]
    joined = type(first)(np.vstack([first._matrix, second._matrix]), np.append(first.weights, second.weights))
    return not common or rule(joined).winners == tuple(common)


AXIOMS = {
    "pareto": (profile_only, pareto),
    "weak-pareto": (profile_only, weak_pareto),
    "common-scale": (with_extra(lambda _: st.floats(0.01, 100)), unchanged(lambda u, c: u * c)),
    "common-translation": (with_extra(lambda _: st.integers(0, 50)), unchanged(lambda u, d: u + d)),
    "individual-scale": (
        with_extra(per_voter(st.floats(0.01, 100))),
        unchanged(lambda u, c: u * np.array(c)[:, None]),
    ),
    "individual-translation": (
        with_extra(per_voter(st.integers(0, 50))),
        unchanged(lambda u, d: u + np.array(d)[:, None]),
    ),
    "common-monotone": (
        with_extra(increasing_maps),
        unchanged(lambda u, table: np.asarray(table)[u.astype(int)]),
    ),
    "pigou-dalton": (transfers, pigou_dalton),
    "majority": (profile_only, majority),
    "condorcet": (profile_only, condorcet),
    "monotonicity": (with_extra(lambda n: st.integers(0, n - 1)), monotonicity),
    "reinforcement": (two_electorates, reinforcement),
}

# A map that is steep below and one that is steep above, as tables of 0, ..., 10.
CONCAVE = [0, 1, 8, 8.5, 9, 9.1, 9.2, 9.3, 9.4, 9.5, 9.6]
CONVEX = [7, 8, 9, 9.5, 10, 11, 12, 13, 14, 100, 200]

RICH_AND_POOR = Utilities([[1, 3], [9, 4]])
HALF_MAJORITY = Rankings.from_orders([("a", "b", "c"), ("b", "c", "a")], [3, 2])
MIDDLE = Rankings.from_orders([("a", "b", "c"), ("c", "b", "a"), ("b", "c", "a")], [4, 3, 2])

VIOLATIONS = {
    ("utilitarian", "individual-scale"): (Utilities([[3, 1], [1, 2]]), [1, 3]),
    ("utilitarian", "common-monotone"): (Utilities([[4, 2], [1, 2]]), CONCAVE),
    ("utilitarian", "pigou-dalton"): (Utilities([[1, 2], [3, 2]]), None),
    ("maximin", "pareto"): (Utilities([[1, 1], [3, 5]]), None),
    ("maximin", "individual-scale"): (RICH_AND_POOR, [10, 1]),
    ("maximin", "individual-translation"): (RICH_AND_POOR, [10, 0]),
    ("maximin", "pigou-dalton"): (Utilities([[1, 1], [3, 4], [7, 6]]), None),
    ("leximin", "individual-scale"): (RICH_AND_POOR, [10, 1]),
    ("leximin", "individual-translation"): (RICH_AND_POOR, [10, 0]),
    ("isoelastic", "individual-scale"): (RICH_AND_POOR, [10, 1]),
    ("isoelastic", "common-translation"): (RICH_AND_POOR, 20),
    ("isoelastic", "individual-translation"): (RICH_AND_POOR, [10, 0]),
    ("isoelastic", "common-monotone"): (RICH_AND_POOR, CONVEX),
    ("nash", "common-translation"): (RICH_AND_POOR, 10),
    ("nash", "individual-translation"): (RICH_AND_POOR, [10, 0]),
    ("nash", "common-monotone"): (RICH_AND_POOR, CONVEX),
    ("relative_utilitarian", "common-monotone"): (Utilities([[10, 6, 0], [0, 6, 10]]), CONVEX),
    ("relative_utilitarian", "pigou-dalton"): (Utilities([[1, 2], [3, 2]]), None),
    ("gini", "individual-scale"): (RICH_AND_POOR, [1, 10]),
    ("gini", "individual-translation"): (RICH_AND_POOR, [10, 0]),
    ("gini", "common-monotone"): (RICH_AND_POOR, CONVEX),
    ("prioritarian", "common-scale"): (RICH_AND_POOR, 0.01),
    ("prioritarian", "individual-scale"): (RICH_AND_POOR, [10, 1]),
    ("prioritarian", "individual-translation"): (RICH_AND_POOR, [10, 0]),
    ("prioritarian", "common-monotone"): (Utilities([[1, 3], [9, 4]]), [0, 0.01, 0.02, 0.03, 0.04, 1, 2, 3, 4, 5]),
    ("quantile", "pareto"): (Utilities([[1, 1], [3, 5]]), None),
    ("quantile", "individual-scale"): (RICH_AND_POOR, [10, 1]),
    ("quantile", "individual-translation"): (RICH_AND_POOR, [10, 0]),
    ("quantile", "pigou-dalton"): (Utilities([[1, 2], [3, 3], [7, 6]]), None),
    ("plurality", "pareto"): (Rankings.from_orders([(("a", "b"),), ("c", "a", "b")], [2, 1]), None),
    ("plurality", "condorcet"): (MIDDLE, None),
    ("borda", "majority"): (HALF_MAJORITY, None),
    ("borda", "condorcet"): (HALF_MAJORITY, None),
    ("majority", "condorcet"): (MIDDLE, None),
    # The shortest of several thousand random profiles; of instant-runoff voting, a hand-made one.
    ("antiplurality", "pareto"): (Rankings([[1, 3, 2]], [1]), None),
    ("antiplurality", "weak-pareto"): (Rankings([[1, 3, 2]], [1]), None),
    ("antiplurality", "majority"): (Rankings([[2, 3, 1]], [1]), None),
    ("antiplurality", "condorcet"): (Rankings([[2, 3, 1]], [1]), None),
    ("scoring", "majority"): (Rankings([[1, 3, 2], [2, 1, 3]], [1, 2]), None),
    ("scoring", "condorcet"): (Rankings([[3, 2, 1], [2, 1, 3]], [2, 1]), None),
    ("bucklin", "pareto"): (Rankings([[1, 2, 1], [3, 1, 2]], [2, 1]), None),
    ("bucklin", "condorcet"): (Rankings([[2, 3, 1], [1, 1, 2]], [2, 3]), None),
    ("bucklin", "reinforcement"): (Rankings([[1, 2, 1]], [3]), Rankings([[1, 2, 2], [3, 1, 2]], [5, 5])),
    ("range", "individual-scale"): (Utilities([[8, 1], [5, 8]], [1, 1]), [0.1, 10]),
    ("range", "common-monotone"): (
        Utilities([[8, 2], [6, 8]], [1, 3]),
        [4, 53, 98, 113, 127, 171, 188, 234, 261, 265, 294],
    ),
    ("range", "condorcet"): (Utilities([[1, 10], [3, 1]], [1, 2]), None),
    ("range", "pigou-dalton"): (Utilities([[10, 11], [12, 11]], [1, 1]), None),
    ("star", "individual-scale"): (Utilities([[6, 7], [2, 1]], [1, 1]), [1, 0.1]),
    ("star", "common-monotone"): (
        Utilities([[8, 6], [7, 9]], [2, 2]),
        [5, 13, 48, 63, 102, 116, 150, 170, 191, 233, 236],
    ),
    ("star", "condorcet"): (Utilities([[5, 3, 6, 7], [9, 4, 5, 2]], [3, 1]), None),
    ("star", "reinforcement"): (
        Utilities([[5, 6, 5], [10, 6, 8], [4, 7, 9], [5, 9, 1]], [1, 2, 1, 1]),
        Utilities([[1, 9, 1], [2, 4, 5]], [2, 2]),
    ),
    ("star", "pigou-dalton"): (Utilities([[13, 12], [11, 12]], [1, 1]), None),
    ("majority_judgment", "individual-scale"): (Utilities([[6, 7], [3, 2]], [2, 2]), [0.1, 10]),
    ("majority_judgment", "individual-translation"): (Utilities([[4, 5], [4, 1]], [1, 1]), [32, 47]),
    ("majority_judgment", "condorcet"): (Utilities([[1, 3], [6, 8], [8, 5]], [1, 2, 2]), None),
    ("majority_judgment", "reinforcement"): (Utilities([[10, 8]], [1]), Utilities([[7, 9], [5, 6], [7, 5]], [2, 1, 1])),
    ("majority_judgment", "pigou-dalton"): (Utilities([[16, 15], [11, 12], [16, 16]], [1, 1, 1]), None),
    ("copeland", "reinforcement"): (Rankings([[1, 0, 0], [3, 2, 1], [2, 1, 0]], [4, 4, 2]), Rankings([[0, 1, 2]], [1])),
    ("minimax", "reinforcement"): (
        Rankings([[1, 3, 0, 2], [3, 4, 1, 2], [1, 0, 0, 0]], [1, 4, 3]),
        Rankings([[0, 0, 2, 1], [1, 3, 0, 2]], [1, 1]),
    ),
    ("schulze", "pareto"): (Rankings([[3, 1, 2, 4, 1], [1, 3, 2, 2, 4], [3, 2, 4, 1, 2]], [3, 2, 3]), None),
    ("schulze", "reinforcement"): (
        Rankings([[1, 2, 2], [2, 2, 1], [2, 1, 1], [1, 2, 3]], [1, 5, 3, 5]),
        Rankings([[1, 1, 1], [2, 1, 1]], [2, 5]),
    ),
    ("ranked_pairs", "reinforcement"): (
        Rankings([[0, 2, 1], [1, 0, 2]], [1, 1]),
        Rankings([[1, 2, 3], [2, 1, 3], [1, 0, 2]], [2, 3, 1]),
    ),
    ("split_cycle", "reinforcement"): (
        Rankings([[3, 2, 1], [2, 1, 3], [2, 3, 1], [1, 3, 2]], [1, 4, 1, 3]),
        Rankings([[2, 1, 3], [1, 2, 3], [2, 1, 3]], [1, 2, 1]),
    ),
    ("kemeny", "reinforcement"): (
        Rankings([[0, 1, 0, 0], [1, 2, 3, 0]], [3, 3]),
        Rankings([[4, 1, 3, 2], [2, 0, 0, 1]], [1, 1]),
    ),
    ("black", "reinforcement"): (
        Rankings([[1, 1, 1], [3, 2, 1], [2, 1, 2], [1, 2, 2]], [4, 3, 2, 3]),
        Rankings([[2, 1, 1], [1, 1, 1], [1, 1, 1]], [2, 1, 1]),
    ),
    ("smith", "pareto"): (Rankings([[2, 1, 3], [3, 2, 1]], [1, 1]), None),
    ("smith", "weak-pareto"): (Rankings([[1, 2, 0], [2, 3, 1]], [3, 3]), None),
    ("smith", "reinforcement"): (Rankings([[3, 1, 2]], [5]), Rankings([[2, 3, 1], [1, 2, 3]], [5, 5])),
    ("uncovered", "reinforcement"): (
        Rankings([[1, 1, 1], [1, 1, 2], [1, 1, 1], [3, 2, 1]], [3, 1, 3, 1]),
        Rankings([[1, 2, 1]], [1]),
    ),
    ("benham", "pareto"): (Rankings([[1, 3, 1, 2], [3, 2, 2, 1]], [1, 1]), None),
    ("benham", "monotonicity"): (Rankings([[3, 1, 2], [2, 3, 1], [1, 2, 3], [1, 2, 3]], [5, 5, 3, 2]), 3),
    ("benham", "reinforcement"): (Rankings([[1, 2, 2, 1], [3, 1, 2, 2]], [2, 2]), Rankings([[1, 2, 1, 1]], [4])),
    ("nanson", "monotonicity"): (Rankings([[3, 2, 1], [3, 1, 2], [2, 1, 3], [1, 3, 2]], [2, 2, 2, 4]), 1),
    ("nanson", "reinforcement"): (
        Rankings([[1, 3, 2], [0, 0, 1], [2, 1, 0]], [2, 4, 4]),
        Rankings([[0, 1, 2], [1, 0, 0]], [5, 5]),
    ),
    ("baldwin", "reinforcement"): (
        Rankings([[0, 1, 0], [2, 0, 1]], [5, 3]),
        Rankings([[3, 2, 1], [1, 0, 2], [2, 1, 3]], [3, 4, 5]),
    ),
    ("irv", "pareto"): (Rankings([[3, 3, 4, 2, 1], [1, 1, 1, 2, 3]], [1, 2]), None),
    ("irv", "condorcet"): (Rankings([[1, 3, 3, 2], [2, 1, 2, 1]], [4, 5]), None),
    ("irv", "reinforcement"): (
        Rankings([[1, 2, 3], [2, 1, 3], [3, 2, 1]], [4, 2, 3]),
        Rankings([[2, 1, 3], [1, 2, 3]], [1, 1]),
    ),
    ("coombs", "reinforcement"): (Rankings([[1, 1, 2]], [1]), Rankings([[1, 2, 1], [3, 1, 2]], [1, 1])),
    ("maximal_lotteries", "reinforcement"): (
        Rankings([[1, 3, 2], [3, 2, 1]], [1, 1]),
        Rankings([[1, 2, 3], [2, 3, 1], [3, 1, 2]], [3, 2, 4]),
    ),
    ("random_dictator", "pareto"): (Rankings([[2, 1], [1, 1]], [1, 1]), None),
    ("random_dictator", "majority"): (Rankings([[1, 2], [2, 1]], [3, 1]), None),
    ("random_dictator", "condorcet"): (Rankings([[1, 2], [2, 1]], [1, 2]), None),
    ("random_dictator", "reinforcement"): (Rankings([[1, 1]], [1]), Rankings([[2, 1]], [1])),
    ("supermajority", "majority"): (Rankings([[2, 1], [1, 0]], [3, 2]), None),
    ("supermajority", "condorcet"): (Rankings([[1, 2], [1, 1]], [1, 3]), None),
    ("unanimity", "majority"): (Rankings([[1, 0], [2, 1]], [1, 2]), None),
    ("unanimity", "condorcet"): (Rankings([[1, 2], [2, 1]], [2, 1]), None),
    ("irv", "monotonicity"): (Rankings([[1, 2, 3], [2, 3, 1], [3, 1, 2], [2, 1, 3]], [6, 5, 4, 2]), 3),
}


@pytest.mark.parametrize(
    ("name", "axiom"), [(name, axiom) for name, rule in rules().items() for axiom in rule.satisfies]
)
@given(data=st.data())
def test_satisfied(name, axiom, data):
    strategy, holds = AXIOMS[axiom]
    profile, extra = data.draw(strategy(rules()[name]))
    assert holds(rules()[name], profile, extra)


@pytest.mark.parametrize(
    ("name", "axiom"), [(name, axiom) for name, rule in rules().items() for axiom in rule.violates]
)
def test_violated(name, axiom):
    profile, extra = VIOLATIONS[name, axiom]
    assert not AXIOMS[axiom][1](rules()[name], profile, extra)


def test_no_violation_is_kept_that_nobody_declares():
    assert set(VIOLATIONS) == {(name, axiom) for name, rule in rules().items() for axiom in rule.violates}
