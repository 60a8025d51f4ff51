"""Simulations of jurors whose answers are known: same seed same run, and the truth comes back."""

import asyncio

import numpy as np
import pytest

from aggregators import decide
from jury import JuryError, asimulate, open_run, simulate
from jury.auditing import audit
from jury.backends.planted import planted_utility

NOISY = {"noise": 0.2, "refuse": 0.2, "garble": 0.1, "fault": 0.1}
ANSWER_COLUMNS = ["juror", "case", "replicate", "status", "scores", "shown", "text", "problem"]


def answers(run):
    frame = run.ballots()
    return frame[[name for name in ANSWER_COLUMNS if name in frame]].to_dict("records")


def without_nan(records):
    return [{key: value for key, value in record.items() if value == value} for record in records]


@pytest.mark.parametrize("readout", ["sample", "logprobs"])
def test_the_same_seed_gives_the_same_ballots_whatever_the_concurrency(readout, make_study, tmp_path):
    study = make_study(
        model={"name": "planted/hash", "options": NOISY}, elicitation={"replicates": 2, "readout": readout}
    )
    runs = [simulate(study, out=tmp_path / f"{n}.sqlite", max_connections=n) for n in (1, 7, 64)]
    first, *others = (without_nan(answers(run)) for run in runs)
    assert len(first) == 32
    assert all(other == first for other in others)
    assert len({record["status"] for record in first}) == 3
    assert max(runs[0].ballots()["attempts"]) == 2  # faults were met, and survived
    other_seed = simulate(study.changed(seed=2), out=tmp_path / "other.sqlite")
    assert without_nan(answers(other_seed)) != first


@pytest.mark.parametrize("elicitation", ["score", {"mode": "score", "readout": "logprobs"}, "choose"])
def test_hashed_utilities_are_recovered(elicitation, make_study, tmp_path):
    run = simulate(make_study(jurors=40, elicitation=elicitation), out=tmp_path / "r.sqlite")
    people = {juror.id: juror for juror in run.jurors}
    assert run.denominators()["answered"] == 80
    panel = run.panel()
    for case in panel.cases:
        held = {
            juror: [planted_utility(person.attributes, case.id, name) for name in case.alternative_ids]
            for juror, person in people.items()
        }
        for vote in panel.votes[case.id]:
            given = panel.mode.utilities_of(vote.values, case)
            expected = np.array(held[vote.juror])
            if panel.mode.mode == "score":
                assert given == [1 + min(int(utility * 5), 4) for utility in expected]
            else:
                assert given == (expected == expected.max()).astype(float).tolist()


TABLE = {
    "raise": {"race=Black": 0.1, "race=White": 0.9, "default": 0.5},
    "keep": {"default": 0.7},
    "abolish": {"default": 0.3},
}


def planted_study(make_study, **changes):
    return make_study(
        cases=make_study().model_dump()["cases"][:1],
        model={"name": "planted/table", "options": {"utilities": TABLE}},
        jurors={"n": 100, "design": "stratified", "by": ["race"]},
        elicitation={"scale": [0, 9]},
        groups=["race"],
        **changes,
    )


def test_planted_groups_winners_and_gaps_are_recovered(make_study, tmp_path):
    run = simulate(planted_study(make_study), out=tmp_path / "r.sqlite")
    audited = audit(run.panel(), rules=["utilitarian", "maximin"], by=["race"])
    groups = audited.groups.set_index(["group", "rule"])
    assert audited.outcomes["wage"]["maximin"].winners == ("keep",)
    winner = audited.outcomes["wage"]["utilitarian"].winners
    shares = groups.xs("utilitarian", level="rule")["weight_share"]
    rest = 1 - shares["White"] - shares["Black"]
    mean = 9 * shares["White"] + 1 * shares["Black"] + 5 * rest
    assert winner == (("raise",) if mean > 7 else ("keep",))
    assert audited.outcomes["wage"]["utilitarian"].scores == pytest.approx([mean, 7, 3])
    assert groups.loc[("White", "maximin"), "regret"] == pytest.approx(2)
    assert groups.loc[("White", "maximin"), "cases_lost"] == 1
    assert groups.loc[("Black", "maximin"), "regret"] == 0
    gap = audited.gaps.set_index("rule").loc["utilitarian"]
    if winner == ("raise",):
        assert (gap["worst_group"], gap["best_group"], gap["gap"]) == ("Black", "White", pytest.approx(8))


def test_weights_of_the_jurors_reach_the_verdict(make_study, tmp_path):
    study = planted_study(make_study).changed(
        jurors={"n": 100, "design": "stratified", "by": ["race"], "allocation": "equal"}
    )
    run = simulate(study, out=tmp_path / "r.sqlite")
    weights = np.array([juror.weight for juror in run.jurors])
    assert len(set(weights.round(6))) > 1
    races = [juror.attributes["race"] for juror in run.jurors]
    raised = np.array([{"White": 9.0, "Black": 1.0}.get(race, 5.0) for race in races])
    profile = run.profile("wage")
    assert profile.weights == pytest.approx(weights)
    scores = decide(profile, "utilitarian").scores
    assert scores[0] == pytest.approx(np.average(raised, weights=weights))
    assert scores[0] != pytest.approx(raised.mean(), abs=0.05)
    assert profile.groups["race"].tolist() == races


def test_denominators_add_up(make_study, tmp_path):
    options = {"refuse": 0.3, "garble": 0.3}
    run = simulate(
        make_study(jurors=100, model={"name": "planted/hash", "options": options}), out=tmp_path / "r.sqlite"
    )
    counts = run.denominators()
    assert counts["asked"] == 200
    assert sum(counts[status] for status in ("answered", "refused", "unparsed", "failed", "missing")) == 200
    assert counts["refused"] == pytest.approx(60, abs=25)
    assert counts["unparsed"] == pytest.approx(0.7 * 60, abs=25)
    assert counts["failed"] == counts["missing"] == 0
    assert len(run.ballots()) == 200
    assert sum(len(votes) for votes in run.panel().votes.values()) == counts["answered"]
    assert sum(len(profile.values) for _, profile in run.profiles()) == counts["answered"]


def test_a_run_without_ballots_can_be_read(make_study, plug, tmp_path):
    plug("priced", lambda _: '{"A": 1, "B": 1, "C": 1}', pricing="openai")
    study = make_study(model="priced/gpt-4o-mini")
    run = simulate(study, out=tmp_path / "r.sqlite", max_cost=0)
    assert run.end == "budget"
    assert run.denominators() == {
        "asked": 16, "answered": 0, "refused": 0, "unparsed": 0, "failed": 0, "missing": 16, "no_opinion": 0,
    }  # fmt: skip
    assert run.ballots().empty
    assert "cost_usd" in run.ballots()
    assert run.cost() == 0
    assert list(run.profiles()) == []
    with pytest.raises(JuryError, match="nobody answered case 'wage'"):
        run.profile("wage")
    with pytest.raises(JuryError, match="no case 'wages'; cases: wage, tax"):
        run.profile("wages")


def test_nothing_told_about_the_jurors(make_study, tmp_path):
    run = simulate(make_study(persona={"attributes": []}), out=tmp_path / "r.sqlite")
    assert len({juror.text for juror in run.jurors}) == 1
    told = simulate(make_study(persona={"attributes": ["race"]}), out=tmp_path / "told.sqlite")
    for juror in told.jurors:
        assert juror.attributes["race"] in juror.text
        assert juror.attributes["age"] not in juror.text
        assert set(juror.attributes) == {"age", "sex", "race"}


def test_out_is_a_path_or_text_and_defaults_to_a_folder(make_study, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert simulate(make_study(), out="deep/r.sqlite").path.is_file()
    run = simulate(make_study())
    assert run.path.parent.name == "runs"
    assert run.path.name.startswith("small-")
    assert open_run(str(run.path)).denominators() == run.denominators()


@pytest.mark.parametrize(
    "options", [{"max_connections": 0}, {"max_connections": -1}, {"max_cost": -1}, {"max_cost": float("nan")}]
)
def test_senseless_options_are_refused(options, make_study, tmp_path):
    with pytest.raises(JuryError, match="or leave it out"):
        simulate(make_study(), out=tmp_path / "r.sqlite", **options)
    assert list(tmp_path.iterdir()) == []


def test_a_running_loop_awaits(make_study, tmp_path):
    async def inside():
        with pytest.raises(JuryError, match="await asimulate"):
            simulate(make_study(), out=tmp_path / "r.sqlite")
        return await asimulate(make_study(), out=tmp_path / "r.sqlite")

    assert asyncio.run(inside()).end == "complete"
