"""What a report holds as data, against the computations of the command line."""

import json
import math

import numpy as np
import pytest

from aggregators import decide
from jury import Study, audit, simulate
from jury.auditing.hearing import hearings
from jury.errors import RunError, StudyError
from jury.panels.base import Builder
from jury.report import Options, document
from jury.report.deciding import decided, resamples_for
from jury.report.fairness import ballots_to_recount, disagreement_of
from jury.report.whatifs import HEARD
from jury.trust import trust

MODES = ("score", "choose", "approve", "rank", "pairwise", "distribution")


def study(**changes):
    return Study.model_validate(
        {
            "name": "small",
            "jurors": 30,
            "groups": ["sex", "race & sex"],
            "cases": [
                {"id": "wage", "prompt": "The wage?", "alternatives": ["raise", "keep", "abolish"]},
                {"id": "tax", "prompt": "Taxes?", "alternatives": ["more", "less"]},
            ],
            "elicitation": {"mode": "score", "replicates": 2},
            "model": {"name": "planted/hash", "options": {"noise": 0.2, "refuse": 0.1, "garble": 0.05}},
            "seed": 4,
            **changes,
        }
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return simulate(study(), out=tmp_path_factory.mktemp("run") / "small.sqlite", cache=False)


@pytest.fixture(scope="module")
def found(run):
    return document(run)


def test_it_is_plain_json(found):
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_figures_are_those_of_the_audit(run, found):
    wanted = audit(run.panel(), rules=run.study.rule_names(), by=run.study.groups).to_dict()
    for table in ("groups", "gaps", "prices", "minority_gains", "inequity", "power", "scales"):
        assert found["audit"][table] == wanted[table]
    differ = len(wanted["disagreements"])
    told = found["opening"]
    assert told["differ"] == [f"The rules disagree on {differ} of 2 cases."]
    assert " ".join([told["decided"], *told["lost"], *told["differ"]]) == wanted["verdict"]
    assert found["denominators"] == wanted["denominators"] == run.denominators()
    for case in found["cases"]:
        assert list(case["outcomes"]) == list(run.study.rule_names())
        for rule, told in case["outcomes"].items():
            outcome = wanted["outcomes"][case["id"]][rule]
            assert {name: told[name] for name in ("winners", "scores", "ranking")} == {
                name: outcome[name] for name in ("winners", "scores", "ranking")
            }


def test_who_was_asked_accounts_for_every_ballot(run, found):
    counts = run.denominators()
    others = [f"{counts[name]} {name}" for name in ("refused", "unparsed", "failed", "missing") if counts[name]]
    assert len(others) >= 2
    told = ", ".join([f"{counts['answered']} of {counts['asked']} ballots answered", *others])
    assert found["opening"]["asked"].endswith(f"; {told}.")


def test_trust_is_that_of_the_command_line(run, found):
    wanted = trust(run.panel(), run.study.groups, run.study.rule_names(), run.label_masses())
    assert found["opening"]["belief"]["words"] == [*wanted.words(), "A simulated jury is not people."]
    assert found["opening"]["belief"]["level"] == "unknown"
    caveat, flips = found["opening"]["belief"]["beside"]
    assert caveat == run.header.caveat
    assert flips.startswith("Had as many other jurors been drawn")
    assert flips in wanted.words()
    assert found["trust"]["groups_by_lot"] == wanted.to_dict()["groups_by_lot"]


def test_intervals_hold_scores_and_shares_add_up(found):
    assert found["resamples"] == 499
    for case in found["cases"]:
        for rule, told in case["outcomes"].items():
            assert sum(told["win_share"]) == pytest.approx(1)
            if told["scores"] is None:
                assert set(told["low"]) == set(told["high"]) == {None}
                continue
            for low, score, high in zip(told["low"], told["scores"], told["high"], strict=True):
                assert low <= score <= high, rule
                assert rule == "maximin" or low < high


def test_intervals_cover_the_mean_as_often_as_they_say():
    """Drawn anew 100 times, the interval of a utilitarian score holds the true mean 95 times if it is right."""
    rng, inside = np.random.default_rng(8), 0
    for _ in range(100):
        builder = Builder("drawn")
        builder.case("q", "Yes or no?", ["yes", "no"])
        for number in range(60):
            builder.rating(builder.rater(f"r{number}"), "q", {"choice": "yes" if rng.random() < 0.7 else "no"})
        panel = builder.panel()
        [hearing] = hearings(panel, (), "juror")
        [(_, told)] = decided(hearing, audit(panel, rules=["utilitarian"], resamples=0), 199, rng)
        inside += told["low"][0] <= 0.7 <= told["high"][0]
    assert 88 <= inside <= 100


def recounted(case, alpha):
    """Decide the rows that the page gets."""
    from aggregators import Utilities

    rows = case["recount"]["rows"]
    values = [[math.nan if value is None else value for value in row] for row in rows["values"]]
    profile = Utilities(values, weights=rows["weights"], alternatives=[item["id"] for item in case["alternatives"]])
    return decide(profile, "isoelastic", alpha=alpha, disagreement=case["recount"]["disagreement"])


@pytest.mark.parametrize("mode", MODES)
def test_the_rows_decide_as_the_ballots_do(mode, tmp_path):
    made = simulate(study(elicitation={"mode": mode, "replicates": 2}), out=tmp_path / "run.sqlite", cache=False)
    told, panel = document(made, Options(what_if=False)), made.panel()
    for case in told["cases"]:
        profile = panel.utilities(case["id"], by=["sex"])
        assert sum(case["recount"]["rows"]["answers"]) == profile.n_voters
        for alpha in (0.0, 0.5, 1.0, 2.0, math.inf):
            wanted, got = decide(profile, "isoelastic", alpha=alpha), recounted(case, alpha)
            assert got.winners == wanted.winners
            assert got.scores == pytest.approx(wanted.scores, rel=1e-12)
        for group in case["recount"]["groups"]:
            if group["attribute"] == "sex":
                inside = profile.groups["sex"] == group["group"]
                means = np.average(profile.values[inside], axis=0, weights=profile.weights[inside])
                assert group["means"] == pytest.approx(means, rel=1e-12)


def test_chances_along_alpha_are_those_of_the_rules_at_its_ends_and_middle(found):
    for case in found["cases"]:
        tried = case["chances"]
        assert tried["resamples"] == found["resamples"]
        for at, rule in ((0.0, "utilitarian"), (0.5, "nash"), (1.0, "maximin")):
            shares = tried["shares"][tried["at"].index(at)]
            assert shares == pytest.approx(case["outcomes"][rule]["win_share"], abs=1e-12)


def test_below_zero_gains_are_measured_from_the_bottom_of_the_scale(tmp_path):
    made = simulate(
        study(elicitation={"mode": "score", "scale": [-3, 3]}, rules=["utilitarian"]),
        out=tmp_path / "run.sqlite",
        cache=False,
    )
    case = document(made, Options(what_if=False))["cases"][0]
    assert case["recount"]["disagreement"] == -3


def test_of_too_many_rows_outcomes_are_computed_beforehand(run):
    from jury.auditing.membership import Groups

    panel = run.panel()
    hearing = next(hearings(panel, ["sex"], "juror"))
    told = ballots_to_recount(hearing, Groups.of(panel, ["sex"]), most=3)
    assert told["rows"] is None
    assert disagreement_of(hearing) == 0
    for step in told["grid"]:
        alpha = math.inf if step["at"] == 1 else step["at"] / (1 - step["at"])
        assert step["winners"] == list(decide(panel.utilities("wage"), "isoelastic", alpha=alpha).winners)


def test_the_jury_stands_beside_its_population(run, found):
    sexes = next(one for one in found["composition"]["attributes"] if one["attribute"] == "sex")
    assert sum(group["jurors"] for group in sexes["groups"]) == 30
    assert sum(group["population"] for group in sexes["groups"]) == pytest.approx(1)
    margins = run.study.load_population().margins("sex").to_dict()
    assert {group["group"]: group["population"] for group in sexes["groups"]} == pytest.approx(margins)


def test_a_population_that_is_gone_costs_its_shares_alone(run, monkeypatch):
    def gone(_):
        raise StudyError("population: no such file")

    monkeypatch.setattr(Study, "load_population", gone)
    told = document(run, Options(what_if=False))["composition"]
    assert "no such file" in told["problem"]
    assert {group["population"] for one in told["attributes"] for group in one["groups"]} == {None}


def test_every_ballot_is_there_with_all_that_was_asked(run, found):
    told, wanted = found["ballots"], run.ballots()
    assert told["total"] == told["kept"] == len(wanted) == 120
    names = [found["jurors"]["name"][place] for place in told["juror"]]
    statuses = [told["texts"][place] for place in told["status"]]
    assert list(zip(names, statuses, strict=True)) == list(zip(wanted["juror"], wanted["status"], strict=True))
    raw = [told["texts"][replies[0][1]] for replies in told["replies"]]
    assert raw == wanted["text"].fillna("").tolist()


def test_of_very_many_ballots_some_are_drawn_by_lot_and_figures_are_of_all(run, found):
    told = document(run, Options(ballots=25))
    assert (told["ballots"]["kept"], told["ballots"]["total"], len(told["ballots"]["juror"])) == (25, 120, 25)
    assert told["audit"] == found["audit"]
    assert document(run, Options(ballots=25))["ballots"] == told["ballots"]


def test_resamples_grow_fewer_with_ballots():
    assert [resamples_for(rows, 4) for rows in (100, 200_000, 500_000, 10_000_000)] == [499, 199, 99, 0]


def test_what_ifs_are_those_asked_for(run):
    told = document(run, Options(vary=("jurors=6,12",), rules=("nash",)))["what_if"]
    assert [sweep["title"] for sweep in told] == ["What was asked for"]
    assert {row["jurors"] for row in told[0]["rows"]} == {6, 12}
    assert told[0]["baseline"]["rule"] == "nash"


def test_seats_are_guaranteed_to_minorities_alone():
    builder = Builder("halves")
    builder.case("q", "Yes or no?", ["yes", "no"])
    for number in range(40):
        traits = {"half": "ab"[number % 2], "third": "minority" if number % 3 == 0 else "most"}
        builder.rating(builder.rater(f"r{number}", traits), "q", {"choice": "yes" if number % 3 else "no"})
    panel = builder.panel()
    titles = [sweep["title"] for sweep in document(panel, Options(by=("half", "third")))["what_if"]]
    assert titles == ["Other sizes of juries", "Guaranteed seats of 12 for minority (by third)"]
    assert len(document(panel, Options(by=("half",)))["what_if"]) == 1


def test_scenarios_of_the_study_come_first(tmp_path):
    made = simulate(study(scenarios={"few": {"jurors": 5}}), out=tmp_path / "run.sqlite", cache=False)
    told = document(made)["what_if"]
    assert [(sweep["title"], sweep["rows"][0]["scenario"]) for sweep in told] == [("The study's scenarios", "few")]


def test_people_named_are_compared_with_and_the_gate_speaks_first(run):
    told = document(run, Options(people=run.panel(), what_if=False))
    assert told["validation"]["cases"] == 2
    assert told["opening"]["belief"]["sentence"] == told["validation"]["gate"]["words"][0]
    assert told["opening"]["belief"]["level"] in ("yes", "no")


def test_people_who_cannot_be_compared_are_an_error(run):
    builder = Builder("others")
    builder.case("elsewhere", "Else?", ["a", "b"])
    builder.rating(builder.rater("r"), "elsewhere", {"choice": "a"})
    with pytest.raises(RunError):
        document(run, Options(people=builder.panel()))


def test_unknown_rules_and_groups_are_named(run):
    with pytest.raises(StudyError, match="nsh"):
        document(run, Options(rules=("nsh",)))
    with pytest.raises(RunError, match="planet"):
        document(run, Options(by=("planet",)))


def test_a_run_that_nobody_answered_says_so(tmp_path):
    silent = study(model={"name": "planted/hash", "options": {"refuse": 1.0}})
    told = document(simulate(silent, out=tmp_path / "run.sqlite", cache=False))
    assert told["opening"]["decided"] == "Nobody answered any case, so nothing was decided."
    assert {case["recount"] is None for case in told["cases"]} == {True}


def test_of_one_juror_nothing_is_said_about_others(tmp_path):
    told = document(simulate(study(jurors=1), out=tmp_path / "run.sqlite", cache=False))
    assert told["opening"]["asked"].startswith("1 simulated juror drawn")
    assert not any("other jurors" in words for words in told["opening"]["belief"]["words"])


def test_rounds_are_compared_and_the_last_one_decides(tmp_path):
    heard = study(
        elicitation={"mode": "score", "opinion": 1},
        deliberation={"rounds": 1, "ballots": "open"},
        model={"name": "planted/hash", "options": {"conformity": 0.9}},
    )
    made = simulate(heard, out=tmp_path / "run.sqlite", cache=False)
    told = document(made, Options(what_if=False))
    assert told["deliberation"]["rounds"] == 1
    assert sorted(set(told["ballots"]["round"])) == [0, 1]
    assert told["denominators"] == made.panel(round=1).denominators()
    assert {sweep["caveat"] for sweep in document(made)["what_if"]} == {HEARD}
    last = audit(made.panel(round=1), rules=made.study.rule_names(), by=made.study.groups).to_dict()
    assert told["audit"]["groups"] == last["groups"]
