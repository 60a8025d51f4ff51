"""`check_axioms`: what it makes of rules and axioms, and what pytest makes of that."""

import subprocess
import sys

import pytest

from aggregators import Rankings, RuleError
from aggregators.axioms import subject
from aggregators.testing import check_axioms

SUITE = """
import numpy as np
from aggregators import ProfileError, Rankings, decide
from aggregators.testing import check_axioms


def first_column(values):
    return 0


def weight_of_tops(profile: Rankings):
    return decide(profile, "plurality").scores


@check_axioms(
    [weight_of_tops, first_column],
    satisfies=["anonymity", "neutrality"],
    violates={"condorcet": "a top is not everything", "monotonicity": "said somebody"},
    examples=30,
)
def test_rule(rule, check):
    assert callable(rule)
    check(rule)


@check_axioms(["borda"], satisfies=["jr"], examples=10)
def test_not_spoken_of(rule, check):
    check(rule)


@check_axioms(["borda"], violates={"common-scale": "said somebody"}, satisfies=[], examples=10)
def test_not_spoken_of_either(rule, check):
    check(rule)


def refuses(profile: Rankings):
    raise ProfileError("not today")


@check_axioms([refuses], satisfies=["anonymity"], examples=10)
def test_never_asked(rule, check):
    check(rule)


def crashes(values):
    return values[99]


@check_axioms([crashes], satisfies=[], violates={"pareto": "it crashes, which is no violation"}, examples=10)
def test_crash(rule, check):
    check(rule)
"""

EXPECTED = {
    "test_rule[weight_of_tops-anonymity]": "PASSED",
    "test_rule[weight_of_tops-neutrality]": "PASSED",
    "test_rule[weight_of_tops-condorcet]": "XFAIL",
    "test_rule[weight_of_tops-monotonicity]": "FAILED",
    "test_rule[first_column-anonymity]": "PASSED",
    "test_rule[first_column-neutrality]": "FAILED",
    "test_rule[first_column-condorcet]": "XFAIL",
    "test_rule[first_column-monotonicity]": "FAILED",
    "test_not_spoken_of[borda-jr]": "FAILED",
    "test_not_spoken_of_either[borda-common-scale]": "FAILED",
    "test_never_asked[refuses-anonymity]": "SKIPPED",
    "test_crash[crashes-pareto]": "FAILED",
}


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("suite")
    (folder / "test_suite.py").write_text(SUITE, encoding="utf-8")
    words = ["-m", "pytest", "-vv", "-rxs", "-p", "no:cacheprovider", "--color=no", "test_suite.py"]
    done = subprocess.run(
        [sys.executable, *words], cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )
    return done.stdout


def test_every_rule_and_axiom_is_one_test_with_a_readable_name(report):
    lines = (line.partition("::")[2].split() for line in report.splitlines() if line.startswith("test_suite.py::"))
    assert {words[0]: words[1] for words in lines} == EXPECTED


@pytest.mark.parametrize(
    "said",
    [
        "AssertionError: first_column violates neutrality: which place an alternative has",
        "  should  the decision is the same in whatever order the alternatives come",
        "a top is not everything",  # why the failure is expected
        "no violation of monotonicity by weight_of_tops was found, and one was expected (said somebody). monotonicity:",
        "jr speaks of committee rules, and borda is a voting rule; leave it out for this rule",
        "of which the rule refused",
        "crashes raised IndexError",
    ],
)
def test_outcomes_are_explained(report, said):
    assert said in report


def cases(decorator):
    def test(rule, check):
        check(rule)

    return decorator(test).pytestmark[0].args[1]


def test_by_default_every_axiom_that_speaks_of_the_rule():
    names = {case.id for case in cases(check_axioms(["mes", "nash"], violates={"pareto": "why not"}))}
    assert {"mes-jr", "nash-common-scale", "nash-pareto", "nash-condorcet"} <= names
    assert not {"nash-jr", "mes-condorcet"} & names
    assert len(names) == len(cases(check_axioms(["mes", "nash"]))) + 1  # mes and pareto, which was asked for


def test_aliases_parameters_and_ready_subjects_are_rules_too():
    def top(profile):
        return profile.alternatives[0]

    ready = subject(top, reads=Rankings, name="the first one")
    found = cases(check_axioms([ready, "isoelastic:alpha=2"], satisfies=["anonymity"], examples=10))
    assert [case.id for case in found] == ["the first one-anonymity", "isoelastic:alpha=2-anonymity"]
    for case in found:
        rule, check = case.values
        check(rule)


def test_settings_reach_the_search():
    def top(ranks: Rankings):
        return ranks.alternatives[0] if ranks.strict else set(ranks.alternatives)

    rule, check = cases(check_axioms([top], satisfies=["neutrality"], domain="linear", examples=50))[0].values
    with pytest.raises(AssertionError, match="violates neutrality"):
        check(rule)
    # A change to the rule is seen: it is not the one whose answers are remembered.
    check("borda")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"rules": ["borda"], "satisfies": ["condorcett"]}, "did you mean 'condorcet'"),
        ({"rules": ["borda"], "violates": {"condorcett": ""}}, "did you mean 'condorcet'"),
        ({"rules": ["brda"]}, "did you mean 'borda'"),
        ({"rules": ["borda"], "satisfies": ["pareto"], "violates": {"pareto": ""}}, "leave it in one"),
    ],
)
def test_bad_names_are_said_at_once(given, said):
    with pytest.raises(RuleError, match=said):
        check_axioms(**given)


def test_without_pytest_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pytest", None)
    with pytest.raises(ImportError, match="pip install pytest"):
        check_axioms(["borda"])
