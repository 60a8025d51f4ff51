import copy
import json
import math
import pickle
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest

from aggregators import Approvals, ProfileError, Rankings, RuleError, Utilities, decide, elect, fund, parse_rule, rules
from aggregators.budgeting import budget_rules
from aggregators.proportionality import measures
from aggregators.rulebook import DecisionRule, rule
from aggregators.welfare.nash import nash

JURY = Utilities([[1.0, 2.0], [4.0, 3.0]])
RANKED = Rankings([[1, 2]])
APPROVED = Approvals([[1, 0]])


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: decide(JURY, "nosh"), "no rule named 'nosh'; did you mean 'nash'"),
        (lambda: decide(JURY, "nash", alpha=2), "'nash' has no parameter 'alpha'; it has: disagreement, zeros"),
        (lambda: decide(JURY, "utilitarian", alpha=2), "it has none"),
        (lambda: decide(JURY, "isoelastic:alpha=much"), "alpha='much' of 'isoelastic' is not a float"),
        (lambda: decide(JURY, "isoelastic", alpha=True), "alpha=True"),
        (lambda: decide(JURY, "isoelastic:alpha"), "write parameter=value"),
        (lambda: decide(JURY, "isoelastic", alpha=-1), "alpha=-1.0 is not an aversion"),
        (lambda: decide(JURY, "isoelastic", alpha=math.nan), "alpha=nan"),
        (lambda: decide(JURY, "nash", disagreement=math.inf), "disagreement=inf is not finite"),
        (lambda: decide(JURY, "nash", zeros="drop"), "choose one of: lexicographic, refuse"),
        (lambda: decide(JURY, "nash", tie_break="coin"), "tie_break='coin'"),
        (lambda: decide(JURY, "nash", tie_break="random"), "rng=None"),
        (lambda: decide(JURY, "nash", tie_break="random", rng=3), "rng=3"),
        (lambda: decide(JURY, "seqpav"), r"call elect\(profile, 'seqpav', seats=...\)"),
        (lambda: elect(RANKED, "borda", seats=1), r"call decide\(profile, 'borda'\)"),
        (lambda: decide(JURY, "approval"), "threshold=..."),
        (lambda: decide(JURY, "approval", threshold="high"), "threshold='high'"),
        (lambda: decide(JURY, "borda", threshold=1), "no parameter 'threshold'"),
        (lambda: decide(RANKED, "approval"), r"profile.to_approvals\(top=1\)"),
        (lambda: decide(APPROVED, "borda"), r"profile.to_rankings\(\)"),
        (lambda: decide(RANKED, "nash"), "'nash' reads Utilities and was given Rankings"),
        (lambda: decide(APPROVED, "nash"), "an approval holds no utilities"),
        (lambda: elect(APPROVED, "seqpav", seats=3), "seats=3; give a whole number from 1 to 2"),
        (lambda: elect(APPROVED, "seqpav", seats=0), "seats=0"),
        (lambda: elect(APPROVED, "seqpav", seats=1.0), "seats=1.0"),
        (lambda: elect(APPROVED, "seqpav", seats=1, weights=[[1.0]]), "one weighting"),
        (lambda: elect(APPROVED, "seqpav", seats=True), "seats=True"),
        (lambda: elect(APPROVED, "seqpav", seats=np.int64(3)), r"seats=.*3.*; give a whole number"),
        (lambda: elect(APPROVED, "seqpav", seats="1"), "seats='1'"),
        (lambda: decide(JURY, None), "rule=None is no name"),
        (lambda: elect(APPROVED, 7, seats=1), "rule=7 is no name"),
        (lambda: decide(JURY, "isoelastic", alpha=np.True_), "alpha="),
        (lambda: decide(JURY, "scoring", vector=(1, math.inf)), "vector="),
        (lambda: decide(JURY, "approval", threshold=math.nan), "threshold=nan"),
        (lambda: decide(JURY, "approval:threshold=nan"), "threshold='nan'"),
        (lambda: decide(JURY, "star:blank=inf"), "blank=inf of 'star' is no score"),
        (lambda: decide(JURY, "range", blank=-math.inf), "blank=-inf of 'range' is no score"),
        *[
            (
                lambda rule=rule, limit=limit: elect(APPROVED, rule, seats=1, time_limit=limit),
                "time_limit=.* seconds above 0",
            )
            for rule in ("pav", "cc", "monroe")
            for limit in (0, -1, math.nan)
        ],
        (lambda: decide(RANKED, "kemeny:time_limit=nan"), "time_limit='nan' of 'kemeny' is not a float"),
        (lambda: decide(RANKED, "kemeny", time_limit=math.nan), "time_limit=nan of 'kemeny' is no time"),
        (lambda: decide(RANKED, "kemeny", time_limit=0), "time_limit=0.0"),
        (
            lambda: decide(Utilities([[1, 2], [3, -4]]), "nash"),
            r"utility -4.0 of juror 1 for 'b' is below .* 0.0; give",
        ),
        (lambda: decide(Utilities([[1, 0]]), "nash", zeros="refuse"), "equals .* or zeros=lexicographic"),
    ],
)
def test_refuses_in_one_line(call, says):
    with pytest.raises(RuleError, match=says) as caught:
        call()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("weights", [[1], [[1], [2]], [1, -1], [0, 0], [[1, 1], [0, 0]], [[[1, 1]]], np.ones((0, 2))])
def test_refuses_weights_that_do_not_fit(weights):
    with pytest.raises(ProfileError, match="weights"):
        decide(JURY, "nash", weights=weights)


def test_text_sets_typed_parameters_and_keywords_override_them():
    found, parameters = parse_rule("isoelastic: alpha=inf, zeros=refuse")
    assert (found.name, parameters) == ("isoelastic", {"alpha": math.inf, "zeros": "refuse"})
    assert decide(JURY, "atkinson:alpha=3", alpha=1).parameters["alpha"] == 1
    assert decide(JURY, "isoelastic", alpha=2).parameters == {
        "alpha": 2.0,
        "disagreement": 0.0,
        "zeros": "lexicographic",
    }
    assert decide(JURY, "approval:threshold=2.5").scores.tolist() == [1, 1]
    assert decide(JURY, "approval:threshold=2").scores.tolist() == [1, 2]


def test_parameters_come_from_signature_and_docstring():
    alpha = rules()["isoelastic"].parameters["alpha"]
    assert (alpha.name, alpha.default, alpha.doc) == ("alpha", 2.0, "Aversion to inequality, from 0 to infinity.")
    assert list(rules()["nash"].parameters) == ["disagreement", "zeros"]


def test_rules_by_kind():
    assert set(rules("welfare")) >= {"utilitarian", "nash", "maximin", "leximin", "isoelastic"}
    assert set(rules("voting")) >= {"plurality", "borda", "approval"}
    assert list(rules()) == sorted(rules())


def test_a_decorated_rule_stays_callable():
    assert nash(JURY).winners == decide(JURY, "nash").winners == ("b",)
    assert nash(JURY, [0, 1]).winners == ("a",)
    assert nash(JURY, [[0, 1], [1, 0]]).winner_mask.tolist() == [[True, False], [False, True]]


def test_a_name_is_registered_once():
    with pytest.raises(ValueError, match="registered twice"):
        rule("nash", kind="welfare", reads=Utilities)(lambda profile, weights: None)


def test_utilities_are_ranked_for_a_ranking_rule():
    assert decide(JURY, "borda").to_dict() == decide(JURY.to_rankings(), "borda").to_dict()


def test_an_outcome_reads_well():
    outcome = decide(Utilities([[1, 1, np.nan]]), "utilitarian")
    assert str(outcome) == "utilitarian: a (1) = b (1)"
    assert repr(outcome) == "Outcome(utilitarian, winners=('a', 'b'), ranking=(('a', 'b'),))"
    assert outcome.to_dict()["scores"] == [1.0, 1.0, None]
    assert outcome.unscored == ("c",)
    assert str(decide(JURY, "majority")) == "majority: a (0.5) = b (0.5) [hung]"
    assert str(decide(Utilities([[np.nan]]), "nash")) == "nash: nobody answered"
    assert decide(JURY, "isoelastic:alpha=inf").to_dict()["parameters"]["alpha"] == "inf"


def test_a_hung_jury_says_so_and_by_how_much():
    short = decide(JURY, "supermajority")
    assert str(short) == "supermajority: a (0.5) = b (0.5) [hung, 0.1667 short of the quota]"
    assert short.to_dict()["hung"] is True
    assert decide(JURY, "nash").to_dict()["hung"] is False
    silent = decide(Utilities([[np.nan, np.nan]]), "supermajority")
    assert str(silent) == "supermajority: nobody answered"
    assert (silent.to_dict()["hung"], silent.winners) == (False, ())


def test_a_batch_as_plain_types():
    batch = decide(Utilities([[1, 2, np.nan], [4, 3, 2]]), "utilitarian", weights=[[1, 0], [0, 1], [1, 1]])
    found = json.loads(json.dumps(batch.to_dict(), allow_nan=False))
    assert found["winners"] == [["b"], ["a"], ["a", "b"]]
    assert found["win_share"] == [0.5, 0.5, 0.0]
    assert found["scores"][0] == [1.0, 2.0, None]
    hung = decide(RANKED, "supermajority", weights=[[1.0], [2.0]]).to_dict()
    assert hung["details"]["quota"] == [2 / 3, 2 / 3]
    assert decide(JURY, "isoelastic:alpha=inf", weights=[[1, 1]]).to_dict()["parameters"]["alpha"] == "inf"


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda what: pickle.loads(pickle.dumps(what))])
def test_outcomes_and_rules_are_copied_and_pickled(copied):
    for outcome in (decide(JURY, "nash"), decide(JURY, "majority"), decide(JURY, "isoelastic", weights=[[1, 2]])):
        assert copied(outcome).to_dict() == outcome.to_dict()
    elected = elect(APPROVED, "pav", seats=1)
    assert copied(elected).to_dict() == elected.to_dict()
    for each in rules().values():
        assert copied(each) is each
    for each in budget_rules().values():
        assert copied(each) is each
    for each in measures().values():
        assert copied(each) is each
    funded = fund(APPROVED, "mes", costs=[1, 1], budget=1)
    assert copied(funded).to_dict() == funded.to_dict()


def test_a_rule_that_is_not_registered_is_copied_as_any_object():
    unknown = copy.deepcopy(DecisionRule("unheard-of", "welfare", Utilities, decide))
    assert unknown.name == "unheard-of"


@pytest.mark.parametrize("two", [2, 2.0, np.int64(2), np.float32(2), np.float64(2), Fraction(2), "2", "4/2"])
def test_numbers_of_any_type_are_parameters(two):
    alpha = decide(JURY, "isoelastic", alpha=two).parameters["alpha"]
    assert (alpha, type(alpha)) == (2.0, float)


def test_numbers_of_numpy_are_seats_and_points():
    outcome = elect(APPROVED, "pav", seats=np.int32(1))
    assert (outcome.seats, type(outcome.seats)) == (1, int)
    for vector in ((np.float32(1), 0), np.array([1, 0]), (Fraction(1), 0), "1|0"):
        assert decide(RANKED, "scoring", vector=vector).parameters["vector"] == (1.0, 0.0)
    assert decide(JURY, "range:blank=nan").winners == decide(JURY, "range", blank=np.float32("nan")).winners
    assert decide(JURY, "range", blank=math.nan).winners == ("a", "b")


def test_win_shares_split_ties_and_leave_out_hung_juries():
    batch = decide(JURY, "majority", weights=[[1, 1], [1, 2], [1, 0], [3, 1]])
    assert batch.win_share().tolist() == [0.25, 0.5]
    assert repr(batch) == "BatchOutcome(majority, 4 weightings, win shares: a 0.250, b 0.500)"
    tied = decide(Utilities([[1, 1]]), "utilitarian", weights=[[1], [2]])
    assert tied.win_share().tolist() == [0.5, 0.5]


def test_importing_stays_light():
    heavy = "hypothesis scipy pandas networkx"
    code = f"import sys, aggregators; aggregators.rules(); print([m for m in {heavy.split()} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
