"""Budgets over projects: what `fund` says, and how often it would say so again."""

import numpy as np
import pytest

from aggregators import ProfileError, RuleError
from aggregators.budgeting import fund
from jury.elicitation import modes
from jury.errors import StudyError
from jury.panels.base import Builder
from jury.whatif.ballots import heard_cases
from jury.whatif.budgets import budget_sentences, budget_sweep

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


def test_projects_that_tie_are_said_to():
    builder = Builder("projects", modes["approve"].model_validate({}))
    builder.case("q", "Which projects?", list(COSTS))
    for number in range(20):
        builder.rating(builder.rater(f"r{number}"), "q", {"approved": ["park"] if number % 2 else ["path"]})
    found = budget_sweep(builder.panel(), "q", COSTS, [40, 80], np.random.default_rng(0), rules=["greedy"], resamples=5)
    tied = found[found["tied"]]
    assert (tied["project"].tolist(), tied["budget"].tolist()) == (["park", "path"], [40, 40])
    one, two, _ = budget_sentences(found)
    assert "funds nothing for sure, and some of park, path, which tie" in one
    assert "tie" not in two


def test_answers_that_say_no_approvals_are_refused(approving, choices):
    with pytest.raises(StudyError, match="threshold=3: jurors approved of projects of 'q' already"):
        budget_sweep(approving, "q", COSTS, [40], np.random.default_rng(0), threshold=3)
    with pytest.raises(StudyError, match="budgets: there is none"):
        budget_sweep(approving, "q", COSTS, [], np.random.default_rng(0))
    with pytest.raises(StudyError, match=r"mode 'choose' do not say .*; ask in mode approve"):
        budget_sweep(choices({"a": (4, 3)}), "q", {"yes": 1, "no": 1}, [1], np.random.default_rng(0))
