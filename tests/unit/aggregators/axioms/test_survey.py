"""All axioms put to one rule; loading a rule from a text; a test file that pins what was found."""

import re
import sys

import numpy as np
import pytest

from aggregators import Approvals, Rankings, RuleError, Utilities
from aggregators.axioms import axioms, search, subject
from aggregators.axioms.loading import load
from aggregators.axioms.pinning import pinned
from aggregators.axioms.survey import applicable, contradicts, declared, survey

MODULE = """
import numpy as np
from dataclasses import dataclass
from aggregators import Approvals

def scores(values):
    return values.sum(axis=0)

def of_ranks(ranks: np.ndarray):
    assert isinstance(ranks, np.ndarray), type(ranks)
    return -ranks.sum(axis=0).astype(float)

def of_approvals(profile: Approvals):
    return profile.matrix.sum(axis=0).astype(float)

@dataclass
class Scaled:
    by: float
    def __call__(self, values):
        return self.by * values.sum(axis=0)

doubled = Scaled(2)
class Namespace:
    inner = staticmethod(scores)
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "my_rules_of_a_test.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield tmp_path
    sys.modules.pop("my_rules_of_a_test", None)


def test_a_survey_is_one_search_after_another():
    found = list(survey("borda", ["monotonicity", "jr", "condorcet"], examples=30, seed=3, domain="linear"))
    assert [each.axiom for each in found] == ["monotonicity", "jr", "condorcet"]
    assert [each.status for each in found] == ["held", "not applicable", "violated"]
    assert found[0] == search("borda", "monotonicity", examples=30, seed=3, domain="linear")
    assert found[2].violation.linear


def test_by_default_a_survey_is_of_what_speaks_of_the_rule():
    names = applicable(subject("mes"))
    assert "jr" in names
    assert "condorcet" not in names
    assert [each.axiom for each in survey("mes", examples=1)] == names
    assert next(survey(lambda values: values.sum(axis=0), examples=1)).axiom == sorted(axioms)[0]


def test_names_that_are_none_are_refused():
    with pytest.raises(RuleError, match="condorcet"):
        list(survey("borda", ["condorcett"]))


def test_a_claim_is_contradicted_by_a_witness_only():
    weak = Rankings([[1, 1, 2], [2, 1, 1]])
    strict = Rankings([[1, 2, 3], [1, 2, 3], [2, 1, 3]])
    found = search("borda", "condorcet", examples=20)
    held = search("borda", "monotonicity", examples=20)
    assert contradicts(found, "satisfied")
    assert not any(contradicts(found, known) for known in ("violated", "unsettled", "unlabelled"))
    assert not any(contradicts(held, known) for known in ("satisfied", "violated", "on linear orders"))

    def nothing(profile: Rankings):
        return profile.alternatives[0]

    for profile, linear in ((weak, False), (strict, True)):
        changed = axioms["neutrality"].check(nothing, profile)
        witness = type(found)("neutrality", "nothing", "violated", violation=changed)
        assert contradicts(witness, "on linear orders") is linear


def test_claims_are_those_of_the_rule_behind_a_subject():
    assert declared(subject("borda"), "condorcet") == "violated"
    assert declared(subject("isoelastic:alpha=2"), "jr") == "not applicable"
    assert declared(subject(np.median, name="median"), "condorcet") == "unlabelled"


# --- loading -------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["my_rules_of_a_test", "my_rules_of_a_test.py"])
def test_functions_of_modules_and_files(folder, place):
    rule = load(f"{place}:scores", folder=folder)
    assert (rule.name, rule.reads) == ("scores", Utilities)
    assert rule.decide(Utilities([[1, 2]])).winners == {"b"}
    assert load(f"{place}:of_approvals", folder=folder).reads is Approvals
    ranked = load(f"{place}:of_ranks", folder=folder, reads="rankings")
    assert ranked.reads is Rankings
    assert ranked.decide(Rankings([[2, 1]])).winners == {"b"}
    assert load(f"{place}:doubled", folder=folder).decide(Utilities([[1, 2]])).scores == {"a": 2, "b": 4}
    assert load(f"{place}:Namespace.inner", folder=folder).name == "scores"


def test_registered_rules_come_first():
    assert load("rawlsian").rule.name == "maximin"
    assert load("isoelastic:alpha=2").decide(Utilities([[1, 2], [5, 3]])).winners


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("brda", {}, "did you mean 'borda'.*module:function"),
        ("borda:alpha=3", {}, "no parameter 'alpha'"),
        ("borda:reads", {}, "sets nothing"),
        ("borda", {"reads": "rankings"}, "leave it out"),
        ("my_rules_of_a_test.py", {}, "my_rules_of_a_test.py:my_rule"),
        ("my_rules_of_a_test.py:scor", {}, "no 'scor'; it has: scores, of_ranks, of_approvals, Scaled"),
        ("my_rules_of_a_test:scor", {}, "no 'scor'; it has: scores"),
        ("my_rules_of_a_test:Scaled", {}, "is a class"),
        ("my_rules_of_a_test:__name__", {}, "not callable"),
        ("my_rules_of_another:scores", {}, "no module is named 'my_rules_of_another'"),
        ("my_rules_of_a_test.deeper:scores", {}, "'my_rules_of_a_test.deeper'"),
        ("nowhere.py:scores", {}, "nowhere.py is no file"),
        ("broken.py:scores", {}, "SyntaxError"),
        ("broken:scores", {}, "SyntaxError"),
        ("leaving.py:scores", {}, "SystemExit: 3"),
        ("leaving:scores", {}, "SystemExit: 3"),
        ("needing:scores", {}, "needing cannot be imported.*no_such_module"),
    ],
)
def test_what_cannot_be_loaded_is_said_in_one_line(folder, text, options, said):
    (folder / "broken.py").write_text("def scores(:", encoding="utf-8")
    (folder / "leaving.py").write_text("raise SystemExit(3)", encoding="utf-8")
    (folder / "needing.py").write_text("import no_such_module", encoding="utf-8")
    with pytest.raises(RuleError) as caught:
        load(text, folder=folder, **options)
    assert re.search(said, str(caught.value)), caught.value
    assert "\n" not in str(caught.value)


# --- pinning -------------------------------------------------------------------------------------


def pins(rule, names, **options):
    found = list(survey(rule, names, examples=20))
    return pinned(found, rule, domain="any", examples=20, seed=0, **options)


@pytest.mark.parametrize(
    ("names", "there", "absent"),
    [
        (["monotonicity"], ["HELD = [", "def test_held", "check_axioms"], ["VIOLATED", "Violation", "import pytest"]),
        (["condorcet"], ["VIOLATED = {", "def test_violated", "import pytest"], ["HELD", "check_axioms"]),
        (["condorcet", "monotonicity", "jr"], ["HELD = [", "VIOLATED = {", "import pytest"], ["jr", "Path"]),
    ],
)
def test_a_pinned_file_has_what_it_needs(names, there, absent):
    source = pins("borda", names)
    compile(source, "test_pinned.py", "exec")
    assert all(words in source for words in there)
    assert not any(words in source for words in absent)
    assert 'RULE = load("borda")' in source


def test_a_pinned_file_can_fail(tmp_path):
    namespace = {"__file__": str(tmp_path / "test_pinned.py")}
    exec(compile(pins("borda", ["condorcet"]), "test_pinned.py", "exec"), namespace)
    namespace["test_violated"]("condorcet")
    namespace["RULE"] = subject("black")
    with pytest.raises(AssertionError):
        namespace["test_violated"]("condorcet")


def test_paths_are_seen_from_the_test_file():
    assert "from pathlib import Path" in pins("borda", ["condorcet"], folder=".")
    assert 'folder=Path(__file__).parent / "../.."' in pins("borda", ["condorcet"], folder="../..")
    assert 'reads="rankings"' in pins("borda", ["condorcet"], reads="rankings")


def test_there_is_nothing_to_pin():
    with pytest.raises(RuleError, match="nothing was found of borda"):
        pins("borda", ["jr"])
