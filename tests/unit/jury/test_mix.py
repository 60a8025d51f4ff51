"""Several models share one jury: who plays whom, that it is balanced, and that nobody counts twice."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jury import ModelError, StudyError, simulate
from jury.auditing import audit
from jury.backends import Reply
from jury.diagnostics import explained
from jury.mix import deal

TWO = ["planted/hash", "null/uniform"]


@given(
    strata=st.lists(st.integers(0, 5), max_size=120),
    shares=st.lists(st.floats(0.1, 10), min_size=1, max_size=5),
    seed=st.integers(0, 999),
)
def test_dealing_is_even_over_all_and_within_strata(strata, shares, seed):
    dealt = deal(strata, shares, np.random.default_rng(seed))
    assert dealt == deal(strata, shares, np.random.default_rng(seed))
    wanted = np.array(shares) / sum(shares)
    places = np.array(dealt, dtype=int)
    assert (np.abs(np.bincount(places, minlength=len(shares)) - wanted * len(strata)) < len(shares)).all()
    for stratum in set(strata):
        inside = places[np.array(strata) == stratum]
        assert (np.abs(np.bincount(inside, minlength=len(shares)) - wanted * len(inside)) < len(shares)).all()


def test_two_equal_shares_differ_by_no_more_than_one_anywhere():
    rng = np.random.default_rng(0)
    strata = rng.integers(0, 7, 101).tolist()
    places = np.array(deal(strata, [1, 1], rng))
    assert abs((places == 0).sum() - (places == 1).sum()) == 1
    for stratum in range(7):
        inside = places[np.array(strata) == stratum]
        assert abs((inside == 0).sum() - (inside == 1).sum()) <= 2


def test_no_model_is_always_served_first():
    firsts = Counter(deal(["a"], [1, 1, 1], np.random.default_rng(seed))[0] for seed in range(300))
    assert min(firsts[place] for place in range(3)) > 60


def test_a_split_binds_each_juror_to_one_model_by_share_and_stratum(make_study, tmp_path):
    models = [{"name": "planted/hash", "share": 3}, {"name": "null/uniform"}]
    jurors = {"n": 40, "design": "stratified", "by": ["sex"]}
    run = simulate(make_study(model=models, jurors=jurors), out=tmp_path / "r.sqlite")
    played = Counter(juror.model for juror in run.jurors)
    assert played == {"planted/hash": 30, "null/uniform": 10}
    for sex in ("Female", "Male"):
        group = [juror for juror in run.jurors if juror.attributes["sex"] == sex]
        assert sum(juror.model == "null/uniform" for juror in group) == pytest.approx(len(group) / 4, abs=1)
    assert run.header.model == "planted/hash + null/uniform"
    said = run.ballots().drop_duplicates("juror").set_index("juror")["model"].to_dict()
    assert said == {juror.name: juror.model for juror in run.jurors}
    assert run.denominators()["answered"] == 80
    assert [juror.weight for juror in run.jurors] == [
        juror.weight for juror in simulate(make_study(jurors=jurors), out=tmp_path / "one.sqlite").jurors
    ]


def test_crossed_asks_everybody_of_every_model_and_counts_each_once(make_study, tmp_path):
    one = simulate(make_study(jurors=10), out=tmp_path / "one.sqlite")
    run = simulate(make_study(model=TWO, jurors={"n": 10, "mix": "crossed"}), out=tmp_path / "r.sqlite")
    assert len(run.jurors) == 20
    assert run.denominators()["answered"] == 40
    for first, second, alone in zip(run.jurors[:10], run.jurors[10:], one.jurors, strict=True):
        assert (first.persona, first.text, first.attributes) == (second.persona, second.text, second.attributes)
        assert first.weight + second.weight == pytest.approx(alone.weight)
        assert (first.model, second.model) == ("planted/hash", "null/uniform")
    assert len({juror.name for juror in run.jurors}) == 20
    assert "Every persona sits once for each model" in run.panel().caveat
    assert "Every persona sits" not in one.panel().caveat


def test_a_model_may_play_those_who_meet_a_condition(make_study, tmp_path):
    models = [{"name": "null/majority", "for": "sex=Female & race=White"}, "planted/hash"]
    run = simulate(make_study(model=models, jurors=40), out=tmp_path / "r.sqlite")
    for juror in run.jurors:
        meets = juror.attributes["sex"] == "Female" and juror.attributes["race"] == "White"
        assert juror.model == ("null/majority" if meets else "planted/hash")
    assert {juror.model for juror in run.jurors} == {"null/majority", "planted/hash"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"model": [{"name": "null/uniform", "for": "shoe=42"}, "planted/hash"]}, r"model: for: .*'shoe'"),
        (
            {"model": [{"name": "null/uniform", "for": "sex=Robot"}, "planted/hash"]},
            r"no juror of this jury has 'sex=Robot'; it has: sex=Female, sex=Male",
        ),
        ({"model": [{"name": "null/uniform", "for": "Female"}, "planted/hash"]}, "not of the form attribute=level"),
        ({"model": [{"name": "null/uniform", "for": "sex=Female"}]}, r"no model plays \d+ of 24 jurors; list one more"),
        (
            {"model": [{"name": "null/uniform", "share": 2}, "planted/hash"], "jurors": {"n": 24, "mix": "crossed"}},
            "null/uniform: `share` has no meaning where every persona is asked by every model",
        ),
        (
            {
                "model": [{"name": "null/uniform", "for": "sex=Female"}, "planted/hash"],
                "jurors": {"n": 24, "mix": "crossed"},
            },
            "`for` has no meaning",
        ),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_asked(changes, words, make_study, tmp_path):
    with pytest.raises(StudyError, match=words):
        simulate(make_study(**{"jurors": 24} | changes), out=tmp_path / "r.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_one_model_twice_needs_labels(make_study, tmp_path):
    cold, hot = (
        {"name": "planted/hash", "label": name, "options": {"noise": noise}}
        for name, noise in (("cold", 0.0), ("hot", 0.5))
    )
    run = simulate(make_study(model=[cold, hot]), out=tmp_path / "r.sqlite")
    assert Counter(juror.model for juror in run.jurors) == {"cold": 4, "hot": 4}
    assert run.header.model == "cold + hot"
    with pytest.raises(StudyError, match=r"'planted/hash' is listed twice; give each a label"):
        make_study().changed(model=["planted/hash", "planted/hash"])


def test_a_readout_that_one_cannot_give_is_an_error_that_names_who(make_study, plug, tmp_path):
    plug("writer", lambda _: Reply("{}"), readouts=("sample",))
    study = make_study(model=["planted/hash", "writer/x"], elicitation={"readout": "logprobs"})
    with pytest.raises(
        ModelError,
        match=r"models planted/hash, writer/x cannot all give .* \(logprobs: not from writer/x; .*\); set .* sample",
    ):
        simulate(study, out=tmp_path / "r.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_the_first_models_favourite_that_all_can_give_is_taken(make_study, plug, tmp_path):
    plug("reader", lambda _: Reply('{"A": 1, "B": 2, "C": 3}'), readouts=("logprobs", "sample"))
    plug("writer", lambda _: Reply('{"A": 1, "B": 2, "C": 3}'), readouts=("sample",))
    run = simulate(make_study(model=["reader/x", "writer/x"]), out=tmp_path / "r.sqlite")
    assert run.header.readout == "sample"


def test_results_can_be_told_by_model_and_the_models_share_is_found(make_study, tmp_path):
    table = {name: {"default": utility} for name, utility in (("raise", 0.9), ("keep", 0.5), ("abolish", 0.1))}
    table |= {name: {"default": 0.5} for name in ("more", "less", "flat")}
    upside = {name: {"default": 1 - value["default"]} for name, value in table.items()}
    blocks = [
        {"name": "planted/table", "label": label, "options": {"utilities": utilities, "noise": 0.05}}
        for label, utilities in (("one", table), ("other", upside))
    ]
    run = simulate(make_study(model=blocks, jurors=40, groups=["model"]), out=tmp_path / "r.sqlite")
    panel = run.panel()
    found = audit(panel, rules=["utilitarian"], by=["model"])
    assert set(found.groups["group"]) == {"one", "other"}
    shares = explained(panel)
    assert shares.model.found > 0.7 > 10 * shares.alternative.found
    assert shares.model.by_chance < 0.05
    same = simulate(
        make_study(model=[blocks[0], blocks[0] | {"label": "other"}], jurors=40), out=tmp_path / "same.sqlite"
    )
    alike = explained(same.panel())
    assert alike.model.found < 3 * alike.model.by_chance
    alone = simulate(make_study(model=blocks[0], jurors=40), out=tmp_path / "alone.sqlite")
    assert explained(alone.panel()).model is None


def test_one_model_that_is_down_does_not_hold_up_the_other(make_study, plug, tmp_path):
    from jury import RequestError

    def dead(_):
        raise RequestError("nobody there")

    backend = plug("dead", dead)
    study = make_study(model=["dead/x", "planted/hash"], jurors=80)
    run = simulate(study, out=tmp_path / "r.sqlite", max_connections=4)
    assert (run.end, run.problem) == ("failing", "nobody there")
    counts = run.denominators()
    assert counts["answered"] == 80
    assert 20 <= counts["failed"] <= 24
    backend._answer = lambda _: Reply('{"A": 1, "B": 2, "C": 3}')
    again = simulate(study, out=tmp_path / "r.sqlite", resume=True)
    assert (again.end, again.denominators()["answered"]) == ("complete", 160)


@pytest.mark.parametrize("order", ["counterbalanced", "random"])
def test_crossed_models_see_the_same_order_and_labels_and_answer_for_themselves(order, make_study, tmp_path):
    models = [{"name": "null/uniform", "label": name} for name in ("one", "two", "three")]
    elicitation = {"mode": "score", "order": order, "labels": "varied", "replicates": 2}
    study = make_study(model=models, jurors={"n": 7, "mix": "crossed"}, elicitation=elicitation)
    run = simulate(study, out=tmp_path / "r.sqlite")
    ballots = run.ballots().map(str).assign(seat=lambda frame: frame["juror"].str.partition(" by ")[0])
    for _, of_one_persona in ballots.groupby(["seat", "case", "replicate"]):
        assert len(of_one_persona) == 3
        assert of_one_persona["shown"].nunique() == of_one_persona["labels"].nunique() == 1
    assert ballots["labels"].nunique() > 20
    # Draws of their own: three uniform jurors would else always agree.
    assert (ballots.groupby(["seat", "case", "replicate"])["scores"].nunique() > 1).mean() > 0.9


@pytest.mark.parametrize("mix", ["split", "crossed"])
def test_the_same_seed_gives_the_same_mix_whatever_the_concurrency(mix, make_study, tmp_path):
    noisy = {"name": "planted/hash", "options": {"noise": 0.3, "fault": 0.2, "refuse": 0.1}}
    study = make_study(model=[noisy, "null/uniform"], jurors={"n": 30, "mix": mix})
    runs = [simulate(study, out=tmp_path / f"{n}.sqlite", max_connections=n) for n in (1, 7, 64)]
    columns = ["juror", "case", "status", "scores", "shown", "text", "model"]
    first, *others = (run.ballots()[columns].to_json(orient="records") for run in runs)
    assert all(other == first for other in others)
