"""Every rule is labelled by every axiom that speaks of it, and the label stands up to a search or to a witness."""

from pathlib import Path

import pytest

from aggregators import Rankings, rules
from aggregators.axioms import axioms, search, subject
from aggregators.axioms.labels import WITNESSES, label, witnesses
from aggregators.axioms.survey import applicable
from aggregators.axioms.table import markdown

EXAMPLES = 100
DOCUMENT = Path(__file__).parents[2] / "docs" / "axioms.md"

LABELS = {
    (name, axiom): label(rule, axiom).known for name, rule in rules().items() for axiom in applicable(subject(rule))
}


def labelled(*known):
    return [pair for pair, found in LABELS.items() if found in known]


def reads_rankings(name):
    return rules()[name].reads is Rankings


@pytest.mark.parametrize("name", rules())
def test_claims_are_of_all_axioms_that_speak_of_the_rule_and_of_no_others(name):
    claims = rules()[name].claims
    named = [*claims.satisfies, *claims.linear, *claims.violates, *claims.unsettled]
    assert sorted(named) == sorted(applicable(subject(name)))
    assert reads_rankings(name) or not claims.linear


@pytest.mark.parametrize("name", rules())
def test_what_is_satisfied_has_a_proof(name):
    claims = rules()[name].claims
    assert sorted(claims.proofs) == sorted([*claims.satisfies, *claims.linear])
    assert all(proof.strip() for proof in claims.proofs.values())


@pytest.mark.parametrize("name", rules())
def test_what_one_axiom_is_said_to_imply_is_implied(name):
    claims = rules()[name].claims
    for axiom, proof in claims.proofs.items():
        if proof.startswith("implied by "):
            stronger = proof.removeprefix("implied by ")
            assert stronger in claims.satisfies, axiom
            assert axiom in IMPLIED[stronger], axiom


# Of what may win: the Smith set lies in every set that a majority prefers, and so on. Somebody always wins where this
# is used.
IMPLIED = {
    "smith": {"condorcet", "condorcet-loser", "majority", "majority-loser", "mutual-majority", "unanimity"},
    "condorcet": {"majority", "unanimity"},
    "condorcet-loser": {"majority-loser"},
    "mutual-majority": {"majority", "unanimity"},
    "majority": {"unanimity"},
    "pareto": {"weak-pareto", "unanimity"},
    "weak-pareto": {"unanimity"},
    "ejr": {"pjr", "jr"},
    "pjr": {"jr"},
}


@pytest.mark.parametrize(("name", "axiom"), labelled("violated", "on linear orders"))
def test_a_witness_is_kept_and_the_rule_still_does_the_same(name, axiom):
    witness = witnesses(name)[axiom]
    assert (witness.rule, witness.axiom) == (name, axiom)
    assert witness.holds_against(name)
    if reads_rankings(name):
        assert witness.linear == (LABELS[name, axiom] == "violated")


def test_no_witness_is_kept_of_anything_else():
    assert {path.stem for path in WITNESSES.glob("*")} <= set(rules())
    kept = {(name, axiom) for name in rules() for axiom in witnesses(name)}
    assert kept == set(labelled("violated", "on linear orders"))


# A jury finds for one alternative at most, so that there is no tie to resolve; where every voter's favourites win, if
# anything does, there is nothing better to be had.
NEVER_ASKED = {(name, "resolvability") for name in rules("verdict")} | {
    (name, axiom) for name in ("random_dictator", "unanimity") for axiom in ("participation", "strategyproofness")
}


@pytest.mark.parametrize(("name", "axiom"), labelled("satisfied", "unsettled", "on linear orders"))
def test_a_search_finds_no_violation(name, axiom):
    domain = "linear" if LABELS[name, axiom] == "on linear orders" else "any"
    found = search(name, axiom, domain=domain, examples=EXAMPLES)
    assert found.violation is None, f"\n{found}"
    assert (found.cases == 0) == ((name, axiom) in NEVER_ASKED)


def test_every_axiom_is_violated_by_some_rule_and_satisfied_by_another():
    for axiom in axioms:
        found = {LABELS.get((name, axiom)) for name in rules()}
        assert found & {"satisfied", "on linear orders"}, axiom
        assert bool(found & {"violated", "on linear orders"}) == (axiom not in OF_ALL), axiom


OF_ALL = {"anonymity", "neutrality", "homogeneity", "weight-split", "weak-monotonicity", "solid-coalitions"}


def test_the_document_is_as_the_registries_have_it():
    assert DOCUMENT.read_text(encoding="utf-8") == markdown(), "run: jury axioms --table > docs/axioms.md"
