"""Every design is at hand in a study file, and what is known of the jury goes with its answers."""

import json
import sqlite3

import numpy as np
import pandas as pd
import pytest
import yaml

from jury import Study, open_run, simulate
from jury.drawing import Drawn, describe_draw, draw_sample
from jury.plan import draw_jury

CASES = [{"id": "tax", "prompt": "Taxes?", "alternatives": ["more", "less"]}]


@pytest.fixture
def study_of(tmp_path):
    """Return a function that writes a study of a town with these jurors, and loads it."""
    rng = np.random.default_rng(5)
    town = pd.DataFrame(
        {
            "sex": rng.choice(["Female", "Male"], 90),
            "union": rng.choice(["yes", "no"], 90, p=[0.2, 0.8]),
            "land": rng.uniform(1, 9, 90).round(3),
        }
    )
    town.to_csv(tmp_path / "town.csv", index=False)

    def make(jurors, **changes):
        document = {
            "name": "small",
            "population": "town.csv",
            "jurors": jurors,
            "cases": CASES,
            "model": "planted/hash",
        }
        (tmp_path / "study.yaml").write_text(yaml.safe_dump(document | changes))
        return Study.load(tmp_path / "study.yaml")

    return make


def drawn(study):
    population = study.load_population()
    return population, draw_sample(study, population)


def test_twelve_jurors_at_least_two_from_each_group(study_of):
    study = study_of({"n": 12, "design": "constrained", "at_least": {"union & sex": 2}})
    for seed in range(20):
        _, jury = drawn(study.changed(seed=seed))
        assert len(jury) == 12
        assert (jury.groups("union & sex")["n"] >= 2).all()
        assert len(jury.groups("union & sex")) == 4


def test_at_least_by_level_and_by_crossed_level(study_of):
    _, jury = drawn(study_of({"n": 9, "design": "constrained", "at_least": {"union": {"yes": 4}}}))
    assert jury.groups("union")["n"]["union=yes"] >= 4
    wanted = {"union & sex": {"yes & Male": 3}}
    _, jury = drawn(study_of({"n": 9, "design": "constrained", "at_least": wanted}))
    assert jury.groups("union & sex")["n"]["union=yes & sex=Male"] >= 3


def test_probability_proportional_to_size_takes_its_column_and_undoes_it(study_of):
    study = study_of({"n": 30, "design": "pps", "size": "land"}, groups=["sex"])
    population, jury = drawn(study)
    land = jury.frame["land"].to_numpy()
    assert jury.weights * land == pytest.approx(jury.weights[0] * land[0])
    assert land.mean() > population.frame["land"].mean()
    about = describe_draw(study, population, jury)
    assert about.design_effect == pytest.approx(30 * (jury.weights**2).sum() / jury.weights.sum() ** 2)
    assert about.caveats()[0].startswith(f"Weights: design effect {about.design_effect:.2f}, so that 30 jurors")


@pytest.mark.parametrize(
    ("jurors", "by", "numbers"),
    [
        ({"design": "stratified", "by": ["union"], "allocation": {"yes": 8, "no": 4}}, "union", [8, 4]),
        ({"design": "stratified", "by": ["union"], "allocation": "equal"}, "union", [6, 6]),
        ({"design": "quota", "by": ["union", "sex"], "allocation": {"union": {"yes": 8, "no": 4}}}, "union", [8, 4]),
        ({"design": "quota", "by": ["sex"], "allocation": {"Male": 9, "Female": 3}}, "sex", [9, 3]),
    ],
)
def test_allocations_of_ones_own(jurors, by, numbers, study_of):
    _, jury = drawn(study_of({"n": 12, **jurors}))
    levels = {"union": ["yes", "no"], "sex": ["Male", "Female"]}[by]
    assert [int((jury.frame[by] == level).sum()) for level in levels] == numbers


def test_the_new_settings_survive_the_record_and_count_in_the_fingerprint(study_of):
    plain = study_of({"n": 12, "design": "constrained", "at_least": {"union": 2}})
    again = Study.restore(json.loads(json.dumps(plain.model_dump(mode="json"))))
    assert again.jurors == plain.jurors
    assert again.fingerprint(plain.cases) == plain.fingerprint(plain.cases)
    prints = {
        study_of({"n": 12, "design": "constrained", "at_least": least}).fingerprint(plain.cases)
        for least in ({"union": 2}, {"union": 3}, {"union": {"yes": 2}})
    }
    assert len(prints) == 3
    assert plain.fingerprint(plain.cases) in prints


def test_the_jury_is_the_one_that_it_was_before(study_of):
    study = study_of({"n": 10, "design": "stratified", "by": ["union"]})
    population = study.load_population()
    rng = np.random.default_rng(np.random.SeedSequence(study.seed, spawn_key=(0,)))
    direct = population.sample(10, rng, design="stratified", by=("union",))
    assert [juror.persona for juror in draw_jury(study, population)] == direct.origin.astype(str).tolist()


def test_what_a_jury_lacks_goes_with_the_run(study_of, tmp_path):
    study = study_of({"n": 3, "design": "srs"}, groups=["union & sex"], seed=3)
    population, jury = drawn(study)
    about = describe_draw(study, population, jury)
    assert any(warning.startswith("No juror from") and "union & sex" in warning for warning in about.warnings)
    run = simulate(study, out=tmp_path / "run.sqlite")
    assert run.panel().drawn == about
    assert open_run(run.path).panel().drawn == about
    assert about.caveats() == about.warnings  # weights are equal, so nothing is said of them


def test_a_jury_that_covers_its_groups_needs_no_words(study_of):
    study = study_of({"n": 40, "design": "stratified", "by": ["sex"]}, groups=["sex"])
    assert describe_draw(study, *drawn(study)).caveats() == ()


def test_runs_of_before_say_nothing_of_it(study_of, tmp_path):
    run = simulate(study_of({"n": 3}), out=tmp_path / "run.sqlite")
    with sqlite3.connect(run.path) as connection:
        (text,) = connection.execute("SELECT provenance FROM run").fetchone()
        record = json.loads(text)
        del record["jury"]
        connection.execute("UPDATE run SET provenance = ?", (json.dumps(record),))
    connection.close()
    assert open_run(run.path).panel().drawn is None
    assert Drawn.read(None) is None
