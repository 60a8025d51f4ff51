"""The search finds a bug for every axiom: what is never found out here may be a search that never looks."""

import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from aggregators import Rankings
from aggregators.axioms import Violation, axioms, search, subject
from aggregators.axioms.faults import faults

ROOT = Path(__file__).parents[2]

NAMED = {
    "alphabetical_borda": "neutrality",
    "dictator": "anonymity",
    "borda_with_wrong_weight": "condorcet-loser",
    "nash_that_underflows": "homogeneity",
    "maximin_that_ignores_weights": "weight-split",
    "irv_by_index": "neutrality",
}


@cache
def found(name):
    return search(faults[name].rule, faults[name].axiom)


def test_every_axiom_has_a_fault():
    assert {fault.axiom for fault in faults.values()} == set(axioms)


@pytest.mark.parametrize(("name", "axiom"), NAMED.items())
def test_the_classical_bugs_are_among_them(name, axiom):
    assert faults[name].axiom == axiom


@pytest.mark.parametrize("name", faults)
def test_it_is_found(name):
    finding = found(name)
    assert finding.status == "violated"
    assert finding.violation.axiom == faults[name].axiom
    assert finding.violation.holds_against(faults[name].rule)


@pytest.mark.parametrize("name", faults)
def test_its_witness_survives_json(name):
    violation = found(name).violation
    again = Violation.from_json(violation.to_json())
    assert again.to_dict() == violation.to_dict()
    assert again.holds_against(faults[name].rule)


@pytest.mark.parametrize("name", faults)
def test_its_witness_does_not_tell_against_a_correct_rule(name):
    fault = faults[name]
    assert subject(fault.correct).reads is subject(fault.rule).reads
    assert not found(name).violation.holds_against(fault.correct)


@pytest.mark.parametrize("name", faults)
def test_its_bug_is_said_in_a_line(name):
    bug = faults[name].bug
    assert 0 < len(bug) <= 120
    assert not bug.endswith(".")


@pytest.mark.skipif(not (ROOT / "benchmarks").is_dir(), reason="the benchmarks are in a checkout only")
def test_the_benchmark_prints_one_line_a_fault():
    words = ["-m", "benchmarks", "axioms", "--only", "dictator"]
    done = subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[2].startswith("| anonymity | dictator | Only the first ballot is read | smallest |")
    assert "Found: 1 of 1" in done.stdout


@pytest.mark.parametrize("ballot", [[1.0], [1.0, float("inf")], ["x", 1.0]])
def test_a_voter_of_weight_0_casts_a_ballot_of_the_profile(ballot):
    profile = found("maximin_that_ignores_weights").violation.profile
    assert axioms["weight-split"].allows(profile, {"absent": [1.0, 2.0]})
    assert not axioms["weight-split"].allows(profile, {"absent": ballot})


def test_a_voter_of_weight_0_casts_a_linear_order_where_all_do():
    profile = Rankings([[1, 2, 3]])
    assert axioms["weight-split"].allows(profile, {"absent": [3, 1, 2]})
    assert not axioms["weight-split"].allows(profile, {"absent": [1, 1, 2]})
    assert not axioms["weight-split"].allows(profile, {"absent": [3, 1, 2], "voter": 0})
