"""Budgets over projects: what `fund` says, and how often it would say so again."""

import numpy as np
import pytest

from aggregators import ProfileError, RuleError
from aggregators.budgeting import fund
from jury.elicitation import modes
from jury.panels.base import Builder
from jury.whatif.ballots import heard_cases
from jury.whatif.budgets import budget_sweep

COSTS = {"park": 40, "pool": 60, "path": 40}


@pytest.fixture
def approving():
    builder = Builder("projects", modes["approve"].model_validate({}))
    builder.case("q", "Which projects?", list(COSTS))
    for number in range(40):
        liked = ["park", "pool"] if number < 22 else ["path", "park"] if number < 30 else ["path"]
        builder.rating(builder.rater(f"r{number}"), "q", {"approved": liked})
    return builder.panel()


def test_what_is_funded_is_what_fund_says_from_every_budget(approving):
    found = budget_sweep(approving, "q", COSTS, [40, 100, 140], np.random.default_rng(0), resamples=10)
    (heard,) = heard_cases(approving)
    for (rule, budget), rows in found.groupby(["rule", "budget"]):
        outcome = fund(heard.hearing.profile, rule, costs=COSTS, budget=budget)
        assert set(rows.loc[rows["funded"], "project"]) == set.intersection(*map(set, outcome.funded))
        assert rows["spent"].iloc[0] == outcome.spent[0] <= budget
    assert found[found["budget"] == 140]["chance"].eq(1).mean() >= 0.5  # all can be had


def test_a_close_race_is_uncertain(approving):
    """Pool has 22 approvals, path 18, of 40: with money for one of them, the lots decide."""
    costs = {"park": 1000, "pool": 50, "path": 50}
    found = budget_sweep(approving, "q", costs, [50], np.random.default_rng(0), rules=["greedy"], resamples=300)
    chances = found.set_index("project")["chance"]
    assert chances["pool"] + chances["path"] == pytest.approx(1)
    # Differences of 4 with a standard deviation of sqrt(40 * (1 - 0.1 ** 2)), ties splitting.
    assert chances["pool"] == pytest.approx(0.737, abs=0.08)
    assert (found["chance_low"] <= found["chance"]).all()
    assert (found["chance"] <= found["chance_high"]).all()


def test_bad_input_is_told(approving, choices):
    with pytest.raises(ProfileError, match="costs lacks 'path'"):
        budget_sweep(approving, "q", {"park": 1, "pool": 2}, [3], np.random.default_rng(0))
    with pytest.raises(RuleError):
        budget_sweep(approving, "q", COSTS, [3], np.random.default_rng(0), rules=["gredy"])
