"""The classical paradoxes are found by the search, which knows nothing of them.

On linear orders, of which the literature speaks, and no larger than said here: alternatives and total weight.
"""

import pytest

from aggregators.axioms import search
from aggregators.axioms.faults.paradoxes import PARADOXES

AT_MOST = {
    ("irv", "monotonicity"): (3, 17),
    ("stv", "support-monotonicity"): (3, 17),
    ("plurality", "immunity-to-spoilers"): (3, 7),
    ("borda", "clones"): (2, 3),
}
NO_SHOW_AT_MOST = (5, 20)


def too_large(violation, paradox):
    alternatives, voters = AT_MOST.get((paradox.rule, paradox.axiom), NO_SHOW_AT_MOST)
    return violation.size[0] > alternatives or violation.size[1] > voters


@pytest.mark.parametrize("paradox", PARADOXES, ids=lambda each: f"{each.rule}-{each.axiom}")
def test_it_is_found_on_linear_orders(paradox):
    finding = search(paradox.rule, paradox.axiom, domain="linear")
    assert finding.status == "violated"
    assert finding.violation.linear
    assert finding.violation.holds_against(paradox.rule)
    assert not too_large(finding.violation, paradox)


@pytest.mark.parametrize("paradox", PARADOXES[:4], ids=lambda each: f"{each.rule}-{each.axiom}")
def test_it_is_found_when_ballots_may_have_ties_too(paradox):
    finding = search(paradox.rule, paradox.axiom)
    assert finding.status == "violated"
    assert not too_large(finding.violation, paradox)


def test_a_source_comes_with_a_size_and_a_size_with_a_source():
    assert all(bool(each.source) == (each.known is not None) for each in PARADOXES)
