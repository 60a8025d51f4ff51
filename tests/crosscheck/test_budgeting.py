"""Budgeting rules against pabutools: the same funded sets, on small elections full of ties and on three real ones."""

from fractions import Fraction

import numpy as np
import pytest

from aggregators import Approvals
from aggregators.budgeting import fund

election = pytest.importorskip("pabutools.election", reason="needs pabutools: pip install pabutools")
peers = pytest.importorskip("pabutools.rules")

SATISFACTION = {"cost": election.Cost_Sat, "cardinality": election.Cardinality_Sat}


def drawn(seed, count, weighted):
    """Small elections; every project has a supporter and fits into the budget."""
    rng = np.random.default_rng(seed)
    while count:
        n, m = int(rng.integers(1, 8)), int(rng.integers(1, 7))
        matrix = rng.random((n, m)) < rng.choice([0.3, 0.6])
        matrix[rng.integers(n), ~matrix.any(axis=0)] = True
        costs = rng.integers(1, 6, m).tolist()
        budget = int(rng.integers(max(costs), sum(costs) + 2))
        weights = rng.integers(1, 4, n) if weighted else np.ones(n, dtype=int)
        count -= 1
        yield Approvals(matrix, weights), costs, budget


def theirs(approvals, costs, budget):
    projects = [
        election.Project(label, Fraction(cost)) for label, cost in zip(approvals.alternatives, costs, strict=True)
    ]
    instance = election.Instance(projects, budget_limit=Fraction(budget))
    copies = np.repeat(approvals.matrix, approvals.weights.astype(int), axis=0)
    ballots = [
        election.ApprovalBallot([project for project, yes in zip(projects, row, strict=True) if yes])
        for row in copies.tolist()
    ]
    return instance, election.ApprovalProfile(ballots, instance=instance)


def names(allocations):
    return {frozenset(project.name for project in allocation) for allocation in allocations}


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("by", "utility"), [("approvals", "cost"), ("approvals-per-cost", "cardinality")])
def test_greedy(by, utility, weighted):
    for approvals, costs, budget in drawn([1, weighted], 1000, weighted):
        instance, profile = theirs(approvals, costs, budget)
        expected = peers.greedy_utilitarian_welfare(instance, profile, SATISFACTION[utility], resoluteness=False)
        assert set(fund(approvals, "greedy", costs=costs, budget=budget, by=by).funded) == names(expected)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("utility", ["cost", "cardinality"])
def test_equal_shares(utility, weighted):
    for approvals, costs, budget in drawn([2, weighted], 400, weighted):
        instance, profile = theirs(approvals, costs, budget)
        expected = names(peers.method_of_equal_shares(instance, profile, SATISFACTION[utility], resoluteness=False))
        found = fund(approvals, "mes", costs=costs, budget=budget, utility=utility, completion="none")
        assert set(found.funded) == expected


@pytest.mark.parametrize("utility", ["cost", "cardinality"])
def test_equal_shares_with_a_growing_budget(utility):
    for approvals, costs, budget in drawn(3, 120, weighted=True):
        instance, profile = theirs(approvals, costs, budget)
        step = Fraction(budget, 10 * int(approvals.weights.sum()))
        grown = peers.method_of_equal_shares(
            instance, profile, SATISFACTION[utility], resoluteness=False, voter_budget_increment=step
        )
        options = {"costs": costs, "budget": budget, "utility": utility, "increment": 0.1}
        assert set(fund(approvals, "mes", completion="add1", **options).funded) == names(grown)
        filled = [
            allocation
            for start in grown
            for allocation in peers.greedy_utilitarian_welfare(
                instance,
                profile,
                SATISFACTION[utility],
                resoluteness=False,
                initial_budget_allocation=start,
            )
        ]
        assert set(fund(approvals, "mes", completion="add1u", **options).funded) == names(filled)


@pytest.fixture(scope="module", params=["mileszki", "nad-nerem", "nowosolna"])
def lodz(request, shared_data):
    """Elections of 2020 in Łódź, by the peer's own reader."""
    instance, profile = election.parse_pabulib(str(shared_data / "pabulib" / f"poland_lodz_2020_{request.param}.pb"))
    projects = sorted(instance, key=lambda project: project.name)
    matrix = [[project in ballot for project in projects] for ballot in profile]
    approvals = Approvals(matrix, alternatives=[project.name for project in projects])
    return instance, profile, approvals, {project.name: int(project.cost) for project in projects}


def test_greedy_on_real_elections(lodz):
    instance, profile, approvals, costs = lodz
    for by, utility in (("approvals", "cost"), ("approvals-per-cost", "cardinality")):
        expected = peers.greedy_utilitarian_welfare(instance, profile, SATISFACTION[utility])
        found = fund(
            approvals, "greedy", costs=costs, budget=int(instance.budget_limit), by=by, tie_break="lexicographic"
        )
        assert set(found.funded) == names([expected])


def test_greedy_is_what_the_city_did(shared_data, lodz):
    instance, _, approvals, costs = lodz
    text = (shared_data / "pabulib" / instance.file_name).read_text()
    rows = [line.split(";") for line in text.split("PROJECTS\n")[1].split("VOTES\n")[0].splitlines()[1:]]
    selected = frozenset(row[0] for row in rows if row[4] == "1")
    assert fund(approvals, "greedy", costs=costs, budget=int(instance.budget_limit)).funded == (selected,)


def test_equal_shares_on_real_elections(lodz):
    instance, profile, approvals, costs = lodz
    for utility, satisfaction in SATISFACTION.items():
        options = {"costs": costs, "budget": int(instance.budget_limit), "utility": utility}
        plain = peers.method_of_equal_shares(instance, profile, satisfaction, resoluteness=False)
        assert set(fund(approvals, "mes", completion="none", **options).funded) == names(plain)
        possible = election.Instance(
            [project for project in instance if project.cost <= instance.budget_limit],
            budget_limit=instance.budget_limit,
        )
        step = Fraction(int(instance.budget_limit), 20 * approvals.n_voters)
        grown = peers.method_of_equal_shares(
            possible, profile, satisfaction, resoluteness=False, voter_budget_increment=step
        )
        assert set(fund(approvals, "mes", completion="add1", increment=0.05, **options).funded) == names(grown)
