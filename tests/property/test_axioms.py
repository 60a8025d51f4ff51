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
    ("plurality", "pareto"): (Rankings.from_orders([(("a", "b"),), ("c", "a", "b")], [2, 1]), None),
    ("plurality", "condorcet"): (MIDDLE, None),
    ("borda", "majority"): (HALF_MAJORITY, None),
    ("borda", "condorcet"): (HALF_MAJORITY, None),
    ("majority", "condorcet"): (MIDDLE, None),
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
