"""Budgeting: published and hand-made cases, the contract of every rule, refusals."""

import json
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregators import Approvals, ProfileError, RuleError, Utilities, elect, fund
from aggregators.budgeting import budget_rules
from aggregators.strategies import approvals

CALLS = (
    "greedy",
    "greedy:by=approvals-per-cost",
    "mes",
    "mes:utility=cardinality",
    "mes:completion=none",
    "mes:completion=add1,increment=0.1",
    "mes:completion=utilitarian,utility=cardinality",
)
EVERY_CALL = pytest.mark.parametrize("rule", CALLS)


@st.composite
def elections(draw):
    profile = draw(approvals())
    costs = draw(st.lists(st.integers(1, 6), min_size=profile.n_alternatives, max_size=profile.n_alternatives))
    return profile, costs, draw(st.integers(0, sum(costs) + 1))


def funded(profile, rule, costs, budget, **options):
    return {frozenset(projects) for projects in fund(profile, rule, costs=costs, budget=budget, **options).funded}


def test_a_majority_does_not_take_all():
    # Two districts of 60 and 40 voters with three projects each, 100 to spend on projects of 25.
    profile = Approvals([[1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1]], weights=[60, 40])
    costs = [25] * 6
    assert all(len(projects & set("abc")) == 3 for projects in funded(profile, "greedy", costs, 100))
    for projects in funded(profile, "mes:completion=none", costs, 100):
        assert len(projects & set("abc")) == 2
        assert len(projects & set("def")) == 1


def test_equal_shares_pays_by_hand():
    # Shares of 10. Project a costs its four supporters 6 each; b its three 8 each, of whom two have 4 left: the
    # third would have to pay 16; c costs its two 10 each, and they have them.
    profile = Approvals([[1, 1, 0], [1, 1, 0], [1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 1]])
    assert funded(profile, "mes:completion=none", [24, 24, 20], 70) == {frozenset("ac")}
    # A virtual budget of 7 x 12 lets them: 6 + 6 + 12 = 24, but 24 + 24 + 20 fits into 70 as well.
    grown = fund(profile, "mes:completion=add1", costs=[24, 24, 20], budget=70, increment=0.1)
    assert grown.funded == (frozenset("abc"),)
    assert grown.details["virtual_budget"] == pytest.approx(84)
    assert grown.spent == (68,)


def test_utility_decides_between_a_large_and_two_small_projects():
    profile = Approvals([[1, 1, 1], [1, 1, 1], [1, 0, 0]])
    costs = [90, 40, 40]
    assert funded(profile, "mes:completion=none", costs, 90) == {frozenset("a")}
    assert funded(profile, "mes:completion=none,utility=cardinality", costs, 90) == {frozenset("b"), frozenset("c")}


def test_costs_add_up_exactly():
    profile = Approvals(np.ones((1, 3)))
    assert funded(profile, "greedy", [0.1, 0.1, 0.1], 0.3) == {frozenset("abc")}
    assert len(funded(profile, "greedy", [0.1, 0.1, 0.1 + 1e-12], 0.3)) == 3
    assert funded(profile, "mes", [Fraction(1, 3)] * 3, 1) == {frozenset("abc")}


@pytest.mark.parametrize("completion", ["none", "utilitarian"])
def test_unit_costs_are_seats(completion):
    rng = np.random.default_rng(0)
    for _ in range(200):
        profile = Approvals(rng.random((7, 5)) < 0.5, weights=rng.integers(1, 4, 7))
        profile = profile.restrict(
            [label for label in profile.alternatives if profile.matrix[:, profile.index(label)].any()]
        )
        seats = int(rng.integers(1, profile.n_alternatives + 1))
        committees = elect(profile, "mes", seats=seats, completion=completion).committees
        costs = [1] * profile.n_alternatives
        assert funded(profile, f"mes:completion={completion}", costs, seats) == set(committees)


@EVERY_CALL
@given(election=elections(), data=st.data())
def test_contract(rule, election, data):
    profile, costs, budget = election
    outcome = fund(profile, rule, costs=costs, budget=budget)
    found = set(outcome.funded)
    assert outcome.funded
    assert outcome.complete
    price = dict(zip(profile.alternatives, costs, strict=True))
    for projects, spent in zip(outcome.funded, outcome.spent, strict=True):
        assert spent == sum(price[project] for project in projects) <= budget
        assert all(profile.matrix[:, profile.index(project)].any() for project in projects)
    assert json.loads(json.dumps(outcome.to_dict(), allow_nan=False))["budget"] == budget
    order = data.draw(st.permutations(profile.alternatives))
    assert funded(profile.restrict(order), rule, price, budget) == found
    voters = data.draw(st.permutations(range(profile.n_voters)))
    assert funded(profile.select(voters), rule, costs, budget) == found
    assert funded(profile.with_weights(profile.weights / 3), rule, costs, budget) == found
    for tie_break in ("lexicographic", "random"):
        rng = np.random.default_rng(1)
        (picked,) = funded(profile, rule, costs, budget, tie_break=tie_break, rng=rng)
        if not outcome.parameters.get("completion", "none").startswith("add1"):  # which looks at all ties
            assert picked in found


@EVERY_CALL
@given(election=elections())
def test_a_weight_is_that_many_voters(rule, election):
    profile, costs, budget = election
    copies = np.repeat(np.arange(profile.n_voters), profile.weights.astype(int))
    alone = profile.select(copies).with_weights(np.ones(len(copies)))
    assert funded(alone, rule, costs, budget) == funded(profile, rule, costs, budget)


def test_reads_utilities_with_a_threshold():
    assert funded(Utilities([[5, 1]]), "greedy", [1, 1], 1, threshold=3) == {frozenset("a")}


@pytest.mark.parametrize("rule", budget_rules().values(), ids=list(budget_rules()))
def test_is_documented(rule):
    assert rule.summary.endswith(".")
    assert all(
        f"\n{section}\n" in rule.__doc__.replace("    ", "") for section in ("Parameters", "Returns", "References")
    )
    assert all(parameter.doc for parameter in rule.parameters.values())


@pytest.mark.parametrize(
    ("rule", "costs", "budget", "options", "error", "message"),
    [
        ("mess", [1, 1], 1, {}, RuleError, "did you mean 'mes'"),
        ("mes", [1], 1, {}, ProfileError, "costs has 1 entries for 2 projects"),
        ("mes", [1, 0], 1, {}, ProfileError, "costs\\['b'\\] is 0; costs are positive"),
        ("mes", {"a": 1}, 1, {}, ProfileError, "costs lacks 'b'"),
        ("mes", {"a": 1, "b": 1, "c": 1}, 1, {}, ProfileError, "costs has 'c'"),
        ("mes", [1, "x"], 1, {}, ProfileError, "costs\\['b'\\] is 'x'"),
        ("mes", None, 1, {}, ProfileError, "costs=None is no sequence"),
        ("mes", "11", 1, {}, ProfileError, "costs='11' is no sequence"),
        ("mes", [1, None], 1, {}, ProfileError, "costs\\['b'\\] is None"),
        ("mes", [1, 1], None, {}, ProfileError, "budget is None"),
        (None, [1, 1], 1, {}, RuleError, "rule=None is no name"),
        ("mes", [1, 1], -1, {}, ProfileError, "budget is -1"),
        ("mes", [1, 1], float("inf"), {}, ProfileError, "budget is inf"),
        (
            "mes:utility=joy",
            [1, 1],
            1,
            {},
            RuleError,
            "utility='joy' of .* is not an option; choose one of: cost, cardinality",
        ),
        ("mes:increment=0", [1, 1], 1, {}, RuleError, "increment=0"),
        ("greedy:by=luck", [1, 1], 1, {}, RuleError, "by='luck'"),
        ("greedy:by", [1, 1], 1, {}, RuleError, "write parameter=value"),
        ("greedy", [1, 1], 1, {"weights": [[1.0, 1.0]]}, RuleError, "one weighting"),
    ],
)
def test_refusals(rule, costs, budget, options, error, message):
    with pytest.raises(error, match=message):
        fund(Approvals(np.eye(2)), rule, costs=costs, budget=budget, **options)


def test_numbers_of_any_type_are_costs():
    costs = [np.float32(0.1), Decimal("0.2"), Fraction(3, 10), np.int64(1)]
    outcome = fund(Approvals(np.eye(4)), "greedy", costs=costs, budget=np.float64(1.6))
    assert outcome.funded == (frozenset("abcd"),)
    told = fund(Approvals(np.eye(2)), "mes:increment=0.5", costs=[1, 1], budget=2).to_dict()
    assert json.loads(json.dumps(told, allow_nan=False)) == told


def test_a_virtual_budget_does_not_grow_for_ever():
    # The one supporter of b would have to own a billion times the budget; the rest is spent by approvals.
    lonely = Approvals([[1, 0], [0, 1]], weights=[1e9, 1])
    outcome = fund(lonely, "mes", costs=[50, 50], budget=100)
    assert outcome.funded == (frozenset("ab"),)
    assert outcome.details["virtual_budget"] == pytest.approx(2100)
    assert fund(lonely, "mes:completion=add1", costs=[50, 50], budget=100).funded == (frozenset("a"),)
