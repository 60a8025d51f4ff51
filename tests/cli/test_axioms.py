"""`jury axioms`: the axioms, a survey of one's own rule or of a built-in one, and the test file that pins it."""

import json
import re
import subprocess
import sys

import pytest

RULES = '''
import time

import numpy as np
from aggregators import Rankings, decide
from aggregators.errors import RuleError


def borda_first(values):
    """Borda on utilities, ties to the first column."""
    print("this is no result")
    points = (values[:, :, None] > values[:, None, :]).sum(axis=2).sum(axis=0)
    return int(points.argmax())


def runoff(profile: Rankings):
    tops = decide(profile, "plurality")
    two = [label for tier in tops.ranking for label in tier][:2]
    return set(decide(profile.restrict(sorted(two)), "plurality").winners)


class Scaled:
    def __call__(self, values):
        return values.max(axis=0)


def slow(values):
    time.sleep(0.01)
    return values.sum(axis=0)


def whole(profile: Rankings):
    """Refuses what is not linear."""
    if not profile.strict:
        raise RuleError("rank everything")
    return decide(profile, "borda")


def crashes(values):
    return values[99]
'''
FEW = ("--axiom", "anonymity", "--axiom", "neutrality", "--axiom", "condorcet", "--examples", 40)


@pytest.fixture
def rules(tmp_path):
    (tmp_path / "my_rules.py").write_text(RULES, encoding="utf-8")
    return tmp_path


@pytest.fixture
def clean():
    """Let nothing stay imported that was imported from a folder that is gone."""
    before, path = set(sys.modules), list(sys.path)
    yield
    sys.path[:] = path
    for name in set(sys.modules) - before:
        if name.startswith(("my_rules", "rules in")):
            del sys.modules[name]


def test_the_list_of_axioms(here):
    done = here("axioms")
    assert (done.code, done.err) == (0, "")
    assert "Of welfare, voting and verdict rules, on ballots of any kind" in done.out
    assert "an alternative that beats every other one in a duel is the only winner" in done.out
    listed = here("axioms", "-o", "json").json
    assert {"condorcet", "jr", "anonymity"} <= {each["name"] for each in listed}
    assert all(each["source"] and each["formula"] and each["statement"] for each in listed)
    assert [each["name"] for each in here("axioms", "--axiom", "jr", "-o", "json").json] == ["jr"]


def test_the_table_is_the_one_of_the_library(here):
    from aggregators.axioms.table import markdown

    assert here("axioms", "--table").out == markdown()


@pytest.mark.parametrize("columns", ["80", "120"])
def test_a_function_of_arrays_from_a_module(jury, rules, columns):
    done = jury("axioms", "my_rules:borda_first", *FEW, COLUMNS=columns)
    assert done.code == 0, done.err
    assert "this is no result" not in done.out
    lines = done.out.splitlines()
    assert lines[0] == "borda_first: welfare rule that reads Utilities"
    rows = {line.split()[0]: line for line in lines[3:6]}
    assert "holds in" in rows["anonymity"]
    assert "violated" in rows["neutrality"]
    assert "2 alternatives, 1 voter" in rows["neutrality"]
    assert "declared" not in done.out
    assert "borda_first violates condorcet: " in done.out
    assert "is not proven" in done.out
    assert all(len(line) <= int(columns) for line in lines)


def test_a_function_of_profiles_from_a_file_as_json(jury, rules):
    words = ("axioms", "my_rules.py:runoff", "--axiom", "condorcet", "--axiom", "jr", "--domain", "linear")
    found = jury(*words, "--seed", 3, "--examples", 40, "-o", "json").json
    assert {name: found[name] for name in ("rule", "kind", "reads", "domain", "examples", "seed")} == {
        "rule": "runoff",
        "kind": "voting",
        "reads": "Rankings",
        "domain": "linear",
        "examples": 40,
        "seed": 3,
    }
    condorcet, jr = found["findings"]
    assert (condorcet["status"], jr["status"]) == ("violated", "not applicable")
    assert condorcet["declared"] is None
    assert condorcet["text"].startswith("runoff violates condorcet")
    ranks = condorcet["violation"]["steps"][0]["profile"]["ballots"]
    assert all(sorted(row) == list(range(1, len(row) + 1)) for row in ranks)


def test_a_built_in_rule_beside_its_claims(here):
    done = here("axioms", "borda", "--axiom", "condorcet", "--axiom", "monotonicity", "--examples", 40)
    rows = {line.split()[0]: line for line in done.out.splitlines() if line}
    assert rows["condorcet"].split()[1:3] == ["violated", "violated"]
    assert rows["monotonicity"].split()[-2:] == ["satisfied", "–"]
    assert "CONTRADICT" not in done.out
    tuned = here("axioms", "isoelastic:alpha=2", "--axiom", "pareto", "--axiom", "jr", "--examples", 10)
    assert "declared, by default" in tuned.out
    assert "jr speaks of committee rules, and isoelastic:alpha=2 is a welfare rule." in tuned.out


def test_a_contradiction_is_loud(here, monkeypatch):
    from aggregators import rules
    from aggregators.claims import Claims

    borda = rules()["borda"]
    monkeypatch.setitem(borda.__dict__, "claims", Claims(satisfies=("condorcet",), violates=("monotonicity",)))
    words = ("axioms", "borda", "--axiom", "condorcet", "--axiom", "monotonicity", "--examples", 40)
    done = here(*words)
    assert done.code == 0
    assert "satisfied: CONTRADICTED" in done.out
    assert "CONTRADICTION: the rule is declared to satisfy condorcet" in " ".join(done.out.split())
    assert "monotonicity, and violates" not in done.out
    contradicted = {each["axiom"]: each["contradicted"] for each in here(*words, "-o", "json").json["findings"]}
    assert contradicted == {"condorcet": True, "monotonicity": False}
    assert "CONTRADICT" not in here("axioms", "borda:unranked=average", *words[2:]).out


@pytest.mark.parametrize(
    ("rule", "folder"), [("my_rules:borda_first", "."), ("my_rules.py:runoff", "tests"), ("borda", ".")]
)
def test_what_is_found_can_be_pinned(jury, rules, rule, folder):
    (rules / "tests").mkdir()
    written = rules / folder / "test_pinned.py"
    done = jury("axioms", rule, *FEW, "--write-test", written)
    assert done.code == 0, done.err
    assert f"written: {written}" in done.err
    source = written.read_text(encoding="utf-8")
    pytest_ = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", str(written)]
    ran = subprocess.run(pytest_, cwd=rules, capture_output=True, text=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stdout
    assert "3 passed" in ran.stdout
    ruff = ["check", "--isolated", "--select", "E,F,I,UP,W", str(written)]
    for words in (ruff, ["format", "--isolated", "--check", str(written)]):
        checked = subprocess.run(
            [sys.executable, "-m", "ruff", *words], cwd=rules, capture_output=True, text=True, check=False
        )
        assert checked.returncode == 0, checked.stdout + checked.stderr
    again = jury("axioms", rule, *FEW, "--write-test", written)
    assert (again.code, again.out) == (1, "")
    assert "exists, and is left as it is" in again.error
    assert written.read_text(encoding="utf-8") == source


@pytest.mark.usefixtures("clean", "rules")
@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("brda",), 1, "did you mean 'borda'"),
        (("my_rules:runof",), 1, "it has: borda_first, runoff, Scaled, slow, whole, crashes"),
        (("nothing.py:runoff",), 1, "nothing.py is no file"),
        (("nothing_here:runoff",), 1, "no module is named 'nothing_here'"),
        (("my_rules:crashes", "--axiom", "pareto"), 1, "crashes raised IndexError"),
        (("borda", "--axiom", "condorcett"), 1, "did you mean 'condorcet'"),
        (("borda", "--reads", "rankings"), 1, "is for functions"),
        (("borda", "--axiom", "jr", "--write-test", "test_x.py"), 1, "nothing was found of borda"),
        (("borda", "--write-test", "nowhere/test_x.py"), 1, "no folder nowhere"),
        (("borda", "--write-test", "x.txt"), 1, "Python files"),
        (("--write-test", "test_x.py"), 2, "--write-test belongs to a RULE"),
        (("--seed", 1, "--domain", "linear"), 2, "--domain, --seed belong to a RULE"),
        (("--examples", 4000, "-o", "json"), 2, "--examples belongs to a RULE"),
        (("--table", "-o", "json"), 2, "leave out --output"),
        (("--table", "--axiom", "jr"), 2, "leave out --axiom"),
        (("my_rules:Scaled",), 1, "is a class; name a function or an instance"),
        (("borda", "--table"), 2, "leave RULE out"),
    ],
)
def test_failures_are_one_line(here, tmp_path, words, code, said):
    done = here("axioms", *words)
    assert (done.code, done.out) == (code, "")
    assert len(done.err.splitlines()) == 1
    assert said in done.error
    assert not list(tmp_path.glob("test_x.py"))


@pytest.mark.usefixtures("clean", "rules")
def test_refusals_are_counted(here):
    found = here("axioms", "my_rules:whole", "--axiom", "anonymity", "--examples", 3000)
    (row,) = (line for line in found.out.splitlines() if line.startswith("anonymity"))
    assert re.search(r"holds in \d+,\d{3} cases, refused \d,\d{3} profiles", row)
    assert "First refused for anonymity: rank everything\n" in found.out


@pytest.mark.usefixtures("clean", "rules")
def test_a_search_may_be_stopped(here):
    words = ("axioms", "my_rules:slow", "--axiom", "anonymity", "--time-limit", 0.3)
    assert re.search(r"anonymity +holds in \d+ cases?, stopped after 0.3 s", here(*words).out)
    assert here(*words, "-o", "json").json["time_limit"] == 0.3
    assert here(*words[:-1], 0).code == 2


def test_a_survey_says_how_far_it_is_where_there_is_no_terminal(here, monkeypatch):
    words = ("axioms", "borda", "--axiom", "anonymity", "--axiom", "majority", "--examples", 5)
    assert here(*words).err == ""
    monkeypatch.setattr("cli.axioms._EVERY", 0.0)
    assert here(*words).err.splitlines() == ["searched 1/2: anonymity", "searched 2/2: majority"]


@pytest.mark.usefixtures("clean", "rules")
def test_what_a_function_reads_may_be_said(here):
    words = (
        "axioms",
        "my_rules:borda_first",
        "--reads",
        "rankings",
        "--axiom",
        "anonymity",
        "--examples",
        5,
        "-o",
        "json",
    )
    # A function without an annotation is given the profile then, which this one cannot use.
    assert "borda_first raised TypeError" in here(*words).error


def test_a_document_is_json_even_of_a_committee_rule(here):
    found = json.loads(here("axioms", "mes", "--examples", 20, "-o", "json").out)
    assert {each["axiom"] for each in found["findings"]} >= {"jr", "committee-monotonicity"}


def test_the_default_is_the_librarys():
    from aggregators.axioms.search import EXAMPLES
    from cli.axioms import EXAMPLES as SHOWN

    assert SHOWN == EXAMPLES
